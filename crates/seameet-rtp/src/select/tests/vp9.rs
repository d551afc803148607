//! Layers of VP9.

use super::publisher::vp9;
use super::*;
use crate::inspect::Vp9Layer;

/// A picture of `count` spatial layers, each in one packet.
fn picture(timestamp: u32, count: u8, temporal_id: u8, is_key: bool, is_up: bool) -> Vec<Sent> {
    let layer = |spatial_id| Vp9Layer {
        temporal_id,
        spatial_id,
        is_switching_up_point: is_up,
        is_inter_layer: spatial_id > 0,
    };
    (0..count)
        .map(|spatial_id| vp9(timestamp, layer(spatial_id), is_key, count))
        .collect()
}

fn send(bench: &mut Bench, picture: &[Sent]) -> Vec<Decision> {
    picture.iter().map(|sent| bench.send(sent)).collect()
}

/// How many spatial layers of a picture went out. The last one of them, and no other, has the marker.
fn forwarded(bench: &mut Bench, picture: &[Sent]) -> usize {
    let decisions = send(bench, picture);
    let markers: Vec<bool> = decisions
        .iter()
        .filter_map(|decision| match decision {
            Decision::Forward { marker, .. } => Some(*marker),
            _ => None,
        })
        .collect();
    let count = markers.len();
    let expected: Vec<bool> = (1..=count).map(|index| index == count).collect();
    assert_eq!(markers, expected);
    count
}

#[test]
fn a_keyframe_begins_with_the_layers_that_are_wanted() {
    for (spatial, count) in [(0, 1), (1, 2), (2, 3), (7, 3)] {
        let mut bench = Bench::new(layers(LOW, spatial, 7));
        assert_eq!(
            forwarded(&mut bench, &picture(1_000, 3, 0, true, false)),
            count
        );
        assert_eq!(
            forwarded(&mut bench, &picture(4_000, 3, 0, false, false)),
            count
        );
        assert_eq!(bench.selector.needs_keyframe(), None);
    }
}

#[test]
fn the_marker_is_on_the_last_packet_of_a_frame_and_not_before() {
    let mut bench = Bench::new(layers(LOW, 1, 0));
    let key = picture(1_000, 3, 0, true, false);
    let halves: Vec<Sent> = key.into_iter().flat_map(Sent::halves).collect();
    let decisions = send(&mut bench, &halves);
    assert_eq!(
        decisions,
        [
            BEGIN,
            FORWARD,
            FORWARD,
            LAST,
            Decision::Drop,
            Decision::Drop
        ]
    );
}

#[test]
fn spatial_layers_are_left_with_the_next_picture() {
    let mut bench = Bench::new(layers(LOW, 2, 0));
    forwarded(&mut bench, &picture(1_000, 3, 0, true, false));
    let picture_2 = picture(4_000, 3, 0, false, false);
    assert_eq!(bench.send(&picture_2[0]), FORWARD);
    bench.wish(layers(LOW, 0, 0), Meanwhile::Reduce);
    assert_eq!(send(&mut bench, &picture_2[1..]), [FORWARD, LAST]);
    assert_eq!(
        forwarded(&mut bench, &picture(7_000, 3, 0, false, false)),
        1
    );
    assert_eq!(bench.selector.needs_keyframe(), None);
}

#[test]
fn spatial_layers_are_joined_at_a_keyframe() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    forwarded(&mut bench, &picture(1_000, 3, 0, true, false));
    bench.wish(layers(LOW, 2, 0), Meanwhile::Keep);
    assert_eq!(bench.selector.needs_keyframe(), Some(LOW));
    assert_eq!(forwarded(&mut bench, &picture(4_000, 3, 0, false, true)), 1);
    assert_eq!(forwarded(&mut bench, &picture(7_000, 3, 0, true, false)), 3);
    assert_eq!(bench.selector.needs_keyframe(), None);
}

#[test]
fn layers_that_the_publisher_does_not_send_need_no_keyframe() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    forwarded(&mut bench, &picture(1_000, 3, 0, true, false));
    bench.wish(layers(LOW, 2, 0), Meanwhile::Keep);
    for index in 0..60 {
        assert_eq!(bench.selector.needs_keyframe(), Some(LOW));
        forwarded(
            &mut bench,
            &picture(4_000 + index * 3_000, 1, 0, false, false),
        );
    }
    assert_eq!(bench.selector.needs_keyframe(), None);
    // It sends two layers again.
    forwarded(&mut bench, &picture(400_000, 2, 0, false, false));
    assert_eq!(bench.selector.needs_keyframe(), Some(LOW));
}

#[test]
fn a_picture_with_fewer_layers_keeps_its_own_marker() {
    let mut bench = Bench::new(layers(LOW, 2, 0));
    forwarded(&mut bench, &picture(1_000, 3, 0, true, false));
    assert_eq!(
        forwarded(&mut bench, &picture(4_000, 2, 0, false, false)),
        2
    );
}

#[test]
fn temporal_layers_are_joined_at_switching_up_points() {
    let mut bench = Bench::new(layers(LOW, 1, 0));
    forwarded(&mut bench, &picture(1_000, 2, 0, true, false));
    assert_eq!(forwarded(&mut bench, &picture(4_000, 2, 2, false, true)), 0);
    bench.wish(layers(LOW, 1, 2), Meanwhile::Keep);
    assert_eq!(bench.selector.needs_keyframe(), None);
    assert_eq!(
        forwarded(&mut bench, &picture(7_000, 2, 1, false, false)),
        0,
        "no such point"
    );
    assert_eq!(
        forwarded(&mut bench, &picture(10_000, 2, 2, false, true)),
        0,
        "not the next layer"
    );
    assert_eq!(
        forwarded(&mut bench, &picture(13_000, 2, 1, false, true)),
        2,
        "refers to layer 0"
    );
    assert_eq!(
        forwarded(&mut bench, &picture(16_000, 2, 2, false, false)),
        0
    );
    // All that follows refers to nothing before this picture.
    assert_eq!(
        forwarded(&mut bench, &picture(19_000, 2, 0, false, true)),
        2
    );
    assert_eq!(
        forwarded(&mut bench, &picture(22_000, 2, 2, false, false)),
        2
    );
}

#[test]
fn temporal_layers_are_left_with_the_next_picture() {
    let mut bench = Bench::new(layers(LOW, 1, 2));
    forwarded(&mut bench, &picture(1_000, 2, 0, true, false));
    let second = picture(4_000, 2, 2, false, true);
    assert_eq!(bench.send(&second[0]), FORWARD);
    bench.wish(layers(LOW, 1, 0), Meanwhile::Keep);
    assert_eq!(bench.send(&second[1]), LAST);
    assert_eq!(forwarded(&mut bench, &picture(7_000, 2, 1, false, true)), 0);
    assert_eq!(
        forwarded(&mut bench, &picture(10_000, 2, 0, false, true)),
        2
    );
}

#[test]
fn a_stream_without_layer_numbers_goes_out_whole() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    for (timestamp, is_key) in [(1_000, true), (4_000, false)] {
        let mut sent = picture(timestamp, 1, 0, is_key, false).remove(0);
        if let Some(vp9) = &mut sent.info.vp9 {
            vp9.layer = None;
        }
        assert!(bench.is_forwarded(&sent));
    }
}
