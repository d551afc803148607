import type { SeameetError } from './error.ts'
import type { Store } from './store.ts'

/** Where a track comes from. A participant has at most one of each. */
export type Source = 'microphone' | 'camera' | 'screen' | 'screen-audio'

/** Sound or picture. */
export type MediaKind = 'audio' | 'video'

/** A track of any participant, as a tile shows it. */
export interface TrackPublication {
  /** Stable for the life of the publication; fit for list keys. */
  readonly key: string
  readonly source: Source
  readonly kind: MediaKind
  /** Nothing is sent for now: microphone muted, camera off. */
  readonly muted: Store<boolean>
  /** What plays now, or null while nothing is received or captured. */
  readonly mediaTrack: Store<MediaStreamTrack | null>
  /**
   * Shows the track in `element` and follows it when the media line behind it changes. Video elements are made
   * inline and muted. Returns what takes it off again. Remote sound needs no element: the room plays it.
   */
  attach(element: HTMLMediaElement): () => void
}

/** Why a remote track is or is not being received, as the server said last. */
export type DeliveryCause = 'full' | 'empty' | 'muted' | 'hidden' | 'waiting-for-keyframe' | 'codec' | 'unknown'

/** How a remote track reaches this client. */
export interface Delivery {
  /** A media line carries it. */
  readonly assigned: boolean
  readonly cause: DeliveryCause
}

/** A track that another participant offers. */
export interface Publication extends TrackPublication {
  /** The server's id. */
  readonly id: string
  /** Who publishes it. */
  readonly participantId: string
  /** Payload is end-to-end encrypted. */
  readonly encrypted: boolean
  /** The codec's name in lower case. */
  readonly codec: string
  /** Picture size as the publisher told, in pixels. */
  readonly size: Store<{ readonly width: number; readonly height: number } | null>
  readonly delivery: Store<Delivery>
}

/** What became of the wish to send a track. */
export type LocalState = 'off' | 'starting' | 'on' | 'failed'

/** A track of one's own: what was wished, and what is. */
export interface LocalPublication extends TrackPublication {
  /** The wish. It survives reconnects and device failures. */
  readonly wanted: Store<boolean>
  /** What is. */
  readonly state: Store<LocalState>
  /** Why `state` is `failed`. */
  readonly error: Store<SeameetError | null>
  /** Captures if needed, publishes on first use, unmutes. Rejects when there is no device or no permission. */
  enable(): Promise<void>
  /** Mutes. A camera's capture stops so that its light goes off; a microphone's capture stays. */
  disable(): void
}

/** How a screen is captured. */
export interface ScreenShareOptions {
  /** Take the sound too, where the browser can. Default true. */
  readonly audio?: boolean
  /** Text stays sharp at a low frame rate, or motion stays smooth. Default `text`. */
  readonly content?: 'text' | 'motion'
  /** Default 15 for text, 30 for motion. */
  readonly maxFramerate?: number
}
