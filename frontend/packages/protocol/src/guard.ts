import type { ServerMessage } from './generated.ts'
import { bool, isObject, list, map, number, object, optional, own, text, type Shape } from './shape.ts'

/** What a text frame turned out to be. */
export type Parsed =
  | { readonly kind: 'message'; readonly message: ServerMessage }
  /** Of a type that this client does not know. To be ignored: the server may be newer. */
  | {
      readonly kind: 'unknown'
      readonly type: string
      /** Its place in the room's order, when it has one: it counts as seen. */
      readonly seq: number | null
    }
  /** Not a message at all, or one without what the protocol demands. */
  | { readonly kind: 'invalid'; readonly reason: string }

const participant = object({
  id: text,
  display_name: optional(text),
  attributes: optional(map(text)),
  state: text,
  hand: bool,
})

const track = object({
  id: text,
  participant: text,
  source: text,
  kind: text,
  codec: text,
  muted: bool,
  encrypted: bool,
  width: optional(number),
  height: optional(number),
  fps: optional(number),
})

const chat = {
  seq: optional(number),
  id: text,
  from: text,
  display_name: optional(text),
  to: optional(text),
  text,
  at: number,
}

const events: Readonly<Record<string, Shape>> = {
  participant_joined: object({ seq: number, participant }),
  participant_updated: object({ seq: number, participant }),
  participant_left: object({ seq: number, participant: text, reason: text }),
  track_published: object({ seq: number, track }),
  track_updated: object({ seq: number, track }),
  track_unpublished: object({ seq: number, track: text, participant: text }),
  chat_message: object(chat),
  data: object({ seq: optional(number), from: text, topic: text, body: text, at: number }),
  reaction: object({ seq: number, from: text, reaction: text, at: number }),
}

const ready = object({
  id: optional(text),
  protocol: number,
  participant: text,
  room: object({ id: text, seq: number, started_at: number }),
  peers: list(participant),
  tracks: list(track),
  chat: list(object(chat)),
  ice_servers: list(object({ urls: list(text), username: optional(text), credential: optional(text) })),
  resume: object({ token: text, ttl_ms: number }),
  limits: object({ message_bytes: number, sdp_bytes: number, chat_chars: number, tracks: number, slots: number }),
  grants: object({
    publish_microphone: bool,
    publish_camera: bool,
    publish_screen: bool,
    subscribe: bool,
    chat: bool,
    data: bool,
  }),
  resumed: bool,
  // What is in here is checked one by one: an event of an unknown type is skipped, as it is when it comes alone.
  missed: optional(list(isObject)),
})

const layer = object({
  encoding: number,
  spatial: number,
  temporal: number,
  width: optional(number),
  height: optional(number),
})

const line = object({ loss: optional(number), rtt_ms: optional(number), bitrate: number, available: optional(number) })

const shapes: Readonly<Record<string, Shape>> = {
  ...events,
  ready,
  answer: object({ id: optional(text), sdp: text, tracks: list(object({ mid: text, track: text })) }),
  slots: object({
    assignments: list(
      object({
        mid: text,
        track: optional(text),
        participant: optional(text),
        layer: optional(layer),
        cause: text,
        cause_track: optional(text),
      }),
    ),
  }),
  request_renegotiation: object({ needed_slots: object({ audio: number, video: number }) }),
  active_speakers: object({ speakers: list(object({ participant: text, level: number })) }),
  quality: object({
    participant: text,
    score: number,
    causes: list(text),
    self: optional(object({ uplink: line, downlink: line })),
  }),
  publisher_demand: object({
    track: text,
    encodings: list(object({ rid: optional(text), wanted: bool })),
    max_height: optional(number),
  }),
  media_lost: object({ closed: bool }),
  left: object({ id: optional(text) }),
  room_closing: object({ reason: text, retry_after: optional(number) }),
  error: object({ id: optional(text), code: text, message: text, retryable: bool }),
  pong: object({ id: optional(text) }),
}

/** Reads a text frame of the server. Never throws. */
export function parseServerMessage(frame: string): Parsed {
  let value: unknown
  try {
    value = JSON.parse(frame)
  } catch {
    return { kind: 'invalid', reason: 'not JSON' }
  }
  return checkServerMessage(value)
}

/** The same for a value that was already read, such as an entry of `ready.missed`. */
export function checkServerMessage(value: unknown): Parsed {
  if (!isObject(value)) return { kind: 'invalid', reason: 'not an object' }
  const type = own(value, 'type')
  if (typeof type !== 'string') return { kind: 'invalid', reason: 'no type' }
  const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined
  if (shape === undefined) {
    const seq = own(value, 'seq')
    return { kind: 'unknown', type, seq: typeof seq === 'number' ? seq : null }
  }
  if (!shape(value)) return { kind: 'invalid', reason: `${type} lacks a field or has one of the wrong type` }
  // The shape was compared field by field just now. Enumerations may still hold values of a newer server; whoever
  // reads them must have a fallback.
  return { kind: 'message', message: value as unknown as ServerMessage }
}
