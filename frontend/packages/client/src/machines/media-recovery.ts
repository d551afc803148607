import type { Health } from '../api/connection.ts'
import { backoff } from './backoff.ts'

/** From the first offer of a peer connection until media can flow. */
const START_LIMIT = 15_000
/**
 * A browser says `disconnected` as soon as one connectivity check is not answered (Firefox) or several are not
 * (Chromium). On a line that loses packets that passes by itself, and a restart would stop what still arrives. So it
 * counts after this long without anything that arrives,
 */
const DOUBT_LIMIT = 2500
/** and after this long in any case: what we send may be lost while the rest arrives. */
const DOUBT_END = 15_000
/** What arrived by a look at the counters is as old as the look before, at most this much. */
const LOOK_INTERVAL = 1000

/** An ICE restart that took longer than this did not help. */
const RESTART_LIMIT = 8000

export type MediaRecoveryOutput =
  /** Offer again with an ICE restart, on the same peer connection. */
  | 'restart-ice'
  /** Throw the peer connection away and begin a new one. */
  | 'rebuild'

type State = 'none' | 'starting' | 'up' | 'restarting' | 'waiting'

/**
 * The media half of the connection: when to restart ICE and when to begin a new peer connection. It acts early, because
 * browsers take some sixteen seconds to call a connection failed; and only while signaling is up, because both need an
 * offer. Pure, like the other machines.
 */
export class MediaRecovery {
  readonly #random: () => number
  readonly #outputs: MediaRecoveryOutput[] = []
  #state: State = 'none'
  #everUp = false
  #signal = false
  #deadline: number | null = null
  #attempts = 0
  /** Since when the browser doubts the path, while media is up. */
  #doubted: number | null = null
  /** What to do as soon as signaling is back. */
  #due: MediaRecoveryOutput | null = null

  constructor(random: () => number) {
    this.#random = random
  }

  get health(): Health {
    if (this.#state === 'up') return 'up'
    return this.#state === 'none' || (this.#state === 'starting' && !this.#everUp) ? 'pending' : 'down'
  }

  /** Attempts of the present recovery; 0 when media is up or starts for the first time. */
  get attempt(): number {
    return this.health === 'down' ? Math.max(this.#attempts, 1) : 0
  }

  deadline(): number | null {
    return this.#deadline
  }

  poll(): MediaRecoveryOutput | undefined {
    return this.#outputs.shift()
  }

  /** A new peer connection exists and its first offer is under way. */
  began(now: number): void {
    this.#outputs.length = 0
    this.#due = null
    this.#doubted = null
    this.#state = 'starting'
    this.#deadline = now + START_LIMIT
  }

  /** There is no peer connection and none is wanted. */
  stopped(): void {
    this.#outputs.length = 0
    this.#doubted = null
    this.#state = 'none'
    this.#everUp = false
    this.#signal = false
    this.#deadline = null
    this.#attempts = 0
    this.#due = null
  }

  signalUp(now: number): void {
    this.#signal = true
    const due = this.#due ?? (this.#state === 'starting' || this.#state === 'restarting' ? 'restart-ice' : null)
    this.#due = null
    if (due !== null) this.#act(now, due)
  }

  signalDown(): void {
    this.#signal = false
    // The clock of an attempt stands still while nothing can be negotiated.
    if (this.#state !== 'up') this.#deadline = null
    if (this.#state === 'waiting') this.#due = 'rebuild'
  }

  /** ICE and DTLS are up. */
  connected(): void {
    this.#state = 'up'
    this.#doubted = null
    this.#everUp = true
    this.#attempts = 0
    this.#deadline = null
    this.#due = null
  }

  /** The browser misses answers on the path. */
  doubted(now: number): void {
    if (this.#state !== 'up' || this.#doubted !== null) return
    this.#doubted = now
    this.#deadline = now + DOUBT_LIMIT
  }

  /** Media arrived between the last two looks. */
  arrived(now: number): void {
    if (this.#doubted !== null && now - LOOK_INTERVAL >= this.#doubted) this.#deadline = this.#doubted + DOUBT_END
  }

  /** The watch says that nothing arrives. */
  interrupted(now: number): void {
    if (this.#state === 'up') this.#act(now, 'restart-ice')
  }

  /** The peer connection is beyond repair, or its negotiation failed. */
  failed(now: number): void {
    if (this.#state === 'none' || this.#state === 'waiting') return
    this.#rebuildLater(now)
  }

  /** The server lost the media; `closed` tells that its end is gone altogether. */
  lost(now: number, closed: boolean): void {
    if (this.#state === 'none') return
    this.#act(now, closed ? 'rebuild' : 'restart-ice')
  }

  wake(now: number): void {
    if (this.#deadline === null || now < this.#deadline) return
    this.#deadline = null
    if (this.#state === 'up') this.interrupted(now)
    else if (this.#state === 'waiting') this.#act(now, 'rebuild')
    else if (this.#state === 'starting' || this.#state === 'restarting') this.#rebuildLater(now)
  }

  #rebuildLater(now: number): void {
    const delay = backoff(this.#attempts + 1, this.#random())
    if (delay <= 0) {
      this.#act(now, 'rebuild')
      return
    }
    this.#state = 'waiting'
    if (this.#signal) this.#deadline = now + delay
    else this.#due = 'rebuild'
  }

  #act(now: number, action: MediaRecoveryOutput): void {
    this.#doubted = null
    if (this.#state === 'up' || this.#state === 'waiting') this.#state = 'restarting'
    if (!this.#signal) {
      this.#due = this.#due === 'rebuild' ? 'rebuild' : action
      this.#deadline = null
      return
    }
    this.#attempts += 1
    this.#deadline = now + (action === 'rebuild' ? START_LIMIT : RESTART_LIMIT)
    this.#outputs.push(action)
  }
}
