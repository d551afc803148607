//! Refusals that reach a client, each with a stable code.

use std::fmt;

/// Why a request was refused. The text form travels on the wire and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The message is not valid JSON, lacks a field or has one of the wrong type.
    BadMessage,
    /// The message's `type` is not part of the protocol.
    UnknownType,
    /// The client's protocol version is not supported.
    UnsupportedProtocol,
    /// A message other than `join` came first.
    JoinRequired,
    /// A second `join` on one connection.
    AlreadyJoined,
    /// No `join` arrived in time.
    JoinTimeout,
    /// The authentication hook refused.
    AuthRejected,
    /// The resume token is unknown, expired or revoked; join anew.
    ResumeRejected,
    /// The room has its maximum of members.
    RoomFull,
    /// The server has its maximum of rooms.
    TooManyRooms,
    /// The room's name is not allowed.
    BadRoomId,
    /// The display name is not allowed.
    BadDisplayName,
    /// Too many messages.
    RateLimited,
    /// The message or one of its parts is over a limit.
    TooLarge,
    /// The session description cannot be used.
    BadSdp,
    /// A media line was declared that the offer does not send.
    BadTrack,
    /// The candidate cannot be parsed.
    BadCandidate,
    /// The participant lacks the grant.
    NotPermitted,
    /// No such track, or not the sender's own.
    UnknownTrack,
    /// No such participant.
    UnknownParticipant,
    /// A queue on the server is full; try again.
    Overloaded,
    /// The server failed; the incident is in its log.
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::BadMessage,
        Self::UnknownType,
        Self::UnsupportedProtocol,
        Self::JoinRequired,
        Self::AlreadyJoined,
        Self::JoinTimeout,
        Self::AuthRejected,
        Self::ResumeRejected,
        Self::RoomFull,
        Self::TooManyRooms,
        Self::BadRoomId,
        Self::BadDisplayName,
        Self::RateLimited,
        Self::TooLarge,
        Self::BadSdp,
        Self::BadTrack,
        Self::BadCandidate,
        Self::NotPermitted,
        Self::UnknownTrack,
        Self::UnknownParticipant,
        Self::Overloaded,
        Self::Internal,
    ];

    /// The wire form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadMessage => "bad_message",
            Self::UnknownType => "unknown_type",
            Self::UnsupportedProtocol => "unsupported_protocol",
            Self::JoinRequired => "join_required",
            Self::AlreadyJoined => "already_joined",
            Self::JoinTimeout => "join_timeout",
            Self::AuthRejected => "auth_rejected",
            Self::ResumeRejected => "resume_rejected",
            Self::RoomFull => "room_full",
            Self::TooManyRooms => "too_many_rooms",
            Self::BadRoomId => "bad_room_id",
            Self::BadDisplayName => "bad_display_name",
            Self::RateLimited => "rate_limited",
            Self::TooLarge => "too_large",
            Self::BadSdp => "bad_sdp",
            Self::BadTrack => "bad_track",
            Self::BadCandidate => "bad_candidate",
            Self::NotPermitted => "not_permitted",
            Self::UnknownTrack => "unknown_track",
            Self::UnknownParticipant => "unknown_participant",
            Self::Overloaded => "overloaded",
            Self::Internal => "internal",
        }
    }

    /// Whether the same request may succeed later without any change.
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::RoomFull
                | Self::TooManyRooms
                | Self::RateLimited
                | Self::Overloaded
                | Self::Internal
        )
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal with an explanation for the client's developer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct RequestError {
    /// The stable code.
    pub code: ErrorCode,
    /// What was wrong, with values; never a secret, never a payload.
    pub message: String,
}

impl RequestError {
    /// A refusal.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}
