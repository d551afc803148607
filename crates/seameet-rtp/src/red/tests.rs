//! Redundant payloads, byte by byte and in streams.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const OPUS: u8 = 111;
const FRAME: u32 = 960;

fn payload(bytes: &[u8]) -> Payload {
    Payload::from_arc(Arc::from(bytes))
}

fn contents(packet: &Payload, frames: &[RedFrame]) -> Vec<Vec<u8>> {
    frames
        .iter()
        .map(|frame| frame.extract(packet).bytes().to_vec())
        .collect()
}

#[test]
fn headers_tell_where_the_frames_are() {
    // Type 111, 1920 ticks, 3 bytes; type 111, 960 ticks, 2 bytes; type 111.
    let bytes = [
        0xEF, 0x1E, 0x00, 0x03, 0xEF, 0x0F, 0x00, 0x02, 0x6F, 1, 2, 3, 4, 5, 6, 7,
    ];
    let packet = payload(&bytes);
    let red = RedPacket::parse(&packet).expect("valid");
    let offsets: Vec<u16> = red
        .redundant()
        .iter()
        .map(|frame| frame.timestamp_offset)
        .collect();
    assert_eq!(offsets, [1_920, 960]);
    assert_eq!(
        contents(&packet, red.redundant()),
        [vec![1, 2, 3], vec![4, 5]]
    );
    assert_eq!(
        red.primary(),
        &RedFrame {
            payload_type: 111,
            timestamp_offset: 0,
            range: 14..16
        }
    );
    let frames = [payload(&[1, 2, 3]), payload(&[4, 5])];
    let redundant = [(1_920, &frames[0]), (960, &frames[1])];
    let built = build_red(OPUS, &redundant, &payload(&[6, 7])).expect("fits");
    assert_eq!(built, packet);
}

#[test]
fn a_primary_frame_alone_has_one_byte_in_front() {
    let packet = payload(&[0x6F, 1, 2]);
    let red = RedPacket::parse(&packet).expect("valid");
    assert_eq!(
        (red.redundant(), red.primary().range.clone()),
        (&[][..], 1..3)
    );
    assert_eq!(build_red(OPUS, &[], &payload(&[1, 2])), Ok(packet));
}

#[test]
fn whatever_ends_early_is_refused() {
    let bytes = [
        0xEF, 0x1E, 0x00, 0x03, 0xEF, 0x0F, 0x00, 0x02, 0x6F, 1, 2, 3, 4, 5, 6,
    ];
    for end in 0..14 {
        let parsed = RedPacket::parse(&payload(&bytes[..end]));
        assert_eq!(parsed, Err(RedError::Truncated { length: end }));
    }
    let empty = RedPacket::parse(&payload(&bytes[..14])).expect("an empty primary frame");
    assert!(empty.primary().range.is_empty());
}

#[test]
fn the_number_of_frames_is_bounded() {
    let header = [0xEF, 0, 0, 0];
    let most = [header.repeat(16), vec![0x6F]].concat();
    assert!(RedPacket::parse(&payload(&most)).is_ok());
    let more = [header.repeat(17), vec![0x6F]].concat();
    assert_eq!(
        RedPacket::parse(&payload(&more)),
        Err(RedError::TooManyFrames)
    );
    let frame = payload(&[]);
    let frames = vec![(0, &frame); 17];
    assert_eq!(
        build_red(OPUS, &frames, &frame),
        Err(RedError::TooManyFrames)
    );
}

#[test]
fn what_the_format_cannot_express_is_refused() {
    let (short, long) = (payload(&[0; 1_023]), payload(&[0; 1_024]));
    assert!(build_red(OPUS, &[(16_383, &short)], &long).is_ok());
    let too_long = RedError::Unrepresentable {
        length: 1_024,
        offset: 0,
    };
    assert_eq!(build_red(OPUS, &[(0, &long)], &short), Err(too_long));
    let too_old = RedError::Unrepresentable {
        length: 1_023,
        offset: 16_384,
    };
    assert_eq!(build_red(OPUS, &[(16_384, &short)], &short), Err(too_old));
}

#[test]
fn payload_types_become_the_subscribers() {
    let frame = payload(&[9]);
    let packet = build_red(OPUS, &[(FRAME, &frame)], &frame).expect("fits");
    let red = RedPacket::parse(&packet).expect("valid");
    let same = red.with_payload_type(&packet, OPUS);
    assert!(
        Arc::ptr_eq(&same.shared(), &packet.shared()),
        "nothing was copied"
    );
    let other = red.with_payload_type(&packet, 96);
    assert_eq!(
        other,
        build_red(96, &[(FRAME, &frame)], &frame).expect("fits")
    );
}

#[test]
fn redundancy_is_passed_on_to_those_who_lose_packets() {
    let mut policy = RedPolicy::new();
    let losses = [0.0, 0.02, 0.03, 0.02, 0.01, 0.009, 0.02];
    let passed_on = losses.map(|loss| policy.is_wanted(loss));
    assert_eq!(passed_on, [false, false, true, true, true, false, false]);
}

/// Packets of a sender with redundancy, numbered from 100.
fn sent(depth: usize, count: u8) -> Vec<(u64, u32, Payload)> {
    let mut packer = RedPacker::new(depth);
    let send = |number: u8| {
        let (sequence, timestamp) = (100 + u64::from(number), u32::from(number) * FRAME);
        let sent = packer.pack(sequence, timestamp, &payload(&[number]), OPUS, 1_200);
        (sequence, timestamp, sent)
    };
    (0..count).map(send).collect()
}

/// The sequence numbers that come out, each of which must belong to its content.
fn strip(stripper: &mut RedStripper, packets: &[&(u64, u32, Payload)]) -> Vec<u64> {
    let mut sequences = Vec::new();
    for (sequence, timestamp, packet) in packets {
        let red = RedPacket::parse(packet).expect("valid");
        for frame in stripper.strip(*sequence, *timestamp, &red) {
            let number = packet.bytes()[frame.range.start];
            assert_eq!(frame.sequence, 100 + u64::from(number));
            assert_eq!(frame.timestamp, u32::from(number) * FRAME);
            sequences.push(frame.sequence);
        }
    }
    sequences
}

#[test]
fn lost_packets_come_back_once() {
    let packets = sent(2, 8);
    let mut stripper = RedStripper::new();
    let arriving = [0, 1, 4, 3, 5, 6].map(|index| &packets[index]);
    assert_eq!(
        strip(&mut stripper, &arriving),
        [100, 101, 102, 103, 104, 105, 106]
    );
}

#[test]
fn what_was_sent_before_the_first_packet_does_not_come_back() {
    let packets = sent(2, 8);
    let mut stripper = RedStripper::new();
    assert_eq!(
        strip(&mut stripper, &[&packets[5], &packets[7]]),
        [105, 106, 107]
    );
}

#[test]
fn a_frame_whose_time_contradicts_its_place_does_not_come_back() {
    let frame = payload(&[7]);
    let mut stripper = RedStripper::new();
    let plain = RedPacket::parse(&build_red(OPUS, &[], &frame).expect("fits")).expect("valid");
    stripper.strip(100, 10 * FRAME, &plain);
    // It says to be the packet before, but is as old as the one before that.
    let odd = build_red(OPUS, &[(2 * FRAME, &frame)], &frame).expect("fits");
    let odd = RedPacket::parse(&odd).expect("valid");
    let frames = stripper.strip(102, 12 * FRAME, &odd);
    assert_eq!(
        frames
            .iter()
            .map(|frame| frame.sequence)
            .collect::<Vec<_>>(),
        [102]
    );
    // An empty one stands for nothing.
    let empty = build_red(OPUS, &[(FRAME, &payload(&[]))], &frame).expect("fits");
    let frames = stripper.strip(104, 14 * FRAME, &RedPacket::parse(&empty).expect("valid"));
    assert_eq!(frames.len(), 1);
}

#[test]
fn redundancy_is_added_behind_a_gap_only_when_there_is_something_to_add() {
    let mut packer = RedPacker::new(2);
    let count = |packet: &Payload| RedPacket::parse(packet).expect("valid").redundant().len();
    let mut pack = |sequence: u64, length: usize, max_length| {
        let at = u32::try_from(sequence).expect("small") * FRAME;
        count(&packer.pack(sequence, at, &payload(&vec![0; length]), OPUS, max_length))
    };
    assert_eq!(
        [pack(1, 10, 1_200), pack(2, 10, 1_200), pack(3, 10, 1_200)],
        [0, 1, 2]
    );
    assert_eq!(pack(2, 10, 1_200), 0, "a late packet");
    assert_eq!(pack(4, 10, 1_200), 2, "which disturbs nothing");
    assert_eq!([pack(6, 10, 1_200), pack(7, 10, 1_200)], [0, 1], "a gap");
    assert_eq!(
        [pack(8, 10, 25), pack(9, 10, 24)],
        [1, 0],
        "no more than fits"
    );
    assert_eq!(
        [
            pack(10, 1_100, 1_200),
            pack(11, 10, 1_200),
            pack(12, 10, 1_200)
        ],
        [2, 0, 1]
    );
}

#[test]
fn frames_that_are_too_old_are_not_added() {
    let mut packer = RedPacker::new(1);
    let frame = payload(&[1]);
    packer.pack(1, 0, &frame, OPUS, 1_200);
    let sent = packer.pack(2, 16_384, &frame, OPUS, 1_200);
    assert_eq!(RedPacket::parse(&sent).expect("valid").redundant(), []);
}

proptest! {
    #[test]
    fn what_is_built_is_parsed_again(
        payload_type in 0_u8..128,
        redundant in vec((0_u32..16_384, vec(any::<u8>(), 0..1_024)), 0..5),
        primary in vec(any::<u8>(), 0..1_500),
    ) {
        let redundant: Vec<(u32, Payload)> =
            redundant.into_iter().map(|(offset, bytes)| (offset, payload(&bytes))).collect();
        let frames: Vec<(u32, &Payload)> =
            redundant.iter().map(|(offset, frame)| (*offset, frame)).collect();
        let packet = build_red(payload_type, &frames, &payload(&primary)).expect("fits");
        let red = RedPacket::parse(&packet).expect("valid");
        prop_assert_eq!(red.redundant().len(), frames.len());
        for (parsed, (offset, frame)) in red.redundant().iter().zip(&frames) {
            prop_assert_eq!(u32::from(parsed.timestamp_offset), *offset);
            prop_assert_eq!(parsed.payload_type, payload_type);
            prop_assert_eq!(&parsed.extract(&packet), *frame);
        }
        prop_assert_eq!(red.primary().extract(&packet), payload(&primary));
    }

    #[test]
    fn single_losses_all_come_back_and_nothing_comes_twice(
        lost in vec(any::<bool>(), 2..60),
        swaps in vec(any::<prop::sample::Index>(), 0..10),
    ) {
        let packets = sent(1, u8::try_from(lost.len()).expect("small"));
        // Never two in a row, and neither the first nor the last.
        let is_lost = |index: usize| {
            index > 0 && index + 1 < lost.len() && lost[index] && !(index > 1 && lost[index - 1])
        };
        let mut arriving: Vec<usize> = (0..lost.len()).filter(|index| !is_lost(*index)).collect();
        for swap in swaps {
            let index = swap.index(arriving.len() - 1);
            if index > 0 {
                arriving.swap(index, index + 1);
            }
        }
        let arriving: Vec<&(u64, u32, Payload)> = arriving.iter().map(|index| &packets[*index]).collect();
        let mut sequences = strip(&mut RedStripper::new(), &arriving);
        sequences.sort_unstable();
        let expected: Vec<u64> = packets.iter().map(|(sequence, _, _)| *sequence).collect();
        prop_assert_eq!(sequences, expected);
    }

    #[test]
    fn no_bytes_make_it_panic(
        packets in vec((vec(any::<u8>(), 0..60), any::<u64>(), any::<u32>()), 0..60),
    ) {
        let (mut stripper, mut packer) = (RedStripper::new(), RedPacker::new(2));
        for (bytes, sequence, timestamp) in packets {
            let packet = payload(&bytes);
            packer.pack(sequence, timestamp, &packet, 255, usize::from(bytes.len() > 30) * 1_000);
            let Ok(red) = RedPacket::parse(&packet) else { continue };
            for frame in stripper.strip(sequence, timestamp, &red) {
                prop_assert!(frame.range.end <= bytes.len());
            }
            prop_assert_eq!(red.with_payload_type(&packet, 1).len(), bytes.len());
        }
    }
}
