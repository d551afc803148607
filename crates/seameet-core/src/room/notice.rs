//! What a room tells its members.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::RequestError;
use crate::grant::Grant;
use crate::id::{DisplayName, ParticipantId, ResumeToken, TrackId};
use crate::media::{
    Answer, Codec, ConnectionQuality, EncodingDemand, MediaKind, SlotAssignment, SlotsNeeded,
    SpeakerLevel, TrackSource,
};
use crate::room::LeaveReason;

/// Whether a member's signaling connection is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// Up.
    Connected,
    /// Lost, and awaited for the grace period. Media may still flow.
    Reconnecting,
}

/// A member as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantInfo {
    /// Its id.
    pub id: ParticipantId,
    /// What it is called.
    pub display_name: Option<DisplayName>,
    /// Free facts about it.
    pub attributes: BTreeMap<String, String>,
    /// Whether its signaling is up.
    pub state: ConnectionState,
    /// Its hand is up.
    pub hand_raised: bool,
}

/// What changed about a member. It happens often and goes to everyone, so it says no more than it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantUpdate {
    /// Who.
    pub id: ParticipantId,
    /// What it is called.
    pub display_name: Option<DisplayName>,
    /// Its facts, only when they changed.
    pub attributes: Option<BTreeMap<String, String>>,
    /// Whether its signaling is up.
    pub state: ConnectionState,
    /// Its hand is up.
    pub hand_raised: bool,
}

/// A published track as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackInfo {
    /// Its id.
    pub id: TrackId,
    /// Who publishes it.
    pub participant: ParticipantId,
    /// Where it comes from.
    pub source: TrackSource,
    /// Sound or picture.
    pub kind: MediaKind,
    /// The codec that the publisher is expected to send.
    pub codec: Codec,
    /// Not forwarded for now.
    pub muted: bool,
    /// Payload is end-to-end encrypted.
    pub encrypted: bool,
    /// Width and height in pixels, when the publisher told.
    pub size: Option<(u32, u32)>,
    /// Frames per second, when the publisher told.
    pub fps: Option<u32>,
}

/// A chat message as the server stamped it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatMessage {
    /// Counts up within the room.
    pub id: u32,
    /// Who wrote it.
    pub from: ParticipantId,
    /// What the writer was called then; the writer may be gone when a late joiner reads it.
    pub display_name: Option<DisplayName>,
    /// Only this participant was told.
    pub to: Option<ParticipantId>,
    /// What was written.
    pub text: String,
    /// When the server took it, in milliseconds since 1970.
    pub at_ms: f64,
}

/// A fact that every member is told, in the same order.
#[derive(Debug, Clone, PartialEq)]
pub enum RoomEvent {
    /// Somebody came.
    ParticipantJoined(ParticipantInfo),
    /// A member's state, hand, name or attributes changed.
    ParticipantUpdated(ParticipantUpdate),
    /// Somebody is gone.
    ParticipantLeft {
        /// Who.
        participant: ParticipantId,
        /// Why.
        reason: LeaveReason,
    },
    /// A track can be received.
    TrackPublished(TrackInfo),
    /// A track's mute state or size changed.
    TrackUpdated(TrackInfo),
    /// A track is gone.
    TrackUnpublished {
        /// The track.
        track: TrackId,
        /// Who published it.
        participant: ParticipantId,
    },
    /// Somebody wrote to all.
    Chat(Arc<ChatMessage>),
    /// Somebody sent control data to all.
    Data {
        /// Who.
        from: ParticipantId,
        /// About what.
        topic: String,
        /// Opaque.
        body: String,
        /// When, in milliseconds since 1970.
        at_ms: f64,
    },
    /// Somebody showed an emotion.
    Reaction {
        /// Who.
        from: ParticipantId,
        /// Usually one emoji.
        reaction: String,
        /// When, in milliseconds since 1970.
        at_ms: f64,
    },
}

impl RoomEvent {
    /// Whether members who were away are told later. Data and reactions are for those who are there: kept, they
    /// would push out what says how the room is.
    pub const fn is_repeated(&self) -> bool {
        !matches!(self, Self::Data { .. } | Self::Reaction { .. })
    }
}

/// A room event with its place in the room's order. Numbers start at 1 and have no gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct SequencedEvent {
    /// Its place.
    pub seq: u32,
    /// The fact.
    pub event: RoomEvent,
}

/// The whole room as it is at `seq`.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomSnapshot {
    /// The last event that is contained.
    pub seq: u32,
    /// When the room was opened, in milliseconds since 1970; 0 until the first member.
    pub started_at_ms: f64,
    /// The other members, in the order in which they came.
    pub peers: Vec<ParticipantInfo>,
    /// Every track, the receiver's own too.
    pub tracks: Vec<TrackInfo>,
    /// The last messages to all, oldest first; none after a resume that is told what it missed.
    pub chat: Vec<Arc<ChatMessage>>,
}

/// What one connection is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// It is in. After a resume, `missed` continues where the earlier connection stopped; when the room no
    /// longer remembers that far back, the snapshot replaces what the client knew.
    Welcome {
        /// Its own id.
        participant: ParticipantId,
        /// What it may do.
        grant: Grant,
        /// For the next resume.
        resume: ResumeToken,
        /// This continues an earlier connection.
        resumed: bool,
        /// The room as it is now.
        snapshot: RoomSnapshot,
        /// The events since the client's last sequence number, oldest first, data and reactions left out;
        /// `None` without a resume or when they are forgotten.
        missed: Option<Vec<Arc<SequencedEvent>>>,
    },
    /// An event that every member is told.
    Event(Arc<SequencedEvent>),
    /// Somebody wrote to this member alone, or the member's own private message.
    PrivateChat(Arc<ChatMessage>),
    /// Somebody sent data to this member alone.
    PrivateData {
        /// Who.
        from: ParticipantId,
        /// About what.
        topic: String,
        /// Opaque.
        body: String,
        /// When, in milliseconds since 1970.
        at_ms: f64,
    },
    /// The reply to an offer.
    Answer {
        /// The client's request id.
        request: Option<String>,
        /// What was agreed.
        answer: Answer,
    },
    /// What the member's slots carry.
    Slots(Vec<SlotAssignment>),
    /// The member should offer again with more slots.
    SlotsNeeded(SlotsNeeded),
    /// Who speaks, the dominant speaker first. Replaces what was said before.
    Speakers(Arc<[SpeakerLevel]>),
    /// How good a participant's connection is.
    Quality {
        /// Whose.
        participant: ParticipantId,
        /// How it is now.
        quality: Arc<ConnectionQuality>,
        /// It is the receiver's own.
        is_own: bool,
    },
    /// What is wanted of one of the member's tracks.
    Demand {
        /// The track.
        track: TrackId,
        /// Every encoding of it.
        encodings: Vec<EncodingDemand>,
        /// Tallest picture that anybody wants, in pixels; `None` without a limit.
        max_height: Option<u32>,
    },
    /// Media ended and the server's peer connection is gone; the member should begin a new one.
    MediaLost,
    /// A request was refused.
    Error {
        /// The client's request id.
        request: Option<String>,
        /// Why.
        error: RequestError,
    },
    /// The member left at its own wish; the connection closes.
    Left,
    /// Another connection took over this participant; this one closes.
    Replaced,
    /// The operator removed the member; the connection closes.
    Removed,
    /// The room closes; the connection closes.
    RoomClosing {
        /// Shown to the member.
        reason: String,
        /// When to try again, in seconds.
        retry_after: Option<u32>,
    },
}
