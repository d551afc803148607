//! How a peer connection is set up.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use seameet_core::Codec;
use str0m::bwe::Bitrate;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::net::TcpType;
use str0m::{Candidate, Rtc, RtcConfig};

use crate::error::OfferError;
use crate::extension::extensions;
use crate::light;

/// Largest RTP payload of ordinary media: what fits a datagram of an ordinary path with all headers.
pub const MAX_RTP_PAYLOAD: usize = 1_400;

/// How often [`PeerEvent::Statistics`](crate::PeerEvent::Statistics) comes.
const STATISTICS_INTERVAL: Duration = Duration::from_millis(250);

/// Which side of a call the endpoint is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Has a known address, answers offers, never opens a path itself (ICE-lite, RFC 8445 section 2.5).
    Server,
    /// Makes offers and opens the path.
    Client,
}

/// The name and secret of one side of an ICE session (RFC 8445, section 5.3).
#[derive(Clone, PartialEq, Eq)]
pub struct IceCredentials {
    /// Names the session in every connectivity check.
    pub ufrag: String,
    /// Authenticates the checks.
    pub password: String,
}

impl fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IceCredentials({})", self.ufrag)
    }
}

/// The key with which a server proves itself in DTLS. Made once per process and shared.
#[derive(Clone)]
pub struct Certificate(pub(crate) DtlsCert);

impl Certificate {
    /// Makes a fresh self-signed certificate.
    ///
    /// # Errors
    ///
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, GenerateCertificateError> {
        provider()
            .dtls_provider
            .generate_certificate()
            .map(Self)
            .ok_or(GenerateCertificateError)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate(..)")
    }
}

/// No certificate could be made.
#[derive(Debug, thiserror::Error)]
#[error("the crypto library could not make a certificate")]
pub struct GenerateCertificateError;

/// Everything a peer connection needs to know at its birth.
#[derive(Debug, Clone)]
pub struct PeerConfig {
    /// Which side it is on.
    pub role: Role,
    /// Addresses under which it is reached. A server's are told to the client in the answer.
    pub local_addresses: Vec<SocketAddr>,
    /// Addresses under which a server is reached by TCP (passive candidates, RFC 6544), or from which a client connects.
    /// Framing (RFC 4571) and connections are the driver's.
    pub tcp_addresses: Vec<SocketAddr>,
    /// Estimate what the way to the peer takes, beginning with so many bits per second of payload, and pace what is sent.
    /// `None` sends everything at once.
    pub bandwidth: Option<u64>,
    /// Whether Opus with redundancy ([`Format::OPUS_RED`](crate::Format::OPUS_RED)) is negotiated where the other side
    /// has it. Browsers then send it, and whoever forwards it must take it apart for receivers without.
    pub redundant_audio: bool,
    /// Its ICE name and secret; random when absent.
    pub credentials: Option<IceCredentials>,
    /// Shared certificate; a fresh one when absent.
    pub certificate: Option<Certificate>,
    /// Video codecs in the order of preference. Opus is always offered.
    pub video_codecs: Vec<Codec>,
    /// Most media lines of one session description.
    pub max_media_lines: usize,
    /// Largest RTP payload that is sent or accepted, in bytes; larger packets are dropped and counted.
    pub max_rtp_payload: usize,
    /// Keeps the secrets of the handshake for a [`LightReceiver`](crate::LightReceiver). For programs that measure only.
    pub light: bool,
}

impl PeerConfig {
    /// A configuration with all codecs and no addresses.
    pub fn new(role: Role) -> Self {
        Self {
            role,
            local_addresses: Vec::new(),
            tcp_addresses: Vec::new(),
            bandwidth: None,
            redundant_audio: false,
            credentials: None,
            certificate: None,
            video_codecs: vec![Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1],
            max_media_lines: 64,
            max_rtp_payload: MAX_RTP_PAYLOAD,
            light: false,
        }
    }

    pub(crate) fn build(&self, now: Instant) -> Result<Rtc, OfferError> {
        let mut rtc = self.engine_config().build(now);
        for address in &self.local_addresses {
            let candidate = Candidate::host(*address, "udp")
                .map_err(|_| OfferError::Candidate { address: *address })?;
            rtc.add_local_candidate(candidate);
        }
        for address in &self.tcp_addresses {
            rtc.add_local_candidate(self.tcp_candidate(*address)?);
        }
        Ok(rtc)
    }

    /// A server waits for connections, a client opens them (RFC 6544, section 4.1).
    fn tcp_candidate(&self, address: SocketAddr) -> Result<Candidate, OfferError> {
        let kind = match self.role {
            Role::Server => TcpType::Passive,
            Role::Client => TcpType::Active,
        };
        Candidate::builder()
            .tcp()
            .host(address)
            .tcptype(kind)
            .build()
            .map_err(|_| OfferError::Candidate { address })
    }

    fn engine_config(&self) -> RtcConfig {
        let mut config = RtcConfig::new()
            .set_crypto_provider(if self.light {
                light::provider()
            } else {
                provider()
            })
            .set_rtp_mode(true)
            .set_ice_lite(self.role == Role::Server)
            .set_rtcp_report_interval_video(Duration::from_secs(1))
            .set_extension_map(extensions())
            .clear_codecs()
            .enable_opus(true, self.redundant_audio)
            .enable_bwe(self.bandwidth.map(Bitrate::from))
            .set_stats_interval(Some(STATISTICS_INTERVAL));
        for codec in &self.video_codecs {
            config = match codec {
                Codec::Vp8 => config.enable_vp8(true),
                Codec::Vp9 => config.enable_vp9(true),
                Codec::H264 => with_h264(config),
                Codec::Av1 => config.enable_av1(true),
                Codec::Opus => config,
            };
        }
        if let Some(credentials) = &self.credentials {
            config = config.set_local_ice_credentials(str0m::IceCreds {
                ufrag: credentials.ufrag.clone(),
                pass: credentials.password.clone(),
            });
        }
        match &self.certificate {
            Some(certificate) => config.set_dtls_cert(certificate.0.clone()),
            None => config,
        }
    }
}

/// Constrained baseline first, which every browser sends and takes; the engine's own first format is plain baseline, on
/// which Firefox and Safari do not meet. Main and high are left out: a sender that chose them would be seen by few.
fn with_h264(mut config: RtcConfig) -> RtcConfig {
    const FORMATS: [(u8, u8, bool, u32); 3] = [
        (108, 109, true, 0x42_e01f),
        (124, 120, false, 0x42_e01f),
        (127, 121, true, 0x42_001f),
    ];
    for (payload_type, repairs, is_fragmented, profile) in FORMATS {
        let repairs = Some(repairs.into());
        config
            .codec_config()
            .add_h264(payload_type.into(), repairs, is_fragmented, profile);
    }
    config
}

fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(str0m::crypto::from_feature_flags())))
}

#[cfg(test)]
mod tests;
