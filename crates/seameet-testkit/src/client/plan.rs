//! What a scripted participant does.

use seameet_core::Codec;
use seameet_core::media::TrackSource;

use crate::video::VideoPlan;

/// What a client sends and how many slots it has.
#[derive(Debug, Clone)]
pub struct ClientPlan {
    /// What it publishes.
    pub sources: Vec<TrackSource>,
    /// Sources of video that come from a modelled encoder. The others send equal VP8 frames.
    pub videos: Vec<(TrackSource, VideoPlan)>,
    /// Slots for sound.
    pub audio_slots: usize,
    /// Slots for pictures.
    pub video_slots: usize,
    /// Video codecs of its endpoint. Without a modelled encoder it sends VP8 whatever stands here.
    pub video_codecs: Vec<Codec>,
    /// Has the grant to receive others' tracks.
    pub may_subscribe: bool,
    /// Estimates its own uplink, beginning with so many bits per second, and sends no more encodings than fit.
    pub uplink: Option<u64>,
    /// Negotiates Opus with redundancy, and sends its sound so where the server agrees.
    pub redundant_audio: bool,
}

impl ClientPlan {
    /// These sources, and so many slots of each kind.
    pub fn new(sources: &[TrackSource], slots: usize) -> Self {
        Self {
            sources: sources.to_vec(),
            videos: Vec::new(),
            audio_slots: slots,
            video_slots: slots,
            video_codecs: vec![Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1],
            may_subscribe: true,
            uplink: None,
            redundant_audio: false,
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

    /// The same with a modelled encoder for a source, which is added if it is not among the sources.
    #[must_use]
    pub fn with_video(mut self, source: TrackSource, video: VideoPlan) -> Self {
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
        self.videos.push((source, video));
        self
    }

    /// The encoder of a source, if it has one.
    pub fn video(&self, source: TrackSource) -> Option<&VideoPlan> {
        let found = self.videos.iter().find(|(of, _)| *of == source);
        found.map(|(_, video)| video)
    }
}
