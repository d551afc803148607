import type { LocalParticipant, Participant, Quality } from '../api/participant.ts'
import type { ScreenShareOptions, Source } from '../api/publication.ts'
import { createStore } from '../store.ts'
import { FakeLocalPublication, FakePublication } from './fake-publication.ts'

/** How a fake participant starts. Microphone and camera default to `on`. */
export interface FakeParticipantInit {
  readonly id?: string
  readonly name?: string
  readonly microphone?: 'on' | 'muted' | 'none'
  readonly camera?: 'on' | 'muted' | 'none'
  readonly screen?: boolean
  readonly cameraTrack?: MediaStreamTrack
  readonly screenTrack?: MediaStreamTrack
}

/** What the fake room is told of a participant's changes. */
export interface FakeParticipantHooks {
  added(participant: FakeParticipant, publication: FakePublication): void
  removed(participant: FakeParticipant, publication: FakePublication): void
}

/** Somebody else, moved by the test: write the stores, or use the methods. */
export class FakeParticipant implements Participant {
  readonly isLocal = false
  readonly id: string
  readonly key: string
  readonly name = createStore('Guest')
  readonly attributes = createStore<Readonly<Record<string, string>>>({})
  readonly handRaised = createStore(false)
  readonly speaking = createStore(false)
  readonly quality = createStore<Quality | null>(null)
  readonly presence = createStore<'connected' | 'reconnecting'>('connected')
  readonly publications = createStore<readonly FakePublication[]>([])
  /** What `level()` returns. */
  loudness = 0
  readonly #hooks: FakeParticipantHooks

  constructor(id: string, init: FakeParticipantInit, hooks: FakeParticipantHooks) {
    this.id = id
    this.key = id
    this.#hooks = hooks
    if (init.name !== undefined) this.name.set(init.name)
    for (const source of ['microphone', 'camera'] as const) {
      const wish = init[source] ?? 'on'
      if (wish !== 'none') this.publish(source).muted.set(wish === 'muted')
    }
    this.publication('camera')?.mediaTrack.set(init.cameraTrack ?? null)
    if (init.screen === true) this.publish('screen').mediaTrack.set(init.screenTrack ?? null)
  }

  level(): number {
    return this.loudness
  }

  publication(source: Source): FakePublication | undefined {
    return this.publications.get().find((publication) => publication.source === source)
  }

  publish(source: Source): FakePublication {
    const existing = this.publication(source)
    if (existing !== undefined) return existing
    const publication = new FakePublication(this.id, source)
    this.publications.update((list) => [...list, publication])
    this.#hooks.added(this, publication)
    return publication
  }

  unpublish(source: Source): void {
    const publication = this.publication(source)
    if (publication === undefined) return
    this.publications.update((list) => list.filter((other) => other !== publication))
    this.#hooks.removed(this, publication)
  }

  setMuted(source: Source, muted: boolean): void {
    this.publication(source)?.muted.set(muted)
  }
}

/** Oneself. */
export class FakeLocalParticipant implements LocalParticipant {
  readonly isLocal = true
  id = 'p_local'
  readonly key = 'local'
  readonly name = createStore('Guest')
  readonly attributes = createStore<Readonly<Record<string, string>>>({})
  readonly handRaised = createStore(false)
  readonly speaking = createStore(false)
  readonly quality = createStore<Quality | null>(null)
  readonly presence = createStore<'connected' | 'reconnecting'>('connected')
  readonly microphone = new FakeLocalPublication('microphone')
  readonly camera = new FakeLocalPublication('camera')
  readonly screen = new FakeLocalPublication('screen')
  readonly screenAudio = new FakeLocalPublication('screen-audio')
  readonly publications = createStore<readonly FakeLocalPublication[]>([])
  /** What `react` was called with. */
  readonly reactions: string[] = []
  /** What `level()` returns. */
  loudness = 0
  /** Called when the hand changes. */
  onHand: (() => void) | undefined
  /** Called when an emotion is shown: the server tells everybody, its sender too. */
  onReact: ((reaction: string) => void) | undefined

  constructor() {
    const all = [this.microphone, this.camera, this.screen, this.screenAudio]
    for (const publication of all) {
      publication.wanted.subscribe(() => {
        this.publications.set(all.filter((one) => one.wanted.get() || this.publications.get().includes(one)))
      })
    }
  }

  level(): number {
    return this.loudness
  }

  publication(source: Source): FakeLocalPublication {
    const all = [this.microphone, this.camera, this.screen, this.screenAudio]
    return all.find((publication) => publication.source === source) ?? this.microphone
  }

  async shareScreen(options?: ScreenShareOptions): Promise<void> {
    await this.screen.enable()
    if (options?.audio !== false) await this.screenAudio.enable()
  }

  stopScreenShare(): void {
    this.screen.disable()
    this.screenAudio.disable()
    this.publications.update((list) => list.filter((one) => one !== this.screen && one !== this.screenAudio))
  }

  raiseHand(): void {
    this.handRaised.set(true)
    this.onHand?.()
  }

  lowerHand(): void {
    this.handRaised.set(false)
    this.onHand?.()
  }

  react(reaction: string): void {
    this.reactions.push(reaction)
    this.onReact?.(reaction)
  }
}

