import type { SeameetErrorCode } from '@seameet/client'

/** Why somebody could not get into the call, as far as it has a page of its own. */
export type Problem =
  | 'connect/unreachable'
  | 'connect/auth-rejected'
  | 'connect/room-full'
  | 'connect/too-many-rooms'
  | 'connect/bad-room'
  | 'connect/bad-name'
  | 'connect/unsupported-protocol'
  | 'connect/ice-failed'
  | 'policy/rate-limited'
  | 'insecure'
  | 'unknown'

/** The problem behind an error code. Anything without words of its own is `unknown`, with its code shown. */
export function problemOf(code: SeameetErrorCode | undefined): Problem {
  switch (code) {
    case 'connect/unreachable':
    case 'connect/auth-rejected':
    case 'connect/room-full':
    case 'connect/too-many-rooms':
    case 'connect/bad-room':
    case 'connect/bad-name':
    case 'connect/unsupported-protocol':
    case 'connect/ice-failed':
    case 'policy/rate-limited':
      return code
    default:
      return 'unknown'
  }
}

/** Whether the same attempt may succeed without any change. */
export function canRetry(problem: Problem): boolean {
  switch (problem) {
    case 'connect/bad-room':
    case 'connect/bad-name':
    case 'connect/unsupported-protocol':
    case 'insecure':
      return false
    default:
      return true
  }
}
