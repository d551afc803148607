import type { SeameetError } from '../api/error.ts'
import type { LocalPublication, LocalState, MediaKind, Source } from '../api/publication.ts'
import type { Store } from '../api/store.ts'
import { attachTrack } from '../attach.ts'
import type { TransceiverLike } from '../browser/types.ts'
import { createStore } from '../store.ts'
import { toDeviceError } from '../devices/errors.ts'
import { SenderTuner, type SendSettings } from './sender-tuner.ts'
import { kindOf } from './sources.ts'

/** What is captured for a publication. `track` becomes null when the device vanishes and may come back. */
export interface Hold {
  readonly track: Store<MediaStreamTrack | null>
  release(): void
}

/** What a publication asks of those around it. */
export interface LocalPublicationHooks {
  /** Captures. May reject with a device error. */
  capture(): Promise<Hold>
  /** Why it must not be sent; null when it may. */
  forbidden(): SeameetError | null
  /** It is sent for the first time, or anew after it was withdrawn: a line is needed. */
  published(): void
  /** `muted` changed: the server must be told. */
  mutedChanged(): void
}

/**
 * A track of one's own. The wish (`wanted`), the capture and the line change independently of each other; `#settle`
 * brings them together whenever one did.
 */
export class LocalPublicationImpl implements LocalPublication {
  readonly key: string
  readonly source: Source
  readonly kind: MediaKind
  readonly muted = createStore(true)
  readonly mediaTrack = createStore<MediaStreamTrack | null>(null)
  readonly wanted = createStore(false)
  readonly state = createStore<LocalState>('off')
  readonly error = createStore<SeameetError | null>(null)
  /** Was sent and not withdrawn: it has its place in every offer, muted or not. */
  readonly inCall = createStore(false)
  /** How it is sent. */
  readonly tuner: SenderTuner
  readonly #hooks: LocalPublicationHooks
  readonly #keepsCapture: boolean
  #hold: Hold | null = null
  #stopWatching: (() => void) | null = null
  #starting: Promise<void> | null = null
  /** The line of the present peer connection. */
  #line: TransceiverLike | null = null
  #replacing = false

  constructor(source: Source, hooks: LocalPublicationHooks) {
    this.key = `local-${source}`
    this.source = source
    this.kind = kindOf(source)
    this.tuner = new SenderTuner(source)
    this.#hooks = hooks
    // A microphone that is muted stays open: unmuting is instant, and the app can notice talk while muted.
    this.#keepsCapture = source === 'microphone'
  }

  get encodings(): SenderTuner['encodings'] {
    return this.tuner.encodings
  }

  get line(): TransceiverLike | null {
    return this.#line
  }

  /** How the line was made; null without a line. */
  get settings(): SendSettings | null {
    return this.tuner.settings
  }

  /** The track that belongs on the line now. */
  get sendable(): MediaStreamTrack | null {
    return this.wanted.get() ? (this.#hold?.track.get() ?? null) : null
  }

  async enable(): Promise<void> {
    const forbidden = this.#hooks.forbidden()
    if (forbidden !== null) {
      this.#fail(forbidden)
      throw forbidden
    }
    this.wanted.set(true)
    if (this.#hold !== null) {
      this.#settle()
      return
    }
    this.state.set('starting')
    this.error.set(null)
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null
    })
    await this.#starting
  }

  disable(): void {
    this.wanted.set(false)
    if (!this.#keepsCapture) this.#drop()
    this.#settle()
  }

  /** Takes a capture that was made elsewhere, such as by the screen picker. */
  adopt(hold: Hold): void {
    this.#drop()
    this.wanted.set(true)
    this.#take(hold)
  }

  /** Withdraws it: it is no longer in the call, and no tile shows it. */
  withdraw(): void {
    this.wanted.set(false)
    this.#drop()
    this.inCall.set(false)
    this.#settle()
  }

  /** The call is over: whatever is captured only for it is let go. The wish stays for the next one. */
  release(): void {
    this.#drop()
    this.setLine(null)
    this.wanted.set(false)
    this.inCall.set(false)
    this.error.set(null)
    this.#settle()
  }

  attach(element: HTMLMediaElement): () => void {
    return attachTrack(this.mediaTrack, element)
  }

  /** Gives it the line of a new peer connection, or takes the line away. */
  setLine(line: TransceiverLike | null, settings: SendSettings | null = null): void {
    this.#line = line
    this.tuner.setLine(line, settings)
    void this.#replaceTrack()
  }

  /** The server will not have it. */
  fail(error: SeameetError): void {
    this.wanted.set(false)
    this.#drop()
    this.inCall.set(false)
    this.#settle()
    this.#fail(error)
  }

  async #start(): Promise<void> {
    let hold: Hold
    try {
      hold = await this.#hooks.capture()
    } catch (cause) {
      const error = toDeviceError(cause)
      // The wish may have gone meanwhile; then nobody waits for this any more.
      if (!this.wanted.get()) return
      this.wanted.set(false)
      this.#fail(error)
      throw error
    }
    if (!this.wanted.get()) {
      hold.release()
      return
    }
    this.#take(hold)
  }

  #take(hold: Hold): void {
    this.#hold = hold
    this.#stopWatching = hold.track.subscribe(() => {
      this.#settle()
    })
    this.#settle()
  }

  #drop(): void {
    this.#stopWatching?.()
    this.#stopWatching = null
    this.#hold?.release()
    this.#hold = null
  }

  #fail(error: SeameetError): void {
    this.error.set(error)
    this.state.set('failed')
  }

  /** Makes everything that is derived agree with wish and capture. */
  #settle(): void {
    const sendable = this.sendable
    this.mediaTrack.set(this.#hold?.track.get() ?? null)
    if (this.wanted.get()) {
      this.state.set(sendable === null ? 'starting' : 'on')
      if (sendable !== null) this.error.set(null)
    } else if (this.state.get() !== 'failed') {
      this.state.set('off')
    }
    if (sendable !== null && !this.inCall.get()) {
      this.inCall.set(true)
      this.#hooks.published()
    }
    void this.#replaceTrack()
    const muted = sendable === null
    if (this.muted.get() === muted) return
    this.muted.set(muted)
    this.#hooks.mutedChanged()
  }

  /** Puts on the line what belongs there. Only one replacement runs at a time; the last wish wins. */
  async #replaceTrack(): Promise<void> {
    if (this.#replacing) return
    this.#replacing = true
    try {
      for (let line = this.#line; line !== null && line.sender.track !== this.sendable; line = this.#line) {
        await line.sender.replaceTrack(this.sendable)
        // Another camera has another size.
        void this.tuner.apply()
      }
    } catch {
      // The line is closed; a new one is given by `setLine`.
    } finally {
      this.#replacing = false
    }
  }
}
