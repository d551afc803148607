//! Streams in virtual time.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::dependency_descriptor::DependencyDescriptor;
use crate::dependency_descriptor::tests::fixtures::{descriptor, l1t3, l2t1_key, with_active};
use crate::inspect::{PacketInfo, Vp8Info, Vp9Info, Vp9Layer};
use crate::picture_size::PictureSize;
use crate::select::{EncodingId, Layer, LayerPacket};

const MS: Duration = Duration::from_millis(1);

/// Sends frames of `bytes` each 20 ms for a while.
fn send(meter: &mut RateMeter, now: &mut Instant, millis: u32, bytes: usize) {
    for _ in 0..millis / 20 {
        meter.record(*now, bytes, true);
        *now += 20 * MS;
    }
}

/// Within two percent.
fn is_near(value: u64, expected: u64) -> bool {
    value.abs_diff(expected) * 50 <= expected
}

#[test]
fn a_steady_stream_is_measured() {
    let (mut meter, mut now) = (RateMeter::new(), Instant::now());
    assert_eq!(
        (meter.bitrate(now), meter.frame_rate(now), meter.cost()),
        (0, 0, 0)
    );
    send(&mut meter, &mut now, 5_000, 1_250);
    assert!(
        is_near(meter.bitrate(now), 500_000),
        "{}",
        meter.bitrate(now)
    );
    assert_eq!(meter.frame_rate(now), 50);
    assert!(meter.cost().abs_diff(500_000) < 50_000, "{}", meter.cost());
}

#[test]
fn a_young_stream_is_measured_from_its_beginning() {
    let (mut meter, mut now) = (RateMeter::new(), Instant::now());
    send(&mut meter, &mut now, 500, 1_250);
    assert!(
        is_near(meter.bitrate(now), 500_000),
        "{}",
        meter.bitrate(now)
    );
    // A keyframe alone says little, and is forgotten as soon as more is known.
    let (mut meter, mut now) = (RateMeter::new(), Instant::now());
    meter.record(now, 20_000, true);
    assert_eq!((meter.bitrate(now), meter.cost()), (800_000, 800_000));
    send(&mut meter, &mut now, 1_000, 125);
    assert!(meter.cost() < 450_000, "{}", meter.cost());
}

#[test]
fn what_is_past_is_not_counted() {
    let (mut meter, mut now) = (RateMeter::new(), Instant::now());
    send(&mut meter, &mut now, 3_000, 1_250);
    assert!(is_near(meter.bitrate(now + 500 * MS), 250_000));
    assert_eq!(meter.bitrate(now + 1_000 * MS), 0);
    assert_eq!(meter.bitrate(now + 3_600_000 * MS), 0);
    now += 3_600_000 * MS;
    send(&mut meter, &mut now, 2_000, 250);
    assert!(
        is_near(meter.bitrate(now), 100_000),
        "{}",
        meter.bitrate(now)
    );
}

#[test]
fn the_cost_outlasts_a_still_picture_but_not_a_changed_stream() {
    let (mut meter, mut now) = (RateMeter::new(), Instant::now());
    send(&mut meter, &mut now, 3_000, 1_250);
    let cost = meter.cost();
    now += 60_000 * MS;
    assert_eq!(meter.cost(), cost, "nothing came");
    send(&mut meter, &mut now, 5_000, 125);
    assert_eq!(meter.cost(), cost, "less came");
    send(&mut meter, &mut now, 6_000, 125);
    assert!(meter.cost().abs_diff(50_000) < 5_000, "{}", meter.cost());
}

/// An encoding that sends pictures each 40 ms.
struct Bench {
    meter: EncodingMeter,
    now: Instant,
    timestamp: u32,
}

impl Bench {
    fn new() -> Self {
        Self {
            meter: EncodingMeter::new(),
            now: Instant::now(),
            timestamp: u32::MAX - 10_000,
        }
    }

    fn packet(
        &mut self,
        info: &PacketInfo,
        descriptor: Option<&DependencyDescriptor>,
        bytes: usize,
    ) {
        let packet = LayerPacket {
            encoding: EncodingId(0),
            timestamp: self.timestamp,
            marker: true,
            info,
            descriptor,
        };
        self.meter.record(self.now, &packet, bytes);
    }

    fn next_picture(&mut self) {
        self.now += 40 * MS;
        self.timestamp = self.timestamp.wrapping_add(3_600);
    }

    fn costs(&self, limits: &[(u8, u8)]) -> Vec<u64> {
        limits
            .iter()
            .map(|limit| self.meter.cost(layer(*limit)) / 1_000)
            .collect()
    }

    fn layers(&self) -> Vec<(u8, u8)> {
        self.meter
            .layers()
            .map(|layer| (layer.spatial, layer.temporal))
            .collect()
    }
}

fn layer((spatial, temporal): (u8, u8)) -> Layer {
    Layer { spatial, temporal }
}

fn vp8(temporal_id: u8) -> PacketInfo {
    let vp8 = Vp8Info {
        temporal_id: Some(temporal_id),
        ..Vp8Info::default()
    };
    PacketInfo {
        vp8: Some(vp8),
        ..PacketInfo::default()
    }
}

fn vp9(spatial_id: u8) -> PacketInfo {
    let layer = Vp9Layer {
        spatial_id,
        ..Vp9Layer::default()
    };
    let vp9 = Vp9Info {
        layer: Some(layer),
        ..Vp9Info::default()
    };
    PacketInfo {
        vp9: Some(vp9),
        ..PacketInfo::default()
    }
}

#[test]
fn a_temporal_layer_costs_what_it_and_those_below_take() {
    let mut bench = Bench::new();
    for index in 0..200_u8 {
        let temporal_id = [0, 2, 1, 2][usize::from(index % 4)];
        // Two packets of 500 bytes.
        bench.packet(&vp8(temporal_id), None, 500);
        bench.packet(&vp8(temporal_id), None, 500);
        bench.next_picture();
    }
    assert_eq!(bench.layers(), [(0, 0), (0, 1), (0, 2)]);
    let costs = bench.costs(&[(0, 0), (0, 1), (0, 2), (9, 9)]);
    for (cost, expected) in costs.iter().zip([50, 100, 200, 200]) {
        assert!(cost.abs_diff(expected) <= expected / 4, "{costs:?}");
    }
    let rates =
        [(0, 0), (0, 1), (0, 2)].map(|limit| bench.meter.frame_rate(bench.now, layer(limit)));
    assert!(
        rates[0].abs_diff(6) <= 1 && rates[1].abs_diff(12) <= 1,
        "{rates:?}"
    );
    assert_eq!(rates[2], 25);
}

#[test]
fn a_spatial_layer_that_is_no_longer_sent_is_no_choice() {
    let mut bench = Bench::new();
    let send = |bench: &mut Bench, pictures: usize, layers: u8| {
        for _ in 0..pictures {
            for spatial_id in 0..layers {
                bench.packet(&vp9(spatial_id), None, 1_000);
            }
            bench.next_picture();
        }
    };
    send(&mut bench, 50, 3);
    assert_eq!(bench.layers(), [(0, 0), (1, 0), (2, 0)]);
    assert_eq!(
        bench.meter.frame_rate(bench.now, Layer::TOP),
        25,
        "a picture is one frame"
    );
    bench.now += 60_000 * MS;
    assert_eq!(bench.layers().len(), 3, "a still screen");
    assert_eq!(bench.meter.idle(bench.now), Some(60_040 * MS));
    send(&mut bench, 100, 2);
    assert_eq!(bench.layers(), [(0, 0), (1, 0)]);
}

#[test]
fn decode_targets_cost_what_is_in_them() {
    let mut bench = Bench::new();
    let structure = Arc::new(l2t1_key());
    for index in 0..100_u64 {
        let templates = if index == 0 { [0, 2] } else { [1, 3] };
        for (template, bytes, place) in [(templates[0], 500, 0), (templates[1], 2_000, 1)] {
            let descriptor = descriptor(&structure, template, 70_000 + 2 * index + place);
            bench.packet(&PacketInfo::default(), Some(&descriptor), bytes);
        }
        bench.next_picture();
    }
    assert_eq!(bench.layers(), [(0, 0), (1, 0)]);
    // The upper layer does without the lower one.
    let costs = bench.costs(&[(0, 0), (1, 0)]);
    assert!(
        costs[0].abs_diff(100) <= 10 && costs[1].abs_diff(400) <= 40,
        "{costs:?}"
    );
    assert!(is_near(bench.meter.bitrate(bench.now), 500_000));
    let sizes = [0, 1, 9].map(|spatial| bench.meter.size(spatial).map(|size| size.height));
    assert_eq!(sizes, [Some(180), Some(360), Some(360)]);
}

#[test]
fn decode_targets_that_are_not_active_are_no_choice() {
    let mut bench = Bench::new();
    let structure = Arc::new(l1t3(0));
    for index in 0..200_u64 {
        let descriptor = descriptor(&structure, u8::from(index > 0), 70_000 + index);
        let descriptor = if index > 50 {
            with_active(descriptor, 0b100)
        } else {
            descriptor
        };
        bench.packet(&PacketInfo::default(), Some(&descriptor), 500);
        bench.next_picture();
    }
    assert_eq!(bench.layers(), [(0, 0)]);
}

#[test]
fn without_layers_the_whole_is_measured() {
    let mut bench = Bench::new();
    for _ in 0..100 {
        bench.packet(&PacketInfo::default(), None, 1_000);
        bench.next_picture();
    }
    assert_eq!(bench.layers(), []);
    let cost = bench.meter.cost(Layer::BASE);
    assert!(cost.abs_diff(200_000) <= 20_000, "{cost}");
    assert_eq!(bench.meter.size(0), None);
    bench.meter.set_sizes(&[PictureSize {
        width: 640,
        height: 360,
    }]);
    bench.meter.set_sizes(&[]);
    assert_eq!(bench.meter.size(0).map(|size| size.height), Some(360));
}

proptest! {
    #[test]
    fn no_second_is_measured_higher_than_what_came(
        packets in prop::collection::vec((0_u32..300, 0_usize..1_500), 1..300),
    ) {
        let (mut meter, mut now) = (RateMeter::new(), Instant::now());
        let mut sent = Vec::new();
        for (gap, bytes) in packets {
            now += gap * MS;
            meter.record(now, bytes, true);
            sent.push((now, u64::try_from(bytes).expect("small")));
            // A second that is made of tenths has up to eleven of them.
            let counted = sent.iter().filter(|(at, _)| now - *at < 1_100 * MS);
            let bits: u64 = counted.map(|(_, bytes)| bytes * 8).sum();
            let is_young = now - sent[0].0 < 1_000 * MS;
            prop_assert!(is_young || meter.bitrate(now) <= bits);
            prop_assert!(is_young || meter.cost() >= meter.bitrate(now));
        }
    }

    #[test]
    fn no_times_or_sizes_make_it_panic(
        packets in prop::collection::vec((any::<u16>(), any::<usize>(), any::<u8>()), 0..300),
    ) {
        let mut bench = Bench::new();
        let start = bench.now;
        for (at, bytes, layer) in packets {
            bench.now = start + u32::from(at) * MS;
            bench.timestamp = u32::from(at) << 16;
            bench.packet(&vp9(layer), None, bytes);
            bench.packet(&vp8(layer), None, bytes);
            bench.meter.cost(Layer { spatial: layer, temporal: layer });
        }
        prop_assert!(bench.layers().len() <= 32);
    }
}

#[test]
fn the_keyframe_of_a_still_screen_is_spread_over_the_silence_behind_it() {
    let (mut meter, start) = (RateMeter::new(), Instant::now());
    meter.record(start, 100_000, true);
    assert_eq!(meter.expected(start), 4_000_000);
    assert_eq!(meter.expected(start + SECOND), 800_000);
    assert_eq!(meter.expected(start + 60 * SECOND), 800_000);
    // What comes much later says more.
    meter.record(start + 10 * SECOND, 1_000, true);
    assert_eq!(meter.expected(start + 11 * SECOND), meter.cost());
    assert!(meter.cost() < 100_000, "{}", meter.cost());
}
