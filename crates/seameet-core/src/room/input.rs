//! What can happen to a room.

use std::collections::BTreeMap;

use crate::grant::Grant;
use crate::id::{ConnectionId, DisplayName, Mid, ParticipantId, ResumeToken, TrackId};
use crate::media::{MediaEvent, TrackSource, View};

/// A connection that passed authentication and wants in.
#[derive(Debug, Clone)]
pub struct JoinRequest {
    /// The connection that asks.
    pub connection: ConnectionId,
    /// The id that the server minted for it. Ignored when the resume succeeds.
    pub participant: ParticipantId,
    /// What it proposes to be called.
    pub display_name: Option<DisplayName>,
    /// Free facts about the participant, shown to everyone.
    pub attributes: BTreeMap<String, String>,
    /// What it may do.
    pub grant: Grant,
    /// A fresh secret for its next resume.
    pub next_resume: ResumeToken,
    /// The secret of an earlier connection and the last sequence number seen there.
    pub resume: Option<(ResumeToken, u32)>,
    /// Wall clock in milliseconds since 1970; the first member's dates the room.
    pub at_ms: f64,
}

/// One sending line of a client's offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferedTrack {
    /// The media line.
    pub mid: Mid,
    /// Where the track comes from.
    pub source: TrackSource,
    /// Starts muted.
    pub muted: bool,
    /// Payload is end-to-end encrypted.
    pub encrypted: bool,
}

/// A client's offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferRequest {
    /// The session description, within the limits of the protocol.
    pub sdp: String,
    /// What its sending lines carry.
    pub tracks: Vec<OfferedTrack>,
}

/// What a member asks for. The sender is the session's participant, never a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomCommand {
    /// Negotiate media.
    Offer(OfferRequest),
    /// Mute or unmute the member's track of this source.
    SetSourceMuted {
        /// The source.
        source: TrackSource,
        /// True mutes.
        muted: bool,
    },
    /// Change a track of the member's own.
    SetTrack {
        /// The track.
        track: TrackId,
        /// Mute or unmute.
        muted: Option<bool>,
        /// Width and height in pixels, for others' information.
        size: Option<(u32, u32)>,
        /// Frames per second, for others' information.
        fps: Option<u32>,
    },
    /// Withdraw a track of the member's own.
    Unpublish {
        /// The track.
        track: TrackId,
    },
    /// Say what to receive.
    SetView(View),
    /// Ask for a keyframe.
    RequestKeyframe {
        /// The track.
        track: TrackId,
    },
    /// Say something to all, or to one.
    Chat {
        /// The text, within the protocol's limit.
        text: String,
        /// Only to this participant.
        to: Option<ParticipantId>,
    },
    /// Relay small control data to all, or to one.
    Data {
        /// What it is about.
        topic: String,
        /// Only to this participant.
        to: Option<ParticipantId>,
        /// The data, opaque.
        body: String,
    },
    /// Raise or lower the member's hand.
    SetHand {
        /// True raises.
        raised: bool,
    },
    /// Show an emotion.
    React {
        /// A short text, usually one emoji.
        reaction: String,
    },
    /// Leave for good.
    Leave,
}

/// Why somebody is no longer in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaveReason {
    /// Left.
    Left,
    /// Did not come back within the grace period.
    ConnectionLost,
    /// Removed by the operator.
    Removed,
    /// The room was closed.
    RoomClosed,
}

/// Everything that can happen to a room.
#[derive(Debug, Clone)]
pub enum RoomInput {
    /// A connection wants in, anew or by resuming.
    Join(Box<JoinRequest>),
    /// A member's connection asks for something. Commands of connections that are no longer a member's
    /// current one are ignored.
    Command {
        /// The connection that asks.
        connection: ConnectionId,
        /// The client's own request id, repeated in the reply.
        request: Option<String>,
        /// What it asks.
        command: RoomCommand,
        /// Wall clock in milliseconds since 1970, for what others are shown.
        at_ms: f64,
    },
    /// A connection is gone without a leave; the member may resume within the grace period.
    Disconnected {
        /// The connection.
        connection: ConnectionId,
    },
    /// News from the media plane.
    Media(MediaEvent),
    /// The operator removes a participant. Its resume token dies with it.
    Remove {
        /// Whom.
        participant: ParticipantId,
    },
    /// The operator closes the room.
    Close {
        /// Shown to the members.
        reason: String,
        /// When to try again, in seconds.
        retry_after: Option<u32>,
    },
    /// Only time passed.
    Timeout,
}
