//! What encoders send, read back by those who will read it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use seameet_core::Codec;
use seameet_rtp::dependency_descriptor::DescriptorContext;
use seameet_rtp::picture_size::picture_sizes;
use seameet_rtp::{Vp9Layer, inspect};

use super::*;

fn run(plan: VideoPlan, seconds: u64) -> Vec<EncodedPacket> {
    let start = Instant::now();
    let mut encoder = Encoder::new(plan, 7, "0".parse().unwrap(), 1, start);
    encoder.poll(start + Duration::from_millis(seconds * 1_000 - 1))
}

fn stamp(packet: &EncodedPacket) -> Stamp {
    Stamp::find(&packet.packet.payload.shared()).expect("every packet has a stamp")
}

fn rid(packet: &EncodedPacket) -> &str {
    packet.rid.as_ref().map_or("", |rid| rid.as_str())
}

#[test]
fn each_encoding_has_its_bitrate_and_its_size() {
    for plan in [VideoPlan::simulcast(), VideoPlan::simulcast_h264()] {
        let codec = plan.codec;
        let packets = run(plan.clone(), 20);
        for encoding in &plan.encodings {
            let of_this: Vec<_> = packets.iter().filter(|it| it.rid == encoding.rid).collect();
            let bytes: usize = of_this.iter().map(|it| it.packet.payload.len()).sum();
            let bitrate = bytes as u64 * 8 / 20;
            let error = bitrate.abs_diff(encoding.bitrate);
            assert!(error < encoding.bitrate / 8, "{bitrate} {encoding:?}");
            let sizes = picture_sizes(codec, &of_this[0].packet.payload);
            let size = sizes.first().map(|size| (size.width, size.height));
            assert_eq!(size, Some((encoding.width.into(), encoding.height.into())));
        }
    }
}

#[test]
fn a_keyframe_weighs_several_times_a_frame_and_starts_each_stream() {
    let packets = run(VideoPlan::simulcast(), 2);
    for name in ["q", "h", "f"] {
        let of_this: Vec<_> = packets.iter().filter(|it| rid(it) == name).collect();
        let key: usize = of_this
            .iter()
            .filter(|it| stamp(it).keyframe)
            .map(|it| it.packet.payload.len())
            .sum();
        let all: usize = of_this.iter().map(|it| it.packet.payload.len()).sum();
        assert!(key > 4 * (all - key) / 59, "{name}: {key} of {all}");
        let info = inspect(Codec::Vp8, &of_this[0].packet.payload);
        assert!(info.keyframe_start);
        let starts = of_this
            .iter()
            .skip(1)
            .filter(|it| inspect(Codec::Vp8, &it.packet.payload).keyframe_start);
        assert_eq!(starts.count(), 0);
    }
}

#[test]
fn temporal_layers_halve_the_frame_rate_and_refer_downwards_only() {
    let packets = run(VideoPlan::simulcast(), 4);
    let frames: BTreeSet<_> = packets
        .iter()
        .filter(|it| rid(it) == "q")
        .map(|it| {
            let info = inspect(Codec::Vp8, &it.packet.payload).vp8.unwrap();
            let stamp = stamp(it);
            assert_eq!(info.temporal_id, Some(stamp.temporal));
            (stamp.frame, stamp.temporal, stamp.reference)
        })
        .collect();
    let count = |temporal| frames.iter().filter(|it| it.1 == temporal).count();
    assert_eq!([count(0), count(1), count(2)], [30, 30, 60]);
    for (frame, temporal, reference) in &frames {
        let referred = frames.iter().find(|it| Some(it.0) == *reference);
        let is_above = |it: &(u32, u8, _)| it.1 <= *temporal && it.0 < *frame;
        assert!(referred.is_none_or(is_above));
    }
}

#[test]
fn descriptors_say_what_the_stamps_say() {
    let packets = run(VideoPlan::layered(Codec::Av1), 3);
    let mut context = DescriptorContext::new();
    for it in &packets {
        let stamp = stamp(it);
        let read = context
            .read(it.packet.descriptor.as_ref().unwrap())
            .unwrap();
        assert_eq!(read.frame & 0xFFFF, u64::from(stamp.frame) & 0xFFFF);
        assert_eq!(
            (read.spatial_id(), read.temporal_id()),
            (stamp.spatial, stamp.temporal)
        );
        let references: Vec<_> = read
            .frame_diffs()
            .iter()
            .map(|it| stamp.frame - u32::from(*it))
            .collect();
        assert_eq!(references, Vec::from_iter(stamp.reference), "{stamp:?}");
        assert_eq!(read.is_keyframe_start(), stamp.keyframe && stamp.index == 0);
        assert_eq!(read.resolution().unwrap().height, u32::from(stamp.height));
    }
}

#[test]
fn vp9_descriptors_say_what_the_stamps_say() {
    let packets = run(VideoPlan::layered(Codec::Vp9), 3);
    let first = picture_sizes(Codec::Vp9, &packets[0].packet.payload);
    assert_eq!(
        first.iter().map(|it| it.height).collect::<Vec<_>>(),
        [180, 360, 720]
    );
    for it in &packets {
        let stamp = stamp(it);
        let info = inspect(Codec::Vp9, &it.packet.payload);
        let layer: Vp9Layer = info.vp9.unwrap().layer.unwrap();
        assert_eq!(
            (layer.spatial_id, layer.temporal_id),
            (stamp.spatial, stamp.temporal)
        );
        assert_eq!(info.keyframe_start, stamp.keyframe && stamp.index == 0);
        assert_eq!(info.frame_start, Some(stamp.index == 0));
    }
}

#[test]
fn markers_end_pictures_and_numbers_count_on() {
    for plan in [
        VideoPlan::simulcast_h264(),
        VideoPlan::layered(Codec::Av1),
        VideoPlan::layered(Codec::Vp9),
    ] {
        let rids = plan
            .encodings
            .iter()
            .map(|it| it.rid)
            .collect::<BTreeSet<_>>();
        let packets = run(plan, 2);
        for rid in rids {
            let line: Vec<_> = packets.iter().filter(|it| it.rid == rid).collect();
            for pair in line.windows(2) {
                let [one, other] = [&pair[0].packet, &pair[1].packet];
                assert_eq!(one.sequence + 1, other.sequence);
                assert_eq!(one.marker, one.timestamp != other.timestamp);
            }
        }
    }
}

#[test]
fn a_stopped_encoding_comes_back_with_a_keyframe() {
    let start = Instant::now();
    let mut encoder = Encoder::new(VideoPlan::simulcast(), 7, "0".parse().unwrap(), 1, start);
    let second = Duration::from_secs(1);
    encoder.poll(start + second);
    encoder.limit_encodings(2);
    assert!(
        encoder
            .poll(start + 2 * second)
            .iter()
            .all(|it| rid(it) != "f")
    );
    encoder.limit_encodings(3);
    let packets = encoder.poll(start + 3 * second);
    let first = packets.iter().find(|it| rid(it) == "f").unwrap();
    assert!(stamp(first).keyframe);
}

#[test]
fn a_short_line_drops_encodings_from_the_top() {
    let start = Instant::now();
    let mut encoder = Encoder::new(VideoPlan::simulcast(), 7, "0".parse().unwrap(), 1, start);
    for (available, sending) in [
        (3_000_000, [true, true, true]),
        (1_000_000, [true, true, false]),
        (100_000, [true, false, false]),
        (3_000_000, [true, true, true]),
    ] {
        encoder.set_available(available);
        assert_eq!(encoder.sending(), sending);
    }
}

#[test]
fn a_still_screen_is_silent_until_somebody_asks() {
    let start = Instant::now();
    let mut encoder = Encoder::new(VideoPlan::still_screen(), 7, "0".parse().unwrap(), 1, start);
    let at = |seconds| start + Duration::from_secs(seconds);
    encoder.poll(at(1));
    assert!(encoder.poll(at(9)).is_empty());
    let keepalive = encoder.poll(at(11));
    assert_eq!(keepalive.iter().filter(|it| it.packet.marker).count(), 1);
    encoder.request_keyframe(at(12), None);
    assert!(encoder.poll(at(12)).iter().all(|it| stamp(it).keyframe));
}
