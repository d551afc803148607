/** Media that should flow and did not for this long is interrupted. */
const EXPECTED_LIMIT = 4000
/** The same when nobody sends: only consent checks arrive then, some seconds apart. */
const IDLE_LIMIT = 15_000
/** Samples further apart than this say nothing: the page was asleep. */
const SAMPLE_GAP = 3000

export interface MediaSample {
  /** Packets, bytes and consent replies that arrived so far; any number that grows with them. */
  readonly inbound: number
  /** Somebody sends to us now. */
  readonly expecting: boolean
}

/** Tells from samples of a growing counter whether media still arrives. Pure. */
export class MediaWatch {
  #inbound = -1
  #grewAt = 0
  #sampledAt = -Infinity

  /** Whether nothing has arrived for too long. */
  sample(now: number, { inbound, expecting }: MediaSample): boolean {
    const slept = now - this.#sampledAt > SAMPLE_GAP
    this.#sampledAt = now
    if (slept || inbound !== this.#inbound) {
      this.#inbound = inbound
      this.#grewAt = now
      return false
    }
    return now - this.#grewAt >= (expecting ? EXPECTED_LIMIT : IDLE_LIMIT)
  }
}
