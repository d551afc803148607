//! What a source of video sends.

use std::time::Duration;

use seameet_core::{Codec, Rid};

/// One simulcast encoding, or one spatial layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodingPlan {
    /// Its name; `None` without simulcast.
    pub rid: Option<Rid>,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// Bits per second of the encoding, or of this spatial layer without those below.
    pub bitrate: u64,
}

/// How several qualities are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// A stream for each encoding.
    Simulcast,
    /// One stream with spatial layers that refer to each other in keyframes alone (`L3T3_KEY`).
    Layers,
}

/// What the camera or screen shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Every frame differs from the one before.
    Moving,
    /// Nothing changes: after a keyframe there is a small frame now and then.
    Still {
        /// Time between frames.
        every: Duration,
    },
}

/// What a source of video sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VideoPlan {
    /// The codec. VP9 and AV1 can have layers; the latter come with a dependency descriptor.
    pub codec: Codec,
    /// How the encodings travel.
    pub scheme: Scheme,
    /// From the smallest picture to the largest.
    pub encodings: Vec<EncodingPlan>,
    /// Frames per second.
    pub fps: u32,
    /// Temporal layers of each encoding, 1 or 3.
    pub temporal_layers: u8,
    /// What is to be seen.
    pub content: Content,
}

/// Picture sizes and bitrates that browsers choose for three encodings of a camera.
const SIMULCAST: [(&str, u16, u16, u64); 3] = [
    ("q", 320, 180, 150_000),
    ("h", 640, 360, 500_000),
    ("f", 1280, 720, 1_700_000),
];
/// Bitrates of spatial layers without those below, in sum a camera at 1.7 Mbit/s.
const LAYERS: [(u16, u16, u64); 3] = [
    (320, 180, 150_000),
    (640, 360, 400_000),
    (1280, 720, 1_150_000),
];

impl VideoPlan {
    /// Three VP8 encodings with three temporal layers each.
    pub fn simulcast() -> Self {
        let encodings = SIMULCAST.map(|(rid, width, height, bitrate)| EncodingPlan {
            rid: rid.parse().ok(),
            width,
            height,
            bitrate,
        });
        Self {
            codec: Codec::Vp8,
            scheme: Scheme::Simulcast,
            encodings: encodings.to_vec(),
            fps: 30,
            temporal_layers: 3,
            content: Content::Moving,
        }
    }

    /// Three H.264 encodings, which have no temporal layers.
    pub fn simulcast_h264() -> Self {
        Self {
            codec: Codec::H264,
            temporal_layers: 1,
            ..Self::simulcast()
        }
    }

    /// One VP8 stream without simulcast.
    pub fn single(width: u16, height: u16, bitrate: u64) -> Self {
        Self {
            encodings: vec![EncodingPlan {
                rid: None,
                width,
                height,
                bitrate,
            }],
            ..Self::simulcast()
        }
    }

    /// A shared screen on which nothing moves: one keyframe, then a packet every ten seconds.
    pub fn still_screen() -> Self {
        Self {
            fps: 15,
            content: Content::Still {
                every: Duration::from_secs(10),
            },
            ..Self::single(1920, 1080, 2_000_000)
        }
    }

    /// Three spatial and three temporal layers in one stream of `codec`.
    pub fn layered(codec: Codec) -> Self {
        let encodings = LAYERS.map(|(width, height, bitrate)| EncodingPlan {
            rid: None,
            width,
            height,
            bitrate,
        });
        Self {
            codec,
            scheme: Scheme::Layers,
            encodings: encodings.to_vec(),
            ..Self::simulcast()
        }
    }

    /// The names of the encodings, from the smallest; empty without simulcast.
    pub fn rids(&self) -> Vec<Rid> {
        self.encodings
            .iter()
            .filter_map(|encoding| encoding.rid)
            .collect()
    }
}
