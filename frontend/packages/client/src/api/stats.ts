import type { DeliveryCause } from './publication.ts'
import type { Quality } from './participant.ts'

/** How one media line fares since the last reading. */
export interface LineStats {
  readonly direction: 'send' | 'receive'
  readonly kind: 'audio' | 'video'
  /** Whose track; null when unknown. One's own id on sending lines. */
  readonly participantId: string | null
  readonly source: string | null
  /** Which of several sizes, on sending lines with simulcast. */
  readonly rid: string | null
  /** Why it arrives as it does; null on sending lines. */
  readonly cause: DeliveryCause | null
  readonly codec: string | null
  readonly kilobitsPerSecond: number
  /** Share of packets lost, 0 to 1. */
  readonly loss: number
  /** Milliseconds; null where it does not apply. */
  readonly jitter: number | null
  readonly width: number | null
  readonly height: number | null
  readonly framesPerSecond: number | null
}

/** A small summary for a diagnostics panel. Holds no names, addresses or keys. */
export interface RoomStats {
  /** Signaling round trip in milliseconds; null before the first pong. */
  readonly signalRoundTrip: number | null
  /** Media round trip in milliseconds. */
  readonly mediaRoundTrip: number | null
  /** What the browser believes it can send, in kbit/s. */
  readonly availableOutgoing: number | null
  /** `udp` or `tcp`, or `relay` when it goes through a TURN server; null while not connected. */
  readonly transport: string | null
  readonly lines: readonly LineStats[]
}

/** How one direction of the own connection fares, as the server measured. */
export interface PathQuality {
  /** Share of packets lost, 0 to 1; null while unknown. */
  readonly loss: number | null
  /** Milliseconds; null while unknown. */
  readonly roundTrip: number | null
  /** What flows. */
  readonly kilobitsPerSecond: number
  /** What could flow, in kbit/s, as far as the server knows. */
  readonly available: number | null
}

/** The own connection as the server sees it. */
export interface ConnectionQuality extends Quality {
  /** To the server. */
  readonly uplink: PathQuality
  /** From the server. */
  readonly downlink: PathQuality
}
