import type { Connection, Health } from '../api/connection.ts'
import type { ReconnectStatus } from '../machines/reconnect.ts'

/** The media half, as far as the status needs it. */
export interface MediaStatus {
  readonly health: Health
  readonly attempt: number
}

/**
 * The one value that says how the call is connected, from its two halves. Signaling speaks first: while it is down,
 * media cannot be repaired. `clockOffset` turns the machine's times into wall time. Returns `previous` when nothing
 * changed.
 */
export function compose(signal: ReconnectStatus, media: MediaStatus, clockOffset: number, previous: Connection): Connection {
  const mediaDown = signal.state === 'live' && media.health === 'down'
  const { reason, message, error } = signal
  const next: Connection = {
    state: mediaDown ? 'recovering' : signal.state,
    reason: mediaDown ? 'media-lost' : reason,
    signal: signalHealth(signal),
    media: signal.state === 'idle' || signal.state === 'ended' ? 'down' : media.health,
    attempt: mediaDown ? media.attempt : attemptsShown(signal),
    retryAt: signal.retryAt === null ? null : Math.round(signal.retryAt + clockOffset),
    error,
    message,
  }
  return same(next, previous) ? previous : next
}

function signalHealth({ state }: ReconnectStatus): Health {
  if (state === 'live') return 'up'
  return state === 'connecting' ? 'pending' : 'down'
}

function attemptsShown({ state, attempt }: ReconnectStatus): number {
  return state === 'recovering' || state === 'waiting' || state === 'connecting' ? attempt : 0
}

function same(a: Connection, b: Connection): boolean {
  // Two clocks drift by a millisecond; a countdown in seconds does not care.
  const sameTime = a.retryAt === b.retryAt || (a.retryAt !== null && b.retryAt !== null && Math.abs(a.retryAt - b.retryAt) < 50)
  return (
    sameTime &&
    a.state === b.state &&
    a.reason === b.reason &&
    a.signal === b.signal &&
    a.media === b.media &&
    a.attempt === b.attempt &&
    a.error === b.error &&
    a.message === b.message
  )
}
