//! What a client says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::common::{Secret, TrackSource};

/// What a client says. Any message may carry an `id`; the reply or the error repeats it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct ClientMessage {
    /// Chosen by the client, at most 64 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The message itself.
    #[serde(flatten)]
    pub body: ClientBody,
}

/// A client's message without its request id.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientBody {
    /// Asks to enter a room. Must be the first message.
    Join(Join),
    /// Leaves for good.
    Leave,
    /// Negotiates media. The client makes every offer.
    Offer(Offer),
    /// A local candidate.
    IceCandidate(IceCandidate),
    /// Mutes the own microphone.
    MuteAudio,
    /// Unmutes the own microphone.
    UnmuteAudio,
    /// Mutes the own camera.
    MuteVideo,
    /// Unmutes the own camera.
    UnmuteVideo,
    /// Changes an own track.
    SetTrack(SetTrack),
    /// Withdraws an own track.
    Unpublish(Unpublish),
    /// Says what to receive.
    View(View),
    /// Asks for a keyframe.
    RequestKeyframe(RequestKeyframe),
    /// Writes to all, or to one.
    ChatMessage(SendChat),
    /// Sends small control data to all, or to one.
    Data(SendData),
    /// Raises the own hand.
    RaiseHand,
    /// Lowers the own hand.
    LowerHand,
    /// Shows an emotion.
    Reaction(SendReaction),
    /// Asks for a `pong`.
    Ping,
}

/// Asks to enter a room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct Join {
    /// The protocol version that the client speaks.
    pub protocol: u32,
    /// The room's name: 1 to 64 characters of `A-Z a-z 0-9 _ . : -`.
    pub room_id: String,
    /// What the participant wants to be called: 1 to 64 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The proof that the server's authentication asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<String>"))]
    pub token: Option<Secret>,
    /// Continues an earlier connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
    /// Which software this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientInfo>,
    /// Free facts about the participant, shown to everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BTreeMap<String, String>>,
}

/// Proof of an earlier connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Resume {
    /// The token of the last `ready`.
    #[cfg_attr(feature = "typescript", ts(as = "String"))]
    pub token: Secret,
    /// The highest sequence number seen.
    pub seq: u32,
}

/// Which software a client is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ClientInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A session description and what its sending lines carry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Offer {
    /// The session description.
    pub sdp: String,
    /// The sending lines. A line that carried a track and is missing here carries it no longer.
    pub tracks: Vec<OfferedTrack>,
}

/// One sending line of an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct OfferedTrack {
    /// The media line.
    pub mid: String,
    /// Where the track comes from.
    pub source: TrackSource,
    /// Starts muted. Absent means no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
    /// The payload is end-to-end encrypted. Absent means no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
}

/// A local candidate, as the browser gives it. An empty one says that there are no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct IceCandidate {
    /// The candidate attribute (RFC 8839, section 5.1).
    pub candidate: String,
    /// The media line's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// The media line's index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdp_mline_index: Option<u32>,
}

/// A change of an own track. What is absent stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct SetTrack {
    /// The track.
    pub track: String,
    /// Mutes or unmutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
    /// Width in pixels; needs `height`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels; needs `width`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Whole frames per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps: Option<u32>,
}

/// The withdrawal of an own track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Unpublish {
    /// The track.
    pub track: String,
}

/// What to receive: exactly one of `slots` and `auto`. Sound is always assigned by the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct View {
    /// The client fills its video slots. A slot that is not named stays empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slots: Option<Vec<SlotWish>>,
    /// The server fills the slots: screens first, then cameras.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto: Option<AutoView>,
}

/// A wish for one slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct SlotWish {
    /// The slot's media line.
    pub mid: String,
    /// What it shall show. Absent means nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// Tallest useful picture in pixels; 0 pauses it.
    pub max_height: u32,
    /// Highest useful frame rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_fps: Option<u32>,
    /// Smallest useful picture in pixels: rather than a smaller one, nothing is sent. Absent means any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_height: Option<u32>,
    /// 0 to 255; higher goes first when bandwidth is short. Absent means 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// The viewer fixed its eyes on it; goes before others of the same priority. Absent means no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
}

/// Lets the server fill the slots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AutoView {
    /// No more than this many video tracks.
    pub max_video: u32,
}

/// Asks for a keyframe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RequestKeyframe {
    /// The track that cannot be decoded.
    pub track: String,
}

/// A chat message to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct SendChat {
    /// What is written.
    pub text: String,
    /// Only to this participant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Control data to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct SendData {
    /// What it is about.
    pub topic: String,
    /// Only to this participant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The data; opaque to the server.
    pub body: String,
}

/// An emotion to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SendReaction {
    /// A short text, usually one emoji.
    pub reaction: String,
}
