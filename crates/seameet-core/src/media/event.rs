//! What the media plane tells a room.

use crate::error::RequestError;
use crate::id::{Mid, ParticipantId, TrackId};
use crate::media::{Codec, RequestId};

/// The server's session description and what it agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The description; opaque here.
    pub sdp: String,
    /// The declared tracks that were accepted.
    pub tracks: Vec<AnsweredTrack>,
    /// A new peer connection answers. What was known of an earlier one's slots is void.
    pub fresh: bool,
}

/// A track that the media plane is ready to receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnsweredTrack {
    /// The id that the room gave it.
    pub track: TrackId,
    /// Its media line.
    pub mid: Mid,
    /// The first codec of the answer, which the sender is expected to use.
    pub codec: Codec,
}

/// What a slot carries and why not more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotAssignment {
    /// The slot's media line.
    pub mid: Mid,
    /// The track it carries.
    pub track: Option<TrackId>,
    /// Who publishes it.
    pub participant: Option<ParticipantId>,
    /// Why the slot carries what it carries.
    pub cause: SlotCause,
}

/// Why a slot is in the state it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotCause {
    /// Carries its track as published.
    Full,
    /// No track to carry.
    Empty,
    /// The publisher muted the track.
    Muted,
    /// The subscriber asked for no picture.
    Hidden,
    /// Video waits for a keyframe from the publisher.
    WaitingForKeyframe,
    /// The subscriber negotiated no codec that the publisher sends.
    Codec,
}

/// A subscriber lacks slots for all it should receive. Zero means enough of that kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotsNeeded {
    /// Further audio slots.
    pub audio: usize,
    /// Further video slots.
    pub video: usize,
}

/// Why media with a participant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// ICE consent ended: nothing valid arrived for too long (RFC 7675).
    ConsentExpired,
    /// DTLS or the peer itself closed.
    Closed,
    /// The peer's state machine failed; only this peer is affected.
    Failed,
}

/// What the media plane tells a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaEvent {
    /// An offer was answered or refused. After a refusal of a first offer no peer connection exists.
    Negotiated {
        /// Whose offer it was.
        participant: ParticipantId,
        /// As given in the command.
        request: RequestId,
        /// The answer, or why there is none.
        result: Result<Answer, RequestError>,
    },
    /// ICE and DTLS are up; media can flow.
    Connected {
        /// With whom.
        participant: ParticipantId,
    },
    /// Media ended and the endpoint is gone, its slots with it. The next offer begins a new peer connection.
    Disconnected {
        /// With whom.
        participant: ParticipantId,
        /// Why.
        reason: DisconnectReason,
    },
    /// Some of a subscriber's slots changed. Only the changed ones are listed. Comes before the media.
    SlotsAssigned {
        /// The subscriber.
        participant: ParticipantId,
        /// The changed slots.
        assignments: Vec<SlotAssignment>,
    },
    /// A subscriber should offer again with more slots.
    SlotsNeeded {
        /// The subscriber.
        participant: ParticipantId,
        /// How many more.
        needed: SlotsNeeded,
    },
}
