import type { Chat, ChatMessage } from './chat.ts'
import type { Connection } from './connection.ts'
import type { Devices } from './devices.ts'
import type { SeameetError } from './error.ts'
import type { AnyParticipant, LocalParticipant, Participant } from './participant.ts'
import type { Publication, Source } from './publication.ts'
import type { ConnectionQuality, RoomStats } from './stats.ts'
import type { Store } from './store.ts'

/** Why somebody is no longer in the room. */
export type LeaveReason = 'left' | 'connection-lost' | 'removed' | 'room-closed' | 'unknown'

export interface ConnectOptions {
  /** The room's name: up to 64 of `A–Z a–z 0–9 _ . : -`. */
  readonly roomId: string
  /** Up to 64 characters. */
  readonly displayName?: string
  /** Asked for at every join, so that a refreshed token is pulled when it is needed. */
  readonly token?: string | (() => string | Promise<string>)
  readonly attributes?: Readonly<Record<string, string>>
  /** `ws:` or `wss:` address of the server. Default: `/ws` at the page's own origin. */
  readonly url?: string
  /** Gives up joining. The promise rejects with `connect/aborted`. */
  readonly signal?: AbortSignal
}

/** What happened. A state is never only an event: everything here can be read from a store too. */
export interface RoomEvents {
  'participant-joined': { readonly participant: Participant }
  'participant-left': { readonly participant: Participant; readonly reason: LeaveReason }
  'publication-added': { readonly participant: Participant; readonly publication: Publication }
  'publication-removed': { readonly participant: Participant; readonly publication: Publication }
  'hand-raised': { readonly participant: AnyParticipant }
  'hand-lowered': { readonly participant: AnyParticipant }
  'reaction-received': { readonly participant: AnyParticipant; readonly reaction: string; readonly at: number }
  'chat-received': { readonly message: ChatMessage }
  'data-received': { readonly from: string; readonly topic: string; readonly body: string; readonly at: number }
  'connection-changed': { readonly connection: Connection; readonly previous: Connection }
  /** The user ended the share in the browser's own bar, or the shared window closed. */
  'screen-share-ended': Record<string, never>
  /** A wish could not be fulfilled for now: a device vanished, the server refused a track. */
  'publish-failed': { readonly source: Source; readonly error: SeameetError }
  /** A request without a promise was refused. */
  'request-failed': { readonly error: SeameetError }
}

/** One call. The object is permanent: it stays the same across reconnects and may be joined again after its end. */
export interface Room {
  /** Shared with the lobby when it was given to `createRoom`. */
  readonly devices: Devices
  /** The room's name; null before the first `connect`. */
  readonly roomId: Store<string | null>
  readonly connection: Store<Connection>
  readonly local: LocalParticipant
  /** The others, in the order in which they came. */
  readonly participants: Store<readonly Participant[]>
  /**
   * Who talks now, the one who leads first, as the server tells; as the own ears tell while it does not. The order does
   * not flicker while two talk at once.
   */
  readonly activeSpeakers: Store<readonly AnyParticipant[]>
  /** The own connection as the server measures it; null before it told. `local.quality` has the score alone. */
  readonly connectionQuality: Store<ConnectionQuality | null>
  /** Whose hand is up, first come first. */
  readonly hands: Store<readonly AnyParticipant[]>
  readonly chat: Chat
  /** When the room was opened, in milliseconds since 1970; null before the first join. */
  readonly startedAt: Store<number | null>
  /** `blocked` when the browser wants a user gesture before it plays sound: then call `startAudio` from one. */
  readonly audioPlayback: Store<'ok' | 'blocked'>
  startAudio(): Promise<void>
  /**
   * Joins. Resolves when the server let us in; rejects when it refused or cannot be reached. Calling it again while
   * it joins or is joined to the same room returns the same promise; after an end it joins anew.
   */
  connect(options: ConnectOptions): Promise<void>
  /** Leaves for good. Idempotent, never rejects. Captures that only the room held are stopped. */
  leave(): Promise<void>
  /** Control data to all or to one participant. */
  sendData(topic: string, body: string, options?: { readonly to?: string }): void
  on<K extends keyof RoomEvents>(event: K, listener: (payload: RoomEvents[K]) => void): () => void
  stats(): Promise<RoomStats>
}
