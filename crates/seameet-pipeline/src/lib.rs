//! One WebRTC endpoint.
//!
//! [`PeerConnection`] takes datagrams, session descriptions and the time; it gives datagrams to send, RTP packets
//! that arrived and what became of the connection. It is the only crate that names the WebRTC engine, and no type
//! of the engine appears in its public interface. It knows no socket, no room and no codec's payload.
//!
//! ```text
//!   datagram ─▶ PeerConnection ─▶ PeerEvent::Rtp ─▶ (router) ─▶ PeerConnection::write ─▶ Transmit
//! ```
//!
//! # Driving it
//!
//! Call any `handle_*`, `accept_offer`, `write` or `request_keyframe`, then drain [`PeerConnection::poll_transmit`] and
//! [`PeerConnection::poll_event`], then call [`PeerConnection::handle_timeout`] no later than
//! [`PeerConnection::deadline`]. Several writes may precede one `handle_timeout`, which sends them together, or as many as
//! the pacer allows.
//!
//! # Map
//!
//! - [`config`]: roles, credentials, codecs, certificate
//! - [`peer`]: the endpoint
//! - [`light`]: receiving without an endpoint's work, for measuring servers
//! - [`negotiate`]: offers, answers and media lines
//! - [`packet`]: RTP packets and payload formats in our words
//! - [`stun`]: whom a datagram from an unknown address names

pub mod config;
mod convert;
pub mod error;
mod extension;
pub mod light;
pub mod negotiate;
pub mod packet;
pub mod peer;
pub mod stun;

pub use config::{Certificate, IceCredentials, PeerConfig, Role};
pub use error::{AnswerError, OfferError, PeerError};
pub use light::{Arrival, LightReceiver, Opened};
pub use negotiate::{AcceptedOffer, LineDirection, MediaLine, OfferLine, ParsedOffer};
pub use packet::{Format, OutgoingPacket, ReceivedPacket};
pub use peer::{
    CloseReason, PeerConnection, PeerEvent, PeerStatistics, Protocol, SendBacklog, Transmit,
};

/// The target under which the WebRTC engine logs. It warns about much that every browser does, so programs show its
/// errors only unless they are asked for more.
pub const ENGINE_LOG_TARGET: &str = "str0m";
