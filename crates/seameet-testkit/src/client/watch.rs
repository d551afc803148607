//! What a client makes of what arrives.

use std::time::Instant;

use seameet_core::{MediaKind, TrackId};
use seameet_pipeline::{Format, ReceivedPacket};
use seameet_rtp::red::RedPacket;

use crate::client::{Client, Seen};
use crate::decoder::{Arrival, Decoder};
use crate::media::{Picture, picture_id};

impl Client {
    /// What shows the line that carries the track now.
    pub fn watches(&self, track: TrackId) -> Option<&Decoder> {
        let mid = self.slot_of(track)?;
        self.decoders.get(&mid)
    }

    /// Payload that arrived within a time, in bits per second; good to tenths of seconds.
    pub fn arrived_since(&self, from: Instant, to: Instant) -> u64 {
        let length = to.saturating_duration_since(from).as_millis();
        let within = self.arrived.range(self.tenth(from)..self.tenth(to));
        let bytes: u64 = within.map(|(_, bytes)| bytes).sum();
        let length = u64::try_from(length).unwrap_or(u64::MAX).max(1);
        bytes * 8 * 1_000 / length
    }

    fn tenth(&self, at: Instant) -> u64 {
        let millis = at.saturating_duration_since(self.epoch).as_millis();
        u64::try_from(millis / 100).unwrap_or(u64::MAX)
    }

    /// Writes down what arrived and shows what can be shown.
    pub(super) fn note(&mut self, received: &ReceivedPacket, told: usize) {
        let payload = received.packet.payload.shared();
        let kind = received.format.codec.kind();
        let tenth = self.tenth(received.arrival);
        *self.arrived.entry(tenth).or_default() += payload.len() as u64;
        if kind == MediaKind::Video {
            let decoder = self.decoders.entry(received.mid).or_default();
            decoder.receive(&Arrival {
                at: received.arrival,
                sequence: received.packet.sequence,
                timestamp: received.packet.timestamp,
                marker: received.packet.marker,
                codec: received.format.codec,
                payload: &payload,
                descriptor: received.packet.descriptor.as_deref(),
            });
        }
        if received.format == Format::OPUS_RED {
            self.note_redundant(received, told);
        } else {
            let number = (received.packet.sequence, received.packet.timestamp);
            self.note_frame(received, number, &payload, told);
        }
    }

    /// What a redundant packet repeats counts if it did not come.
    fn note_redundant(&mut self, received: &ReceivedPacket, told: usize) {
        self.redundant += 1;
        let packet = &received.packet;
        let Ok(parsed) = RedPacket::parse(&packet.payload) else {
            return;
        };
        let stripper = self.strippers.entry(received.mid).or_default();
        let bytes = packet.payload.shared();
        for frame in stripper.strip(packet.sequence, packet.timestamp, &parsed) {
            let number = (frame.sequence, frame.timestamp);
            self.note_frame(received, number, &bytes[frame.range], told);
        }
    }

    fn note_frame(
        &mut self,
        received: &ReceivedPacket,
        (sequence, timestamp): (u64, u32),
        payload: &[u8],
        told: usize,
    ) {
        let kind = received.format.codec.kind();
        let Some(picture) = Picture::read(kind, payload) else {
            return;
        };
        let told = self.told.get(..told).unwrap_or_default();
        let last = told.iter().rfind(|slot| slot.mid == received.mid);
        let announced = last.and_then(|slot| slot.track);
        self.received.entry(received.mid).or_default().push(Seen {
            at: received.arrival,
            sequence,
            timestamp,
            picture_id: (kind == MediaKind::Video)
                .then(|| picture_id(payload))
                .flatten(),
            picture,
            announced,
        });
    }

    /// Asks for keyframes where a decoder is stuck.
    pub(super) fn ask_for_keyframes(&mut self, now: Instant) {
        for (mid, decoder) in &mut self.decoders {
            if decoder.wants_keyframe(now) {
                self.connection.request_keyframe(*mid, 0);
            }
        }
    }
}
