import type { LeaveReason as WireLeaveReason, ParticipantInfo, Ready, RoomEvent, TrackInfo } from '@seameet/protocol'
import type { AnyParticipant } from '../api/participant.ts'
import type { LeaveReason, RoomEvents } from '../api/room.ts'
import type { Emitter } from '../emitter.ts'
import { createStore } from '../store.ts'
import type { LocalSelf } from './local-participant.ts'
import { RemoteParticipant, RemotePublication, type Viewer } from './participant.ts'
import { sourceFromWire } from './sources.ts'

const LEAVE_REASONS: Readonly<Record<WireLeaveReason, LeaveReason>> = {
  left: 'left',
  connection_lost: 'connection-lost',
  removed: 'removed',
  room_closed: 'room-closed',
}

/** Events that say who is there and what they publish. */
export type RosterEvent = Extract<
  RoomEvent,
  {
    type:
      | 'participant_joined'
      | 'participant_updated'
      | 'participant_left'
      | 'track_published'
      | 'track_updated'
      | 'track_unpublished'
  }
>

/** Who is in the room and what they publish, brought up to date by snapshots and events alike. */
export class Roster {
  readonly participants = createStore<readonly RemoteParticipant[]>([])
  readonly hands = createStore<readonly AnyParticipant[]>([])
  readonly #self: LocalSelf
  readonly #emitter: Emitter<RoomEvents>
  readonly #viewer: () => Viewer
  /** Ids that were one's own: until the server's grace period ends, a former self still stands in its list. */
  readonly #formerSelves = new Set<string>()

  constructor(self: LocalSelf, emitter: Emitter<RoomEvents>, viewer: () => Viewer) {
    this.#viewer = viewer
    this.#self = self
    this.#emitter = emitter
  }

  /** Every publication of the others. */
  *publications(): Generator<RemotePublication> {
    for (const participant of this.participants.get()) yield* participant.publications.get()
  }

  /** A codec that somebody sends pictures in; null when nobody sends any. */
  videoCodec(): string | null {
    for (const { kind, codec } of this.publications()) if (kind === 'video') return codec
    return null
  }

  find(id: string): RemoteParticipant | undefined {
    return this.participants.get().find((participant) => participant.id === id)
  }

  /** The others or oneself. */
  findAny(id: string): AnyParticipant | undefined {
    return this.isSelf(id) ? this.#self : this.find(id)
  }

  isSelf(id: string): boolean {
    return id === this.#self.id || this.#formerSelves.has(id)
  }

  /** One's own id as the server gave it. */
  setSelf(id: string): void {
    if (this.#self.id !== '' && this.#self.id !== id) this.#formerSelves.add(this.#self.id)
    this.#self.id = id
  }

  /** Raises or lowers one's own hand. */
  setOwnHand(raised: boolean): void {
    if (this.#self.handRaised.get() === raised) return
    this.#self.handRaised.set(raised)
    this.#handChanged(this.#self, raised)
  }

  /** Makes the roster equal to the server's, telling of each difference. Objects of those who stay are kept. */
  applySnapshot({ peers, tracks }: Ready): void {
    const present = new Set(peers.map(({ id }) => id))
    for (const { id } of this.participants.get()) if (!present.has(id)) this.#remove(id, 'unknown')
    for (const info of peers) this.#put(info)
    const published = new Set(tracks.map(({ id }) => id))
    for (const participant of this.participants.get()) {
      for (const { id } of participant.publications.get()) if (!published.has(id)) this.#unpublish(participant, id)
    }
    for (const track of tracks) this.#publish(track)
  }

  apply(event: RosterEvent): void {
    switch (event.type) {
      case 'participant_joined':
      case 'participant_updated':
        this.#put(event.participant)
        return
      case 'participant_left':
        // An own id here is a former self whose grace period ended.
        if (!this.isSelf(event.participant)) this.#remove(event.participant, leaveReason(event.reason))
        return
      case 'track_published':
      case 'track_updated':
        this.#publish(event.track)
        return
      case 'track_unpublished': {
        const owner = this.find(event.participant)
        if (owner !== undefined) this.#unpublish(owner, event.track)
      }
    }
  }

  /** Everybody is gone: the call is over. */
  clear(): void {
    for (const { id } of this.participants.get()) this.#remove(id, 'unknown', false)
    this.hands.set([])
    this.#formerSelves.clear()
    this.#self.id = ''
  }

  #put(info: ParticipantInfo): void {
    if (this.isSelf(info.id)) {
      if (info.id === this.#self.id) this.setOwnHand(info.hand)
      return
    }
    const known = this.find(info.id)
    if (known !== undefined) {
      const raised = known.handRaised.get()
      known.update(info)
      if (raised !== info.hand) this.#handChanged(known, info.hand)
      return
    }
    const participant = new RemoteParticipant(info)
    this.participants.update((list) => [...list, participant])
    this.#emitter.emit('participant-joined', { participant })
    if (info.hand) this.#handChanged(participant, true)
  }

  #remove(id: string, reason: LeaveReason, tell = true): void {
    const participant = this.find(id)
    if (participant === undefined) return
    for (const publication of participant.publications.get()) publication.withhold()
    participant.speaking.set(false)
    this.participants.update((list) => list.filter((one) => one !== participant))
    this.hands.update((list) => (list.includes(participant) ? list.filter((one) => one !== participant) : list))
    if (tell) this.#emitter.emit('participant-left', { participant, reason })
  }

  #publish(info: TrackInfo): void {
    const owner = this.find(info.participant)
    const source = sourceFromWire(info.source)
    if (owner === undefined || source === null) return
    const known = owner.publications.get().find(({ id }) => id === info.id)
    if (known !== undefined) {
      known.update(info)
      return
    }
    const publication = new RemotePublication(info, source, this.#viewer())
    owner.publications.update((list) => [...list, publication])
    this.#emitter.emit('publication-added', { participant: owner, publication })
  }

  #unpublish(owner: RemoteParticipant, id: string): void {
    const publication = owner.publications.get().find((one) => one.id === id)
    if (publication === undefined) return
    owner.publications.update((list) => list.filter((one) => one !== publication))
    publication.withhold()
    this.#emitter.emit('publication-removed', { participant: owner, publication })
  }

  #handChanged(participant: AnyParticipant, raised: boolean): void {
    this.hands.update((list) => {
      const others = list.filter((one) => one !== participant)
      return raised ? [...others, participant] : others
    })
    this.#emitter.emit(raised ? 'hand-raised' : 'hand-lowered', { participant })
  }
}

function leaveReason(reason: string): LeaveReason {
  return (LEAVE_REASONS as Readonly<Record<string, LeaveReason | undefined>>)[reason] ?? 'unknown'
}
