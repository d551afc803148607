//! Parts that messages of both directions share.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a track comes from. A participant has at most one track of each source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TrackSource {
    /// A microphone.
    Microphone,
    /// A camera.
    Camera,
    /// A shared screen, window or tab.
    Screen,
    /// The sound of a shared screen, window or tab.
    ScreenAudio,
}

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// A codec that the server forwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CodecName {
    /// Opus.
    Opus,
    /// VP8.
    Vp8,
    /// VP9.
    Vp9,
    /// H.264.
    H264,
    /// AV1.
    Av1,
}

/// Whether a participant's signaling connection is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// Up.
    Connected,
    /// Lost, and awaited for the grace period. Media may still flow.
    Reconnecting,
}

/// Why somebody is no longer in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
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

/// Why a slot carries what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
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
    /// Carries less than wanted: the bandwidth went to another track, named beside.
    HigherPriority,
    /// Carries nothing: not even the lowest layer fits the subscriber's line.
    Paused,
    /// Carries less than wanted: the publisher sends no more now.
    Publisher,
    /// Carries as much as the subscriber's picture can show.
    Size,
}

/// What makes a connection bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum QualityCause {
    /// Packets from the participant get lost.
    UplinkLoss,
    /// Packets to the participant get lost.
    DownlinkLoss,
    /// The line to the participant takes less than what it wants to see.
    DownlinkBandwidth,
    /// The way is long.
    Latency,
    /// No media gets through at all.
    NoMedia,
}

/// Text that must not reach a log: it prints nothing of itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The secret itself, without a copy.
    pub fn into_revealed(self) -> String {
        self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}
