//! Layers, causes, speakers, quality and demand.

use seameet_core::media as core_media;
use seameet_core::{ParticipantId, TrackId};

use crate::wire::{
    ActiveSpeaker, ActiveSpeakers, EncodingDemand, LineQuality, OwnQuality, PublisherDemand,
    Quality, SlotCause, SlotLayer,
};

impl From<core_media::SlotCause> for SlotCause {
    fn from(cause: core_media::SlotCause) -> Self {
        use core_media::SlotCause as Core;
        match cause {
            Core::Full => Self::Full,
            Core::Empty => Self::Empty,
            Core::Muted => Self::Muted,
            Core::Hidden => Self::Hidden,
            Core::WaitingForKeyframe => Self::WaitingForKeyframe,
            Core::Codec => Self::Codec,
            Core::Bandwidth => Self::Bandwidth,
            Core::HigherPriority { .. } => Self::HigherPriority,
            Core::Paused => Self::Paused,
            Core::Publisher => Self::Publisher,
            Core::Size => Self::Size,
        }
    }
}

impl From<core_media::SlotLayer> for SlotLayer {
    fn from(layer: core_media::SlotLayer) -> Self {
        Self {
            encoding: layer.encoding,
            spatial: layer.spatial,
            temporal: layer.temporal,
            width: layer.size.map(|(width, _)| width),
            height: layer.size.map(|(_, height)| height),
        }
    }
}

impl From<&[core_media::SpeakerLevel]> for ActiveSpeakers {
    fn from(speakers: &[core_media::SpeakerLevel]) -> Self {
        let speakers = speakers.iter().map(|speaker| ActiveSpeaker {
            participant: speaker.participant.to_string(),
            level: speaker.level_dbov,
        });
        Self {
            speakers: speakers.collect(),
        }
    }
}

impl Quality {
    /// What a member is told of a participant's connection; the figures only of its own.
    pub fn new(
        participant: ParticipantId,
        quality: &core_media::ConnectionQuality,
        is_own: bool,
    ) -> Self {
        Self {
            participant: participant.to_string(),
            score: quality.score,
            causes: quality.causes.iter().map(|cause| (*cause).into()).collect(),
            own: is_own.then(|| OwnQuality {
                uplink: quality.uplink.into(),
                downlink: quality.downlink.into(),
            }),
        }
    }
}

impl From<core_media::LineQuality> for LineQuality {
    #[expect(
        clippy::cast_precision_loss,
        reason = "bitrates are far below what a float holds exactly"
    )]
    fn from(line: core_media::LineQuality) -> Self {
        Self {
            loss: line.loss_permille.map(|loss| f64::from(loss) / 1_000.0),
            rtt_ms: line.rtt.map(|rtt| rtt.as_secs_f64() * 1_000.0),
            bitrate: line.bitrate as f64,
            available: line.available.map(|available| available as f64),
        }
    }
}

impl PublisherDemand {
    /// What is wanted of a track.
    pub fn new(
        track: TrackId,
        encodings: &[core_media::EncodingDemand],
        max_height: Option<u32>,
    ) -> Self {
        let encodings = encodings.iter().map(|demand| EncodingDemand {
            rid: demand.rid.map(|rid| rid.to_string()),
            wanted: demand.wanted,
        });
        Self {
            track: track.to_string(),
            encodings: encodings.collect(),
            max_height,
        }
    }
}
