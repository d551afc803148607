import type { Answer, OfferedTrack, PublisherDemand, TrackInfo } from '@seameet/protocol'
import { SeameetError } from '../api/error.ts'
import type { PublishOptions, Source } from '../api/publication.ts'
import type { Browser, TransceiverLike } from '../browser/types.ts'
import { isScalable, layersOf, planEncodings } from '../machines/encodings.ts'
import type { ClientBody } from '../machines/session.ts'
import type { LocalPublicationImpl } from './local-publication.ts'
import type { Peer } from './peer.ts'
import { pictureOf } from './sender-tuner.ts'
import { kindOf, sourceFromWire, sourceToWire } from './sources.ts'

/** Before a message that the server had no room for is sent again. */
const RETRY_DELAY = 1000
/** Demands that are kept for tracks to come: one of each source. */
const EARLY_LIMIT = 4

/** What the server believes of a track. */
interface Known {
  readonly track: string
  muted: boolean
}

export interface PublisherHooks {
  /** Sends a request and returns its id; null while signaling is down. */
  request(body: ClientBody): string | null
  failed(source: Source, error: SeameetError): void
  /** The codec that others in the room send, null when nobody does. */
  roomCodec(): string | null
}

/**
 * Keeps the server's idea of the own tracks equal to the publications: which lines they have, which are muted, which
 * are gone. `reconcile` may be called at any time; it sends only differences.
 */
export class Publisher {
  readonly #publications: readonly LocalPublicationImpl[]
  readonly #browser: Browser
  readonly #hooks: PublisherHooks
  readonly #known = new Map<Source, Known>()
  /** Mute messages whose refusal must be noticed. */
  readonly #sent = new Map<string, Source>()
  readonly #options: PublishOptions
  /** The codec that the server answered with. */
  #answeredCodec: string | null = null
  /** What is wanted of tracks that no answer has named yet. */
  #early: readonly PublisherDemand[] = []
  /** Publications that got another line on this peer connection because of their codec; once is enough. */
  readonly #moved = new Set<Source>()

  constructor(publications: readonly LocalPublicationImpl[], browser: Browser, options: PublishOptions, hooks: PublisherHooks) {
    this.#publications = publications
    this.#browser = browser
    this.#options = options
    this.#hooks = hooks
  }

  /** Gives each publication in the call its line. A withdrawn one keeps its line for the next time. */
  prepare(peer: Peer): void {
    for (const publication of this.#publications) {
      if (!publication.inCall.get() || publication.line !== null) continue
      const { source, sendable, kind } = publication
      const { codec: wish, simulcast = true, layers = 3 } = this.#options
      const codec = this.#answeredCodec ?? wish ?? this.#hooks.roomCodec() ?? 'vp8'
      const settings = { codec, layers: simulcast ? layers : 1 }
      const picture = pictureOf(source, codec, sendable)
      const encodings = planEncodings(picture, layersOf(picture, settings.layers), settings.layers)
      const line = peer.addSender(sendable ?? kindOf(source), encodings)
      if (kind === 'video' && wish !== undefined) this.#prefer(line, wish)
      publication.setLine(line, settings)
    }
  }

  /** What the lines carry, for the offer that is about to be sent. */
  tracks(): OfferedTrack[] {
    return this.#publications.flatMap((publication): OfferedTrack[] => {
      const mid = publication.line?.mid ?? null
      if (!publication.inCall.get() || mid === null) return []
      return [{ mid, source: sourceToWire(publication.source), muted: publication.muted.get() }]
    })
  }

  /** The server took these tracks. */
  answered(offered: readonly OfferedTrack[], answer: Answer): void {
    for (const { mid, source: name, muted } of offered) {
      const publication = this.#bySource(name)
      if (publication === undefined) continue
      const taken = answer.tracks.find((track) => track.mid === mid)
      if (taken === undefined) this.#refuse(publication)
      // A track that the server had already keeps its state there; the offer's flag is only for the start.
      else if (this.#known.get(publication.source)?.track !== taken.track) {
        this.#known.set(publication.source, { track: taken.track, muted: muted ?? false })
      }
      void publication.tuner.apply()
    }
    for (const demand of [...this.#early]) this.demanded(demand)
    this.reconcile()
  }

  /**
   * Looks at the codec that the answer gave each picture. Simulcast lines are made for some codecs and layered ones for
   * others, and a line stays as it was made: returns whether a publication needs another line, and so an offer.
   */
  fitCodecs(): boolean {
    let misfit = false
    for (const publication of this.#publications) {
      const { line, kind, source, settings } = publication
      if (line === null || settings === null || kind !== 'video') continue
      const codec = negotiatedCodec(line)
      if (codec === null) continue
      this.#answeredCodec = codec
      if (isScalable(codec) === isScalable(settings.codec) || this.#moved.has(source)) continue
      this.#moved.add(source)
      publication.setLine(null)
      void line.sender.replaceTrack(null).catch(() => undefined)
      misfit = true
    }
    return misfit
  }

  /** What the server wants of a track. */
  demanded(demand: PublisherDemand): void {
    this.#early = this.#early.filter((other) => other.track !== demand.track)
    const publication = this.#publications.find(({ source }) => this.#known.get(source)?.track === demand.track)
    if (publication !== undefined) publication.tuner.setDemand(demand)
    // It may overtake the answer that names the track, which takes the browser a moment to apply.
    else this.#early = [...this.#early, demand].slice(-EARLY_LIMIT)
  }

  /** The server will not have the tracks that it does not know yet. */
  refused(error: SeameetError): void {
    for (const publication of this.#publications) {
      if (publication.inCall.get() && !this.#known.has(publication.source)) this.#refuse(publication, error)
    }
  }

  /** The connection was resumed: this is what the server holds now. */
  adopt(self: string, tracks: readonly TrackInfo[]): void {
    this.#known.clear()
    this.#sent.clear()
    for (const { id, participant, source: name, muted } of tracks) {
      const source = sourceFromWire(name)
      if (participant === self && source !== null) this.#known.set(source, { track: id, muted })
    }
  }

  /** A new peer connection begins: lines are made anew. The server's tracks live until the next answer. */
  detach(): void {
    this.#moved.clear()
    for (const publication of this.#publications) publication.setLine(null)
  }

  /** The server knows nothing of us any more. */
  forget(): void {
    this.#known.clear()
    this.#sent.clear()
    this.#answeredCodec = null
    this.#early = []
  }

  /** Whether a publication is in the call that no answer has confirmed. */
  needsOffer(): boolean {
    return this.#publications.some(({ inCall, source }) => inCall.get() && !this.#known.has(source))
  }

  reconcile(): void {
    for (const publication of this.#publications) {
      const { source } = publication
      const known = this.#known.get(source)
      if (known === undefined) continue
      if (!publication.inCall.get()) {
        if (this.#hooks.request({ type: 'unpublish', track: known.track }) !== null) this.#known.delete(source)
        continue
      }
      const muted = publication.muted.get()
      if (muted === known.muted) continue
      const id = this.#hooks.request(muteMessage(source, known.track, muted))
      if (id === null) continue
      known.muted = muted
      this.#sent.set(id, source)
      // Only the newest few can still be refused.
      for (const old of [...this.#sent.keys()].slice(0, -16)) this.#sent.delete(old)
    }
  }

  /** A request was refused. Returns whether it was a mute message, which is then tried again. */
  requestRefused(id: string): boolean {
    const source = this.#sent.get(id)
    if (source === undefined) return false
    this.#sent.delete(id)
    const known = this.#known.get(source)
    this.#browser.setTimer(RETRY_DELAY, () => {
      if (known === undefined || this.#known.get(source) !== known) return
      known.muted = !known.muted
      this.reconcile()
    })
    return true
  }

  #bySource(name: string): LocalPublicationImpl | undefined {
    const source = sourceFromWire(name)
    return this.#publications.find((publication) => publication.source === source)
  }

  /** Offers every codec, or some browsers write a description that others cannot read; the wished one first. */
  #prefer(line: TransceiverLike, codec: string): void {
    const all = this.#browser.videoCodecs()
    const wished = all.filter(({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`)
    try {
      line.setCodecPreferences?.([...wished, ...all.filter((one) => !wished.includes(one))])
    } catch {
      // The browser's own order will do.
    }
  }

  #refuse(publication: LocalPublicationImpl, cause?: SeameetError): void {
    const error = cause ?? new SeameetError('publish/refused', `The server did not take the ${publication.source}.`)
    publication.fail(error)
    this.#hooks.failed(publication.source, error)
  }
}

function muteMessage(source: Source, track: string, muted: boolean): ClientBody {
  if (source === 'microphone') return { type: muted ? 'mute_audio' : 'unmute_audio' }
  if (source === 'camera') return { type: muted ? 'mute_video' : 'unmute_video' }
  return { type: 'set_track', track, muted }
}

/** The codec that a line was answered with; null where the browser does not tell. */
function negotiatedCodec({ sender }: TransceiverLike): string | null {
  const { codecs } = sender.getParameters() as Partial<RTCRtpSendParameters>
  return codecs?.[0]?.mimeType.split('/')[1]?.toLowerCase() ?? null
}
