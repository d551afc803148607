//! Receiving without an endpoint's work, for measuring servers.
//!
//! A whole endpoint takes several microseconds for each packet that comes, as much as a server for one that it forwards: a
//! generator of load made of them measures itself. [`LightReceiver`] takes over what comes once a [`PeerConnection`] has
//! shaken hands, and leaves ICE, DTLS and all that is sent to it:
//!
//! ```text
//!   STUN, DTLS, RTCP ─▶ PeerConnection           keys, payload types, extensions
//!                            └──────────────────────────┐
//!   RTP ────────────────────────────────────▶ LightReceiver ─▶ Arrival
//!                                                       └────▶ transport feedback, receiver reports
//! ```
//!
//! It reads the clear header of each packet, counts what is missing, and opens one packet of each frame, for its
//! authenticity and its last bytes. What it tells the sender is what a browser tells: when each packet came, and what was
//! lost. It repairs nothing, asks for nothing again and puts nothing in order, so what is lost on the way is lost here.
//! Receiver reports name no sender report (RFC 3550, section 6.4.1), so that only transport feedback tells the sender the
//! time of a round.
//!
//! # What it costs
//!
//! `cargo run --release -p seameet-pipeline --example receive_cost`, without sockets, eight packets of 1,100 bytes to a frame,
//! AES-256-GCM: 123 ns for each packet, where a whole endpoint took 1,845 ns (21 November 2026, a virtual machine with two
//! Intel Xeon processors with AVX-512, beside other work; the fastest of 60 rounds, the middle of three runs).
//!
//! # Map
//!
//! - `keys`: taking the session's secrets from the handshake
//! - `cipher`: opening RTP and sealing RTCP (RFC 3711, RFC 7714)
//! - `header`: the clear part of a packet
//! - `feedback`: when packets came (transport-wide congestion control)
//! - `streams`: what is missing of each stream, and receiver reports
//!
//! [`PeerConnection`]: crate::PeerConnection

mod cipher;
mod feedback;
mod header;
mod keys;
mod streams;

use std::fmt;
use std::time::{Duration, Instant};

use crate::light::cipher::{Opener, Sealer};
use crate::light::feedback::Feedback;
use crate::light::header::Header;
pub(crate) use crate::light::keys::{SharedSecrets, provider, take_latest};
use crate::light::streams::Streams;

/// How often the arrival of packets is reported, as browsers do.
const FEEDBACK_INTERVAL: Duration = Duration::from_millis(100);
/// How often receiver reports go out, as browsers do for pictures.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
/// Bytes at the end of a payload that are shown.
pub const ENDING: usize = 8;
/// The name of who receives only, as browsers' WebRTC has it.
pub(crate) const RECEIVER_SSRC: u32 = 1;

/// What packets of a payload type are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// Of no agreed type.
    #[default]
    Unknown,
    /// Sound: each packet is a frame.
    Sound,
    /// Pictures: the last packet of a frame has a mark.
    Picture,
    /// Repairs and padding.
    Repair,
}

impl Kind {
    /// Ticks of the timestamp in a second.
    const fn clock_rate(self) -> u32 {
        match self {
            Self::Sound => 48_000,
            _ => 90_000,
        }
    }
}

/// What was agreed on.
#[derive(Debug, Clone)]
pub(crate) struct Agreed {
    /// By payload type.
    pub(crate) kinds: [Kind; 128],
    /// The header extension that counts packets over all streams.
    pub(crate) transport_extension: Option<u8>,
}

/// What became of the attempt to open a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It is not one of those that are opened.
    Untried,
    /// It is authentic; the last bytes of its payload.
    Ending([u8; ENDING]),
    /// It is authentic, and too short to have an ending.
    Short,
    /// It is not authentic.
    Failed,
}

/// A packet that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: Instant,
    /// Its stream.
    pub ssrc: u32,
    /// Its number in the stream, extended.
    pub sequence: u64,
    /// Bytes of the payload.
    pub bytes: usize,
    /// Neither a repair nor padding.
    pub is_media: bool,
    /// Whether it is what it says to be.
    pub opened: Opened,
}

/// Whether a datagram is for a [`LightReceiver`]: an RTP packet (RFC 5761, section 4; RFC 7983).
pub fn is_media(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, second, ..] if !(192..=223).contains(second))
}

/// Whether a datagram is a control packet of media.
pub fn is_control(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, 192..=223, ..])
}

/// See the [module documentation](self).
pub struct LightReceiver {
    agreed: Agreed,
    opener: Opener,
    sealer: Sealer,
    streams: Streams,
    feedback: Feedback,
    scratch: Vec<u8>,
    next_feedback: Option<Instant>,
    next_report: Option<Instant>,
}

impl LightReceiver {
    pub(crate) fn new(agreed: Agreed, secrets: &SharedSecrets, now: Instant) -> Option<Self> {
        let secrets = secrets.get()?;
        Some(Self {
            agreed,
            opener: secrets.opener()?,
            sealer: secrets.sealer()?,
            streams: Streams::new(now),
            feedback: Feedback::new(now),
            scratch: Vec::new(),
            next_feedback: None,
            next_report: None,
        })
    }

    /// Something else was agreed on.
    pub(crate) fn agree(&mut self, agreed: Agreed) {
        self.agreed = agreed;
    }

    /// Takes an RTP packet. `None` if it is none, or none of what was agreed on.
    pub fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) -> Option<Arrival> {
        let header = Header::read(datagram, self.agreed.transport_extension)?;
        let kind = self.agreed.kinds[usize::from(header.payload_type)];
        if kind == Kind::Unknown {
            return None;
        }
        let sequence = self.streams.take(now, &header, kind)?;
        if let Some(number) = header.transport_number {
            self.feedback.take(now, number, header.ssrc);
            self.next_feedback.get_or_insert(now + FEEDBACK_INTERVAL);
        }
        self.next_report.get_or_insert(now + REPORT_INTERVAL);
        let is_frame = match kind {
            Kind::Sound => true,
            Kind::Picture => header.marker,
            Kind::Repair | Kind::Unknown => false,
        };
        let bytes = self.opener.payload_len(datagram.len(), header.length);
        Some(Arrival {
            at: now,
            ssrc: header.ssrc,
            sequence,
            bytes,
            is_media: kind != Kind::Repair && !header.has_padding,
            opened: if is_frame && !header.has_padding {
                self.open(datagram, &header, sequence)
            } else {
                Opened::Untried
            },
        })
    }

    fn open(&mut self, datagram: &[u8], header: &Header, sequence: u64) -> Opened {
        // Streams begin in their first cycle, and the first number that came was put into the second.
        let Some(index) = sequence.checked_sub(1 << 16) else {
            return Opened::Untried;
        };
        let packet = (datagram, header.length, header.ssrc);
        match self.opener.open(packet, index, &mut self.scratch) {
            Some(payload) => payload
                .last_chunk()
                .map_or(Opened::Short, |ending| Opened::Ending(*ending)),
            None => Opened::Failed,
        }
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next; `None` before anything came.
    pub fn deadline(&self) -> Option<Instant> {
        self.next_feedback.into_iter().chain(self.next_report).min()
    }

    /// Makes the reports that are due, as datagrams to send to where packets come from.
    pub fn handle_timeout(&mut self, now: Instant) -> Vec<Vec<u8>> {
        let mut datagrams = Vec::new();
        if self.next_feedback.is_some_and(|due| due <= now) {
            self.next_feedback = None;
            for feedback in self.feedback.reports() {
                datagrams.extend(self.sealer.seal(&feedback));
            }
        }
        if self.next_report.is_some_and(|due| due <= now) {
            self.next_report = Some(now + REPORT_INTERVAL);
            for report in self.streams.reports() {
                datagrams.extend(self.sealer.seal(&report));
            }
        }
        datagrams
    }
}

impl fmt::Debug for LightReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LightReceiver")
            .field("streams", &self.streams)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
