import { isSeameetError, SeameetError, type SeameetErrorCode } from '../api/error.ts'

const CODES: Readonly<Record<string, SeameetErrorCode>> = {
  NotAllowedError: 'device/denied',
  PermissionDeniedError: 'device/denied',
  NotFoundError: 'device/not-found',
  DevicesNotFoundError: 'device/not-found',
  NotReadableError: 'device/in-use',
  TrackStartError: 'device/in-use',
  AbortError: 'device/in-use',
  OverconstrainedError: 'device/overconstrained',
  SecurityError: 'device/insecure',
  TypeError: 'device/unsupported',
}

const RETRYABLE: ReadonlySet<SeameetErrorCode> = new Set(['device/in-use', 'device/dismissed'])

/** What the browser threw when it was asked for a device, in the client's words. */
export function toDeviceError(cause: unknown): SeameetError {
  if (isSeameetError(cause)) return cause
  const { name, message } = cause instanceof Error ? cause : new Error('unknown device error')
  return deviceError(codeOf(name, message), message, cause)
}

export function deviceError(code: SeameetErrorCode, message: string, cause?: unknown): SeameetError {
  return new SeameetError(code, message, { retryable: RETRYABLE.has(code), cause })
}

function codeOf(name: string, message: string): SeameetErrorCode {
  const code = CODES[name] ?? 'device/failed'
  if (code !== 'device/denied') return code
  // Browsers use one name for three causes and tell them apart only in the text.
  if (/system/i.test(message)) return 'device/denied-by-system'
  return /dismiss/i.test(message) ? 'device/dismissed' : code
}
