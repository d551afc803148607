import type { Answer, OfferedTrack, TrackInfo } from '@seameet/protocol'
import { SeameetError } from '../api/error.ts'
import type { Source } from '../api/publication.ts'
import type { Browser } from '../browser/types.ts'
import type { ClientBody } from '../machines/session.ts'
import type { LocalPublicationImpl } from './local-publication.ts'
import type { Peer } from './peer.ts'
import { kindOf, sourceFromWire, sourceToWire } from './sources.ts'

/** What one encoding of each source may use. Simulcast splits the camera's share later. */
const ENCODINGS: Readonly<Record<Source, RTCRtpEncodingParameters>> = {
  microphone: { maxBitrate: 64_000 },
  camera: { maxBitrate: 1_500_000, maxFramerate: 30 },
  screen: { maxBitrate: 2_500_000 },
  'screen-audio': { maxBitrate: 128_000 },
}

/** Before a message that the server had no room for is sent again. */
const RETRY_DELAY = 1000

/** What the server believes of a track. */
interface Known {
  readonly track: string
  muted: boolean
}

export interface PublisherHooks {
  /** Sends a request and returns its id; null while signaling is down. */
  request(body: ClientBody): string | null
  failed(source: Source, error: SeameetError): void
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

  constructor(publications: readonly LocalPublicationImpl[], browser: Browser, hooks: PublisherHooks) {
    this.#publications = publications
    this.#browser = browser
    this.#hooks = hooks
  }

  /** Gives each publication in the call its line. A withdrawn one keeps its line for the next time. */
  prepare(peer: Peer): void {
    for (const publication of this.#publications) {
      if (!publication.inCall.get() || publication.line !== null) continue
      const { source, sendable } = publication
      publication.setLine(peer.addSender(sendable ?? kindOf(source), ENCODINGS[source]))
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
    }
    this.reconcile()
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
    for (const publication of this.#publications) publication.setLine(null)
  }

  /** The server knows nothing of us any more. */
  forget(): void {
    this.#known.clear()
    this.#sent.clear()
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
