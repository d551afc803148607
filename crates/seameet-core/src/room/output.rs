//! What a room asks of its driver, and its limits.

use std::time::{Duration, Instant};

use crate::error::RequestError;
use crate::id::{ConnectionId, ParticipantId};
use crate::media::MediaCommand;
use crate::room::{LeaveReason, Notice};

/// Limits and times of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomConfig {
    /// Most members, those reconnecting included.
    pub max_members: usize,
    /// Chat messages kept for late joiners; the oldest goes first.
    pub max_chat_history: usize,
    /// Bytes of these messages, about.
    pub max_chat_history_bytes: usize,
    /// Room events kept for resuming members; the oldest goes first. Data and reactions are not kept.
    pub max_event_history: usize,
    /// Bytes of these events, about. Texts that the chat history holds too are counted in both and held once.
    pub max_event_history_bytes: usize,
    /// How long a lost member is awaited.
    pub reconnect_grace: Duration,
    /// Most tracks that one member may publish.
    pub max_tracks_per_member: usize,
}

impl Default for RoomConfig {
    fn default() -> Self {
        Self {
            max_members: 25,
            max_chat_history: 100,
            max_chat_history_bytes: 256 * 1024,
            max_event_history: 256,
            max_event_history_bytes: 256 * 1024,
            reconnect_grace: Duration::from_secs(20),
            max_tracks_per_member: 8,
        }
    }
}

/// Everything a room can ask of its driver.
#[derive(Debug, Clone, PartialEq)]
pub enum RoomOutput {
    /// Tell a connection. After [`Notice::Left`], `Replaced`, `Removed` and `RoomClosing` close it.
    Send {
        /// Whom.
        connection: ConnectionId,
        /// What.
        notice: Notice,
    },
    /// A join was refused; the connection is not a member.
    Refuse {
        /// Whom.
        connection: ConnectionId,
        /// Why.
        error: RequestError,
    },
    /// Tell the media plane.
    Media(MediaCommand),
    /// Somebody is a member now (not told again on resume).
    Joined {
        /// Who.
        participant: ParticipantId,
    },
    /// Somebody is a member no longer.
    Left {
        /// Who.
        participant: ParticipantId,
        /// Why.
        reason: LeaveReason,
    },
    /// The last member is gone or the room was closed; drop the machine.
    Ended,
    /// Nothing more to do until then; feed [`RoomInput::Timeout`](crate::room::RoomInput::Timeout).
    Timeout(Option<Instant>),
}
