//! What a room asks of the media plane.

use crate::id::{Mid, ParticipantId, TrackId};
use crate::media::TrackSource;

/// Tells a room's requests to the media plane apart; echoed in the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// One line of an offer that carries a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackDeclaration {
    /// The id that the room gave the track.
    pub track: TrackId,
    /// The media line that carries it.
    pub mid: Mid,
    /// Where it comes from.
    pub source: TrackSource,
    /// Not to be forwarded for now.
    pub muted: bool,
}

/// A client's session description and what its sending lines carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The description; opaque here.
    pub sdp: String,
    /// Sending lines. A line that carried a track and is missing here carries it no longer.
    pub tracks: Vec<TrackDeclaration>,
}

/// A subscriber's wish for one of its slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotWish {
    /// The slot.
    pub mid: Mid,
    /// What it shall show, or nothing.
    pub track: Option<TrackId>,
    /// Tallest useful picture in pixels; 0 pauses it.
    pub max_height: u32,
    /// Highest useful frame rate.
    pub max_fps: Option<u32>,
    /// Smallest useful picture in pixels: what is smaller is not sent, and the slot is paused instead.
    pub min_height: Option<u32>,
    /// Higher goes first when bandwidth is short. Comes before every other rule.
    pub priority: u8,
    /// The viewer fixed its eyes on it; goes before others of the same priority.
    pub pinned: bool,
}

/// What a subscriber wants to see. Sound is always assigned by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// The server fills the slots: screens first, then cameras in the order of their publication.
    Auto {
        /// No more than this many video tracks.
        max_video: usize,
    },
    /// The client fills its video slots. A slot that is not named stays empty.
    Slots(Vec<SlotWish>),
}

/// What a room asks of the media plane. Everything concerns the room that sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaCommand {
    /// Create or update a participant's peer connection. Answered by [`MediaEvent::Negotiated`].
    ///
    /// [`MediaEvent::Negotiated`]: crate::media::MediaEvent::Negotiated
    Negotiate {
        /// Whose offer it is.
        participant: ParticipantId,
        /// Echoed in the answer.
        request: RequestId,
        /// What it offers.
        offer: Offer,
        /// May receive others' tracks.
        subscribe: bool,
    },
    /// Start or stop forwarding a track.
    SetMuted {
        /// The track.
        track: TrackId,
        /// True stops it.
        muted: bool,
    },
    /// The track is gone; its media line may carry another later.
    Unpublish {
        /// The track.
        track: TrackId,
    },
    /// What a subscriber wants to see.
    SetView {
        /// The subscriber.
        participant: ParticipantId,
        /// Its wish.
        view: View,
    },
    /// A subscriber cannot decode a track and asks for a keyframe. Throttled per track.
    RequestKeyframe {
        /// Who asks. The track must be on one of its slots.
        participant: ParticipantId,
        /// The track.
        track: TrackId,
    },
    /// Say why a participant sees what it sees. Answered by [`MediaEvent::Explained`].
    ///
    /// [`MediaEvent::Explained`]: crate::media::MediaEvent::Explained
    Explain {
        /// The subscriber.
        participant: ParticipantId,
        /// Echoed in the answer.
        request: RequestId,
    },
    /// Close a participant's peer connection and drop its tracks.
    Remove {
        /// Who left.
        participant: ParticipantId,
    },
}
