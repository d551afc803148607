//! Temporal layers of VP8.

use super::publisher::{vp8, vp8_key};
use super::*;

/// The usual order of three layers. The first frame of each upper layer refers to layer 0 alone.
const CYCLE: [(u8, bool); 4] = [(0, false), (2, true), (1, true), (2, false)];

/// Sends cycles of frames and tells which layers went out.
fn run(bench: &mut Bench, start: u32, cycles: u32) -> Vec<u8> {
    let mut forwarded = Vec::new();
    for index in 0..cycles * 4 {
        let (temporal_id, is_sync) = CYCLE[usize::try_from(index % 4).expect("small")];
        let sent = vp8(LOW, start + index * 3_000, temporal_id, is_sync);
        let decisions = bench.send_all(sent.halves());
        match decisions {
            [FORWARD, LAST] => forwarded.push(temporal_id),
            [Decision::Drop, Decision::Drop] => {}
            other => panic!("half a frame: {other:?}"),
        }
    }
    forwarded
}

#[test]
fn a_keyframe_begins_with_all_that_is_wanted() {
    let mut bench = Bench::new(layers(LOW, 0, 1));
    bench.send(&vp8_key(LOW, 1_000));
    assert_eq!(
        bench.selector.current_layer(),
        Some(Layer {
            spatial: 0,
            temporal: 1
        })
    );
    assert_eq!(run(&mut bench, 4_000, 2), [0, 1, 0, 1]);
}

#[test]
fn layers_are_left_with_the_next_frame_and_not_within_one() {
    let mut bench = Bench::new(whole(LOW));
    bench.send(&vp8_key(LOW, 1_000));
    let [first, last] = vp8(LOW, 4_000, 2, true).halves();
    assert_eq!(bench.send(&first), FORWARD);
    bench.wish(layers(LOW, 0, 0), Meanwhile::Keep);
    assert_eq!(bench.send(&last), LAST);
    assert_eq!(run(&mut bench, 7_000, 2), [0, 0]);
    assert_eq!(bench.selector.needs_keyframe(), None);
}

#[test]
fn layers_are_joined_one_by_one_where_nothing_is_missing() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    bench.send(&vp8_key(LOW, 1_000));
    bench.wish(layers(LOW, 0, 2), Meanwhile::Keep);
    // The first frame of layer 2 could be shown, but the third one refers to layer 1.
    assert_eq!(run(&mut bench, 4_000, 1), [0, 1]);
    assert_eq!(run(&mut bench, 40_000, 1), [0, 2, 1, 2]);
}

#[test]
fn a_layer_without_sync_frames_has_to_wait() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    bench.send(&vp8_key(LOW, 1_000));
    bench.wish(layers(LOW, 0, 2), Meanwhile::Keep);
    for index in 0..10 {
        assert_eq!(
            bench.send(&vp8(LOW, 4_000 + index, 1, false)),
            Decision::Drop
        );
    }
    bench.send(&vp8_key(LOW, 30_000));
    assert_eq!(bench.send(&vp8(LOW, 33_000, 1, false)), LAST);
}

#[test]
fn a_late_packet_shares_the_fate_of_its_frame() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    bench.send(&vp8_key(LOW, 1_000));
    let [first, last] = vp8(LOW, 4_000, 1, true).halves();
    assert_eq!(bench.send(&first), Decision::Drop);
    bench.wish(layers(LOW, 0, 2), Meanwhile::Keep);
    assert_eq!(bench.send(&vp8(LOW, 7_000, 1, true)), LAST);
    assert_eq!(bench.send(&last), Decision::Drop);
}

#[test]
fn frames_without_a_layer_belong_to_all() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    bench.send(&vp8_key(LOW, 1_000));
    let mut sent = vp8(LOW, 4_000, 0, false);
    sent.info.vp8 = Some(crate::inspect::Vp8Info::default());
    assert_eq!(bench.send(&sent), LAST);
    // Padding and whatever else cannot be read is not withheld.
    sent.info = PacketInfo::default();
    assert_eq!(bench.send(&sent), LAST);
}
