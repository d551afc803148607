//! What the server says.

use std::collections::BTreeMap;

use seameet_core::ErrorCode;
use serde::{Deserialize, Serialize};

use super::common::{CodecName, ConnectionState, Secret, SlotCause, TrackKind, TrackSource};
use super::event::{ChatMessage, RoomEvent};
use super::line::{ActiveSpeakers, PublisherDemand, Quality};

/// What the server says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The client is in.
    Ready(Box<Ready>),
    /// The reply to an offer.
    Answer(Answer),
    /// What slots carry from now on.
    Slots(Slots),
    /// The client should offer again with more slots.
    RequestRenegotiation(RequestRenegotiation),
    /// Who speaks.
    ActiveSpeakers(ActiveSpeakers),
    /// How good a participant's connection is.
    Quality(Quality),
    /// What is wanted of an own track.
    PublisherDemand(PublisherDemand),
    /// Media ended; the client begins anew.
    MediaLost(MediaLost),
    /// The client left.
    Left(Left),
    /// The room closes; so does the connection.
    RoomClosing(RoomClosing),
    /// A request was refused.
    Error(ErrorMessage),
    /// The reply to a `ping`.
    Pong(Pong),
    /// Something happened in the room.
    #[serde(untagged)]
    Event(RoomEvent),
}

/// The client is in. The snapshot is true at `room.seq`; events continue from there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct Ready {
    /// The request id of the `join`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The protocol version that both sides speak from now on.
    pub protocol: u32,
    /// The client's own participant id.
    pub participant: String,
    /// The room.
    pub room: RoomInfo,
    /// The other participants, in the order in which they came.
    pub peers: Vec<ParticipantInfo>,
    /// Every track, the client's own too.
    pub tracks: Vec<TrackInfo>,
    /// The last messages to all, oldest first. None when `missed` is there: it has what the client lacks.
    pub chat: Vec<ChatMessage>,
    /// Servers for the peer connection.
    pub ice_servers: Vec<IceServer>,
    /// For the next connection, should this one break.
    pub resume: ResumeInfo,
    /// What the server refuses to take.
    pub limits: Limits,
    /// What the client may do.
    pub grants: Grants,
    /// This continues an earlier connection; its peer connection lives on.
    pub resumed: bool,
    /// After a resume: the events that the client missed, oldest first. Data and reactions are left out, so
    /// numbers may be skipped. Absent when the server no longer remembers them; then the snapshot replaces what
    /// the client knew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed: Option<Vec<RoomEvent>>,
}

/// The room a client is in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RoomInfo {
    /// Its name.
    pub id: String,
    /// The last event that the snapshot contains.
    pub seq: u32,
    /// When it was opened, in milliseconds since 1970.
    pub started_at: f64,
}

/// A participant as others see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct ParticipantInfo {
    /// Its id, minted by the server.
    pub id: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Free facts about it. Absent means none, in an update that they did not change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BTreeMap<String, String>>,
    /// Whether its signaling is up.
    pub state: ConnectionState,
    /// Its hand is up.
    pub hand: bool,
}

/// A published track as others see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct TrackInfo {
    /// Its id, minted by the server.
    pub id: String,
    /// Who publishes it.
    pub participant: String,
    /// Where it comes from.
    pub source: TrackSource,
    /// Sound or picture.
    pub kind: TrackKind,
    /// The codec that the publisher is expected to send.
    pub codec: CodecName,
    /// Not forwarded for now.
    pub muted: bool,
    /// The payload is end-to-end encrypted.
    pub encrypted: bool,
    /// Width in pixels, when the publisher told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels, when the publisher told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Frames per second, when the publisher told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps: Option<u32>,
}

/// A STUN or TURN server, in the form that a browser takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct IceServer {
    /// Its addresses.
    pub urls: Vec<String>,
    /// The user name, for TURN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password, for TURN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<String>"))]
    pub credential: Option<Secret>,
}

/// How to come back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ResumeInfo {
    /// Goes into the next `join`. Takes the participant over, also while it is connected.
    #[cfg_attr(feature = "typescript", ts(as = "String"))]
    pub token: Secret,
    /// How long after a break the server awaits the participant, in milliseconds.
    pub ttl_ms: f64,
}

/// What the server refuses to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Limits {
    /// Longest message in bytes, offers excepted.
    pub message_bytes: u32,
    /// Longest session description in bytes.
    pub sdp_bytes: u32,
    /// Most lines of a session description.
    pub sdp_lines: u32,
    /// Longest chat message in characters.
    pub chat_chars: u32,
    /// Longest data topic in characters.
    pub topic_chars: u32,
    /// Longest data body in bytes.
    pub data_bytes: u32,
    /// Longest reaction in characters.
    pub reaction_chars: u32,
    /// Most tracks of one offer.
    pub tracks: u32,
    /// Most slots of one view.
    pub slots: u32,
}

/// What a client may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a right of its own and a field of the protocol"
)]
pub struct Grants {
    /// May publish a microphone.
    pub publish_microphone: bool,
    /// May publish a camera.
    pub publish_camera: bool,
    /// May publish a screen and its sound.
    pub publish_screen: bool,
    /// May receive others' tracks.
    pub subscribe: bool,
    /// May send chat messages, reactions and raise a hand.
    pub chat: bool,
    /// May send control data.
    pub data: bool,
}

/// The reply to an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct Answer {
    /// The request id of the `offer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The session description.
    pub sdp: String,
    /// The tracks that the server takes.
    pub tracks: Vec<AnsweredTrack>,
}

/// A track that the server takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AnsweredTrack {
    /// Its media line.
    pub mid: String,
    /// The id that the server gave it.
    pub track: String,
}

/// What slots carry from now on. Sent before the media of a new source; slots that are not named stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Slots {
    /// The changed slots.
    pub assignments: Vec<SlotAssignment>,
}

/// What one slot carries, and why not more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct SlotAssignment {
    /// The slot's media line.
    pub mid: String,
    /// The track it carries. Absent means none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// Who publishes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// The quality that it carries. Absent while nothing flows, and for sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<SlotLayer>,
    /// Why it carries what it carries.
    pub cause: SlotCause,
    /// The track that the bandwidth went to, when the cause is `higher_priority`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause_track: Option<String>,
}

/// The quality that a slot carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct SlotLayer {
    /// The simulcast encoding's place among those of the track, the worst having 0.
    pub encoding: u8,
    /// Highest spatial layer within the encoding.
    pub spatial: u8,
    /// Highest temporal layer.
    pub temporal: u8,
    /// Width in pixels, where the stream tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels, where the stream tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

/// The client should offer again with more slots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RequestRenegotiation {
    /// How many more.
    pub needed_slots: NeededSlots,
}

/// How many more slots the client needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NeededSlots {
    /// For sound.
    pub audio: u32,
    /// For pictures.
    pub video: u32,
}

/// Media ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MediaLost {
    /// True: the server's peer connection is gone, begin a new one. This server always says so. False, from a
    /// server that keeps it: restart ICE.
    pub closed: bool,
}

/// The client left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct Left {
    /// The request id of the `leave`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// The room closes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct RoomClosing {
    /// Why, for the participant.
    pub reason: String,
    /// When to try again, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// A request was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct ErrorMessage {
    /// The request id, when it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The stable code.
    #[serde(with = "super::code")]
    #[cfg_attr(feature = "typescript", ts(type = "ErrorCode"))]
    pub code: ErrorCode,
    /// What was wrong, for the developer.
    pub message: String,
    /// The same request may succeed later.
    pub retryable: bool,
}

/// The reply to a `ping`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct Pong {
    /// The request id of the `ping`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}
