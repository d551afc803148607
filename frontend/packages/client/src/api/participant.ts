import type { LocalPublication, Publication, ScreenShareOptions, Source, TrackPublication } from './publication.ts'
import type { Store } from './store.ts'

/** What makes a connection bad. */
export type QualityCause = 'uplink-loss' | 'downlink-loss' | 'downlink-bandwidth' | 'latency' | 'no-media' | 'unknown'

/** How well a participant's media travels, 0 (lost) to 5 (excellent), as the server measured. */
export interface Quality {
  readonly score: number
  /** Why not 5, the worst first. */
  readonly causes: readonly QualityCause[]
}

/** What a tile needs of anybody in the room, oneself included. */
export interface AnyParticipant {
  /** The server's id. One's own is empty before the first join and may change when the room is joined anew. */
  readonly id: string
  /** Stable for the life of the object; fit for list keys. */
  readonly key: string
  readonly isLocal: boolean
  /** Never empty: a participant without a name is called `Guest`. */
  readonly name: Store<string>
  readonly attributes: Store<Readonly<Record<string, string>>>
  readonly handRaised: Store<boolean>
  /** Talks now. Has hysteresis; switches at most a few times per second. */
  readonly speaking: Store<boolean>
  /** Loudness now, 0 to 1. Read it in an animation frame; it is no store because it always changes. */
  level(): number
  readonly quality: Store<Quality | null>
  /** `reconnecting` while the signaling connection is awaited; media may still flow. */
  readonly presence: Store<'connected' | 'reconnecting'>
  readonly publications: Store<readonly TrackPublication[]>
  publication(source: Source): TrackPublication | undefined
}

/** Somebody else in the room. */
export interface Participant extends AnyParticipant {
  readonly isLocal: false
  readonly publications: Store<readonly Publication[]>
  publication(source: Source): Publication | undefined
}

/** Oneself. */
export interface LocalParticipant extends AnyParticipant {
  readonly isLocal: true
  /** Those that are wanted or were published; a tile shows these. */
  readonly publications: Store<readonly LocalPublication[]>
  /** Always there, published or not. */
  publication(source: Source): LocalPublication
  readonly microphone: LocalPublication
  readonly camera: LocalPublication
  readonly screen: LocalPublication
  readonly screenAudio: LocalPublication
  /** Opens the browser's picker. Must be called from a user gesture. Rejects with `device/dismissed` on cancel. */
  shareScreen(options?: ScreenShareOptions): Promise<void>
  stopScreenShare(): void
  raiseHand(): void
  lowerHand(): void
  /** Shows an emotion to all: usually one emoji. */
  react(reaction: string): void
}
