//! Why a connection is closed, as the WebSocket's close code tells it (RFC 6455, section 7.4).

/// Why a connection is closed. The codes are part of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// The client left.
    Left,
    /// The room closed or the server stops.
    RoomClosing,
    /// Too many refused messages in a short time.
    Offences,
    /// A message was too large to be read past.
    TooLarge,
    /// The server failed.
    Internal,
    /// The client reads too slowly; it may resume.
    Overflow,
    /// Something other than `join` came first.
    JoinRequired,
    /// No `join` came in time.
    JoinTimeout,
    /// The join was refused; the error before tells why.
    Refused,
    /// The operator removed the participant.
    Removed,
    /// Another connection took over the participant.
    Replaced,
    /// The client was silent for too long; it may resume.
    Silent,
}

impl CloseReason {
    /// Every reason, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::Left,
        Self::RoomClosing,
        Self::Offences,
        Self::TooLarge,
        Self::Internal,
        Self::Overflow,
        Self::JoinRequired,
        Self::JoinTimeout,
        Self::Refused,
        Self::Removed,
        Self::Replaced,
        Self::Silent,
    ];

    /// The close code.
    pub const fn code(self) -> u16 {
        match self {
            Self::Left => 1000,
            Self::RoomClosing => 1001,
            Self::Offences => 1008,
            Self::TooLarge => 1009,
            Self::Internal => 1011,
            Self::Overflow => 1013,
            Self::JoinRequired => 4000,
            Self::JoinTimeout => 4001,
            Self::Refused => 4002,
            Self::Removed => 4003,
            Self::Replaced => 4004,
            Self::Silent => 4005,
        }
    }

    /// The close frame's reason text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::RoomClosing => "room_closing",
            Self::Offences => "offences",
            Self::TooLarge => "too_large",
            Self::Internal => "internal",
            Self::Overflow => "overflow",
            Self::JoinRequired => "join_required",
            Self::JoinTimeout => "join_timeout",
            Self::Refused => "refused",
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Silent => "silent",
        }
    }
}
