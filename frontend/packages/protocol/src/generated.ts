// The messages of the signaling protocol, generated from the Rust types by `cargo xtask codegen`.
// Do not edit; `cargo xtask codegen --check` compares.

/** The protocol version that these types describe. */
export const PROTOCOL_VERSION = 1;

/** Every error code, in the order of the documentation. */
export const ERROR_CODES = [
  "bad_message",
  "unknown_type",
  "unsupported_protocol",
  "join_required",
  "already_joined",
  "join_timeout",
  "auth_rejected",
  "resume_rejected",
  "room_full",
  "too_many_rooms",
  "bad_room_id",
  "bad_display_name",
  "rate_limited",
  "too_large",
  "bad_sdp",
  "bad_track",
  "bad_candidate",
  "not_permitted",
  "unknown_track",
  "unknown_participant",
  "overloaded",
  "internal",
] as const;

/** Why a request was refused. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Somebody who speaks. */
export type ActiveSpeaker = {
  /** Who. */
  participant: string,
  /** How loud, in dBov: 0 is the loudest, -127 is silence. */
  level: number,
};

/** Who speaks. Sent when it changes; replaces what was said before. */
export type ActiveSpeakers = {
  /** The dominant speaker first; none in silence. */
  speakers: Array<ActiveSpeaker>,
};

/** The reply to an offer. */
export type Answer = {
  /** The request id of the `offer`. */
  id?: string,
  /** The session description. */
  sdp: string,
  /** The tracks that the server takes. */
  tracks: Array<AnsweredTrack>,
};

/** A track that the server takes. */
export type AnsweredTrack = {
  /** Its media line. */
  mid: string,
  /** The id that the server gave it. */
  track: string,
};

/** Lets the server fill the slots. */
export type AutoView = {
  /** No more than this many video tracks. */
  max_video: number,
};

/** A chat message as the server stamped it. */
export type ChatMessage = {
  /** The event's place in the room's order. Absent in private messages and in the history of `ready`. */
  seq?: number,
  /** The message's own id, minted by the server. It is not a request id. */
  id: string,
  /** Who wrote it. */
  from: string,
  /** What the writer was called then. */
  display_name?: string,
  /** Only this participant and the writer are told. */
  to?: string,
  /** What was written. */
  text: string,
  /** When the server took it, in milliseconds since 1970. */
  at: number,
};

/** Which software a client is. */
export type ClientInfo = {
  /** Its name. */
  name: string,
  /** Its version. */
  version: string,
};

/** What a client says. Any message may carry an `id`; the reply or the error repeats it. */
export type ClientMessage = {
  /** Chosen by the client, at most 64 characters. */
  id?: string,
} & (
  | { "type": "join" } & Join
  | { "type": "leave" }
  | { "type": "offer" } & Offer
  | { "type": "ice_candidate" } & IceCandidate
  | { "type": "mute_audio" }
  | { "type": "unmute_audio" }
  | { "type": "mute_video" }
  | { "type": "unmute_video" }
  | { "type": "set_track" } & SetTrack
  | { "type": "unpublish" } & Unpublish
  | { "type": "view" } & View
  | { "type": "request_keyframe" } & RequestKeyframe
  | { "type": "chat_message" } & SendChat
  | { "type": "data" } & SendData
  | { "type": "raise_hand" }
  | { "type": "lower_hand" }
  | { "type": "reaction" } & SendReaction
  | { "type": "ping" }
);

/** A codec that the server forwards. */
export type CodecName = "opus" | "vp8" | "vp9" | "h264" | "av1";

/** Whether a participant's signaling connection is up. */
export type ConnectionState = "connected" | "reconnecting";

/** Control data of a participant. */
export type DataMessage = {
  /** The event's place in the room's order. Absent when only the receiver is told. */
  seq?: number,
  /** Who sent it. */
  from: string,
  /** What it is about. */
  topic: string,
  /** The data; opaque to the server. */
  body: string,
  /** When the server took it, in milliseconds since 1970. */
  at: number,
};

/** Whether anybody wants one encoding. */
export type EncodingDemand = {
  /** Its name. Absent on a line without simulcast. */
  rid?: string,
  /** Somebody wants it. */
  wanted: boolean,
};

/** A request was refused. */
export type ErrorMessage = {
  /** The request id, when it could be read. */
  id?: string,
  /** The stable code. */
  code: ErrorCode,
  /** What was wrong, for the developer. */
  message: string,
  /** The same request may succeed later. */
  retryable: boolean,
};

/** What a client may do. */
export type Grants = {
  /** May publish a microphone. */
  publish_microphone: boolean,
  /** May publish a camera. */
  publish_camera: boolean,
  /** May publish a screen and its sound. */
  publish_screen: boolean,
  /** May receive others' tracks. */
  subscribe: boolean,
  /** May send chat messages, reactions and raise a hand. */
  chat: boolean,
  /** May send control data. */
  data: boolean,
};

/** A local candidate, as the browser gives it. An empty one says that there are no more. */
export type IceCandidate = {
  /** The candidate attribute (RFC 8839, section 5.1). */
  candidate: string,
  /** The media line's id. */
  sdp_mid?: string,
  /** The media line's index. */
  sdp_mline_index?: number,
};

/** A STUN or TURN server, in the form that a browser takes. */
export type IceServer = {
  /** Its addresses. */
  urls: Array<string>,
  /** The user name, for TURN. */
  username?: string,
  /** The password, for TURN. */
  credential?: string,
};

/** Asks to enter a room. */
export type Join = {
  /** The protocol version that the client speaks. */
  protocol: number,
  /** The room's name: 1 to 64 characters of `A-Z a-z 0-9 _ . : -`. */
  room_id: string,
  /** What the participant wants to be called: 1 to 64 characters. */
  display_name?: string,
  /** The proof that the server's authentication asks for. */
  token?: string,
  /** Continues an earlier connection. */
  resume?: Resume,
  /** Which software this is. */
  client?: ClientInfo,
  /** Free facts about the participant, shown to everyone. */
  attributes?: { [key in string]: string },
};

/** Why somebody is no longer in the room. */
export type LeaveReason = "left" | "connection_lost" | "removed" | "room_closed";

/** The client left. */
export type Left = {
  /** The request id of the `leave`. */
  id?: string,
};

/** What the server refuses to take. */
export type Limits = {
  /** Longest message in bytes, offers excepted. */
  message_bytes: number,
  /** Longest session description in bytes. */
  sdp_bytes: number,
  /** Most lines of a session description. */
  sdp_lines: number,
  /** Longest chat message in characters. */
  chat_chars: number,
  /** Longest data topic in characters. */
  topic_chars: number,
  /** Longest data body in bytes. */
  data_bytes: number,
  /** Longest reaction in characters. */
  reaction_chars: number,
  /** Most tracks of one offer. */
  tracks: number,
  /** Most slots of one view. */
  slots: number,
};

/** How well media gets through in one direction. */
export type LineQuality = {
  /** Share of packets that got lost lately, 0 to 1. */
  loss?: number,
  /** Round-trip time in milliseconds. */
  rtt_ms?: number,
  /** What flows, in bits per second. */
  bitrate: number,
  /** What the line could take, in bits per second, as far as the server knows. */
  available?: number,
};

/** Media ended. */
export type MediaLost = {
  /** True: the server's peer connection is gone, begin a new one. This server always says so. False, from a
   * server that keeps it: restart ICE. */
  closed: boolean,
};

/** How many more slots the client needs. */
export type NeededSlots = {
  /** For sound. */
  audio: number,
  /** For pictures. */
  video: number,
};

/** A session description and what its sending lines carry. */
export type Offer = {
  /** The session description. */
  sdp: string,
  /** The sending lines. A line that carried a track and is missing here carries it no longer. */
  tracks: Array<OfferedTrack>,
};

/** One sending line of an offer. */
export type OfferedTrack = {
  /** The media line. */
  mid: string,
  /** Where the track comes from. */
  source: TrackSource,
  /** Starts muted. Absent means no. */
  muted?: boolean,
  /** The payload is end-to-end encrypted. Absent means no. */
  encrypted?: boolean,
};

/** The figures of one's own connection. */
export type OwnQuality = {
  /** To the server. */
  uplink: LineQuality,
  /** From the server. */
  downlink: LineQuality,
};

/** A participant as others see it. */
export type ParticipantInfo = {
  /** Its id, minted by the server. */
  id: string,
  /** What it is called. */
  display_name?: string,
  /** Free facts about it. Absent means none, in an update that they did not change. */
  attributes?: { [key in string]: string },
  /** Whether its signaling is up. */
  state: ConnectionState,
  /** Its hand is up. */
  hand: boolean,
};

/** Somebody came. */
export type ParticipantJoined = {
  /** The event's place in the room's order. */
  seq: number,
  /** Who. */
  participant: ParticipantInfo,
};

/** Somebody is gone, and so are its tracks. */
export type ParticipantLeft = {
  /** The event's place in the room's order. */
  seq: number,
  /** The id of who left. */
  participant: string,
  /** Why. */
  reason: LeaveReason,
};

/** A participant's state, hand, name or attributes changed. */
export type ParticipantUpdated = {
  /** The event's place in the room's order. */
  seq: number,
  /** The participant as it is now. Absent attributes are unchanged. */
  participant: ParticipantInfo,
};

/** The reply to a `ping`. */
export type Pong = {
  /** The request id of the `ping`. */
  id?: string,
};

/** What is wanted of an own track. Sent when it changes; what nobody wants need not be sent. */
export type PublisherDemand = {
  /** The track. */
  track: string,
  /** Every encoding of it. */
  encodings: Array<EncodingDemand>,
  /** Tallest picture that anybody wants, in pixels; 0 when nobody wants any. Absent means no limit. */
  max_height?: number,
};

/** How good a participant's connection is. Sent when it changes. */
export type Quality = {
  /** Whose. */
  participant: string,
  /** 0 (lost) to 5 (excellent). */
  score: number,
  /** Why not 5, the worst first. */
  causes: Array<QualityCause>,
  /** The figures behind it, for the participant itself. */
  self?: OwnQuality,
};

/** What makes a connection bad. */
export type QualityCause = "uplink_loss" | "downlink_loss" | "downlink_bandwidth" | "latency" | "no_media";

/** An emotion of a participant. */
export type Reaction = {
  /** The event's place in the room's order. */
  seq: number,
  /** Who shows it. */
  from: string,
  /** Usually one emoji. */
  reaction: string,
  /** When the server took it, in milliseconds since 1970. */
  at: number,
};

/** The client is in. The snapshot is true at `room.seq`; events continue from there. */
export type Ready = {
  /** The request id of the `join`. */
  id?: string,
  /** The protocol version that both sides speak from now on. */
  protocol: number,
  /** The client's own participant id. */
  participant: string,
  /** The room. */
  room: RoomInfo,
  /** The other participants, in the order in which they came. */
  peers: Array<ParticipantInfo>,
  /** Every track, the client's own too. */
  tracks: Array<TrackInfo>,
  /** The last messages to all, oldest first. None when `missed` is there: it has what the client lacks. */
  chat: Array<ChatMessage>,
  /** Servers for the peer connection. */
  ice_servers: Array<IceServer>,
  /** For the next connection, should this one break. */
  resume: ResumeInfo,
  /** What the server refuses to take. */
  limits: Limits,
  /** What the client may do. */
  grants: Grants,
  /** This continues an earlier connection; its peer connection lives on. */
  resumed: boolean,
  /** After a resume: the events that the client missed, oldest first. Data and reactions are left out, so
   * numbers may be skipped. Absent when the server no longer remembers them; then the snapshot replaces what
   * the client knew. */
  missed?: Array<RoomEvent>,
};

/** Asks for a keyframe. */
export type RequestKeyframe = {
  /** The track that cannot be decoded. */
  track: string,
};

/** The client should offer again with more slots. */
export type RequestRenegotiation = {
  /** How many more. */
  needed_slots: NeededSlots,
};

/** Proof of an earlier connection. */
export type Resume = {
  /** The token of the last `ready`. */
  token: string,
  /** The highest sequence number seen. */
  seq: number,
};

/** How to come back. */
export type ResumeInfo = {
  /** Goes into the next `join`. Takes the participant over, also while it is connected. */
  token: string,
  /** How long after a break the server awaits the participant, in milliseconds. */
  ttl_ms: number,
};

/** The room closes. */
export type RoomClosing = {
  /** Why, for the participant. */
  reason: string,
  /** When to try again, in seconds. */
  retry_after?: number,
};

/** What happens in a room. Each event carries the room's sequence number; the numbers have no gaps, but for what
 * is left out after a resume. Messages to one participant alone carry none. */
export type RoomEvent =
  | { "type": "participant_joined" } & ParticipantJoined
  | { "type": "participant_updated" } & ParticipantUpdated
  | { "type": "participant_left" } & ParticipantLeft
  | { "type": "track_published" } & TrackPublished
  | { "type": "track_updated" } & TrackUpdated
  | { "type": "track_unpublished" } & TrackUnpublished
  | { "type": "chat_message" } & ChatMessage
  | { "type": "data" } & DataMessage
  | { "type": "reaction" } & Reaction;

/** The room a client is in. */
export type RoomInfo = {
  /** Its name. */
  id: string,
  /** The last event that the snapshot contains. */
  seq: number,
  /** When it was opened, in milliseconds since 1970. */
  started_at: number,
};

/** A chat message to send. */
export type SendChat = {
  /** What is written. */
  text: string,
  /** Only to this participant. */
  to?: string,
};

/** Control data to send. */
export type SendData = {
  /** What it is about. */
  topic: string,
  /** Only to this participant. */
  to?: string,
  /** The data; opaque to the server. */
  body: string,
};

/** An emotion to show. */
export type SendReaction = {
  /** A short text, usually one emoji. */
  reaction: string,
};

/** What the server says. */
export type ServerMessage =
  | { "type": "ready" } & Ready
  | { "type": "answer" } & Answer
  | { "type": "slots" } & Slots
  | { "type": "request_renegotiation" } & RequestRenegotiation
  | { "type": "active_speakers" } & ActiveSpeakers
  | { "type": "quality" } & Quality
  | { "type": "publisher_demand" } & PublisherDemand
  | { "type": "media_lost" } & MediaLost
  | { "type": "left" } & Left
  | { "type": "room_closing" } & RoomClosing
  | { "type": "error" } & ErrorMessage
  | { "type": "pong" } & Pong
  | RoomEvent;

/** A change of an own track. What is absent stays. */
export type SetTrack = {
  /** The track. */
  track: string,
  /** Mutes or unmutes. */
  muted?: boolean,
  /** Width in pixels; needs `height`. */
  width?: number,
  /** Height in pixels; needs `width`. */
  height?: number,
  /** Whole frames per second. */
  fps?: number,
};

/** What one slot carries, and why not more. */
export type SlotAssignment = {
  /** The slot's media line. */
  mid: string,
  /** The track it carries. Absent means none. */
  track?: string,
  /** Who publishes it. */
  participant?: string,
  /** The quality that it carries. Absent while nothing flows, and for sound. */
  layer?: SlotLayer,
  /** Why it carries what it carries. */
  cause: SlotCause,
  /** The track that the bandwidth went to, when the cause is `higher_priority`. */
  cause_track?: string,
};

/** Why a slot carries what it carries. */
export type SlotCause = "full" | "empty" | "muted" | "hidden" | "waiting_for_keyframe" | "codec" | "bandwidth" | "higher_priority" | "paused" | "publisher" | "size";

/** The quality that a slot carries. */
export type SlotLayer = {
  /** The simulcast encoding's place among those of the track, the worst having 0. */
  encoding: number,
  /** Highest spatial layer within the encoding. */
  spatial: number,
  /** Highest temporal layer. */
  temporal: number,
  /** Width in pixels, where the stream tells. */
  width?: number,
  /** Height in pixels, where the stream tells. */
  height?: number,
};

/** A wish for one slot. */
export type SlotWish = {
  /** The slot's media line. */
  mid: string,
  /** What it shall show. Absent means nothing. */
  track?: string,
  /** Tallest useful picture in pixels; 0 pauses it. */
  max_height: number,
  /** Highest useful frame rate. */
  max_fps?: number,
  /** Smallest useful picture in pixels: rather than a smaller one, nothing is sent. Absent means any. */
  min_height?: number,
  /** 0 to 255; higher goes first when bandwidth is short. Absent means 0. */
  priority?: number,
  /** The viewer fixed its eyes on it; goes before others of the same priority. Absent means no. */
  pinned?: boolean,
};

/** What slots carry from now on. Sent before the media of a new source; slots that are not named stay. */
export type Slots = {
  /** The changed slots. */
  assignments: Array<SlotAssignment>,
};

/** A published track as others see it. */
export type TrackInfo = {
  /** Its id, minted by the server. */
  id: string,
  /** Who publishes it. */
  participant: string,
  /** Where it comes from. */
  source: TrackSource,
  /** Sound or picture. */
  kind: TrackKind,
  /** The codec that the publisher is expected to send. */
  codec: CodecName,
  /** Not forwarded for now. */
  muted: boolean,
  /** The payload is end-to-end encrypted. */
  encrypted: boolean,
  /** Width in pixels, when the publisher told. */
  width?: number,
  /** Height in pixels, when the publisher told. */
  height?: number,
  /** Frames per second, when the publisher told. */
  fps?: number,
};

/** Sound or picture. */
export type TrackKind = "audio" | "video";

/** A track can be received. */
export type TrackPublished = {
  /** The event's place in the room's order. */
  seq: number,
  /** The track. */
  track: TrackInfo,
};

/** Where a track comes from. A participant has at most one track of each source. */
export type TrackSource = "microphone" | "camera" | "screen" | "screen_audio";

/** A track is gone. */
export type TrackUnpublished = {
  /** The event's place in the room's order. */
  seq: number,
  /** The track's id. */
  track: string,
  /** Who published it. */
  participant: string,
};

/** A track's mute state or size changed. */
export type TrackUpdated = {
  /** The event's place in the room's order. */
  seq: number,
  /** The track as it is now. */
  track: TrackInfo,
};

/** The withdrawal of an own track. */
export type Unpublish = {
  /** The track. */
  track: string,
};

/** What to receive: exactly one of `slots` and `auto`. Sound is always assigned by the server. */
export type View = {
  /** The client fills its video slots. A slot that is not named stays empty. */
  slots?: Array<SlotWish>,
  /** The server fills the slots: screens first, then cameras. */
  auto?: AutoView,
};
