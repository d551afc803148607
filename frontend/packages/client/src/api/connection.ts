import type { SeameetError } from './error.ts'

/** Where the call stands. */
export type ConnectionState =
  /** Not joined yet. */
  | 'idle'
  /** The first join is under way. */
  | 'connecting'
  /** In the room. */
  | 'live'
  /** Was in the room and is working on coming back: see `reason`, `signal` and `media` for what is down. */
  | 'recovering'
  /** Will try again at `retryAt`, or at once when the network returns. */
  | 'waiting'
  /** Over, see `reason`. `connect` begins anew with the same object. */
  | 'ended'

/** Why the connection is in its state. */
export type ConnectionReason =
  // Recovering and waiting.
  | 'socket-closed'
  | 'socket-silent'
  | 'media-lost'
  | 'offline'
  | 'server-restarting'
  // Ended.
  | 'left'
  | 'removed'
  | 'replaced'
  | 'room-closed'
  | 'refused'
  | 'gave-up'

/** One half of the connection's health. Either may be down while the other works. */
export type Health = 'down' | 'pending' | 'up'

/** The one value that says how the call is connected. */
export interface Connection {
  readonly state: ConnectionState
  readonly reason: ConnectionReason | null
  /** The signaling socket. While it alone is down one can still be heard. */
  readonly signal: Health
  /** The peer connection. */
  readonly media: Health
  /** Attempts of the present recovery, from 1; 0 when nothing is being recovered. */
  readonly attempt: number
  /** When the next attempt begins, in milliseconds since 1970; null when none is waiting. */
  readonly retryAt: number | null
  /** What ended it or what failed last. */
  readonly error: SeameetError | null
  /** Text of the server for the user, such as why the room closed. */
  readonly message: string | null
}
