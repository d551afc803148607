/** What went wrong, as a stable text. The part before the slash says which area. */
export type SeameetErrorCode =
  // Reaching the server and being let in.
  | 'connect/unreachable'
  | 'connect/aborted'
  | 'connect/auth-rejected'
  | 'connect/room-full'
  | 'connect/too-many-rooms'
  | 'connect/bad-room'
  | 'connect/bad-name'
  | 'connect/unsupported-protocol'
  | 'connect/ice-failed'
  // Cameras, microphones, screens.
  | 'device/denied'
  | 'device/denied-by-system'
  | 'device/dismissed'
  | 'device/not-found'
  | 'device/in-use'
  | 'device/insecure'
  | 'device/overconstrained'
  | 'device/unsupported'
  | 'device/failed'
  // Sending own media.
  | 'publish/refused'
  | 'publish/negotiation-failed'
  // What the server's rules forbid.
  | 'policy/not-permitted'
  | 'policy/rate-limited'
  | 'policy/too-large'
  | 'policy/unknown-target'
  // A request that could not be sent because there is no connection now.
  | 'state/not-connected'
  // A fault of this client or of the server.
  | 'internal/protocol'
  | 'internal/server'

/** The one error type of the client. Compare `code`, not the class: two bundles have two classes. */
export class SeameetError extends Error {
  override readonly name = 'SeameetError'
  readonly code: SeameetErrorCode
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean

  constructor(code: SeameetErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}

/** Whether `value` is an error of this client, whichever bundle made it. */
export function isSeameetError(value: unknown): value is SeameetError {
  return value instanceof Error && value.name === 'SeameetError' && 'code' in value
}
