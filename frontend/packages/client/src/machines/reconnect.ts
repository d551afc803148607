import type { ConnectionReason, ConnectionState } from '../api/connection.ts'
import { SeameetError } from '../api/error.ts'
import { backoff } from './backoff.ts'

/** A first join that fails this often is given up: the user stands before a form and can try again. */
const FIRST_ATTEMPTS = 4
/** After this long without a break the next one starts with the shortest delay. */
const STABLE_AFTER = 30_000
/** Browsers that say offline are sometimes wrong, so a try is made this often nevertheless. */
const OFFLINE_INTERVAL = 15_000
/** A hidden page stops trying after this long and goes on when it is seen. */
const HIDDEN_LIMIT = 120_000
/** A resume is tried for this long beyond what the server promised; clocks and timers are imprecise. */
const RESUME_SLACK = 2000

export type ReconnectOutput =
  /** Open a socket and join; `resume` says whether with the resume token. */
  | { readonly type: 'open'; readonly resume: boolean }
  /** Throw the socket away. */
  | { readonly type: 'close' }
  /** The first join succeeded. */
  | { readonly type: 'joined' }
  /** It is over for good: see `status`. */
  | { readonly type: 'ended' }

/** The signaling half of the connection. */
export interface ReconnectStatus {
  readonly state: ConnectionState
  readonly reason: ConnectionReason | null
  readonly attempt: number
  /** On the machine's clock. */
  readonly retryAt: number | null
  readonly error: SeameetError | null
  readonly message: string | null
}

const IDLE: ReconnectStatus = { state: 'idle', reason: null, attempt: 0, retryAt: null, error: null, message: null }

/** Why the room ended, when the server said that there is no way back. */
export type FinalReason = Extract<ConnectionReason, 'removed' | 'replaced' | 'room-closed'>

/**
 * Decides when to join, when to come back and when to give up. Pure: time comes in as `now`, chance as a function,
 * what is to be done goes out through `poll`.
 */
export class ReconnectMachine {
  readonly #random: () => number
  readonly #outputs: ReconnectOutput[] = []
  #status = IDLE
  #online = true
  #hiddenSince: number | null = null
  /** Joined at least once since `connect`. */
  #wasJoined = false
  #joinedAt: number | null = null
  #attempts = 0
  /** Until when a resume may work; null when there is no token. */
  #resumeUntil: number | null = null
  #resumeTtl = 0
  #inFlight = false
  /** The server asked to stay away until then. */
  #notBefore = 0

  constructor(random: () => number) {
    this.#random = random
  }

  get status(): ReconnectStatus {
    return this.#status
  }

  /** Until when the server awaits us: infinite while it has us, null when it does not know us. */
  get awaitedUntil(): number | null {
    return this.#resumeUntil
  }

  /** When `wake` is due. */
  deadline(): number | null {
    return this.#status.retryAt
  }

  poll(): ReconnectOutput | undefined {
    return this.#outputs.shift()
  }

  connect(now: number): void {
    this.#wasJoined = false
    this.#joinedAt = null
    this.#attempts = 0
    this.#resumeUntil = null
    this.#inFlight = false
    this.#notBefore = 0
    this.#status = { ...IDLE, state: 'connecting' }
    this.#schedule(now, null, null)
  }

  /** The user leaves. */
  leave(): void {
    if (this.#status.state === 'idle' || this.#status.state === 'ended') return
    this.#end('left', null, null)
  }

  /** The server let us in. `ttl` is how long it awaits us after a break, in milliseconds. */
  joined(now: number, ttl: number): void {
    const first = !this.#wasJoined
    this.#wasJoined = true
    this.#joinedAt = now
    this.#inFlight = false
    this.#resumeTtl = ttl
    this.#resumeUntil = Infinity
    this.#status = { ...IDLE, state: 'live' }
    if (!first) return
    // Attempts before the first join say nothing about how stable it is.
    this.#attempts = 0
    this.#outputs.push({ type: 'joined' })
  }

  /** The socket is gone, or never came to be. */
  lost(now: number, reason: ConnectionReason): void {
    if (!this.#active()) return
    if (this.#joinedAt !== null) {
      if (now - this.#joinedAt >= STABLE_AFTER) this.#attempts = 0
      this.#joinedAt = null
      this.#resumeUntil = now + this.#resumeTtl + RESUME_SLACK
    }
    this.#inFlight = false
    this.#outputs.push({ type: 'close' })
    const error = new SeameetError('connect/unreachable', 'The server cannot be reached.', { retryable: true })
    if (!this.#wasJoined && this.#attempts >= FIRST_ATTEMPTS) this.#end('gave-up', error, null)
    else this.#schedule(now, reason, error)
  }

  /** The server refused the join. `resume` tells that it refused only to continue the earlier connection. */
  refused(now: number, error: SeameetError, resume: boolean): void {
    if (!this.#active()) return
    this.#inFlight = false
    this.#outputs.push({ type: 'close' })
    if (resume && this.#resumeUntil !== null) {
      // Joining anew needs no delay: the server answered, it just forgot us.
      this.#resumeUntil = null
      this.#open(now)
    } else if (error.retryable && (this.#wasJoined || (this.#attempts < FIRST_ATTEMPTS && !isFull(error)))) {
      this.#schedule(now, this.#status.reason, error)
    } else {
      this.#end('refused', error, null)
    }
  }

  /** The server says that this is the end. */
  finished(reason: FinalReason, message: string | null): void {
    if (this.#active()) this.#end(reason, null, message)
  }

  /** The server goes away for `delay` milliseconds and wants us back. */
  restarting(now: number, delay: number, message: string | null): void {
    if (!this.#active()) return
    this.#joinedAt = null
    this.#resumeUntil = null
    this.#inFlight = false
    this.#notBefore = now + delay
    this.#outputs.push({ type: 'close' })
    this.#schedule(now, 'server-restarting', null)
    this.#status = { ...this.#status, message }
  }

  /** The browser says whether there is a network, or that it changed. */
  network(now: number, online: boolean): void {
    this.#online = online
    if (online) this.#hurry(now)
  }

  visibility(now: number, visible: boolean): void {
    if (!visible) {
      this.#hiddenSince ??= now
      return
    }
    this.#hiddenSince = null
    this.#hurry(now)
  }

  /** The deadline passed. */
  wake(now: number): void {
    const { state, retryAt } = this.#status
    if (retryAt === null || now < retryAt || state === 'ended') return
    if (this.#wasJoined && this.#hiddenSince !== null && now - this.#hiddenSince >= HIDDEN_LIMIT) {
      this.#status = { ...this.#status, retryAt: null }
      return
    }
    this.#open(now)
  }

  #active(): boolean {
    const { state } = this.#status
    return state !== 'idle' && state !== 'ended'
  }

  /** Tries at once what waits for its delay, with the delays starting over. */
  #hurry(now: number): void {
    if (this.#status.state !== 'waiting' || now < this.#notBefore) return
    this.#attempts = 1
    this.#open(now)
  }

  #schedule(now: number, reason: ConnectionReason | null, error: SeameetError | null): void {
    this.#attempts += 1
    const wait = this.#online ? backoff(this.#attempts, this.#random()) : OFFLINE_INTERVAL
    const delay = Math.max(wait, this.#notBefore - now)
    const cause = this.#online || !this.#wasJoined ? reason : 'offline'
    this.#status = { ...this.#status, reason: cause, attempt: this.#attempts, error, message: null }
    if (delay <= 0) {
      this.#open(now)
      return
    }
    const state = this.#wasJoined ? 'waiting' : 'connecting'
    this.#status = { ...this.#status, state, retryAt: now + delay }
  }

  #open(now: number): void {
    if (this.#inFlight) return
    this.#inFlight = true
    const state = this.#wasJoined ? 'recovering' : 'connecting'
    this.#status = { ...this.#status, state, attempt: this.#attempts, retryAt: null }
    this.#outputs.push({ type: 'open', resume: this.#resumeUntil !== null && now < this.#resumeUntil })
  }

  #end(reason: ConnectionReason, error: SeameetError | null, message: string | null): void {
    this.#inFlight = false
    this.#joinedAt = null
    this.#resumeUntil = null
    this.#status = { state: 'ended', reason, attempt: 0, retryAt: null, error, message }
    this.#outputs.push({ type: 'close' }, { type: 'ended' })
  }
}

/** A full room is told to the user at once on the first join, and waited for when coming back. */
function isFull(error: SeameetError): boolean {
  return error.code === 'connect/room-full' || error.code === 'connect/too-many-rooms'
}
