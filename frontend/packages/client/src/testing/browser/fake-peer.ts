import type { EncodingParameters, PeerConnectionLike, SenderLike, StatsLike, TransceiverLike } from '../../browser/types.ts'
import { FakeTrack } from './fake-media.ts'

/** What the other end takes. */
export interface FakeAnswers {
  codec: string
  simulcast: boolean
}

/** A sender that, like a browser's, takes one change of its parameters at a time. */
export class FakeSender implements SenderLike {
  track: MediaStreamTrack | null
  /** Every track that was put on the line. */
  readonly sent: (MediaStreamTrack | null)[] = []
  /** How it sends now. */
  encodings: EncodingParameters[]
  codec: string | null = null
  degradationPreference: string | undefined
  /** Thrown by the next changes, one each. */
  readonly failures: Error[] = []
  changes = 0
  #busy = false
  #transaction = 0

  constructor(track: MediaStreamTrack | null, encodings: readonly EncodingParameters[]) {
    this.track = track
    this.encodings = encodings.map((encoding) => ({ active: true, ...encoding }))
  }

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    await Promise.resolve()
    this.track = track
    this.sent.push(track)
  }

  getParameters(): RTCRtpSendParameters {
    this.#transaction += 1
    return {
      transactionId: String(this.#transaction),
      encodings: this.encodings.map((encoding) => ({ ...encoding })),
      codecs: this.codec === null ? [] : [{ mimeType: this.codec, payloadType: 96, clockRate: 90_000 }],
      headerExtensions: [],
      rtcp: {},
    }
  }

  async setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    if (this.#busy) throw new Error('a change is under way')
    if (parameters.transactionId !== String(this.#transaction)) throw new Error('the parameters are old')
    if (parameters.encodings.length !== this.encodings.length) throw new Error('encodings cannot come or go')
    this.#busy = true
    await Promise.resolve()
    this.#busy = false
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    this.changes += 1
    this.encodings = parameters.encodings
    this.degradationPreference = parameters.degradationPreference
  }
}

/** A media line. */
export class FakeTransceiver implements TransceiverLike {
  mid: string | null = null
  readonly kind: string
  readonly direction: string
  readonly sendEncodings: readonly RTCRtpEncodingParameters[]
  readonly remote: FakeTrack
  /** What `getSynchronizationSources` tells. */
  sources: { timestamp: number; audioLevel?: number }[] = []
  readonly sender: FakeSender
  readonly receiver: TransceiverLike['receiver']
  /** What was preferred, most liked first. */
  codecs: RTCRtpCodec[] | null = null

  constructor(kind: string, track: MediaStreamTrack | null, init: RTCRtpTransceiverInit, name: string) {
    this.kind = kind
    this.direction = init.direction ?? 'sendrecv'
    this.sendEncodings = init.sendEncodings ?? []
    this.sender = new FakeSender(track, this.sendEncodings)
    this.remote = new FakeTrack(kind === 'audio' ? 'audio' : 'video', name)
    this.receiver = { track: this.remote.asTrack(), getSynchronizationSources: () => this.sources }
  }

  /** Every track that was put on the line. */
  get sent(): readonly (MediaStreamTrack | null)[] {
    return this.sender.sent
  }

  setCodecPreferences(codecs: RTCRtpCodec[]): void {
    this.codecs = codecs
  }

  /** The other end took the line. Without simulcast a browser keeps the first encoding only. */
  answered({ codec, simulcast }: FakeAnswers): void {
    if (this.kind !== 'video') return
    this.sender.codec = `video/${codec}`
    const [first] = this.sender.encodings
    if (!simulcast && first !== undefined) this.sender.encodings = [first]
  }
}

/** A peer connection that negotiates with nobody; the fake server's answers are enough for it. */
export class FakePeer extends EventTarget implements PeerConnectionLike {
  connectionState: RTCPeerConnectionState = 'new'
  iceConnectionState: RTCIceConnectionState = 'new'
  signalingState: RTCSignalingState = 'stable'
  localDescription: { readonly sdp: string } | null = null
  readonly transceivers: FakeTransceiver[] = []
  /** Counted up by ICE restarts. */
  generation = 0
  offers = 0
  /** What it was configured with later. */
  readonly configurations: RTCConfiguration[] = []
  /** Grows by this at each look at the statistics. */
  inboundPerLook = 50
  #inbound = 0
  #lookedAt = -Infinity
  readonly #now: () => number
  readonly number: number
  readonly #answers: FakeAnswers

  constructor(number: number, now: () => number, answers: FakeAnswers = { codec: 'VP8', simulcast: true }) {
    super()
    this.number = number
    this.#now = now
    this.#answers = answers
  }

  addTransceiver(trackOrKind: MediaStreamTrack | string, init: RTCRtpTransceiverInit): FakeTransceiver {
    const track = typeof trackOrKind === 'string' ? null : trackOrKind
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind
    const name = `peer${this.number}-line${this.transceivers.length}`
    const transceiver = new FakeTransceiver(kind, track, init, name)
    this.transceivers.push(transceiver)
    return transceiver
  }

  async createOffer(options: { readonly iceRestart?: boolean } = {}): Promise<RTCSessionDescriptionInit> {
    await Promise.resolve()
    this.#assertOpen()
    if (options.iceRestart === true) this.generation += 1
    this.offers += 1
    return { type: 'offer', sdp: `peer=${this.number} generation=${this.generation} offer=${this.offers}` }
  }

  async setLocalDescription(description: RTCLocalSessionDescriptionInit): Promise<void> {
    await Promise.resolve()
    this.#assertOpen()
    if (description.type === 'rollback') {
      if (this.signalingState !== 'have-local-offer') throw new Error('nothing to roll back')
      this.signalingState = 'stable'
      return
    }
    this.signalingState = 'have-local-offer'
    this.localDescription = { sdp: description.sdp ?? '' }
    for (const [index, transceiver] of this.transceivers.entries()) transceiver.mid ??= String(index)
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await Promise.resolve()
    this.#assertOpen()
    if (this.signalingState !== 'have-local-offer') throw new Error('no offer to answer')
    if (description.sdp === 'broken') throw new Error('cannot be parsed')
    this.signalingState = 'stable'
    for (const transceiver of this.transceivers) transceiver.answered(this.#answers)
    if (this.connectionState === 'new') this.setState('connected')
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configurations.push(configuration)
  }

  getStats(): Promise<StatsLike> {
    // Like a browser, which answers with the same numbers when it is asked twice in a moment.
    if (this.#now() - this.#lookedAt >= 50) {
      this.#lookedAt = this.#now()
      this.#inbound += this.inboundPerLook
    }
    const entries: Readonly<Record<string, unknown>>[] = [
      { id: 'T', type: 'transport', bytesReceived: this.#inbound * 100 },
      { id: 'P', type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.02 },
      { id: 'C', type: 'codec', mimeType: 'video/VP8' },
    ]
    for (const { mid, direction, kind } of this.transceivers) {
      if (direction !== 'recvonly') continue
      const bytesReceived = this.#inbound * 10
      entries.push({ id: `I${mid ?? ''}`, type: 'inbound-rtp', kind, mid, codecId: 'C', bytesReceived, packetsReceived: this.#inbound })
    }
    return Promise.resolve({
      forEach: (callback: (value: unknown) => void) => {
        entries.forEach((entry) => {
          callback(entry)
        })
      },
    })
  }

  close(): void {
    this.connectionState = 'closed'
    this.iceConnectionState = 'closed'
    this.signalingState = 'closed'
  }

  /** Changes the states as a browser would, and tells of it. */
  setState(state: 'connected' | 'disconnected' | 'failed'): void {
    this.connectionState = state
    this.iceConnectionState = state
    this.dispatchEvent(new Event('iceconnectionstatechange'))
    this.dispatchEvent(new Event('connectionstatechange'))
  }

  gatherCandidate(candidate: string): void {
    const event = Object.assign(new Event('icecandidate'), { candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } })
    this.dispatchEvent(event)
  }

  line(mid: string): FakeTransceiver {
    const found = this.transceivers.find((transceiver) => transceiver.mid === mid)
    if (found === undefined) throw new Error(`no line ${mid}`)
    return found
  }

  /** Lines on which something is received. */
  slots(kind: 'audio' | 'video'): FakeTransceiver[] {
    return this.transceivers.filter((one) => one.direction === 'recvonly' && one.kind === kind)
  }

  #assertOpen(): void {
    if (this.signalingState === 'closed') throw new Error('closed')
  }
}
