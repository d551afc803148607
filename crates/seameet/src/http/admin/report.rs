//! What the operator is told, as JSON. The words are those of the signaling protocol.

use seameet_core::media::{self as core_media, ConnectionQuality, Explanation};
use seameet_core::room::{MemberOverview, RoomOverview};
use seameet_core::{ParticipantId, RoomId};
use seameet_signaling::wire::{
    ConnectionState, LineQuality, QualityCause, SlotCause, SlotLayer, TrackInfo,
};
use serde::Serialize;

/// Which rooms are open.
#[derive(Debug, Serialize)]
pub(super) struct RoomsReport {
    /// Their names, in alphabetical order.
    rooms: Vec<String>,
}

/// Who is in a room.
#[derive(Debug, Serialize)]
pub(super) struct RoomReport {
    room: String,
    /// Milliseconds since 1970.
    started_at: f64,
    /// In the order in which they came.
    participants: Vec<ParticipantReport>,
}

#[derive(Debug, Serialize)]
struct ParticipantReport {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    state: ConnectionState,
    tracks: Vec<TrackInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<QualityReport>,
}

/// Why a participant sees what it sees.
#[derive(Debug, Serialize)]
pub(super) struct WhyReport {
    room: String,
    participant: String,
    /// Absent without a peer connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<MediaReport>,
}

/// Rates are in bits per second.
#[derive(Debug, Serialize)]
struct MediaReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    estimate: Option<u64>,
    audio: u64,
    allocated: u64,
    desired: u64,
    queued_ms: f64,
    quality: QualityReport,
    slots: Vec<SlotReport>,
}

#[derive(Debug, Serialize)]
struct QualityReport {
    score: u8,
    causes: Vec<QualityCause>,
    uplink: LineQuality,
    downlink: LineQuality,
}

#[derive(Debug, Serialize)]
struct SlotReport {
    mid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    track: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant: Option<String>,
    cause: SlotCause,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause_track: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<SlotLayer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<SlotLayer>,
    max_height: u32,
    priority: u8,
    pinned: bool,
    layers: Vec<LayerReport>,
}

#[derive(Debug, Serialize)]
struct LayerReport {
    #[serde(flatten)]
    layer: SlotLayer,
    fps: u32,
    bitrate: u64,
}

impl RoomsReport {
    pub(super) fn new(names: &[RoomId]) -> Self {
        let mut rooms: Vec<_> = names.iter().map(ToString::to_string).collect();
        rooms.sort_unstable();
        Self { rooms }
    }
}

impl RoomReport {
    pub(super) fn new(room: &RoomId, overview: RoomOverview) -> Self {
        Self {
            room: room.to_string(),
            started_at: overview.started_at_ms,
            participants: overview.members.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<MemberOverview> for ParticipantReport {
    fn from(member: MemberOverview) -> Self {
        Self {
            id: member.info.id.to_string(),
            display_name: member.info.display_name.map(|name| name.to_string()),
            state: member.info.state.into(),
            tracks: member.tracks.into_iter().map(Into::into).collect(),
            quality: member.quality.as_deref().map(Into::into),
        }
    }
}

impl WhyReport {
    pub(super) fn new(
        room: &RoomId,
        participant: ParticipantId,
        explanation: Option<&Explanation>,
    ) -> Self {
        Self {
            room: room.to_string(),
            participant: participant.to_string(),
            media: explanation.map(Into::into),
        }
    }
}

impl From<&Explanation> for MediaReport {
    fn from(explanation: &Explanation) -> Self {
        Self {
            estimate: explanation.estimate,
            audio: explanation.audio,
            allocated: explanation.allocated,
            desired: explanation.desired,
            queued_ms: explanation.queued.as_secs_f64() * 1000.0,
            quality: (&explanation.quality).into(),
            slots: explanation.slots.iter().map(Into::into).collect(),
        }
    }
}

impl From<&ConnectionQuality> for QualityReport {
    fn from(quality: &ConnectionQuality) -> Self {
        Self {
            score: quality.score,
            causes: quality.causes.iter().map(|cause| (*cause).into()).collect(),
            uplink: quality.uplink.into(),
            downlink: quality.downlink.into(),
        }
    }
}

impl From<&core_media::SlotReport> for SlotReport {
    fn from(slot: &core_media::SlotReport) -> Self {
        let cause_track = match slot.cause {
            core_media::SlotCause::HigherPriority { track } => Some(track.to_string()),
            _ => None,
        };
        Self {
            mid: slot.mid.to_string(),
            track: slot.track.map(|track| track.to_string()),
            participant: slot.participant.map(|participant| participant.to_string()),
            cause: slot.cause.into(),
            cause_track,
            current: slot.current.map(Into::into),
            target: slot.target.map(Into::into),
            max_height: slot.max_height,
            priority: slot.priority,
            pinned: slot.pinned,
            layers: slot.layers.iter().map(Into::into).collect(),
        }
    }
}

impl From<&core_media::LayerReport> for LayerReport {
    fn from(report: &core_media::LayerReport) -> Self {
        Self {
            layer: report.layer.into(),
            fps: report.fps,
            bitrate: report.bitrate,
        }
    }
}

#[cfg(test)]
mod tests;
