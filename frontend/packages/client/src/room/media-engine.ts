import type { ErrorMessage, Ready } from '@seameet/protocol'
import type { Health } from '../api/connection.ts'
import type { SeameetError } from '../api/error.ts'
import type { MediaKind } from '../api/publication.ts'
import type { RoomStats } from '../api/stats.ts'
import type { Browser } from '../browser/types.ts'
import { MediaRecovery } from '../machines/media-recovery.ts'
import type { ClientBody, MediaMessage } from '../machines/session.ts'
import { SlotTable } from '../machines/slots.ts'
import { Alarm } from './alarm.ts'
import type { AudioPool } from './audio-pool.ts'
import { serverError } from './errors.ts'
import { Listening } from './listening.ts'
import type { LocalSelf } from './local-participant.ts'
import { Peer, type SlotCount } from './peer.ts'
import type { Publisher } from './publisher.ts'
import { QualityBoard } from './quality.ts'
import type { Roster } from './roster.ts'
import { Viewing } from './viewing.ts'
import { readStats, summarize, type LineOwner } from './stats.ts'

/** Receiving lines of the first offer, however small the room: a small meeting never needs another. */
const FIRST_SLOTS: SlotCount = { audio: 4, video: 4 }
/** Lines beyond what is needed now, so that not everybody who comes causes an offer. */
const SPARE_SLOTS = 2
/** Receiving lines at most; beyond them the server chooses. */
const MOST_SLOTS: SlotCount = { audio: 20, video: 32 }

export interface MediaHooks {
  request(body: ClientBody): string | null
  /** Health or attempts changed. */
  changed(): void
  /** The server refused to negotiate. */
  refused(error: SeameetError): void
  roundTrip(): number | null
}

/** What the engine works on. */
export interface MediaParts {
  readonly browser: Browser
  readonly self: LocalSelf
  readonly roster: Roster
  readonly publisher: Publisher
  readonly audio: AudioPool
}

/** The media half of a call: one peer connection at a time, what arrives on it, and how it is brought back. */
export class MediaEngine {
  readonly listening: Listening
  readonly quality: QualityBoard
  readonly viewing: Viewing
  readonly #browser: Browser
  readonly #parts: MediaParts
  readonly #hooks: MediaHooks
  readonly #recovery: MediaRecovery
  readonly #slots = new SlotTable()
  readonly #recoveryAlarm: Alarm
  readonly #slotAlarm: Alarm
  #peer: Peer | null = null
  #iceServers: RTCIceServer[] = []
  #subscribes = true
  /** The first answer of the present peer connection came. */
  #answered = false

  constructor(parts: MediaParts, hooks: MediaHooks) {
    this.#browser = parts.browser
    this.#parts = parts
    this.#hooks = hooks
    this.quality = new QualityBoard(parts.self, parts.roster)
    const { browser } = parts
    this.viewing = new Viewing(browser, parts.roster, {
      peer: () => this.#peer,
      request: (body) => hooks.request(body),
    })
    this.#recovery = new MediaRecovery(() => browser.random())
    this.#recoveryAlarm = new Alarm(browser, () => {
      this.#recovery.wake(browser.now())
      this.#drain()
    })
    this.#slotAlarm = new Alarm(browser, () => {
      this.resolve()
    })
    this.listening = new Listening(parts, {
      peer: () => this.#peer,
      silent: () => {
        this.#recovery.interrupted(browser.now())
        this.#drain()
      },
      flowing: () => {
        this.#recovery.arrived(browser.now())
        this.#recoveryAlarm.set(this.#recovery.deadline())
        if (this.#recovery.health !== 'down' || this.#peer?.connected !== true) return
        this.#recovery.connected()
        this.#drain()
      },
    })
  }

  get health(): Health {
    return this.#recovery.health
  }

  get attempt(): number {
    return this.#recovery.attempt
  }

  /** Signaling is up and roster and publications are up to date. */
  joined(ready: Ready): void {
    const now = this.#browser.now()
    this.#iceServers = ready.ice_servers
    this.#subscribes = ready.grants.subscribe
    this.listening.start()
    this.viewing.start()
    if (ready.resumed) this.#parts.publisher.adopt(ready.participant, ready.tracks)
    else this.#parts.publisher.forget()
    if (!ready.resumed || this.#peer === null) {
      this.#recovery.signalUp(now)
      this.#begin()
      return
    }
    this.#peer.setIceServers(this.#iceServers)
    this.#peer.signalUp()
    this.#recovery.signalUp(now)
    this.#drain()
    if (this.#parts.publisher.needsOffer()) this.#peer.negotiate()
    this.#parts.publisher.reconcile()
    this.rosterChanged()
  }

  signalDown(): void {
    this.listening.untold()
    this.#recovery.signalDown()
    this.#peer?.signalDown()
    this.#drain()
  }

  message(message: MediaMessage): void {
    const now = this.#browser.now()
    switch (message.type) {
      case 'answer':
        // Slots that were named before the first answer belong to the peer connection that was.
        if (this.#peer?.answered(message) === true && !this.#answered) {
          this.#answered = true
          this.#slots.clear()
        }
        return
      case 'slots':
        this.#slots.assign(now, message.assignments)
        this.resolve()
        return
      case 'active_speakers':
        this.listening.told(message.speakers)
        return
      case 'quality':
        this.quality.told(message)
        return
      case 'publisher_demand':
        this.#parts.publisher.demanded(message)
        return
      case 'request_renegotiation': {
        const known = this.#peer?.answeredSlots ?? FIRST_SLOTS
        const { audio, video } = message.needed_slots
        this.#grow({ audio: audio === 0 ? 0 : known.audio + audio, video: video === 0 ? 0 : known.video + video })
        return
      }
      case 'media_lost':
        this.#recovery.lost(now, message.closed)
        this.#drain()
    }
  }

  /** A request was refused. Returns whether it was an offer or a view. */
  requestRefused(error: ErrorMessage): boolean {
    return this.viewing.requestRefused(error.id) || (this.#peer?.refused(error) ?? false)
  }

  /** Somebody came, left, published or withdrew something. */
  rosterChanged(): void {
    this.resolve()
    this.#grow(this.#published())
  }

  /** A publication wants a line. */
  published(): void {
    this.#peer?.negotiate()
  }

  /** Ends everything. */
  stop(): void {
    this.listening.stop()
    this.quality.clear()
    this.viewing.stop()
    this.#recovery.stopped()
    this.#recoveryAlarm.set(null)
    this.#slotAlarm.set(null)
    this.#close()
    this.#slots.clear()
    this.#parts.publisher.forget()
  }

  async stats(): Promise<RoomStats> {
    const reading = readStats((await this.#peer?.stats()) ?? { forEach: () => undefined }, this.#browser.now())
    return summarize(this.listening.readingBefore(reading.at), reading, this.#hooks.roundTrip(), (mid) => this.#ownerOf(mid))
  }

  /** Brings each publication together with the line that carries it. */
  resolve(): void {
    const now = this.#browser.now()
    for (const publication of this.#parts.roster.publications()) {
      const arrival = this.#slots.find(now, publication.id)
      const receiver = arrival === null ? null : (this.#peer?.receiver(arrival.mid) ?? null)
      if (arrival === null || receiver === null) publication.withhold()
      else publication.deliver({ mid: arrival.mid, receiver }, arrival, publication.kind === 'audio' || arrival.settled)
    }
    this.#slotAlarm.set(this.#slots.deadline(now))
    this.viewing.update()
  }

  /** Begins a new peer connection and makes its first offer. */
  #begin(): void {
    this.#close()
    this.#answered = false
    this.#slots.clear()
    this.viewing.renew()
    this.resolve()
    const { publisher } = this.#parts
    const published = this.#published()
    const slots = {
      audio: atMost('audio', Math.max(FIRST_SLOTS.audio, published.audio + SPARE_SLOTS)),
      video: atMost('video', Math.max(FIRST_SLOTS.video, published.video + SPARE_SLOTS)),
    }
    const configuration = { iceServers: this.#iceServers }
    const peer: Peer = new Peer(this.#browser, configuration, this.#subscribes ? slots : { audio: 0, video: 0 }, {
      prepare: (of) => {
        publisher.prepare(of)
      },
      tracks: () => publisher.tracks(),
      send: ({ sdp, tracks }) => this.#hooks.request({ type: 'offer', sdp, tracks }),
      answered: (offered, answer) => {
        publisher.answered(offered, answer)
        if (publisher.fitCodecs()) peer.negotiate()
        this.#parts.audio.follow(peer.audioReceivers())
        this.resolve()
      },
      refused: (error) => {
        this.#offerRefused(error)
      },
      candidate: ({ candidate, sdpMid, sdpMLineIndex }) => {
        this.#hooks.request({
          type: 'ice_candidate',
          candidate,
          ...(sdpMid === null ? {} : { sdp_mid: sdpMid }),
          ...(sdpMLineIndex === null ? {} : { sdp_mline_index: sdpMLineIndex }),
        })
      },
      state: (state) => {
        this.#peerState(state)
      },
    })
    this.#peer = peer
    this.#recovery.began(this.#browser.now())
    this.listening.restart()
    peer.negotiate()
    this.#drain()
  }

  #close(): void {
    const peer = this.#peer
    this.#peer = null
    this.#parts.publisher.detach()
    this.#parts.audio.follow([])
    peer?.close()
  }

  #peerState(state: 'connected' | 'interrupted' | 'failed'): void {
    const now = this.#browser.now()
    if (state === 'connected') this.#recovery.connected()
    else if (state === 'failed') this.#recovery.failed(now)
    else this.#recovery.doubted(now)
    this.#drain()
  }

  #offerRefused(message: ErrorMessage): void {
    const error = serverError(message)
    this.#parts.publisher.refused(error)
    this.#hooks.refused(error)
    // Without its first answer the connection is nothing; with one it goes on as it was.
    if (!this.#answered) this.#peerState('failed')
  }

  #drain(): void {
    for (let output = this.#recovery.poll(); output !== undefined; output = this.#recovery.poll()) {
      if (output === 'rebuild') {
        this.#begin()
        return
      }
      this.listening.restart()
      this.#peer?.negotiate({ iceRestart: true })
    }
    this.#recoveryAlarm.set(this.#recovery.deadline())
    this.#hooks.changed()
  }

  /** The others' tracks of each kind. */
  #published(): SlotCount {
    const count: Record<MediaKind, number> = { audio: 0, video: 0 }
    for (const { kind } of this.#parts.roster.publications()) count[kind] += 1
    return count
  }

  #grow(needed: SlotCount): void {
    const peer = this.#peer
    if (peer === null || !this.#subscribes) return
    const { audio, video } = peer.wantedSlots
    peer.growSlots({
      audio: needed.audio > audio ? atMost('audio', needed.audio + SPARE_SLOTS) : audio,
      video: needed.video > video ? atMost('video', needed.video + SPARE_SLOTS) : video,
    })
  }

  #ownerOf(mid: string): LineOwner {
    const { self, roster } = this.#parts
    const own = self.all.find(({ line }) => line?.mid === mid)
    if (own !== undefined) return { participantId: self.id, source: own.source, cause: null }
    for (const publication of roster.publications()) {
      if (publication.mid !== mid) continue
      return { participantId: publication.participantId, source: publication.source, cause: publication.delivery.get().cause }
    }
    return { participantId: null, source: null, cause: null }
  }
}

function atMost(kind: MediaKind, count: number): number {
  return Math.min(count, MOST_SLOTS[kind])
}
