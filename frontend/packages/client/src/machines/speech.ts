/** Loudness (see `loudness`) from which somebody talks: -36 dB. */
const ON = 0.4
/** Below which it may be a pause: -42 dB. */
const OFF = 0.3
/** A pause that is shorter than this belongs to the talk. */
const HOLD = 600
/** One click is no talk: the loudness must be there in two readings. */
const READINGS = 2

/** Tells from readings of loudness whether somebody talks, without flicker. Pure. */
export class SpeechDetector {
  #speaking = false
  #loud = 0
  #heardAt = -Infinity

  update(now: number, level: number): boolean {
    this.#loud = level >= ON ? this.#loud + 1 : 0
    if (level >= (this.#speaking ? OFF : ON)) this.#heardAt = now
    if (this.#speaking) this.#speaking = now - this.#heardAt < HOLD
    else this.#speaking = this.#loud >= READINGS
    return this.#speaking
  }

  reset(): void {
    this.#speaking = false
    this.#loud = 0
  }
}
