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
      // Leaving before one was let in is only a change of mind.
      if (connection.reason === 'left') return last === 'call' ? 'ended' : last
      return isRefusal(connection, last) ? 'problem' : 'ended'
  }
}

/** An end that came before the call began is a problem with getting in; one that tells an error is a problem too. */
function isRefusal({ reason, error }: Connection, last: Screen): boolean {
  if (reason === 'gave-up') return last === 'lobby' || last === 'problem'
  return reason === 'refused' || error !== null
}
