import type { SeameetError } from '../api/error.ts'
import type { Delivery, LocalPublication, LocalState, MediaKind, Publication, SendEncoding, Source, ViewWish } from '../api/publication.ts'
import { attachTrack } from '../attach.ts'
import { createStore } from '../store.ts'

export function kindOf(source: Source): MediaKind {
  return source === 'camera' || source === 'screen' ? 'video' : 'audio'
}

/** A remote publication whose stores a test may write. */
export class FakePublication implements Publication {
  readonly key: string
  readonly id: string
  readonly source: Source
  readonly kind: MediaKind
  readonly participantId: string
  readonly encrypted = false
  readonly codec: string
  readonly muted = createStore(false)
  readonly mediaTrack = createStore<MediaStreamTrack | null>(null)
  readonly size = createStore<{ width: number; height: number } | null>(null)
  readonly delivery = createStore<Delivery>({ assigned: true, cause: 'full', causeTrack: null, layer: null })

  /** What was wished last. */
  wish: ViewWish | null = null

  constructor(participantId: string, source: Source) {
    this.id = `t_${participantId}_${source}`
    this.key = this.id
    this.source = source
    this.kind = kindOf(source)
    this.participantId = participantId
    this.codec = this.kind === 'video' ? 'vp8' : 'opus'
  }

  attach(element: HTMLMediaElement): () => void {
    return attachTrack(this.mediaTrack, element)
  }

  setWish(wish: ViewWish | null): void {
    this.wish = wish
  }
}

/** A publication of one's own that captures nothing: `nextTrack` is what it pretends to capture. */
export class FakeLocalPublication implements LocalPublication {
  readonly key: string
  readonly source: Source
  readonly kind: MediaKind
  readonly muted = createStore(true)
  readonly mediaTrack = createStore<MediaStreamTrack | null>(null)
  readonly wanted = createStore(false)
  readonly state = createStore<LocalState>('off')
  readonly error = createStore<SeameetError | null>(null)
  readonly encodings = createStore<readonly SendEncoding[]>([])
  /** What the next `enable` shows. */
  nextTrack: MediaStreamTrack | null = null
  /** What the next `enable` fails with. */
  nextError: SeameetError | null = null

  constructor(source: Source) {
    this.key = `local_${source}`
    this.source = source
    this.kind = kindOf(source)
  }

  async enable(): Promise<void> {
    this.wanted.set(true)
    this.state.set('starting')
    await Promise.resolve()
    const failure = this.nextError
    if (failure !== null) {
      this.nextError = null
      this.wanted.set(false)
      this.error.set(failure)
      this.state.set('failed')
      throw failure
    }
    if (!this.wanted.get()) return
    this.error.set(null)
    this.mediaTrack.set(this.nextTrack)
    this.muted.set(false)
    this.state.set('on')
  }

  disable(): void {
    this.wanted.set(false)
    this.muted.set(true)
    if (this.source !== 'microphone') this.mediaTrack.set(null)
    this.state.set('off')
  }

  attach(element: HTMLMediaElement): () => void {
    return attachTrack(this.mediaTrack, element)
  }
}
