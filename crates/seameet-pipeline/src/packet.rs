//! RTP packets and payload formats in our words.

use std::time::Instant;

use seameet_core::{Codec, Mid, Rid};
use seameet_rtp::Packet;

/// A codec with the parameters that must agree between sender and receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Format {
    /// The codec.
    pub codec: Codec,
    /// VP9: profile. H.264: profile idc, constraint flags and packetization mode. Opus: 1 with redundancy. Others: 0.
    pub profile: u32,
}

impl Format {
    /// Opus alone in each packet.
    pub const OPUS: Self = Self {
        codec: Codec::Opus,
        profile: 0,
    };
    /// Opus with earlier packets repeated in each (RED, RFC 2198); `seameet_rtp::red` takes it apart. A payload type of its
    /// own, negotiated apart from plain Opus, which every sound line has too.
    pub const OPUS_RED: Self = Self {
        codec: Codec::Opus,
        profile: 1,
    };
    /// H.264 constrained baseline, in the upper bytes of a profile.
    pub(crate) const CONSTRAINED_BASELINE: u32 = 0x42_e000;
    /// H.264 baseline without constraints, in the upper bytes of a profile.
    pub(crate) const BASELINE: u32 = 0x42_0000;

    /// Whether a receiver that negotiated this format can take a stream of another one. Constrained baseline is a
    /// part of baseline (H.264, annex A.2.1.1), and one unit in each packet a part of fragmentation (RFC 6184,
    /// section 6.3).
    pub fn takes(self, sent: Self) -> bool {
        if self == sent {
            return true;
        }
        let split = |format: Self| (format.profile & !0xff, format.profile & 0xff);
        let ((profile, mode), (sent_profile, sent_mode)) = (split(self), split(sent));
        let is_part = profile == sent_profile
            || (profile == Self::BASELINE && sent_profile == Self::CONSTRAINED_BASELINE);
        self.codec == Codec::H264
            && sent.codec == Codec::H264
            && is_part
            && (mode == sent_mode || (mode == 1 && sent_mode == 0))
    }
}

/// An RTP packet that arrived.
#[derive(Debug, Clone)]
pub struct ReceivedPacket {
    /// The media line that carried it.
    pub mid: Mid,
    /// Which of several simulcast encodings: a small number, stable within the line. They are numbered in the order
    /// of the first offer, which says nothing about their sizes; 0 without simulcast.
    pub encoding: u8,
    /// Counts how often the encoding changed its stream (SSRC); numbers and timestamps begin anew with each.
    pub epoch: u32,
    /// What the payload is.
    pub format: Format,
    /// When it arrived.
    pub arrival: Instant,
    /// The packet.
    pub packet: Packet,
}

/// An RTP packet to send on a line, already rewritten for its receiver.
#[derive(Debug, Clone)]
pub struct OutgoingPacket<'a> {
    /// Which simulcast encoding a client sends; `None` on a line without simulcast, as every line of a server is.
    pub rid: Option<Rid>,
    /// The packet as received; payload is shared, numbers are replaced by those below.
    pub packet: &'a Packet,
    /// What the payload is.
    pub format: Format,
    /// Sequence number, extended.
    pub sequence: u64,
    /// Timestamp.
    pub timestamp: u32,
    /// RTP marker bit.
    pub marker: bool,
    /// When the media was captured, as well as the server knows.
    pub wallclock: Instant,
    /// New VP8 descriptor fields, written while serialising.
    pub vp8: Option<seameet_rtp::Vp8Rewrite>,
    /// The dependency descriptor to send; left out where the receiver did not negotiate it.
    pub descriptor: Option<&'a [u8]>,
}

#[cfg(test)]
mod tests;
