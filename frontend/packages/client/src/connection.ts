import type { Connection } from './api/connection.ts'

/** Before the first join. */
export const idleConnection: Connection = Object.freeze({
  state: 'idle',
  reason: null,
  signal: 'down',
  media: 'down',
  attempt: 0,
  retryAt: null,
  error: null,
  message: null,
})
