import type { Capture, CaptureKind, DeviceInfo } from '../api/devices.ts'
import type { SeameetError } from '../api/error.ts'
import type { Store } from '../api/store.ts'
import { attachTrack } from '../attach.ts'
import type { Browser } from '../browser/types.ts'
import { createStore } from '../store.ts'
import { constraintLadder, DEFAULT_DEVICE } from './constraints.ts'
import { deviceError, toDeviceError } from './errors.ts'

/** When to try again after a device went away under a running capture, in milliseconds. */
const RETRIES = [500, 2000, 5000] as const

/** What the owner of a kind's only capture is told. */
export interface CaptureHooks {
  /** The id of the device that is wished for now, or `default`. */
  wanted(): string
  /** A capture started; permission is certain and labels can be read. */
  started(): Promise<void>
  /** The name of the device behind a track. */
  describe(track: MediaStreamTrack): DeviceInfo
  /** The device went away under the capture; `replacement` is what took over. */
  lost(lost: DeviceInfo, replacement: DeviceInfo | null): void
}

/**
 * The one capture of a kind and those who hold it. Whatever asks for a device goes through one queue, so that a storm
 * of switches ends with the last wish and never with two open cameras.
 */
export class CaptureSource {
  readonly actual = createStore<DeviceInfo | null>(null)
  readonly error = createStore<SeameetError | null>(null)
  readonly #kind: CaptureKind
  readonly #browser: Browser
  readonly #hooks: CaptureHooks
  readonly #track = createStore<MediaStreamTrack | null>(null)
  #holds = 0
  /** Counts wishes for a (new) capture; one that is not the newest any more is thrown away. */
  #wish = 0
  #queue: Promise<unknown> = Promise.resolve()
  #stopRetry: (() => void) | null = null
  /** The device that went away and was not replaced yet. */
  #lost: DeviceInfo | null = null

  constructor(kind: CaptureKind, browser: Browser, hooks: CaptureHooks) {
    this.#kind = kind
    this.#browser = browser
    this.#hooks = hooks
  }

  get running(): boolean {
    return this.#holds > 0
  }

  get track(): Store<MediaStreamTrack | null> {
    return this.#track
  }

  /** Starts the capture, or joins it. */
  async hold(): Promise<Capture> {
    this.#holds += 1
    let held = true
    const release = (): void => {
      if (!held) return
      held = false
      this.#holds -= 1
      if (this.#holds === 0) this.#stop()
    }
    try {
      await this.#enqueue(() => this.#ensure())
    } catch (error) {
      release()
      throw error
    }
    const { track } = this
    return { kind: this.#kind, track, attach: (element) => attachTrack(track, element), release }
  }

  /** Captures from the wished device anew, when anybody holds it. The old capture ends when the new one runs. */
  async restart(): Promise<void> {
    this.#wish += 1
    const wish = this.#wish
    await this.#enqueue(async () => {
      // A newer wish stands behind in the queue and would only undo this one.
      if (wish !== this.#wish || this.#holds === 0) return
      await this.#acquire()
    })
  }

  /** Ends the capture, whoever holds it. */
  dispose(): void {
    this.#holds = 0
    this.#stop()
  }

  async #ensure(): Promise<void> {
    if (this.#holds === 0 || this.#track.get() !== null) return
    await this.#acquire()
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task)
    this.#queue = result.catch(() => undefined)
    return result
  }

  async #acquire(): Promise<void> {
    const former = this.#track.get()
    try {
      const track = await this.#open()
      if (this.#holds === 0) {
        track.stop()
        return
      }
      this.#watch(track)
      this.error.set(null)
      this.#cancelRetry()
      await this.#hooks.started()
      this.#install(track)
      if (former !== null) former.stop()
      // Everybody may have let go while the labels were read.
      if (this.running) return
      this.#stop()
    } catch (cause) {
      const error = toDeviceError(cause)
      this.error.set(error)
      throw error
    }
  }

  #install(track: MediaStreamTrack): void {
    const actual = this.#hooks.describe(track)
    this.actual.set(actual)
    this.#track.set(track)
    const lost = this.#lost
    this.#lost = null
    if (lost !== null && lost.id !== actual.id) this.#hooks.lost(lost, actual)
  }

  async #open(): Promise<MediaStreamTrack> {
    const { media, secure } = this.#browser
    if (media === null) {
      throw deviceError(secure ? 'device/unsupported' : 'device/insecure', 'The page may not use cameras or microphones.')
    }
    const ladder = constraintLadder(this.#kind, this.#hooks.wanted())
    for (const [step, constraints] of ladder.entries()) {
      try {
        const [track, ...surplus] = (await media.getUserMedia(constraints)).getTracks()
        for (const other of surplus) other.stop()
        if (track !== undefined) return track
      } catch (cause) {
        const error = toDeviceError(cause)
        const last = step === ladder.length - 1
        const gone = error.code === 'device/not-found' && this.#hooks.wanted() !== DEFAULT_DEVICE
        if (last || (error.code !== 'device/overconstrained' && !gone)) throw error
      }
    }
    throw deviceError('device/failed', 'The browser gave a stream without a track.')
  }

  #watch(track: MediaStreamTrack): void {
    track.addEventListener('ended', () => {
      // Tracks that we stopped ourselves end without this event; this one was taken from us.
      if (this.#track.get() === track) this.#lose(track)
    })
  }

  #lose(track: MediaStreamTrack): void {
    this.#lost = this.actual.get() ?? this.#hooks.describe(track)
    this.#track.set(null)
    this.actual.set(null)
    this.#retry(0)
  }

  #retry(attempt: number): void {
    this.#cancelRetry()
    const delay = RETRIES[attempt]
    if (delay === undefined) {
      if (this.#lost !== null) this.#hooks.lost(this.#lost, null)
      this.#lost = null
      return
    }
    this.#stopRetry = this.#browser.setTimer(delay, () => {
      this.#stopRetry = null
      this.restart().catch(() => {
        if (this.#holds > 0 && this.#track.get() === null) this.#retry(attempt + 1)
      })
    })
  }

  #cancelRetry(): void {
    this.#stopRetry?.()
    this.#stopRetry = null
  }

  #stop(): void {
    this.#cancelRetry()
    this.#lost = null
    const track = this.#track.get()
    this.#track.set(null)
    this.actual.set(null)
    if (track !== null) track.stop()
  }
}

