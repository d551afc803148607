//! What the media plane tells a room.

use crate::error::RequestError;
use crate::id::{Mid, ParticipantId, TrackId};
use crate::media::report::{ConnectionQuality, EncodingDemand, Explanation, SpeakerLevel};
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
    /// The layer that it carries; `None` while nothing flows, and for sound.
    pub layer: Option<SlotLayer>,
    /// Why the slot carries what it carries.
    pub cause: SlotCause,
}

/// The quality that a slot carries of its track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotLayer {
    /// The place of the simulcast encoding among those of the track, the worst having 0.
    pub encoding: u8,
    /// Highest spatial layer within the encoding (SVC), 0 being the smallest picture.
    pub spatial: u8,
    /// Highest temporal layer, 0 being the lowest frame rate.
    pub temporal: u8,
    /// Width and height in pixels, where the stream tells.
    pub size: Option<(u32, u32)>,
}

/// Why a slot is in the state it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotCause {
    /// Carries all that the publisher can send.
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
    /// Carries less than wanted: the subscriber's line allows no more.
    Bandwidth,
    /// Carries less than wanted: the bandwidth went to another track that comes first.
    HigherPriority {
        /// The track that comes first.
        track: TrackId,
    },
    /// Carries nothing: not even the lowest layer fits the subscriber's line, or what would fit is smaller than
    /// the subscriber's `min_height`.
    Paused,
    /// Carries less than wanted: the publisher sends no more now.
    Publisher,
    /// Carries as much as the subscriber's picture can show; the publisher could send more.
    Size,
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
    /// Who speaks has changed. Ordered: the dominant speaker first. Empty in silence.
    SpeakersChanged {
        /// Those who speak.
        speakers: Vec<SpeakerLevel>,
    },
    /// A participant's connection has become better or worse, or its figures changed much.
    QualityChanged {
        /// Whose.
        participant: ParticipantId,
        /// How it is now.
        quality: ConnectionQuality,
    },
    /// A publisher should send only what is wanted. Every encoding of the track is listed.
    DemandChanged {
        /// The publisher.
        participant: ParticipantId,
        /// Its track.
        track: TrackId,
        /// What is wanted of each encoding.
        encodings: Vec<EncodingDemand>,
        /// Tallest picture that anybody wants, in pixels; 0 when nobody wants any, `None` without a limit.
        max_height: Option<u32>,
    },
    /// Why a participant sees what it sees.
    Explained {
        /// The subscriber.
        participant: ParticipantId,
        /// As given in the command.
        request: RequestId,
        /// `None` when it has no peer connection.
        explanation: Option<Box<Explanation>>,
    },
}
