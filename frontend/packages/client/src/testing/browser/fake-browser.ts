import type { AudioOutput, Browser, ElementBox, LevelReader, PermissionLike, Socket, SocketHandlers } from '../../browser/types.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeMedia, mediaError } from './fake-media.ts'
import { FakePeer, type FakeAnswers } from './fake-peer.ts'

/** The other end of a socket, as a test or a fake server holds it. */
export class FakeSocket implements Socket {
  readonly url: string
  readonly handlers: SocketHandlers
  /** Frames of the client, in order. */
  readonly sent: string[] = []
  state: 'connecting' | 'open' | 'closed' = 'connecting'
  /** What takes the client's frames. */
  onFrame: ((text: string) => void) | undefined

  constructor(url: string, handlers: SocketHandlers) {
    this.url = url
    this.handlers = handlers
  }

  send(text: string): void {
    if (this.state !== 'open') return
    this.sent.push(text)
    this.onFrame?.(text)
  }

  close(): void {
    this.state = 'closed'
  }

  /** The server accepts. */
  open(): void {
    if (this.state !== 'connecting') return
    this.state = 'open'
    this.handlers.opened()
  }

  /** The server says something. */
  deliver(message: unknown): void {
    if (this.state === 'open') this.handlers.received(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** The connection breaks, or the server closes it with a code. */
  break(code = 1006): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.handlers.closed(code)
  }
}

export class FakeAudioOutput implements AudioOutput {
  readonly track: MediaStreamTrack
  sink = ''
  playing = false
  closed = false
  readonly #blocked: () => boolean

  constructor(track: MediaStreamTrack, blocked: () => boolean) {
    this.track = track
    this.#blocked = blocked
  }

  async play(): Promise<void> {
    await Promise.resolve()
    if (this.#blocked()) throw mediaError('NotAllowedError')
    this.playing = true
  }

  setSink(deviceId: string): Promise<void> {
    this.sink = deviceId
    return Promise.resolve()
  }

  close(): void {
    this.closed = true
    this.playing = false
  }
}

/** Surroundings in memory, with virtual time. */
export class FakeBrowser implements Browser {
  readonly clock = new FakeClock()
  readonly media: FakeMedia | null = new FakeMedia()
  secure = true
  readonly canSelectSpeaker = true
  readonly sockets: FakeSocket[] = []
  readonly peers: FakePeer[] = []
  readonly outputs: FakeAudioOutput[] = []
  /** Configurations of the peer connections. */
  readonly configurations: RTCConfiguration[] = []
  /** What `random` returns. */
  chance = 0.5
  /** The browser wants a gesture before it plays. */
  autoplayBlocked = false
  /** What every level reader reads. */
  rms = 0
  /** Level readers that are open. */
  readers = 0
  /** What the other end of each peer connection takes. */
  readonly answers: FakeAnswers = { codec: 'VP8', simulcast: true }
  readonly tones: string[] = []
  readonly permissions: Partial<Record<'microphone' | 'camera', { state: PermissionState; readonly changed: Set<() => void> }>> = {}
  /** Called with each new socket, before the client goes on. */
  onSocket: ((socket: FakeSocket) => void) | undefined
  #online = true
  #visible = true
  readonly #network = new Set<() => void>()
  readonly #visibility = new Set<() => void>()
  readonly #elements = new Map<(box: ElementBox) => void, Element>()
  readonly #pageEnd = new Set<() => void>()

  /** Listeners on the page that were not taken back. */
  get listeners(): number {
    return this.#network.size + this.#visibility.size + this.#pageEnd.size
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1)
    if (socket === undefined) throw new Error('no socket yet')
    return socket
  }

  get peer(): FakePeer {
    const peer = this.peers.at(-1)
    if (peer === undefined) throw new Error('no peer connection yet')
    return peer
  }

  now = (): number => this.clock.now()
  wallTime = (): number => 1_700_000_000_000 + this.clock.now()
  random = (): number => this.chance
  setTimer = (delay: number, callback: () => void): (() => void) => this.clock.setTimer(delay, callback)
  defaultUrl = (): string => 'wss://example.test/ws'
  online = (): boolean => this.#online
  visible = (): boolean => this.#visible

  openSocket(url: string, handlers: SocketHandlers): FakeSocket {
    const socket = new FakeSocket(url, handlers)
    this.sockets.push(socket)
    this.onSocket?.(socket)
    return socket
  }

  createPeerConnection(configuration: RTCConfiguration): FakePeer {
    const peer = new FakePeer(this.peers.length + 1, this.now, this.answers)
    this.peers.push(peer)
    this.configurations.push(configuration)
    return peer
  }

  videoCodecs(): RTCRtpCodec[] {
    return ['VP8', 'H264', 'VP9', 'AV1', 'rtx'].map((name) => ({ mimeType: `video/${name}`, clockRate: 90_000 }))
  }

  queryPermission(kind: 'microphone' | 'camera'): Promise<PermissionLike | null> {
    const permission = this.permissions[kind]
    if (permission === undefined) return Promise.resolve(null)
    return Promise.resolve({
      get state() {
        return permission.state
      },
      onChange: (listener) => void permission.changed.add(listener),
    })
  }

  onNetworkChange(listener: () => void): () => void {
    return listen(this.#network, listener)
  }

  onVisibilityChange(listener: () => void): () => void {
    return listen(this.#visibility, listener)
  }

  onPageEnd(listener: () => void): () => void {
    return listen(this.#pageEnd, listener)
  }

  watchElement(element: Element, listener: (box: ElementBox) => void): () => void {
    this.#elements.set(listener, element)
    return () => void this.#elements.delete(listener)
  }

  /** An element is of this size and in sight, or not. */
  show(element: Element, width: number, height: number, visible = true): void {
    for (const [listener, watched] of [...this.#elements]) if (watched === element) listener({ width, height, visible })
  }

  createAudioOutput(track: MediaStreamTrack): FakeAudioOutput {
    const output = new FakeAudioOutput(track, () => this.autoplayBlocked)
    this.outputs.push(output)
    return output
  }

  createLevelReader(): LevelReader {
    this.readers += 1
    let open = true
    return {
      read: () => this.rms,
      close: () => {
        if (open) this.readers -= 1
        open = false
      },
    }
  }

  playTone(deviceId: string): Promise<void> {
    this.tones.push(deviceId)
    return Promise.resolve()
  }

  setOnline(online: boolean): void {
    this.#online = online
    for (const listener of [...this.#network]) listener()
  }

  setVisible(visible: boolean): void {
    this.#visible = visible
    for (const listener of [...this.#visibility]) listener()
  }

  endPage(): void {
    for (const listener of [...this.#pageEnd]) listener()
  }
}

function listen(set: Set<() => void>, listener: () => void): () => void {
  set.add(listener)
  return () => void set.delete(listener)
}
