import type { Answer, ErrorMessage, OfferedTrack } from '@seameet/protocol'
import type { MediaKind } from '../api/publication.ts'
import type { Browser, EncodingParameters, PeerConnectionLike, ReceiverLike, StatsLike, TransceiverLike } from '../browser/types.ts'
import { StartRate, type SendingLine } from '../machines/start-rate.ts'

/** How many lines to receive on. */
export interface SlotCount {
  readonly audio: number
  readonly video: number
}

/** An offer ready to be sent. */
export interface OfferBody {
  readonly sdp: string
  readonly tracks: OfferedTrack[]
}

/** What a peer connection needs from the room. */
export interface PeerHooks {
  /** Adds the sending lines that are wanted and not there yet. Called before every offer. */
  prepare(peer: Peer): void
  /** What the sending lines carry, with the mids that the local description gave them. */
  tracks(): OfferedTrack[]
  /** Sends the offer. Returns its request id, or null while signaling is down. */
  send(offer: OfferBody): string | null
  /** The answer is applied. */
  answered(offered: readonly OfferedTrack[], answer: Answer): void
  /** The server will not take this offer, whatever happens. */
  refused(error: ErrorMessage): void
  candidate(candidate: RTCIceCandidate): void
  state(state: 'connected' | 'interrupted' | 'failed'): void
}

type Reply =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'error'; readonly error: ErrorMessage }
  /** Signaling broke meanwhile; the offer is made anew when it is back. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'timeout' }

/** A server that answers nothing for this long has lost the offer. */
const ANSWER_LIMIT = 10_000
const RETRY_DELAY = 1000
/** A server that is busy this often in a row gets a new peer connection. */
const RETRIES = 4

/**
 * One peer connection from its first offer to its end. The client makes every offer; offers are made one after the
 * other, and what changes meanwhile goes into the next. Lines only ever send or only ever receive, and a line never
 * changes its kind.
 */
export class Peer {
  readonly #browser: Browser
  readonly #hooks: PeerHooks
  readonly #connection: PeerConnectionLike
  readonly #configuration: RTCConfiguration
  readonly #slots: { readonly kind: MediaKind; readonly transceiver: TransceiverLike }[] = []
  readonly #pictures: { readonly transceiver: TransceiverLike; readonly most: number }[] = []
  readonly #startRate = new StartRate()
  #wantedSlots: SlotCount
  #answeredSlots: SlotCount = { audio: 0, video: 0 }
  #closed = false
  #signal = true
  #running = false
  #dirty = false
  #restart = false
  #refusals = 0
  #pending: { readonly id: string; readonly settle: (reply: Reply) => void } | null = null
  /** Answers to offers that are no longer the newest. */
  staleAnswers = 0

  constructor(browser: Browser, configuration: RTCConfiguration, slots: SlotCount, hooks: PeerHooks) {
    this.#browser = browser
    this.#hooks = hooks
    this.#wantedSlots = slots
    this.#configuration = { bundlePolicy: 'max-bundle', ...configuration }
    this.#connection = browser.createPeerConnection(this.#configuration)
    this.#connection.addEventListener('icecandidate', (event) => {
      const candidate = 'candidate' in event ? (event.candidate as RTCIceCandidate | null) : null
      if (candidate !== null && !this.#closed) hooks.candidate(candidate)
    })
    const changed = (): void => {
      this.#stateChanged()
    }
    this.#connection.addEventListener('connectionstatechange', changed)
    this.#connection.addEventListener('iceconnectionstatechange', changed)
  }

  /** Servers whose passwords are fresh, for the next ICE restart. */
  setIceServers(iceServers: RTCIceServer[]): void {
    try {
      this.#connection.setConfiguration({ ...this.#configuration, iceServers })
    } catch {
      // The former ones may still do.
    }
  }

  /** Adds a line to send on. It becomes real with the next offer. */
  addSender(trackOrKind: MediaStreamTrack | MediaKind, sendEncodings: EncodingParameters[]): TransceiverLike {
    const add = (encodings: EncodingParameters[]): TransceiverLike => {
      const transceiver = this.#connection.addTransceiver(trackOrKind, { direction: 'sendonly', sendEncodings: encodings })
      const most = encodings.reduce((sum, { maxBitrate = 0 }) => sum + maxBitrate, 0)
      const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind
      if (kind === 'video') this.#pictures.push({ transceiver, most })
      return transceiver
    }
    try {
      return add(sendEncodings)
    } catch {
      // A browser that cannot have such layers takes the largest encoding without.
      const { maxBitrate, maxFramerate } = sendEncodings.at(-1) ?? {}
      return add([{ ...(maxBitrate === undefined ? {} : { maxBitrate }), ...(maxFramerate === undefined ? {} : { maxFramerate }) }])
    }
  }

  /** The receiver behind a line, once the line is negotiated. */
  receiver(mid: string): ReceiverLike | null {
    return this.#slots.find(({ transceiver }) => transceiver.mid === mid)?.transceiver.receiver ?? null
  }

  /** The mids of the lines of a kind that the server knows. */
  lines(kind: MediaKind): string[] {
    const all = this.#slots.filter((slot) => slot.kind === kind).slice(0, this.#answeredSlots[kind])
    return all.flatMap(({ transceiver }) => transceiver.mid ?? [])
  }

  /** Every line that receives sound, negotiated or not. */
  audioReceivers(): ReceiverLike[] {
    return this.#slots.filter(({ kind }) => kind === 'audio').map(({ transceiver }) => transceiver.receiver)
  }

  /** Whether ICE and DTLS are up, as far as the browser can tell. */
  get connected(): boolean {
    return this.#connection.connectionState === 'connected'
  }

  /** The number of receiving lines that the next offer will have. */
  get wantedSlots(): SlotCount {
    return this.#wantedSlots
  }

  /** The number of receiving lines that the server knows. */
  get answeredSlots(): SlotCount {
    return this.#answeredSlots
  }

  /** Sees to it that there are at least this many receiving lines, with a new offer if need be. */
  growSlots(count: SlotCount): void {
    const { audio, video } = this.#wantedSlots
    if (count.audio <= audio && count.video <= video) return
    this.#wantedSlots = { audio: Math.max(audio, count.audio), video: Math.max(video, count.video) }
    this.negotiate()
  }

  /** Offers, now or after the offer that is under way. */
  negotiate(options: { readonly iceRestart?: boolean } = {}): void {
    this.#dirty = true
    this.#restart ||= options.iceRestart ?? false
    void this.#run()
  }

  /** The reply to an offer. Returns false when it belongs to no pending offer. */
  answered(answer: Answer): boolean {
    return this.#settle(answer.id, { kind: 'answer', answer })
  }

  /** The refusal of an offer. Returns false when it belongs to something else. */
  refused(error: ErrorMessage): boolean {
    return this.#settle(error.id, { kind: 'error', error })
  }

  signalDown(): void {
    this.#signal = false
    this.#pending?.settle({ kind: 'interrupted' })
  }

  signalUp(): void {
    this.#signal = true
    void this.#run()
  }

  /** Empty when the connection is closed. */
  async stats(): Promise<StatsLike> {
    return this.#closed ? { forEach: () => undefined } : this.#connection.getStats()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#pending?.settle({ kind: 'interrupted' })
    this.#connection.close()
  }

  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    try {
      while (this.#dirty && this.#signal && !this.#isClosed()) await this.#round()
    } catch {
      // The browser refused a description that it made itself, or the server's: this connection is beyond repair.
      if (!this.#isClosed()) this.#hooks.state('failed')
    } finally {
      this.#running = false
    }
  }

  async #round(): Promise<void> {
    this.#dirty = false
    const iceRestart = this.#restart
    this.#restart = false
    this.#hooks.prepare(this)
    const slots = this.#addSlots()
    const offer = await this.#connection.createOffer({ iceRestart })
    if (this.#isClosed()) return
    await this.#connection.setLocalDescription({ type: 'offer', sdp: offer.sdp ?? '' })
    if (this.#isClosed()) return
    const tracks = this.#hooks.tracks()
    const reply = await this.#exchange({ sdp: this.#connection.localDescription?.sdp ?? offer.sdp ?? '', tracks })
    if (this.#isClosed()) return
    await this.#conclude(reply, tracks, slots, iceRestart)
  }

  async #conclude(reply: Reply, tracks: OfferedTrack[], slots: SlotCount, iceRestart: boolean): Promise<void> {
    switch (reply.kind) {
      case 'answer':
        this.#refusals = 0
        await this.#connection.setRemoteDescription({ type: 'answer', sdp: this.#startRate.hint(reply.answer.sdp, this.#sending()) })
        if (this.#isClosed()) return
        this.#answeredSlots = slots
        this.#hooks.answered(tracks, reply.answer)
        return
      case 'interrupted':
        this.#dirty = true
        this.#restart ||= iceRestart
        return
      case 'timeout':
        this.#hooks.state('failed')
        return
      case 'error':
        this.#restart ||= iceRestart
        await this.#takeRefusal(reply.error)
    }
  }

  async #takeRefusal(error: ErrorMessage): Promise<void> {
    await this.#connection.setLocalDescription({ type: 'rollback' })
    this.#refusals += 1
    if (!error.retryable) {
      this.#hooks.refused(error)
    } else if (this.#refusals > RETRIES) {
      this.#hooks.state('failed')
    } else {
      this.#dirty = true
      await this.#pause(RETRY_DELAY * this.#refusals)
    }
  }

  #sending(): SendingLine[] {
    return this.#pictures.map(({ transceiver, most }) => ({ mid: transceiver.mid, most }))
  }

  #addSlots(): SlotCount {
    for (const kind of ['audio', 'video'] as const) {
      const missing = this.#wantedSlots[kind] - this.#slots.filter((slot) => slot.kind === kind).length
      for (let n = 0; n < missing; n += 1) {
        this.#slots.push({ kind, transceiver: this.#connection.addTransceiver(kind, { direction: 'recvonly' }) })
      }
    }
    return this.#wantedSlots
  }

  #exchange(offer: OfferBody): Promise<Reply> {
    return new Promise((resolve) => {
      const id = this.#hooks.send(offer)
      if (id === null) {
        resolve({ kind: 'interrupted' })
        return
      }
      const stopTimer = this.#browser.setTimer(ANSWER_LIMIT, () => {
        this.#pending?.settle({ kind: 'timeout' })
      })
      const settle = (reply: Reply): void => {
        stopTimer()
        this.#pending = null
        resolve(reply)
      }
      this.#pending = { id, settle }
    })
  }

  #settle(id: string | undefined, reply: Reply): boolean {
    if (this.#pending === null || id !== this.#pending.id) {
      if (reply.kind === 'answer') this.staleAnswers += 1
      return false
    }
    this.#pending.settle(reply)
    return true
  }

  #pause(delay: number): Promise<void> {
    return new Promise((resolve) => {
      this.#browser.setTimer(delay, resolve)
    })
  }

  #stateChanged(): void {
    if (this.#closed) return
    const { connectionState, iceConnectionState } = this.#connection
    if (connectionState === 'connected' && iceConnectionState !== 'disconnected') this.#hooks.state('connected')
    else if (connectionState === 'failed' || iceConnectionState === 'failed') this.#hooks.state('failed')
    else if (iceConnectionState === 'disconnected') this.#hooks.state('interrupted')
  }

  // A method, so that the compiler does not believe that an `await` leaves the field as it was.
  #isClosed(): boolean {
    return this.#closed
  }
}
