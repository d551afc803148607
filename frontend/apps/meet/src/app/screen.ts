import type { Connection } from '@seameet/client'

/** Which page is shown. */
export type Screen = 'lobby' | 'call' | 'ended' | 'problem'

/**
 * Chooses the page from where the call stands. `dismissed` is the end that the user has already gone on from, and
 * `last` the page before: while a join is under way the page that asked for it stays.
 */
export function screenOf(connection: Connection, dismissed: Connection | null, last: Screen): Screen {
  switch (connection.state) {
    case 'idle':
      return 'lobby'
    case 'connecting':
      return last === 'call' ? 'lobby' : last
    case 'live':
    case 'recovering':
    case 'waiting':
      return 'call'
    case 'ended':
      if (connection === dismissed) return 'lobby'
      return isRefusal(connection) ? 'problem' : 'ended'
  }
}

/** Ends that came before the call began are problems; so are those that tell an error. */
function isRefusal({ reason, error }: Connection): boolean {
  return reason === 'refused' || (error !== null && reason !== 'left' && reason !== 'gave-up')
}
