//! Limits and times of a session.

use std::time::Duration;

use super::TurnServer;
use crate::wire::{DecodeLimits, IceServer, Limits};

/// What a session needs to know. One value serves all sessions of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionConfig {
    /// How much a client may say.
    pub limits: SessionLimits,
    /// How long the server waits.
    pub timing: SessionTiming,
    /// How many refused messages end a connection.
    pub offences: OffencePolicy,
    /// How often a member may offer.
    pub offers: OfferPolicy,
    /// STUN servers, and TURN servers with a fixed password, for the client.
    pub ice_servers: Vec<IceServer>,
    /// TURN servers for which each `ready` has a credential of its own.
    pub turn_servers: Vec<TurnServer>,
    /// How long a lost participant is awaited; the room's grace period.
    pub resume_ttl: Duration,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            limits: SessionLimits::default(),
            timing: SessionTiming::default(),
            offences: OffencePolicy::default(),
            offers: OfferPolicy::default(),
            ice_servers: Vec::new(),
            turn_servers: Vec::new(),
            resume_ttl: Duration::from_secs(20),
        }
    }
}

/// The largest parts of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Messages as a whole.
    pub decode: DecodeLimits,
    /// Session description in bytes.
    pub sdp_bytes: usize,
    /// Session description in lines.
    pub sdp_lines: usize,
    /// Chat message in characters.
    pub chat_chars: usize,
    /// Topic of control data in characters.
    pub topic_chars: usize,
    /// Body of control data in bytes.
    pub data_bytes: usize,
    /// Reaction in characters (Unicode scalar values; an emoji may have several).
    pub reaction_chars: usize,
    /// Candidate attribute in bytes.
    pub candidate_bytes: usize,
    /// Attributes of a participant.
    pub attributes: usize,
    /// Name of an attribute in characters.
    pub attribute_name_chars: usize,
    /// Value of an attribute in characters.
    pub attribute_value_chars: usize,
    /// Names and values of all attributes of a participant in bytes. Everyone is sent them.
    pub attribute_bytes: usize,
    /// Tracks of one offer.
    pub tracks: usize,
    /// Slots of one view.
    pub slots: usize,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            decode: DecodeLimits::server_side(),
            sdp_bytes: 256 * 1024,
            // A current browser with 32 slots of each kind writes 6,400 lines.
            sdp_lines: 8000,
            chat_chars: 4000,
            topic_chars: 64,
            data_bytes: 16 * 1024,
            reaction_chars: 16,
            candidate_bytes: 1024,
            attributes: 16,
            attribute_name_chars: 32,
            attribute_value_chars: 256,
            attribute_bytes: 2048,
            tracks: 8,
            slots: 64,
        }
    }
}

impl From<&SessionLimits> for Limits {
    fn from(limits: &SessionLimits) -> Self {
        let number = |limit: usize| u32::try_from(limit).unwrap_or(u32::MAX);
        Self {
            message_bytes: number(limits.decode.message_bytes),
            sdp_bytes: number(limits.sdp_bytes),
            sdp_lines: number(limits.sdp_lines),
            chat_chars: number(limits.chat_chars),
            topic_chars: number(limits.topic_chars),
            data_bytes: number(limits.data_bytes),
            reaction_chars: number(limits.reaction_chars),
            tracks: number(limits.tracks),
            slots: number(limits.slots),
        }
    }
}

/// How long the server waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTiming {
    /// For the `join`.
    pub join_timeout: Duration,
    /// Between two pings.
    pub ping_interval: Duration,
    /// For any sign of life.
    pub silence_timeout: Duration,
}

impl Default for SessionTiming {
    fn default() -> Self {
        Self {
            join_timeout: Duration::from_secs(10),
            ping_interval: Duration::from_secs(10),
            silence_timeout: Duration::from_secs(25),
        }
    }
}

/// How many refused messages end a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffencePolicy {
    /// So many close it.
    pub count: usize,
    /// Within this time.
    pub window: Duration,
}

impl Default for OffencePolicy {
    fn default() -> Self {
        Self {
            count: 10,
            window: Duration::from_secs(60),
        }
    }
}

/// How often a member may offer. An offer costs the server far more than any other message, so this holds whatever
/// the operator's own rate check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferPolicy {
    /// So many at once.
    pub burst: u32,
    /// Then one in each interval.
    pub interval: Duration,
}

impl Default for OfferPolicy {
    fn default() -> Self {
        Self {
            burst: 8,
            interval: Duration::from_millis(500),
        }
    }
}
