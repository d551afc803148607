//! What an endpoint tells: datagrams to send and what happened.

use std::fmt;
use std::net::SocketAddr;

use seameet_core::Mid;

use crate::packet::ReceivedPacket;

/// A datagram to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Transmit {
    /// The local address that it leaves from: one of the configured ones.
    pub source: SocketAddr,
    /// Where it goes.
    pub destination: SocketAddr,
    /// Its bytes.
    pub contents: Vec<u8>,
}

impl fmt::Debug for Transmit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transmit({} bytes)", self.contents.len())
    }
}

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// No valid connectivity check for too long (RFC 7675).
    ConsentExpired,
    /// The other side closed.
    Closed,
}

/// What became of a connection.
#[derive(Debug)]
pub enum PeerEvent {
    /// ICE and DTLS are up.
    Connected,
    /// Nothing more will come. The peer connection is of no further use.
    Closed(CloseReason),
    /// A packet arrived.
    Rtp(ReceivedPacket),
    /// A packet arrived that is not for forwarding: padding, or larger than allowed. Its number is no loss.
    Skipped {
        /// The media line that carried it.
        mid: Mid,
        /// Which of its encodings.
        encoding: u8,
        /// Which of the encoding's streams; see [`ReceivedPacket::epoch`].
        epoch: u32,
        /// Its sequence number, extended.
        sequence: u64,
    },
    /// The receiver of a line cannot continue without a keyframe.
    KeyframeRequested {
        /// The line on which this endpoint sends.
        mid: Mid,
    },
}
