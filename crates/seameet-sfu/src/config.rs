//! What an operator chooses about media.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;

use seameet_core::Codec;
use seameet_pipeline::{Certificate, IceCredentials, PeerConfig, Role};

/// Configuration of the whole media plane.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MediaConfig {
    /// First UDP port; worker `n` uses `udp_port + n`. 0 lets the system choose one for each worker.
    pub udp_port: u16,
    /// Media threads.
    pub workers: NonZeroUsize,
    /// Addresses that clients are told. Empty: every address of this host.
    pub public_ips: Vec<IpAddr>,
    /// Where the listener is bound whose connections are brought to [`MediaPlane::adopt`](crate::MediaPlane::adopt).
    /// Clients are told its port with each address of this host that it covers. `None` offers media over UDP alone.
    pub tcp_listener: Option<SocketAddr>,
    /// Video codecs in the order of preference.
    pub video_codecs: Vec<Codec>,
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self {
            udp_port: 10_000,
            workers: NonZeroUsize::MIN,
            public_ips: Vec::new(),
            tcp_listener: None,
            video_codecs: vec![Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1],
        }
    }
}

/// What a shard needs to know.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ShardConfig {
    /// UDP addresses that clients are told.
    pub candidates: Vec<SocketAddr>,
    /// TCP addresses that clients are told.
    pub tcp_candidates: Vec<SocketAddr>,
    /// The DTLS certificate of the process.
    pub certificate: Certificate,
    /// Video codecs in the order of preference.
    pub video_codecs: Vec<Codec>,
    /// Passes the dependency descriptor on to receivers that negotiated it. Some decoders freeze under loss when they
    /// have it; without it they go by the payload.
    pub forward_descriptor: bool,
    /// What a subscriber's line is thought to take before anything is known, in bits per second. `None` estimates
    /// nothing, paces nothing and takes every line for unlimited, as is useful in tests.
    pub first_estimate: Option<u64>,
    /// Bytes that a shard keeps at most in order to show joiners a picture at once.
    pub cache_bytes: usize,
}

/// Enough for a hundred and more pictures in motion.
pub(crate) const DEFAULT_CACHE_BYTES: usize = 64 << 20;

/// Most media lines of one description; more slots than anybody can look at.
pub(crate) const MAX_MEDIA_LINES: usize = 64;

/// What a line is thought to take before anything is known, in bits per second: what browsers assume as well.
pub const FIRST_ESTIMATE: u64 = 300_000;

impl ShardConfig {
    /// A configuration with defaults for all that can have them.
    pub fn new(
        candidates: Vec<SocketAddr>,
        certificate: Certificate,
        video_codecs: Vec<Codec>,
    ) -> Self {
        Self {
            candidates,
            tcp_candidates: Vec::new(),
            certificate,
            video_codecs,
            forward_descriptor: true,
            first_estimate: Some(FIRST_ESTIMATE),
            cache_bytes: DEFAULT_CACHE_BYTES,
        }
    }

    pub(crate) fn peer(&self, credentials: IceCredentials) -> PeerConfig {
        let mut config = PeerConfig::new(Role::Server);
        config.local_addresses.clone_from(&self.candidates);
        config.tcp_addresses.clone_from(&self.tcp_candidates);
        config.certificate = Some(self.certificate.clone());
        config.video_codecs.clone_from(&self.video_codecs);
        config.credentials = Some(credentials);
        config.redundant_audio = true;
        config.max_media_lines = MAX_MEDIA_LINES;
        config.bandwidth = self.first_estimate;
        config
    }
}
