//! Tests of sound that is taken apart.

use std::time::Instant;

use seameet_core::media::TrackSource;
use seameet_core::{ParticipantId, TrackId};
use seameet_rtp::red::build_red;
use seameet_rtp::{AudioLevel, PacketInfo, SourceKey};

use super::*;
use crate::shard::RoomKey;
use crate::shard::peer::PeerKey;
use crate::shard::track::Declared;

const TICKS: u32 = 960;

fn track() -> UpTrack {
    UpTrack::new(Declared {
        id: TrackId::new(1),
        room: RoomKey(1),
        peer: PeerKey::default(),
        participant: ParticipantId::from_random(1),
        mid: "0".parse().unwrap(),
        source: TrackSource::Microphone,
        muted: false,
    })
}

fn frame(number: u8) -> Payload {
    Payload::from_arc(Arc::from([number; 10]))
}

/// The packet with this number, which repeats the one before.
fn redundant(number: u8, stream: u64) -> UpPacket {
    let payload = build_red(111, &[(TICKS, &frame(number - 1))], &frame(number)).unwrap();
    let loud = AudioLevel {
        level_dbov: -20,
        voice: true,
    };
    UpPacket {
        received: ReceivedPacket {
            mid: "0".parse().unwrap(),
            encoding: 0,
            epoch: 0,
            format: Format::OPUS_RED,
            arrival: Instant::now(),
            packet: Packet {
                sequence: u64::from(number),
                timestamp: u32::from(number) * TICKS,
                marker: false,
                payload,
                audio_level: Some(loud),
                orientation: None,
                descriptor: None,
            },
        },
        stream: SourceKey(stream),
        info: PacketInfo::default(),
        descriptor: None,
        may_begin: true,
    }
}

fn taken_apart(track: &mut UpTrack, packet: &UpPacket) -> Vec<(u64, u32, u8)> {
    let plain = track.plain(packet);
    assert!(
        plain
            .iter()
            .all(|plain| plain.received.format == Format::OPUS)
    );
    let facts = plain.iter().map(|plain| {
        let first = plain.received.packet.payload.shared()[0];
        (plain.sequence(), plain.timestamp(), first)
    });
    facts.collect()
}

#[test]
fn each_frame_goes_out_once_and_lost_ones_come_back() {
    let mut track = track();
    assert_eq!(taken_apart(&mut track, &redundant(5, 1)), [(5, 4_800, 5)]);
    assert_eq!(taken_apart(&mut track, &redundant(6, 1)), [(6, 5_760, 6)]);
    assert_eq!(
        taken_apart(&mut track, &redundant(8, 1)),
        [(7, 6_720, 7), (8, 7_680, 8)],
        "7 was lost"
    );
}

#[test]
fn another_stream_begins_anew() {
    let mut track = track();
    track.plain(&redundant(200, 1));
    assert_eq!(taken_apart(&mut track, &redundant(8, 2)), [(8, 7_680, 8)]);
}

#[test]
fn a_level_belongs_to_the_newest_frame() {
    let mut track = track();
    track.plain(&redundant(5, 1));
    let plain = track.plain(&redundant(7, 1));
    let levels: Vec<_> = plain
        .iter()
        .map(|plain| plain.received.packet.audio_level.is_some())
        .collect();
    assert_eq!(levels, [false, true]);
}

#[test]
fn what_is_plain_or_cannot_be_read_is_left_alone() {
    let mut packet = redundant(5, 1);
    packet.received.packet.payload = Payload::from_arc(Arc::from([0x80_u8]));
    assert!(track().plain(&packet).is_empty());
    let mut packet = redundant(5, 1);
    packet.received.format = Format::OPUS;
    assert!(track().plain(&packet).is_empty());
}

#[test]
fn who_loses_packets_by_either_account_gets_redundancy_until_both_are_low() {
    let mut redundancy = Redundancy::default();
    let now = Instant::now();
    let mut wanted = |lost, reported| {
        redundancy.note_loss(now, Some(lost), reported);
        redundancy.is_wanted()
    };
    assert!(!wanted(20, None));
    assert!(wanted(30, None));
    assert!(wanted(10, None), "it ends later than it begins");
    assert!(!wanted(5, None));
    assert!(wanted(5, Some(80)));
    assert!(wanted(5, None), "the last report holds");
    assert!(!wanted(5, Some(0)));
}

#[test]
fn a_line_that_loses_much_with_redundancy_is_spared_it_for_a_minute() {
    let mut redundancy = Redundancy::default();
    let start = Instant::now();
    let mut wanted = |second, lost| {
        redundancy.note_loss(start + Duration::from_secs(second), Some(lost), None);
        redundancy.is_wanted()
    };
    assert!(wanted(0, 40));
    assert!(wanted(3, 300), "that may still be loss of before");
    assert!(wanted(4, 199));
    assert!(!wanted(5, 200));
    assert!(!wanted(64, 40));
    assert!(wanted(65, 40));
}
