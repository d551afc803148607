//! What an endpoint tells: datagrams to send and what happened.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use seameet_core::{Mid, Rid};
use seameet_rtp::SenderReport;

use crate::packet::ReceivedPacket;

/// What carries datagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// UDP.
    Udp,
    /// TCP with framing (RFC 4571), to a passive candidate of ours (RFC 6544).
    Tcp,
}

/// A datagram to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Transmit {
    /// What carries it.
    pub protocol: Protocol,
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

/// How media got through in the last quarter of a second, loss in the last second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeerStatistics {
    /// Round-trip time.
    pub rtt: Option<Duration>,
    /// The round trip was measured by transport feedback, of the packet that was reported on last; it stays until the next
    /// report.
    pub is_transport_rtt: bool,
    /// Share of the peer's packets that did not come at first, in thousandths.
    pub received_loss_permille: Option<u16>,
    /// Share of our packets that the peer did not get at first, in thousandths.
    pub sent_loss_permille: Option<u16>,
    /// What the peer reported lately of the stream that lost most (RFC 3550, section 6.4.2), in thousandths. Comes every
    /// few seconds, and counts what the reports on single packets leave out.
    pub reported_loss_permille: Option<u16>,
    /// What came, in bits per second, with all headers but those of UDP and IP.
    pub received_bitrate: u64,
    /// What was sent, in bits per second, with all headers but those of UDP and IP.
    pub sent_bitrate: u64,
}

/// What waits to be sent on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SendBacklog {
    /// How long the oldest packet has waited.
    pub age: Duration,
    /// Packets.
    pub packets: usize,
    /// Bytes.
    pub bytes: usize,
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
    /// What the way to the peer is thought to take. Looked at four times a second, and told when it changed.
    ///
    /// Only payload counts, of all media with repairs and padding, as it does in a layer's measured bitrate. Headers of
    /// RTP, SRTP, UDP and IP add about 70 bytes to each packet: with full video packets 6 %, with audio as much as
    /// its payload. The estimate adapts to what they take, as it is measured on the way that carries them, but it
    /// drifts above it where little is sent. On a modelled link of 500 kbit/s, media that fills nine tenths of the estimate
    /// fills the link's queue in the end; media that fills three quarters waits less than 300 ms.
    Bandwidth {
        /// Bits per second of payload.
        estimate: u64,
    },
    /// The peer's wall clock as it stands to the timestamps of a stream.
    SenderReport {
        /// The media line.
        mid: Mid,
        /// Which of its encodings.
        encoding: u8,
        /// Which of the encoding's streams; see [`ReceivedPacket::epoch`].
        epoch: u32,
        /// The report.
        report: SenderReport,
    },
    /// How media got through lately. Told four times a second while connected.
    Statistics(PeerStatistics),
    /// The receiver of a line cannot continue without a keyframe.
    KeyframeRequested {
        /// The line on which this endpoint sends.
        mid: Mid,
        /// Which simulcast encoding; `None` on a line without simulcast.
        rid: Option<Rid>,
    },
}
