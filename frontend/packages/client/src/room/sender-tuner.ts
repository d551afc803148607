import type { SendEncoding, Source } from '../api/publication.ts'
import type { EncodingParameters, TransceiverLike } from '../browser/types.ts'
import { tuneEncodings, type Demand, type Picture } from '../machines/encodings.ts'
import { createStore } from '../store.ts'

/** The settings of a line that is being sent on. */
export interface SendSettings {
  readonly codec: string
  /** How many sizes may be sent. */
  readonly layers: number
}

/** What is to be seen of a track before it is sent. */
export function pictureOf(source: Source, codec: string, track: MediaStreamTrack | null): Picture {
  const { width, height } = track?.getSettings() ?? {}
  const known = width !== undefined && height !== undefined && width > 0 && height > 0
  return { source, codec, height: known ? Math.min(width, height) : null, motion: track?.contentHint === 'motion' }
}

/**
 * Keeps the encodings of one line as wished: what nobody wants is not sent, and comes back without an offer. Browsers
 * take one change at a time, so what is asked for meanwhile waits and only the last wish counts.
 */
export class SenderTuner {
  readonly encodings = createStore<readonly SendEncoding[]>([])
  readonly #source: Source
  #line: TransceiverLike | null = null
  #settings: SendSettings | null = null
  #demand: Demand | null = null
  #running = false
  #again = false

  constructor(source: Source) {
    this.#source = source
  }

  get settings(): SendSettings | null {
    return this.#settings
  }

  /** Another line, or none. What was wanted of the former does not hold for it. */
  setLine(line: TransceiverLike | null, settings: SendSettings | null): void {
    this.#line = line
    this.#settings = settings
    this.#demand = null
    if (line === null) this.encodings.set([])
  }

  /** The server says what is wanted. */
  setDemand(demand: Demand): void {
    this.#demand = demand
    void this.apply()
  }

  /** Makes the line as it should be. To be called whenever something may have changed it. */
  async apply(): Promise<void> {
    this.#again = true
    if (this.#running) return
    this.#running = true
    while (this.#takeAgain()) {
      // Whoever refuses may do so because of a mode it cannot have; without it, what matters more is still done.
      if (!(await this.#attempt(false))) await this.#attempt(true)
    }
    this.#running = false
  }

  #takeAgain(): boolean {
    const again = this.#again
    this.#again = false
    return again
  }

  /** Returns whether the browser took it. A line that is closed takes nothing, and needs nothing. */
  async #attempt(plain: boolean): Promise<boolean> {
    const [line, settings] = [this.#line, this.#settings]
    if (line === null || settings === null) return true
    try {
      const { sender } = line
      const parameters = sender.getParameters()
      const picture = pictureOf(this.#source, settings.codec, sender.track)
      // Before the first answer some browsers have none to show.
      const now: readonly EncodingParameters[] = (parameters as Partial<RTCRtpSendParameters>).encodings ?? []
      const next = tuneEncodings(now, picture, this.#demand, settings.layers)
      if (next !== null) {
        parameters.encodings = plain ? next.map((one, index) => withMode(one, now[index]?.scalabilityMode)) : next
        if (this.#source === 'screen') parameters.degradationPreference = picture.motion ? 'balanced' : 'maintain-resolution'
        await sender.setParameters(parameters)
      }
      if (line === this.#line) this.#publish(next ?? now)
      return true
    } catch {
      return false
    }
  }

  #publish(encodings: readonly EncodingParameters[]): void {
    const shown = encodings.map(({ rid, active, scaleResolutionDownBy, maxBitrate, scalabilityMode }): SendEncoding => ({
      rid: rid ?? null,
      active: active ?? true,
      scale: scaleResolutionDownBy ?? 1,
      maxBitrate: maxBitrate ?? null,
      mode: scalabilityMode ?? null,
    }))
    if (JSON.stringify(shown) !== JSON.stringify(this.encodings.get())) this.encodings.set(shown)
  }
}

/** The same with the mode that it has already. */
function withMode(encoding: EncodingParameters, mode: string | undefined): EncodingParameters {
  const same = { ...encoding }
  if (mode === undefined) delete same.scalabilityMode
  else same.scalabilityMode = mode
  return same
}
