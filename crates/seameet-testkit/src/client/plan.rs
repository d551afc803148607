//! What a scripted participant does.

use seameet_core::Codec;
use seameet_core::media::TrackSource;

/// What a client sends and how many slots it has.
#[derive(Debug, Clone)]
pub struct ClientPlan {
    /// What it publishes.
    pub sources: Vec<TrackSource>,
    /// Slots for sound.
    pub audio_slots: usize,
    /// Slots for pictures.
    pub video_slots: usize,
    /// Video codecs of its endpoint. It sends VP8 whatever stands here.
    pub video_codecs: Vec<Codec>,
    /// Has the grant to receive others' tracks.
    pub may_subscribe: bool,
}

impl ClientPlan {
    /// These sources, and so many slots of each kind.
    pub fn new(sources: &[TrackSource], slots: usize) -> Self {
        Self {
            sources: sources.to_vec(),
            audio_slots: slots,
            video_slots: slots,
            video_codecs: vec![Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1],
            may_subscribe: true,
        }
    }

    /// Microphone and camera, and four slots of each kind.
    pub fn full() -> Self {
        Self::new(&[TrackSource::Microphone, TrackSource::Camera], 4)
    }

    /// Camera only, and no slots.
    pub fn camera_only() -> Self {
        Self::new(&[TrackSource::Camera], 0)
    }

    /// Publishes nothing.
    pub fn viewer() -> Self {
        Self::new(&[], 4)
    }
}
