//! What a participant publishes and wants to receive.

use std::net::SocketAddr;

use seameet_core::media::TrackSource;
use seameet_core::{Codec, Rid};

/// One track that is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// What it is.
    pub source: TrackSource,
    /// The simulcast encodings, from the smallest; none sends one stream.
    pub encodings: Vec<Rid>,
}

impl Publication {
    /// A track of one stream.
    pub const fn new(source: TrackSource) -> Self {
        Self {
            source,
            encodings: Vec::new(),
        }
    }
}

/// What a participant is and does.
#[derive(Debug, Clone)]
pub struct ParticipantPlan {
    /// The room.
    pub room: String,
    /// The name that others see.
    pub display_name: Option<String>,
    /// What the operator's authentication wants to see. Not shown by `Debug`.
    pub token: Option<Token>,
    /// Where its datagrams come from: an address that the server can answer to.
    pub address: SocketAddr,
    /// What it publishes.
    pub publications: Vec<Publication>,
    /// How many tracks of sound it can receive at the same time.
    pub audio_slots: usize,
    /// How many pictures.
    pub video_slots: usize,
    /// Codecs of its pictures in the order of preference.
    pub video_codecs: Vec<Codec>,
    /// Estimates its uplink, beginning with so many bits per second, and paces what it sends.
    pub uplink: Option<u64>,
    /// Receives without an endpoint's work, as generators of load do: [`Event::Arrivals`](crate::Event::Arrivals) instead of
    /// packets; see [`seameet_pipeline::light`].
    pub light: bool,
}

impl ParticipantPlan {
    /// Somebody who publishes nothing and receives nothing yet.
    pub fn new(room: impl Into<String>, address: SocketAddr) -> Self {
        Self {
            room: room.into(),
            display_name: None,
            token: None,
            address,
            publications: Vec::new(),
            audio_slots: 0,
            video_slots: 0,
            video_codecs: vec![Codec::Vp8, Codec::H264, Codec::Vp9, Codec::Av1],
            uplink: None,
            light: false,
        }
    }
}

/// A secret for the operator's authentication.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}
