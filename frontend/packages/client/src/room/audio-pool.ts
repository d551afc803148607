import type { Devices } from '../api/devices.ts'
import type { AudioOutput, Browser, ReceiverLike } from '../browser/types.ts'
import { createStore } from '../store.ts'

/**
 * Plays every line that receives sound. The elements belong to the lines, not to participants, so nothing restarts
 * when the server gives a line to somebody else; and they belong to the client, so no user interface can lose them.
 */
export class AudioPool {
  readonly playback = createStore<'ok' | 'blocked'>('ok')
  readonly #browser: Browser
  readonly #devices: Devices
  readonly #outputs = new Map<ReceiverLike, AudioOutput>()
  /** Ends the watch on the speaker, which lasts only while something is played: devices may outlive rooms. */
  #stopFollowing: (() => void) | null = null

  constructor(browser: Browser, devices: Devices) {
    this.#browser = browser
    this.#devices = devices
  }

  /** Plays exactly these lines. */
  follow(receivers: readonly ReceiverLike[]): void {
    for (const [receiver, output] of this.#outputs) {
      if (receivers.includes(receiver)) continue
      output.close()
      this.#outputs.delete(receiver)
    }
    for (const receiver of receivers) {
      if (this.#outputs.has(receiver)) continue
      const output = this.#browser.createAudioOutput(receiver.track)
      this.#outputs.set(receiver, output)
      void this.#route(output)
      void this.#play(output)
    }
    if (this.#outputs.size > 0) {
      this.#stopFollowing ??= this.#devices.speaker.actual.subscribe(() => {
        for (const output of this.#outputs.values()) void this.#route(output)
      })
      return
    }
    this.#stopFollowing?.()
    this.#stopFollowing = null
    this.playback.set('ok')
  }

  /** Starts what the browser held back. To be called from a user gesture. */
  async start(): Promise<void> {
    this.playback.set('ok')
    await Promise.all([...this.#outputs.values()].map((output) => this.#play(output)))
  }

  async #play(output: AudioOutput): Promise<void> {
    try {
      await output.play()
    } catch (error) {
      // Anything else, such as an element that was closed while it started, needs no gesture.
      if (error instanceof Error && error.name === 'NotAllowedError') this.playback.set('blocked')
    }
  }

  async #route(output: AudioOutput): Promise<void> {
    if (!this.#devices.canSelectSpeaker) return
    try {
      await output.setSink(this.#devices.speaker.actual.get()?.id ?? '')
    } catch {
      // The speaker vanished between two notices; the next one routes anew.
    }
  }
}
