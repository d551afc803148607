import type { SeameetError } from '../api/error.ts'
import type { LevelMeter } from '../api/devices.ts'
import type { Capture, CaptureKind, Devices } from '../api/devices.ts'
import type { LocalParticipant, Quality } from '../api/participant.ts'
import type { ScreenShareOptions, Source } from '../api/publication.ts'
import type { Browser } from '../browser/types.ts'
import { createStore } from '../store.ts'
import { LocalPublicationImpl, type Hold, type LocalPublicationHooks } from './local-publication.ts'
import { NAMELESS } from './participant.ts'
import { captureScreen } from './screen.ts'

/** What the room does for oneself. */
export interface SelfHooks {
  /** Why a source must not be sent; null when it may. */
  forbidden(source: Source): SeameetError | null
  /** A publication needs a line. */
  published(): void
  /** Something differs from what the server knows. */
  changed(): void
  setHand(raised: boolean): void
  react(reaction: string): void
  screenEnded(): void
}

/** Oneself: four publications that are always there, in the call or not. */
export class LocalSelf implements LocalParticipant {
  readonly isLocal = true
  id = ''
  readonly key = 'local'
  readonly name = createStore(NAMELESS)
  readonly attributes = createStore<Readonly<Record<string, string>>>({})
  readonly handRaised = createStore(false)
  readonly speaking = createStore(false)
  readonly quality = createStore<Quality | null>(null)
  readonly presence = createStore<'connected' | 'reconnecting'>('connected')
  readonly microphone: LocalPublicationImpl
  readonly camera: LocalPublicationImpl
  readonly screen: LocalPublicationImpl
  readonly screenAudio: LocalPublicationImpl
  readonly publications = createStore<readonly LocalPublicationImpl[]>([])
  readonly all: readonly LocalPublicationImpl[]
  readonly #browser: Browser
  readonly #devices: Devices
  readonly #hooks: SelfHooks
  #meter: LevelMeter | null = null
  /** The running share; ends the publications of an older one without touching this. */
  #share: object | null = null

  constructor(browser: Browser, devices: Devices, hooks: SelfHooks) {
    this.#browser = browser
    this.#devices = devices
    this.#hooks = hooks
    this.microphone = this.#publication('microphone', () => this.#captureMicrophone())
    this.camera = this.#publication('camera', () => this.#capture('camera'))
    this.screen = this.#publication('screen', () => this.#captureScreenOnly())
    this.screenAudio = this.#publication('screen-audio', () => this.#captureScreenOnly())
    this.all = [this.microphone, this.camera, this.screen, this.screenAudio]
    for (const { inCall, wanted } of this.all) {
      const list = (): void => {
        this.#list()
      }
      inCall.subscribe(list)
      wanted.subscribe(list)
    }
  }

  level(): number {
    return this.#meter?.level() ?? 0
  }

  /** Loudness of what is sent: nothing while muted. */
  sentLevel(): number {
    return this.microphone.muted.get() ? 0 : this.level()
  }

  publication(source: Source): LocalPublicationImpl {
    return this.all.find((publication) => publication.source === source) ?? this.microphone
  }

  async shareScreen(options: ScreenShareOptions = {}): Promise<void> {
    const forbidden = this.#hooks.forbidden('screen')
    if (forbidden !== null) throw forbidden
    const { video, audio } = await captureScreen(this.#browser, options)
    const share = {}
    this.#share = share
    video.onEnded(() => {
      if (this.#share !== share) return
      this.stopScreenShare()
      this.#hooks.screenEnded()
    })
    this.screen.adopt(video)
    if (audio === null) this.screenAudio.withdraw()
    else this.screenAudio.adopt(audio)
  }

  stopScreenShare(): void {
    this.#share = null
    this.screen.withdraw()
    this.screenAudio.withdraw()
    this.#hooks.changed()
  }

  raiseHand(): void {
    this.#hooks.setHand(true)
  }

  lowerHand(): void {
    this.#hooks.setHand(false)
  }

  react(reaction: string): void {
    this.#hooks.react(reaction)
  }

  /** The call is over: captures that only the room held are let go. */
  release(): void {
    this.#share = null
    for (const publication of this.all) publication.release()
    this.handRaised.set(false)
    this.speaking.set(false)
  }

  #publication(source: Source, capture: LocalPublicationHooks['capture']): LocalPublicationImpl {
    return new LocalPublicationImpl(source, {
      capture,
      forbidden: () => this.#hooks.forbidden(source),
      published: () => {
        this.#hooks.published()
      },
      mutedChanged: () => {
        this.#hooks.changed()
      },
    })
  }

  #capture(kind: CaptureKind): Promise<Capture> {
    return this.#devices.capture(kind)
  }

  async #captureMicrophone(): Promise<Hold> {
    const capture = await this.#capture('microphone')
    const meter = this.#devices.levelMeter(capture)
    this.#meter = meter
    return {
      track: capture.track,
      release: () => {
        meter.stop()
        if (this.#meter === meter) this.#meter = null
        capture.release()
      },
    }
  }

  /** `screen.enable()` is `shareScreen` without sound: a screen needs the picker every time. */
  async #captureScreenOnly(): Promise<Hold> {
    const { video } = await captureScreen(this.#browser, { audio: false })
    video.onEnded(() => {
      this.stopScreenShare()
      this.#hooks.screenEnded()
    })
    return video
  }

  #list(): void {
    const list = this.all.filter(({ inCall, wanted }) => inCall.get() || wanted.get())
    const now = this.publications.get()
    if (list.length !== now.length || list.some((one, index) => one !== now[index])) this.publications.set(list)
  }
}
