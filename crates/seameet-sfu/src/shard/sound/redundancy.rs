//! Sound with redundancy (RED, RFC 2198) for those who did not negotiate it.
//!
//! The publisher's packets are taken apart once, not once for each of its subscribers; packets that got lost on the
//! way to the server come back out of the next ones.

use std::sync::Arc;

use seameet_pipeline::{Format, ReceivedPacket};
use seameet_rtp::red::{PlainFrame, RedPacket};
use seameet_rtp::{Packet, Payload};

use crate::shard::track::UpTrack;
use crate::shard::upstream::UpPacket;

impl UpTrack {
    /// The plain packets that a redundant one stands for, the oldest first; none for every other packet, and for one
    /// that cannot be read.
    pub(in crate::shard) fn plain(&mut self, packet: &UpPacket) -> Vec<UpPacket> {
        if packet.received.format != Format::OPUS_RED {
            return Vec::new();
        }
        let Ok(redundant) = RedPacket::parse(&packet.received.packet.payload) else {
            return Vec::new();
        };
        let (stream, stripper) = &mut self.stripper;
        if *stream != Some(packet.stream) {
            *stream = Some(packet.stream);
            *stripper = seameet_rtp::red::RedStripper::new();
        }
        let frames = stripper.strip(packet.sequence(), packet.timestamp(), &redundant);
        let plain = frames.iter().filter_map(|frame| alone(packet, frame));
        plain.collect()
    }
}

/// A frame as the packet that it was or would have been.
fn alone(packet: &UpPacket, frame: &PlainFrame) -> Option<UpPacket> {
    let received = &packet.received;
    let is_primary = frame.sequence == received.packet.sequence;
    let bytes = received.packet.payload.shared();
    let bytes = bytes.get(frame.range.clone())?;
    // Silence that is not transmitted leaves an empty primary frame behind what is repeated.
    if bytes.is_empty() {
        return None;
    }
    Some(UpPacket {
        received: ReceivedPacket {
            format: Format::OPUS,
            packet: Packet {
                sequence: frame.sequence,
                timestamp: frame.timestamp,
                marker: received.packet.marker && is_primary,
                payload: Payload::from_arc(Arc::from(bytes)),
                audio_level: received.packet.audio_level.filter(|_| is_primary),
                ..received.packet.clone()
            },
            ..received.clone()
        },
        ..packet.clone()
    })
}

#[cfg(test)]
mod tests;
