//! What the server says of lines and voices: who speaks, how good connections are, what is wanted of tracks.

use serde::{Deserialize, Serialize};

use super::common::QualityCause;

/// Who speaks. Sent when it changes; replaces what was said before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ActiveSpeakers {
    /// The dominant speaker first; none in silence.
    pub speakers: Vec<ActiveSpeaker>,
}

/// Somebody who speaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ActiveSpeaker {
    /// Who.
    pub participant: String,
    /// How loud, in dBov: 0 is the loudest, -127 is silence.
    pub level: i8,
}

/// How good a participant's connection is. Sent when it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct Quality {
    /// Whose.
    pub participant: String,
    /// 0 (lost) to 5 (excellent).
    pub score: u8,
    /// Why not 5, the worst first.
    pub causes: Vec<QualityCause>,
    /// The figures behind it, for the participant itself.
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnQuality>,
}

/// The figures of one's own connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OwnQuality {
    /// To the server.
    pub uplink: LineQuality,
    /// From the server.
    pub downlink: LineQuality,
}

/// How well media gets through in one direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct LineQuality {
    /// Share of packets that got lost lately, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
    /// Round-trip time in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<f64>,
    /// What flows, in bits per second.
    pub bitrate: f64,
    /// What the line could take, in bits per second, as far as the server knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<f64>,
}

/// What is wanted of an own track. Sent when it changes; what nobody wants need not be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct PublisherDemand {
    /// The track.
    pub track: String,
    /// Every encoding of it.
    pub encodings: Vec<EncodingDemand>,
    /// Tallest picture that anybody wants, in pixels; 0 when nobody wants any. Absent means no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_height: Option<u32>,
}

/// Whether anybody wants one encoding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct EncodingDemand {
    /// Its name. Absent on a line without simulcast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rid: Option<String>,
    /// Somebody wants it.
    pub wanted: bool,
}
