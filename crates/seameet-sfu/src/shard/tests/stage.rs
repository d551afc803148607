//! A camera whose packets are made by hand, and viewers who check what they are sent.

use std::sync::Arc;

use seameet_core::media::{MediaCommand, SlotWish, TrackDeclaration, View};
use seameet_core::{Codec, MediaKind};
use seameet_pipeline::{Format, LineDirection, ReceivedPacket};
use seameet_rtp::{Packet, Payload};

use super::script::{ROOM, Script};
use crate::shard::Input;
use crate::shard::forward::{Arrival, Skipped};
use crate::shard::peer::PeerKey;
use crate::shard::slot::Slot;
use crate::shard::track::TrackKey;

pub(in crate::shard) const VP8: Format = Format {
    codec: Codec::Vp8,
    profile: 0,
};
/// Time between two frames, and the ticks that it takes.
pub(in crate::shard) const FRAME_MILLIS: u64 = 40;
pub(in crate::shard) const FRAME_TICKS: u32 = 3_600;
/// Bytes behind everything else: whether it is a keyframe, which encoding, and the frame's number.
const LABEL: usize = 6;

/// One encoding of a camera: two packets a frame.
pub(in crate::shard) struct Encoder {
    pub(in crate::shard) encoding: u8,
    pub(in crate::shard) epoch: u32,
    pub(in crate::shard) height: u16,
    pub(in crate::shard) sequence: u64,
    pub(in crate::shard) timestamp: u32,
    pub(in crate::shard) number: u32,
    pub(in crate::shard) bytes: usize,
}

impl Encoder {
    pub(in crate::shard) fn new(encoding: u8, height: u16) -> Self {
        Self {
            encoding,
            epoch: 0,
            height,
            sequence: 70_000 * u64::from(encoding + 1),
            timestamp: 4_000_000_000_u32.wrapping_mul(u32::from(encoding) + 1),
            number: 0,
            bytes: 100,
        }
    }

    /// The packets of the next frame.
    pub(in crate::shard) fn frame(&mut self, is_key: bool) -> [Packet; 2] {
        self.number += 1;
        self.timestamp = self.timestamp.wrapping_add(FRAME_TICKS);
        [true, false].map(|is_first| {
            self.sequence += 1;
            Packet {
                sequence: self.sequence,
                timestamp: self.timestamp,
                marker: !is_first,
                payload: self.payload(is_key, is_first),
                audio_level: None,
                orientation: None,
                descriptor: None,
            }
        })
    }

    fn payload(&self, is_key: bool, is_first: bool) -> Payload {
        let picture = u16::try_from(self.number % 0x7FFF).unwrap() | 0x8000;
        let mut bytes = vec![if is_first { 0x90 } else { 0x80 }, 0x80];
        bytes.extend(picture.to_be_bytes());
        let width = self.height / 9 * 16;
        if is_key && is_first {
            bytes.extend([0, 0, 0, 0x9d, 0x01, 0x2a]);
            bytes.extend(width.to_le_bytes());
            bytes.extend(self.height.to_le_bytes());
        } else {
            bytes.push(1);
        }
        bytes.resize(self.bytes, 0xEE);
        bytes.extend([u8::from(is_key), self.encoding]);
        bytes.extend(self.number.to_be_bytes());
        Payload::from_arc(Arc::from(bytes))
    }

    pub(in crate::shard) fn received(
        &self,
        packet: Packet,
        line: &TrackDeclaration,
        now: std::time::Instant,
    ) -> ReceivedPacket {
        ReceivedPacket {
            mid: line.mid,
            encoding: self.encoding,
            epoch: self.epoch,
            format: VP8,
            arrival: now,
            packet,
        }
    }
}

/// A frame as a viewer got it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shard) struct Shown {
    pub(in crate::shard) is_key: bool,
    pub(in crate::shard) encoding: u8,
    pub(in crate::shard) number: u32,
    pub(in crate::shard) timestamp: u32,
    pub(in crate::shard) at: std::time::Instant,
}

/// One camera and some viewers in one room.
pub(in crate::shard) struct Stage {
    pub(in crate::shard) script: Script,
    pub(in crate::shard) publisher: PeerKey,
    pub(in crate::shard) track: TrackKey,
    pub(in crate::shard) line: TrackDeclaration,
}

impl Stage {
    pub(in crate::shard) fn new() -> Self {
        Self::on(Script::new())
    }

    pub(in crate::shard) fn on(mut script: Script) -> Self {
        script
            .join_with(1, &[(MediaKind::Video, LineDirection::Send)])
            .unwrap();
        script.run(1_000);
        let participant = script.speakers[0].participant;
        let line = script.speakers[0].declared[0];
        Self {
            publisher: script.shard.peer_of(ROOM, participant).unwrap(),
            track: script.shard.track_by_id(ROOM, line.track).unwrap(),
            line,
            script,
        }
    }

    /// Adds a viewer and waits until it is connected.
    pub(in crate::shard) fn add_viewer(&mut self) -> usize {
        let index = self.script.speakers.len();
        self.script
            .join_with(
                u8::try_from(index + 1).unwrap(),
                &[(MediaKind::Video, LineDirection::Receive)],
            )
            .unwrap();
        self.script.run(500);
        index
    }

    pub(in crate::shard) fn viewer(&self, index: usize) -> PeerKey {
        let participant = self.script.speakers[index].participant;
        self.script.shard.peer_of(ROOM, participant).unwrap()
    }

    pub(in crate::shard) fn slot(&self, index: usize) -> &Slot {
        &self.script.shard.peers[self.viewer(index)].slots[0]
    }

    /// A packet arrives at the server.
    pub(in crate::shard) fn arrive(&mut self, encoder: &Encoder, packet: Packet) {
        let received = encoder.received(packet, &self.line, self.script.now);
        self.input(Arrival::Packet(received));
    }

    /// A number without media arrives.
    pub(in crate::shard) fn arrive_padding(&mut self, encoder: &mut Encoder) {
        encoder.sequence += 1;
        self.input(Arrival::Skipped(Skipped {
            mid: self.line.mid,
            encoding: encoder.encoding,
            epoch: encoder.epoch,
            sequence: encoder.sequence,
        }));
    }

    fn input(&mut self, arrival: Arrival) {
        self.script.shard.ingress.push((self.publisher, arrival));
        let now = self.script.now;
        self.script.shard.handle_input(now, Input::Timeout);
        self.script.drain();
    }

    /// So many frames of each encoder arrive, the first ones being keyframes if asked for.
    pub(in crate::shard) fn film(
        &mut self,
        encoders: &mut [&mut Encoder],
        frames: u32,
        begins_with_keys: bool,
    ) {
        for frame in 0..frames {
            for encoder in encoders.iter_mut() {
                for packet in encoder.frame(begins_with_keys && frame == 0) {
                    self.arrive(encoder, packet);
                }
            }
            self.script.run(FRAME_MILLIS);
        }
    }

    /// Says how tall a picture a viewer has a use for.
    pub(in crate::shard) fn wish(&mut self, index: usize, max_height: u32) {
        let wish = SlotWish {
            mid: self.slot(index).mid,
            track: Some(self.line.track),
            max_height,
            max_fps: None,
            min_height: None,
            priority: 0,
            pinned: false,
        };
        self.command(MediaCommand::SetView {
            participant: self.script.speakers[index].participant,
            view: View::Slots(vec![wish]),
        });
    }

    pub(in crate::shard) fn set_muted(&mut self, muted: bool) {
        let track = self.line.track;
        self.command(MediaCommand::SetMuted { track, muted });
    }

    pub(in crate::shard) fn command(&mut self, command: MediaCommand) {
        let now = self.script.now;
        self.script
            .shard
            .handle_input(now, Input::Command(ROOM, command));
        self.script.drain();
    }

    /// Whether somebody waits for a keyframe of an encoding.
    pub(in crate::shard) fn is_asked(&self, encoding: u8) -> bool {
        let track = &self.script.shard.tracks[self.track];
        let known = track.encoding(seameet_rtp::EncodingId(encoding)).unwrap();
        known.keyframes.deadline().is_some()
    }

    /// The frames that a viewer was sent since the last call. Fails where a decoder would: at missing packets or
    /// pictures, at timestamps that go back, at a frame whose reference was not sent.
    pub(in crate::shard) fn shown(&mut self, index: usize, before: Option<Shown>) -> Vec<Shown> {
        let seen = std::mem::take(&mut self.script.speakers[index].seen);
        let packets: Vec<_> = seen.iter().map(|packet| (packet, label(packet))).collect();
        for pair in packets.windows(2) {
            assert_eq!(
                pair[0].0.packet.sequence + 1,
                pair[1].0.packet.sequence,
                "numbers count on: {:?} {:?}",
                pair[0].1,
                pair[1].1
            );
        }
        let mut shown: Vec<Shown> = before.into_iter().collect();
        let skipped = shown.len();
        for frame in packets.chunks(2) {
            let [(first, begun), (last, ended)] = frame else {
                panic!("a frame is cut off");
            };
            assert_eq!(
                (begun.encoding, begun.number),
                (ended.encoding, ended.number)
            );
            assert_eq!(first.packet.timestamp, last.packet.timestamp);
            assert!(last.packet.marker && !first.packet.marker);
            match shown.last() {
                _ if begun.is_key => {}
                Some(reference) => assert_eq!(
                    (reference.encoding, reference.number + 1),
                    (begun.encoding, begun.number),
                    "every frame can be decoded"
                ),
                None => panic!("begins without a keyframe"),
            }
            if let Some(before) = shown.last() {
                let step = begun.timestamp.wrapping_sub(before.timestamp).cast_signed();
                assert!(step > 0, "timestamps go on: {before:?} {begun:?}");
            }
            shown.push(*begun);
        }
        let ids: Vec<_> = seen.iter().step_by(2).map(picture_id).collect();
        for pair in ids.windows(2) {
            assert_eq!((pair[0] + 1) & 0x7FFF, pair[1], "picture ids count on");
        }
        shown.split_off(skipped)
    }
}

fn label(received: &ReceivedPacket) -> Shown {
    let payload = received.packet.payload.shared();
    let label = &payload[payload.len() - LABEL..];
    Shown {
        is_key: label[0] == 1,
        encoding: label[1],
        number: u32::from_be_bytes(label[2..].try_into().unwrap()),
        timestamp: received.packet.timestamp,
        at: received.arrival,
    }
}

fn picture_id(received: &ReceivedPacket) -> u16 {
    let payload = received.packet.payload.shared();
    u16::from_be_bytes([payload[2] & 0x7F, payload[3]])
}
