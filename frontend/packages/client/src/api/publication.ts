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

/**
 * Why a remote track arrives as it does, as the server said last. The picture is as good as it can be (`full`); as good
 * as its place on the page can use (`size`) or as its publisher sends it (`publisher`); smaller because the own line
 * takes no more (`bandwidth`) or because another one went first (`higher-priority`); or it does not arrive at all: the
 * line takes none (`paused`), nobody looks (`hidden`), nothing is sent (`muted`), this browser cannot show it (`codec`),
 * it is about to (`waiting-for-keyframe`), or no media line carries it (`empty`).
 */
export type DeliveryCause =
  | 'full'
  | 'size'
  | 'publisher'
  | 'bandwidth'
  | 'higher-priority'
  | 'paused'
  | 'hidden'
  | 'muted'
  | 'codec'
  | 'waiting-for-keyframe'
  | 'empty'
  | 'unknown'

/** Which quality of a track arrives. */
export interface DeliveredLayer {
  /** Place of the encoding among the track's, the smallest having 0. */
  readonly encoding: number
  /** Highest layer of size within the encoding. */
  readonly spatial: number
  /** Highest layer of frames. */
  readonly temporal: number
  /** Pixels, where the stream tells. */
  readonly width: number | null
  readonly height: number | null
}

/** How a remote track reaches this client. */
export interface Delivery {
  /** A media line carries it. */
  readonly assigned: boolean
  readonly cause: DeliveryCause
  /** The id of the track that went first, when the cause is `higher-priority`. */
  readonly causeTrack: string | null
  /** Null while nothing flows, and for sound. */
  readonly layer: DeliveredLayer | null
}

/** What is wanted of a picture beyond what the elements say that show it. */
export interface ViewWish {
  /** Tallest useful picture in pixels, for those who show it without `attach`; 0 is none. Default: as it is shown. */
  readonly maxHeight?: number
  /** Frames per second at most. */
  readonly maxFramerate?: number
  /** Rather none than one smaller than this, in pixels. */
  readonly minHeight?: number
  /** 0 to 255: higher goes first when the line is slow. Default 100 for screens, else 0. */
  readonly priority?: number
  /** The viewer fixed its eyes on it: it goes before all others. */
  readonly pinned?: boolean
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
  /**
   * Asks for the picture in a way of one's own; null takes that back. Without it the elements that it is attached to
   * say how large it should be, and it is not sent while none is in sight. Before anything is attached or wished the
   * server chooses.
   */
  setWish(wish: ViewWish | null): void
}

/** What became of the wish to send a track. */
export type LocalState = 'off' | 'starting' | 'on' | 'failed'

/** One of the encodings that a track of one's own is sent in. */
export interface SendEncoding {
  /** Its name; null on a line without simulcast. */
  readonly rid: string | null
  /** Somebody wants it, so it is sent. */
  readonly active: boolean
  /** 1 is full size, 2 is half as tall, and so on. */
  readonly scale: number
  /** Most bits per second; null is without a limit. */
  readonly maxBitrate: number | null
  /** The layers inside it, such as `L3T3_KEY`, as far as the browser tells. */
  readonly mode: string | null
}

/** How pictures are sent. */
export interface PublishOptions {
  /**
   * Offered first. The server has the last word: it answers with a codec that all who are in the room can show. Whoever
   * comes later and cannot show it sees the cause `codec` instead; VP8, which browsers offer first by themselves, is
   * shown by all. Default: the browser's own order.
   */
  readonly codec?: 'vp8' | 'vp9' | 'h264' | 'av1'
  /** Sends several sizes at once, so that each viewer gets one that fits. Default true. */
  readonly simulcast?: boolean
  /** Sizes at most, 1 to 3; small pictures have fewer. Default 3. */
  readonly layers?: number
}

/** A track of one's own: what was wished, and what is. */
export interface LocalPublication extends TrackPublication {
  /** The wish. It survives reconnects and device failures. */
  readonly wanted: Store<boolean>
  /** What is. */
  readonly state: Store<LocalState>
  /** Why `state` is `failed`. */
  readonly error: Store<SeameetError | null>
  /** How it is sent, smallest size first. Empty while there is no line for it. */
  readonly encodings: Store<readonly SendEncoding[]>
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
