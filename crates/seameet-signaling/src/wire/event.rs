//! What happens in a room, as every member is told.

use serde::{Deserialize, Serialize};

use super::common::LeaveReason;
use super::server::{ParticipantInfo, TrackInfo};

/// What happens in a room. Each event carries the room's sequence number; the numbers have no gaps, but for what
/// is left out after a resume. Messages to one participant alone carry none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RoomEvent {
    /// Somebody came.
    ParticipantJoined(ParticipantJoined),
    /// A participant's state, hand, name or attributes changed.
    ParticipantUpdated(ParticipantUpdated),
    /// Somebody is gone, and so are its tracks.
    ParticipantLeft(ParticipantLeft),
    /// A track can be received.
    TrackPublished(TrackPublished),
    /// A track's mute state or size changed.
    TrackUpdated(TrackUpdated),
    /// A track is gone.
    TrackUnpublished(TrackUnpublished),
    /// Somebody wrote.
    ChatMessage(ChatMessage),
    /// Somebody sent control data.
    Data(DataMessage),
    /// Somebody showed an emotion.
    Reaction(Reaction),
}

/// Somebody came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ParticipantJoined {
    /// The event's place in the room's order.
    pub seq: u32,
    /// Who.
    pub participant: ParticipantInfo,
}

/// A participant's state, hand, name or attributes changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ParticipantUpdated {
    /// The event's place in the room's order.
    pub seq: u32,
    /// The participant as it is now. Absent attributes are unchanged.
    pub participant: ParticipantInfo,
}

/// Somebody is gone, and so are its tracks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ParticipantLeft {
    /// The event's place in the room's order.
    pub seq: u32,
    /// The id of who left.
    pub participant: String,
    /// Why.
    pub reason: LeaveReason,
}

/// A track can be received.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TrackPublished {
    /// The event's place in the room's order.
    pub seq: u32,
    /// The track.
    pub track: TrackInfo,
}

/// A track's mute state or size changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TrackUpdated {
    /// The event's place in the room's order.
    pub seq: u32,
    /// The track as it is now.
    pub track: TrackInfo,
}

/// A track is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TrackUnpublished {
    /// The event's place in the room's order.
    pub seq: u32,
    /// The track's id.
    pub track: String,
    /// Who published it.
    pub participant: String,
}

/// A chat message as the server stamped it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct ChatMessage {
    /// The event's place in the room's order. Absent in private messages and in the history of `ready`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
    /// The message's own id, minted by the server. It is not a request id.
    pub id: String,
    /// Who wrote it.
    pub from: String,
    /// What the writer was called then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Only this participant and the writer are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What was written.
    pub text: String,
    /// When the server took it, in milliseconds since 1970.
    pub at: f64,
}

/// Control data of a participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct DataMessage {
    /// The event's place in the room's order. Absent when only the receiver is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
    /// Who sent it.
    pub from: String,
    /// What it is about.
    pub topic: String,
    /// The data; opaque to the server.
    pub body: String,
    /// When the server took it, in milliseconds since 1970.
    pub at: f64,
}

/// An emotion of a participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Reaction {
    /// The event's place in the room's order.
    pub seq: u32,
    /// Who shows it.
    pub from: String,
    /// Usually one emoji.
    pub reaction: String,
    /// When the server took it, in milliseconds since 1970.
    pub at: f64,
}
