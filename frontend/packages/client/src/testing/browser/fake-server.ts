import type { ChatMessage, ClientMessage, ParticipantInfo, Ready, SlotAssignment, TrackInfo } from '@seameet/protocol'
import type { FakeBrowser, FakeSocket } from './fake-browser.ts'

type Event = Readonly<Record<string, unknown>>

/** Which joins a fake server admits. */
export type Admission = 'admit' | 'silent' | 'unreachable' | { readonly code: string; readonly retryable?: boolean }

/**
 * A signaling server in memory, enough of one to test a client: it admits, answers offers, numbers events and can
 * forget, refuse and fall silent. It takes over every socket of the browser it is given.
 */
export class FakeServer {
  readonly #browser: FakeBrowser
  admission: Admission = 'admit'
  /** Whether a resume token is still good. */
  remembers = true
  /** What is missed and told at the next resume; null when the server has forgotten. */
  missed: Event[] | null = []
  /** Offers are answered at once; otherwise a test calls `answer`. */
  answersOffers = true
  /** It reads but says nothing. */
  mute = false
  participant = 'p_self'
  seq = 10
  peers: ParticipantInfo[] = []
  tracks: TrackInfo[] = []
  chat: ChatMessage[] = []
  subscribe = true
  publishCamera = true
  iceServers: Ready['ice_servers'] = []
  /** Every message of the client, newest last. */
  readonly received: ClientMessage[] = []
  #joins = 0
  #trackCounter = 100

  constructor(browser: FakeBrowser) {
    this.#browser = browser
    browser.onSocket = (socket) => {
      this.#accept(socket)
    }
  }

  get socket(): FakeSocket {
    return this.#browser.socket
  }

  /** The client's messages of a type. */
  of<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }>[] {
    return this.received.filter((message): message is Extract<ClientMessage, { type: T }> => message.type === type)
  }

  last<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }> {
    const message = this.of(type).at(-1)
    if (message === undefined) throw new Error(`the client sent no ${type}`)
    return message
  }

  send(message: Event): void {
    if (!this.mute) this.socket.deliver(message)
  }

  /** Tells everybody something, with the next number. */
  event(event: Event): void {
    this.seq += 1
    this.send({ ...event, seq: this.seq })
  }

  /** The same while the client is away: it is told at the resume. */
  miss(event: Event): void {
    this.seq += 1
    this.missed?.push({ ...event, seq: this.seq })
  }

  join(id: string, name?: string): void {
    this.peers.push(peerInfo(id, name))
    this.event({ type: 'participant_joined', participant: peerInfo(id, name) })
  }

  publish(track: TrackInfo): void {
    this.tracks.push(track)
    this.event({ type: 'track_published', track })
  }

  slots(assignments: readonly SlotAssignment[]): void {
    this.send({ type: 'slots', assignments })
  }

  /** Answers an offer. */
  answer(offer: Extract<ClientMessage, { type: 'offer' }>): void {
    const tracks = offer.tracks.map(({ mid, source, muted }) => ({ mid, track: this.#track(source, muted ?? false) }))
    this.send({ type: 'answer', ...(offer.id === undefined ? {} : { id: offer.id }), sdp: 'answer', tracks })
  }

  #track(source: TrackInfo['source'], muted: boolean): string {
    const known = this.tracks.find((track) => track.participant === this.participant && track.source === source)
    if (known !== undefined) return known.id
    this.#trackCounter += 1
    const track = trackInfo(`t_${this.#trackCounter}`, this.participant, source, muted)
    this.tracks.push(track)
    return track.id
  }

  #accept(socket: FakeSocket): void {
    socket.onFrame = (text) => {
      const message = JSON.parse(text) as ClientMessage
      this.received.push(message)
      // Never within the call that sent: no network is that fast.
      this.#browser.setTimer(1, () => {
        if (!this.mute) this.#reply(socket, message)
      })
    }
    this.#browser.setTimer(5, () => {
      if (this.admission === 'unreachable') socket.break()
      else socket.open()
    })
  }

  #reply(socket: FakeSocket, message: ClientMessage): void {
    switch (message.type) {
      case 'join':
        this.#admit(socket, message)
        return
      case 'ping':
        socket.deliver({ type: 'pong', ...(message.id === undefined ? {} : { id: message.id }) })
        return
      case 'offer':
        if (this.answersOffers) this.answer(message)
        return
      case 'mute_audio':
      case 'unmute_audio':
        this.#setMuted('microphone', message.type === 'mute_audio')
        return
      case 'mute_video':
      case 'unmute_video':
        this.#setMuted('camera', message.type === 'mute_video')
        return
      case 'unpublish':
        this.tracks = this.tracks.filter(({ id }) => id !== message.track)
        return
      case 'leave':
        socket.deliver({ type: 'left' })
        return
      default:
    }
  }

  #setMuted(source: string, muted: boolean): void {
    this.tracks = this.tracks.map((track) =>
      track.participant === this.participant && track.source === source ? { ...track, muted } : track,
    )
  }

  #admit(socket: FakeSocket, join: Extract<ClientMessage, { type: 'join' }>): void {
    const { admission } = this
    const id = join.id === undefined ? {} : { id: join.id }
    if (admission === 'silent') return
    if (typeof admission === 'object') {
      const { code, retryable = false } = admission
      socket.deliver({ type: 'error', ...id, code, message: code, retryable })
      return
    }
    if (join.resume !== undefined && !this.remembers) {
      socket.deliver({ type: 'error', ...id, code: 'resume_rejected', message: 'join anew', retryable: false })
      return
    }
    this.#joins += 1
    const resumed = join.resume !== undefined
    const missed = this.missed
    this.missed = []
    socket.deliver({ ...this.#ready(resumed), ...id, ...(resumed && missed !== null ? { missed, chat: [] } : {}) })
  }

  #ready(resumed: boolean): Ready & { readonly type: 'ready' } {
    return {
      type: 'ready',
      protocol: 1,
      participant: this.participant,
      room: { id: 'room', seq: this.seq, started_at: 1_600_000_000_000 },
      peers: this.peers,
      tracks: this.tracks,
      chat: this.chat,
      ice_servers: this.iceServers,
      resume: { token: `token-${this.#joins}`, ttl_ms: 20_000 },
      limits: {
        message_bytes: 65_536,
        sdp_bytes: 262_144,
        sdp_lines: 2000,
        chat_chars: 100,
        topic_chars: 64,
        data_bytes: 16_384,
        reaction_chars: 16,
        tracks: 8,
        slots: 64,
      },
      grants: {
        publish_microphone: true,
        publish_camera: this.publishCamera,
        publish_screen: true,
        subscribe: this.subscribe,
        chat: true,
        data: true,
      },
      resumed,
    }
  }
}

export function peerInfo(id: string, name?: string): ParticipantInfo {
  return { id, ...(name === undefined ? {} : { display_name: name }), state: 'connected', hand: false }
}

export function trackInfo(id: string, participant: string, source: TrackInfo['source'], muted = false): TrackInfo {
  const video = source === 'camera' || source === 'screen'
  return { id, participant, source, kind: video ? 'video' : 'audio', codec: video ? 'vp8' : 'opus', muted, encrypted: false }
}
