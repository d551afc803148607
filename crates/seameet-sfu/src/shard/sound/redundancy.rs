//! Sound with redundancy (RED, RFC 2198): for those who lose packets, and taken apart for the others.
//!
//! It doubles what sound takes, so that who loses nothing, or did not negotiate it, gets plain packets. The publisher's
//! packets are taken apart once, not once for each of its subscribers; packets that got lost on the way to the server
//! come back out of the next ones.

use std::sync::Arc;
use std::time::{Duration, Instant};

use seameet_pipeline::{Format, ReceivedPacket};
use seameet_rtp::red::{PlainFrame, RedPacket, RedPolicy};
use seameet_rtp::{Packet, Payload};

use crate::shard::track::UpTrack;
use crate::shard::upstream::UpPacket;

/// How long it takes until the loss that a subscriber tells of is that with redundancy.
const TRIAL: Duration = Duration::from_secs(4);
/// Who loses so much with redundancy, in thousandths, may lose it because of it: the line is too short for twice the sound.
const HOPELESS: u16 = 200;
/// How long such a line is spared it.
const SPARED: Duration = Duration::from_secs(60);

/// Whether one subscriber gets redundancy.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::shard) struct Redundancy {
    policy: RedPolicy,
    /// What was reported last.
    reported: u16,
    /// Since when it gets it.
    wanted: Option<Instant>,
    spared_until: Option<Instant>,
}

impl Redundancy {
    /// Takes what share of its packets the subscriber lost in the last seconds, and of the stream that lost most as it
    /// reports now and then, in thousandths: the worse one counts.
    pub(in crate::shard) fn note_loss(
        &mut self,
        now: Instant,
        measured: Option<u16>,
        reported: Option<u16>,
    ) {
        self.reported = reported.unwrap_or(self.reported);
        let loss = measured.unwrap_or(0).max(self.reported);
        let is_lossy = self.policy.is_wanted(f32::from(loss) / 1_000.0);
        if self.is_in_vain(now, loss) {
            self.spared_until = Some(now + SPARED);
        }
        let is_spared = self.spared_until.is_some_and(|until| until > now);
        let is_wanted = is_lossy && !is_spared;
        self.wanted = is_wanted.then(|| self.wanted.unwrap_or(now));
    }

    fn is_in_vain(&self, now: Instant, loss: u16) -> bool {
        let is_tried = |since: Instant| now.saturating_duration_since(since) >= TRIAL;
        loss >= HOPELESS && self.wanted.is_some_and(is_tried)
    }

    /// It gets redundant packets where it accepts them.
    pub(in crate::shard) fn is_wanted(self) -> bool {
        self.wanted.is_some()
    }
}

impl UpTrack {
    /// The plain packets that a redundant one stands for, the oldest first; none for every other packet, and for one
    /// that cannot be read.
    pub(in crate::shard) fn plain(&mut self, packet: &UpPacket) -> Vec<UpPacket> {
        if packet.received.format != Format::OPUS_RED {
            self.plain = None;
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
        let plain: Vec<_> = plain.collect();
        let is_primary = |plain: &&UpPacket| plain.sequence() == packet.sequence();
        if let Some(primary) = plain.last().filter(is_primary) {
            let bytes = primary.received.packet.payload.len();
            let meter = self.plain.get_or_insert_default();
            meter.record(packet.arrival(), bytes, true);
        }
        plain
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
