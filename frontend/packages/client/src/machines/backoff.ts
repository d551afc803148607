/** Milliseconds before the first, second, … attempt; the last one stays. */
const DELAYS = [0, 300, 1000, 2000, 4000, 8000] as const

/** Share by which a delay is stretched or shrunk, so that a thousand clients do not return in the same instant. */
const JITTER = 0.3

/** How long to wait before the attempt of this number, counted from 1. `random` is 0 to 1. */
export function backoff(attempt: number, random: number): number {
  const delay = DELAYS[Math.min(Math.max(attempt, 1), DELAYS.length) - 1] ?? 0
  return delay * (1 - JITTER + 2 * JITTER * random)
}
