import type { ErrorCode, ErrorMessage } from '@seameet/protocol'
import { SeameetError, type SeameetErrorCode } from '../api/error.ts'

const CODES: Readonly<Record<ErrorCode, SeameetErrorCode>> = {
  bad_message: 'internal/protocol',
  unknown_type: 'internal/protocol',
  unsupported_protocol: 'connect/unsupported-protocol',
  join_required: 'internal/protocol',
  already_joined: 'internal/protocol',
  join_timeout: 'connect/unreachable',
  auth_rejected: 'connect/auth-rejected',
  resume_rejected: 'connect/auth-rejected',
  room_full: 'connect/room-full',
  too_many_rooms: 'connect/too-many-rooms',
  bad_room_id: 'connect/bad-room',
  bad_display_name: 'connect/bad-name',
  rate_limited: 'policy/rate-limited',
  too_large: 'policy/too-large',
  bad_sdp: 'publish/negotiation-failed',
  bad_track: 'publish/refused',
  bad_candidate: 'internal/protocol',
  not_permitted: 'policy/not-permitted',
  unknown_track: 'policy/unknown-target',
  unknown_participant: 'policy/unknown-target',
  overloaded: 'internal/server',
  internal: 'internal/server',
}

/** The server's refusal in the client's words. A code that is newer than this client counts as the server's fault. */
export function serverError(error: ErrorMessage): SeameetError {
  const code = (CODES as Readonly<Record<string, SeameetErrorCode | undefined>>)[error.code] ?? 'internal/server'
  // A join that came too late is the network's fault, so the next attempt may be in time.
  const retryable = error.retryable || error.code === 'join_timeout'
  return new SeameetError(code, error.message, { retryable, cause: error.code })
}
