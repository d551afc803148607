import type { ChatMessage } from '../api/chat.ts'
import type { Connection } from '../api/connection.ts'
import type { SeameetError } from '../api/error.ts'
import type { AnyParticipant } from '../api/participant.ts'
import type { ConnectOptions, LeaveReason, Room, RoomEvents } from '../api/room.ts'
import type { ConnectionQuality, RoomStats } from '../api/stats.ts'
import { idleConnection } from '../connection.ts'
import { createEmitter } from '../emitter.ts'
import { createStore } from '../store.ts'
import { FakeDevices } from './fake-devices.ts'
import { FakeLocalParticipant, FakeParticipant, type FakeParticipantInit } from './fake-participant.ts'

const LIVE: Connection = { ...idleConnection, state: 'live', signal: 'up', media: 'up' }

/** A whole call in memory: renders an application without server, socket or camera. */
export class FakeRoom implements Room {
  readonly devices: FakeDevices
  readonly roomId = createStore<string | null>(null)
  readonly connection = createStore<Connection>(idleConnection)
  readonly local = new FakeLocalParticipant()
  readonly participants = createStore<readonly FakeParticipant[]>([])
  readonly activeSpeakers = createStore<readonly AnyParticipant[]>([])
  readonly connectionQuality = createStore<ConnectionQuality | null>(null)
  readonly hands = createStore<readonly AnyParticipant[]>([])
  readonly startedAt = createStore<number | null>(null)
  readonly audioPlayback = createStore<'ok' | 'blocked'>('ok')
  readonly messages = createStore<readonly ChatMessage[]>([])
  readonly maxLength = createStore(4000)
  readonly chat = {
    messages: this.messages,
    maxLength: this.maxLength,
    send: (text: string, options?: { readonly to?: string }): Promise<void> => this.#send(text, options?.to ?? null),
  }
  /** What `stats` tells. */
  figures: RoomStats = { signalRoundTrip: 20, mediaRoundTrip: 25, availableOutgoing: 2000, transport: 'udp', lines: [] }
  /** What the next `connect` fails with. */
  nextConnectError: SeameetError | null = null
  /** Every `connect` call. */
  readonly connects: ConnectOptions[] = []
  /** What was sent with `sendData`. */
  readonly sentData: { readonly topic: string; readonly body: string; readonly to: string | null }[] = []
  #emitter = createEmitter<RoomEvents>()
  #counter = 0

  constructor(devices = new FakeDevices()) {
    this.devices = devices
    this.local.onHand = () => {
      this.#handChanged(this.local, this.local.handRaised.get())
    }
    this.local.onReact = (reaction) => {
      this.receiveReaction(this.local, reaction)
    }
  }

  async connect(options: ConnectOptions): Promise<void> {
    this.connects.push(options)
    this.roomId.set(options.roomId)
    if (options.displayName !== undefined) this.local.name.set(options.displayName)
    this.setConnection({ ...idleConnection, state: 'connecting', signal: 'pending', media: 'pending' })
    await Promise.resolve()
    const error = this.nextConnectError
    if (error !== null) {
      this.nextConnectError = null
      this.setConnection({ ...idleConnection, state: 'ended', reason: 'refused', error })
      throw error
    }
    this.startedAt.set(Date.now())
    this.setConnection(LIVE)
  }

  leave(): Promise<void> {
    this.setConnection({ ...idleConnection, state: 'ended', reason: 'left' })
    for (const participant of this.participants.get()) this.removeParticipant(participant.id, 'left')
    return Promise.resolve()
  }

  startAudio(): Promise<void> {
    this.audioPlayback.set('ok')
    return Promise.resolve()
  }

  sendData(topic: string, body: string, options?: { readonly to?: string }): void {
    this.sentData.push({ topic, body, to: options?.to ?? null })
  }

  on<K extends keyof RoomEvents>(event: K, listener: (payload: RoomEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  stats(): Promise<RoomStats> {
    return Promise.resolve({ ...this.figures })
  }

  /** Changes what the connection store says. */
  setConnection(change: Partial<Connection>): void {
    const previous = this.connection.get()
    const connection = { ...previous, ...change }
    this.connection.set(connection)
    this.#emitter.emit('connection-changed', { connection, previous })
  }

  addParticipant(init: FakeParticipantInit = {}): FakeParticipant {
    this.#counter += 1
    const participant = new FakeParticipant(init.id ?? `p_${this.#counter}`, init, {
      added: (owner, publication) => {
        if (this.participants.get().includes(owner)) {
          this.#emitter.emit('publication-added', { participant: owner, publication })
        }
      },
      removed: (owner, publication) => {
        this.#emitter.emit('publication-removed', { participant: owner, publication })
      },
    })
    participant.handRaised.subscribe(() => {
      this.#handChanged(participant, participant.handRaised.get())
    })
    this.participants.update((list) => [...list, participant])
    this.#emitter.emit('participant-joined', { participant })
    return participant
  }

  removeParticipant(id: string, reason: LeaveReason = 'left'): void {
    const participant = this.participants.get().find((one) => one.id === id)
    if (participant === undefined) return
    this.participants.update((list) => list.filter((one) => one !== participant))
    this.hands.update((list) => list.filter((one) => one !== participant))
    this.#emitter.emit('participant-left', { participant, reason })
  }

  /** Makes these speak, loudest first, and silences the others. */
  setSpeakers(speakers: readonly (FakeParticipant | FakeLocalParticipant)[]): void {
    for (const one of [this.local, ...this.participants.get()]) one.speaking.set(speakers.includes(one))
    this.activeSpeakers.set(speakers)
  }

  receiveChat(from: FakeParticipant, text: string, at = Date.now()): ChatMessage {
    const message = this.#message({ from: from.id, name: from.name.get(), own: false, to: null, text, at })
    this.#emitter.emit('chat-received', { message })
    return message
  }

  receiveReaction(participant: AnyParticipant, reaction: string, at = Date.now()): void {
    this.#emitter.emit('reaction-received', { participant, reaction, at })
  }

  /** Tells listeners of an event that no method above causes. */
  emit<K extends keyof RoomEvents>(event: K, payload: RoomEvents[K]): void {
    this.#emitter.emit(event, payload)
  }

  #send(text: string, to: string | null): Promise<void> {
    const { id, name } = this.local
    this.#message({ from: id, name: name.get(), own: true, to, text, at: Date.now() })
    return Promise.resolve()
  }

  #message(parts: Omit<ChatMessage, 'key' | 'state'>): ChatMessage {
    this.#counter += 1
    const message: ChatMessage = { ...parts, key: `m_${this.#counter}`, state: 'sent' }
    this.messages.update((list) => [...list, message])
    return message
  }

  #handChanged(participant: AnyParticipant, raised: boolean): void {
    this.hands.update((list) => {
      const others = list.filter((one) => one !== participant)
      return raised ? [...others, participant] : others
    })
    this.#emitter.emit(raised ? 'hand-raised' : 'hand-lowered', { participant })
  }
}

/** A fake room, joined when `connected` is true. */
export function createFakeRoom(init: { readonly connected?: boolean; readonly devices?: FakeDevices } = {}): FakeRoom {
  const room = new FakeRoom(init.devices)
  if (init.connected === true) {
    room.roomId.set('test-room')
    room.startedAt.set(Date.now())
    room.setConnection(LIVE)
  }
  return room
}
