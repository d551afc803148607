import type { ParticipantInfo, TrackInfo } from '@seameet/protocol'
import type { Participant, Quality } from '../api/participant.ts'
import type { Delivery, MediaKind, Publication, Source, ViewWish } from '../api/publication.ts'
import { attachTrack } from '../attach.ts'
import type { ReceiverLike } from '../browser/types.ts'
import { createStore } from '../store.ts'
import { kindOf } from './sources.ts'

/** What a participant without a name is called. */
export const NAMELESS = 'Guest'

const NOT_DELIVERED: Delivery = Object.freeze({ assigned: false, cause: 'empty', causeTrack: null, layer: null })

/** Who is told what is looked at. */
export interface Viewer {
  /** The element shows the publication. Returns what ends it. */
  watch(publication: RemotePublication, element: Element): () => void
  wish(publication: RemotePublication, wish: ViewWish | null): void
}

/** A track that another participant offers. */
export class RemotePublication implements Publication {
  readonly key: string
  readonly id: string
  readonly source: Source
  readonly kind: MediaKind
  readonly participantId: string
  readonly encrypted: boolean
  readonly codec: string
  readonly muted = createStore(false)
  readonly mediaTrack = createStore<MediaStreamTrack | null>(null)
  readonly size = createStore<{ readonly width: number; readonly height: number } | null>(null)
  readonly delivery = createStore<Delivery>(NOT_DELIVERED)
  /** The line that carries it; read for its loudness. */
  receiver: ReceiverLike | null = null
  /** Its name on the wire, for statistics. */
  mid: string | null = null

  readonly #viewer: Viewer

  constructor(info: TrackInfo, source: Source, viewer: Viewer) {
    this.#viewer = viewer
    this.key = info.id
    this.id = info.id
    this.source = source
    this.kind = kindOf(source)
    this.participantId = info.participant
    this.encrypted = info.encrypted
    this.codec = info.codec
    this.update(info)
  }

  update({ muted, width, height }: TrackInfo): void {
    this.muted.set(muted)
    if (width === undefined || height === undefined) return
    const now = this.size.get()
    if (now?.width !== width || now.height !== height) this.size.set({ width, height })
  }

  /** Says where it arrives; null when nowhere. `visible` is false while the line still shows somebody else. */
  deliver(line: { readonly mid: string; readonly receiver: ReceiverLike } | null, delivery: Delivery, visible: boolean): void {
    this.receiver = line?.receiver ?? null
    this.mid = line?.mid ?? null
    const { assigned, cause, causeTrack, layer } = delivery
    const next: Delivery = { assigned, cause, causeTrack, layer }
    if (JSON.stringify(next) !== JSON.stringify(this.delivery.get())) this.delivery.set(next)
    this.mediaTrack.set(line !== null && visible ? line.receiver.track : null)
  }

  /** It arrives nowhere. */
  withhold(): void {
    this.deliver(null, NOT_DELIVERED, false)
  }

  attach(element: HTMLMediaElement): () => void {
    const detach = attachTrack(this.mediaTrack, element)
    const stop = this.kind === 'video' ? this.#viewer.watch(this, element) : undefined
    return () => {
      stop?.()
      detach()
    }
  }

  setWish(wish: ViewWish | null): void {
    this.#viewer.wish(this, wish)
  }
}

/** Somebody else in the room. */
export class RemoteParticipant implements Participant {
  readonly isLocal = false
  readonly id: string
  readonly key: string
  readonly name = createStore(NAMELESS)
  readonly attributes = createStore<Readonly<Record<string, string>>>({})
  readonly handRaised = createStore(false)
  readonly speaking = createStore(false)
  readonly quality = createStore<Quality | null>(null)
  readonly presence = createStore<'connected' | 'reconnecting'>('connected')
  readonly publications = createStore<readonly RemotePublication[]>([])
  /** The last reading of its microphone. */
  loudness = 0

  constructor(info: ParticipantInfo) {
    this.id = info.id
    this.key = info.id
    this.update(info)
  }

  update(info: ParticipantInfo): void {
    this.name.set(displayName(info.display_name))
    // Absent means unchanged.
    const { attributes } = info
    if (attributes !== undefined && !sameRecord(this.attributes.get(), attributes)) this.attributes.set(attributes)
    this.presence.set(info.state === 'reconnecting' ? 'reconnecting' : 'connected')
    this.handRaised.set(info.hand)
  }

  level(): number {
    return this.loudness
  }

  publication(source: Source): RemotePublication | undefined {
    return this.publications.get().find((publication) => publication.source === source)
  }
}

export function displayName(name: string | undefined): string {
  return name === undefined || name.trim() === '' ? NAMELESS : name
}

function sameRecord(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
