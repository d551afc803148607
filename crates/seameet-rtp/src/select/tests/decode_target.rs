//! Layers by the dependency descriptor.

use std::sync::Arc;

use super::publisher::described;
use super::*;
use crate::dependency_descriptor::Structure;
use crate::dependency_descriptor::tests::fixtures::{
    descriptor, l1t3, l2t1, l2t1_key, template, with_active, with_chain_diffs, with_frame_diffs,
    with_indications,
};

/// Frames of L1T3 in their order, as indices of templates, after the keyframe.
const L1T3: [u8; 4] = [3, 2, 4, 1];

/// A publisher that counts frames.
struct Stream {
    structure: Arc<Structure>,
    frame: u64,
    timestamp: u32,
}

impl Stream {
    fn new(structure: Structure) -> Self {
        Self {
            structure: Arc::new(structure),
            frame: 70_000,
            timestamp: 0,
        }
    }

    /// A picture whose frames are of these templates.
    fn picture(&mut self, templates: &[u8]) -> Vec<Sent> {
        self.timestamp = self.timestamp.wrapping_add(3_000);
        let count = templates.len();
        let frame = |(index, template): (usize, &u8)| {
            self.frame += 1;
            let descriptor = descriptor(&self.structure, *template, self.frame);
            described(self.timestamp, descriptor, index + 1 == count)
        };
        templates.iter().enumerate().map(frame).collect()
    }
}

/// Which frames of a picture went out. The last of them, and no other, has the marker.
fn send(bench: &mut Bench, picture: &[Sent]) -> Vec<usize> {
    let decisions: Vec<Decision> = picture.iter().map(|sent| bench.send(sent)).collect();
    let forwarded = |(index, decision): (usize, &Decision)| match decision {
        Decision::Forward { marker, .. } => Some((index, *marker)),
        _ => None,
    };
    let forwarded: Vec<(usize, bool)> =
        decisions.iter().enumerate().filter_map(forwarded).collect();
    let last = forwarded.len();
    for (place, (_, marker)) in forwarded.iter().enumerate() {
        assert_eq!(*marker, place + 1 == last, "{decisions:?}");
    }
    forwarded.iter().map(|(index, _)| *index).collect()
}

/// Sends cycles of L1T3 and tells the temporal layers that went out.
fn run_l1t3(bench: &mut Bench, stream: &mut Stream, cycles: usize) -> Vec<u8> {
    let mut forwarded = Vec::new();
    for template in L1T3.repeat(cycles) {
        let picture = stream.picture(&[template]);
        if !send(bench, &picture).is_empty() {
            forwarded.push(stream.structure.templates()[usize::from(template)].temporal_id);
        }
    }
    forwarded
}

#[test]
fn a_structure_begins_and_the_payload_is_not_asked() {
    let mut bench = Bench::new(whole(LOW));
    let mut stream = Stream::new(l1t3(0));
    let mut early = stream.picture(&[3]).remove(0);
    early.info.keyframe_start = true;
    assert_eq!(bench.send(&early), Decision::Wait);
    assert_eq!(send(&mut bench, &stream.picture(&[0])), [0]);
    assert_eq!(
        run_l1t3(&mut bench, &mut stream, 2),
        [2, 1, 2, 0, 2, 1, 2, 0]
    );
    assert_eq!(bench.selector.decode_targets(), 0b111);
    assert_eq!(
        bench.selector.current_layer(),
        Some(Layer {
            spatial: 0,
            temporal: 2
        })
    );
}

#[test]
fn temporal_layers_come_and_go_without_a_keyframe() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    let mut stream = Stream::new(l1t3(0));
    send(&mut bench, &stream.picture(&[0]));
    assert_eq!(run_l1t3(&mut bench, &mut stream, 2), [0, 0]);
    assert_eq!(bench.selector.decode_targets(), 0b100);
    bench.wish(layers(LOW, 0, 2), Meanwhile::Keep);
    // The first frame of layer 2 refers to layer 0 alone.
    assert_eq!(run_l1t3(&mut bench, &mut stream, 1), [2, 1, 2, 0]);
    bench.wish(layers(LOW, 0, 1), Meanwhile::Keep);
    assert_eq!(run_l1t3(&mut bench, &mut stream, 1), [1, 0]);
    assert_eq!(bench.selector.decode_targets(), 0b110);
    assert_eq!(bench.selector.needs_keyframe(), None);
}

#[test]
fn a_frame_whose_reference_was_left_out_is_left_out() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    let mut stream = Stream::new(l1t3(0));
    send(&mut bench, &stream.picture(&[0]));
    send(&mut bench, &stream.picture(&[3]));
    assert_eq!(send(&mut bench, &stream.picture(&[2])), [0_usize; 0]);
    bench.wish(layers(LOW, 0, 2), Meanwhile::Keep);
    // It refers to the frame of layer 1, which did not go out.
    assert_eq!(send(&mut bench, &stream.picture(&[4])), [0_usize; 0]);
    assert_eq!(send(&mut bench, &stream.picture(&[1])), [0]);
    assert_eq!(run_l1t3(&mut bench, &mut stream, 1), [2, 1, 2, 0]);
}

#[test]
fn a_frame_that_was_lost_upstream_ends_nothing() {
    let mut bench = Bench::new(whole(LOW));
    let mut stream = Stream::new(l1t3(0));
    send(&mut bench, &stream.picture(&[0]));
    run_l1t3(&mut bench, &mut stream, 1);
    let lost: Vec<Vec<Sent>> = L1T3.map(|template| stream.picture(&[template])).into();
    assert_eq!(run_l1t3(&mut bench, &mut stream, 1), [2, 1, 2, 0]);
    // Their repairs go out, too.
    for picture in lost {
        assert_eq!(send(&mut bench, &picture), [0]);
    }
}

#[test]
fn packets_of_a_frame_share_its_fate() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    let mut stream = Stream::new(l1t3(0));
    send(&mut bench, &stream.picture(&[0]));
    let [first, last] = stream.picture(&[3]).remove(0).halves();
    assert_eq!(bench.send(&first), Decision::Drop);
    bench.wish(whole(LOW), Meanwhile::Keep);
    assert_eq!(send(&mut bench, &stream.picture(&[2])), [0]);
    assert_eq!(bench.send(&last), Decision::Drop);
}

#[test]
fn a_late_frame_decides_nothing() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    let mut stream = Stream::new(l1t3(0));
    send(&mut bench, &stream.picture(&[0]));
    let late = stream.picture(&[3]);
    assert_eq!(send(&mut bench, &stream.picture(&[2])), [0_usize; 0]);
    bench.wish(whole(LOW), Meanwhile::Keep);
    assert_eq!(send(&mut bench, &late), [0_usize; 0]);
    assert_eq!(bench.selector.current_layer(), Some(Layer::BASE));
}

#[test]
fn spatial_layers_are_joined_at_a_keyframe() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    let mut stream = Stream::new(l2t1());
    assert_eq!(send(&mut bench, &stream.picture(&[0, 2])), [0]);
    assert_eq!(send(&mut bench, &stream.picture(&[1, 3])), [0]);
    assert_eq!(bench.selector.needs_keyframe(), None);
    bench.wish(whole(LOW), Meanwhile::Keep);
    assert_eq!(send(&mut bench, &stream.picture(&[1, 3])), [0]);
    assert_eq!(bench.selector.needs_keyframe(), Some(LOW));
    assert_eq!(send(&mut bench, &stream.picture(&[0, 2])), [0, 1]);
    assert_eq!(send(&mut bench, &stream.picture(&[1, 3])), [0, 1]);
    assert_eq!(bench.selector.needs_keyframe(), None);
}

#[test]
fn spatial_layers_are_joined_where_the_stream_says_that_it_is_possible() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    let mut stream = Stream::new(l2t1());
    send(&mut bench, &stream.picture(&[0, 2]));
    send(&mut bench, &stream.picture(&[1, 3]));
    bench.wish(whole(LOW), Meanwhile::Keep);
    // The upper layer refers to nothing of its own past.
    let mut picture = stream.picture(&[1, 2]);
    let switch = picture[0]
        .descriptor
        .take()
        .map(|lower| with_indications(lower, "SS"));
    picture[0].descriptor = switch;
    assert_eq!(send(&mut bench, &picture), [0, 1]);
    assert_eq!(send(&mut bench, &stream.picture(&[1, 3])), [0, 1]);
}

#[test]
fn a_picture_that_has_ended_does_not_grow() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    let mut stream = Stream::new(l2t1());
    send(&mut bench, &stream.picture(&[0, 2]));
    send(&mut bench, &stream.picture(&[1, 3]));
    bench.wish(whole(LOW), Meanwhile::Keep);
    // The upper layer's own frame is a switching point, but the lower one's went out as the last.
    assert_eq!(send(&mut bench, &stream.picture(&[1, 2])), [0]);
}

#[test]
fn spatial_layers_are_left_with_the_next_picture() {
    let mut bench = Bench::new(whole(LOW));
    let mut stream = Stream::new(l2t1());
    send(&mut bench, &stream.picture(&[0, 2]));
    let picture = stream.picture(&[1, 3]);
    assert_eq!(bench.send(&picture[0]), FORWARD);
    bench.wish(layers(LOW, 0, 0), Meanwhile::Reduce);
    assert_eq!(bench.send(&picture[1]), LAST);
    assert_eq!(send(&mut bench, &stream.picture(&[1, 3])), [0]);
    assert_eq!(bench.selector.needs_keyframe(), None);
}

#[test]
fn a_lower_layer_that_did_not_go_out_takes_a_keyframe() {
    for (meanwhile, expected) in [(Meanwhile::Reduce, &[1_usize][..]), (Meanwhile::Stop, &[])] {
        let mut bench = Bench::new(whole(LOW));
        let mut stream = Stream::new(l2t1_key());
        assert_eq!(send(&mut bench, &stream.picture(&[0, 2])), [0, 1]);
        // Between keyframes, the upper layer does without the lower one.
        assert_eq!(send(&mut bench, &stream.picture(&[1, 3])), [1]);
        assert_eq!(bench.selector.decode_targets(), 0b01);
        bench.wish(layers(LOW, 0, 0), meanwhile);
        assert_eq!(
            send(&mut bench, &stream.picture(&[1, 3])),
            expected,
            "{meanwhile:?}"
        );
        assert_eq!(bench.selector.needs_keyframe(), Some(LOW));
        assert_eq!(send(&mut bench, &stream.picture(&[0, 2])), [0]);
        assert_eq!(bench.selector.needs_keyframe(), None);
        assert_eq!(send(&mut bench, &stream.picture(&[1, 3])), [0]);
    }
}

#[test]
fn targets_that_are_not_active_are_not_wanted() {
    let mut bench = Bench::new(whole(LOW));
    let mut stream = Stream::new(l2t1());
    send(&mut bench, &stream.picture(&[0, 2]));
    let mut alone = stream.picture(&[1]);
    alone[0].descriptor = alone[0]
        .descriptor
        .take()
        .map(|lower| with_active(lower, 0b10));
    assert_eq!(send(&mut bench, &alone), [0]);
    assert_eq!(bench.selector.needs_keyframe(), None);
    assert_eq!(bench.selector.current_layer(), Some(Layer::BASE));
}

#[test]
fn without_chains_switching_points_are_all_there_is() {
    let templates = vec![
        template((0, 0), "SS", &[], &[]),
        template((0, 0), "RS", &[2], &[]),
        template((0, 1), "S-", &[1], &[]),
    ];
    let structure = Structure::new(0, 2, templates, &[], Vec::new()).expect("valid");
    let mut bench = Bench::new(layers(LOW, 0, 0));
    let mut stream = Stream::new(structure);
    let forwarded = |bench: &mut Bench, stream: &mut Stream, template| {
        let picture = stream.picture(&[template]);
        !send(bench, &picture).is_empty()
    };
    assert!(forwarded(&mut bench, &mut stream, 0));
    assert!(!forwarded(&mut bench, &mut stream, 2));
    bench.wish(whole(LOW), Meanwhile::Keep);
    assert!(forwarded(&mut bench, &mut stream, 1));
    assert_eq!(bench.selector.current_layer(), Some(Layer::BASE), "not yet");
    assert!(forwarded(&mut bench, &mut stream, 2), "a switching point");
    assert!(forwarded(&mut bench, &mut stream, 1));
    assert!(forwarded(&mut bench, &mut stream, 2));
}

#[test]
fn differences_of_a_frame_come_before_those_of_its_template() {
    let mut bench = Bench::new(layers(LOW, 0, 0));
    let mut stream = Stream::new(l1t3(0));
    send(&mut bench, &stream.picture(&[0]));
    send(&mut bench, &stream.picture(&[3]));
    // A frame of layer 0 that refers to the one that was left out cannot be decoded, whatever it claims.
    let mut broken = stream.picture(&[1]).remove(0);
    broken.descriptor = broken
        .descriptor
        .take()
        .map(|broken| with_chain_diffs(with_frame_diffs(broken, &[1]), &[2]));
    assert_eq!(bench.send(&broken), Decision::Drop);
    // And what follows it in its chain neither.
    let next = stream.picture(&[1]).remove(0);
    let next_of_chain = Sent {
        descriptor: next
            .descriptor
            .clone()
            .map(|next| with_chain_diffs(with_frame_diffs(next, &[1]), &[1])),
        ..next
    };
    assert_eq!(bench.send(&next_of_chain), Decision::Drop);
    assert_eq!(bench.selector.needs_keyframe(), Some(LOW));
}
