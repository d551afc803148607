//! What the media plane finds out: who speaks, how connections are, what is wanted of publishers, and why.

use std::time::Duration;

use crate::id::{Mid, ParticipantId, Rid, TrackId};
use crate::media::{SlotCause, SlotLayer};

/// Somebody who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpeakerLevel {
    /// Who.
    pub participant: ParticipantId,
    /// How loud, smoothed, in dBov: 0 is the loudest, -127 is silence (RFC 6464).
    pub level_dbov: i8,
}

/// How well media gets through in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineQuality {
    /// Share of packets that got lost lately, in thousandths; `None` before anything is known.
    pub loss_permille: Option<u16>,
    /// Round-trip time; `None` before anything is known.
    pub rtt: Option<Duration>,
    /// What flows, in bits per second.
    pub bitrate: u64,
    /// What the line could take, in bits per second; `None` where nobody estimates it.
    pub available: Option<u64>,
}

/// What makes a connection bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QualityCause {
    /// Packets from the participant get lost.
    UplinkLoss,
    /// Packets to the participant get lost.
    DownlinkLoss,
    /// The line to the participant takes less than what it wants to see.
    DownlinkBandwidth,
    /// The way is long: answers take more than half a second.
    Latency,
    /// No media gets through at all.
    NoMedia,
}

/// How good a participant's connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionQuality {
    /// 0 (lost) to 5 (excellent).
    pub score: u8,
    /// Why not 5, the worst first.
    pub causes: Vec<QualityCause>,
    /// From the participant to the server.
    pub uplink: LineQuality,
    /// From the server to the participant.
    pub downlink: LineQuality,
}

/// Whether anybody wants one encoding of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodingDemand {
    /// Its name; `None` for a line without simulcast.
    pub rid: Option<Rid>,
    /// Somebody wants it.
    pub wanted: bool,
}

/// A choice of quality that a track offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerReport {
    /// Which one.
    pub layer: SlotLayer,
    /// Frames per second, as measured.
    pub fps: u32,
    /// What it takes, in bits per second.
    pub bitrate: u64,
}

/// Why one slot carries what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotReport {
    /// The slot's media line.
    pub mid: Mid,
    /// The track it carries.
    pub track: Option<TrackId>,
    /// Who publishes it.
    pub participant: Option<ParticipantId>,
    /// Why it carries what it carries.
    pub cause: SlotCause,
    /// What flows now.
    pub current: Option<SlotLayer>,
    /// What the allocator decided; differs from what flows while a keyframe is awaited.
    pub target: Option<SlotLayer>,
    /// Tallest useful picture in pixels, as the subscriber said.
    pub max_height: u32,
    /// Priority, as the subscriber said.
    pub priority: u8,
    /// Fixed by the viewer.
    pub pinned: bool,
    /// Every choice that the track offers, from the worst.
    pub layers: Vec<LayerReport>,
}

/// Why a participant sees what it sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What its line is thought to take, in bits per second; `None` before anything is known.
    pub estimate: Option<u64>,
    /// What of it is given to sound, in bits per second.
    pub audio: u64,
    /// What of it is given to pictures, in bits per second.
    pub allocated: u64,
    /// What everything that is wanted would take, in bits per second.
    pub desired: u64,
    /// How long the oldest packet has waited to be sent.
    pub queued: Duration,
    /// How good the connection is.
    pub quality: ConnectionQuality,
    /// Every slot.
    pub slots: Vec<SlotReport>,
}
