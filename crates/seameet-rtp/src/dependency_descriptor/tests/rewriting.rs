//! What a subscriber gets to see of several sources in turn.

use super::fixtures::{descriptor, l1t3, l2t1, with_active};
use super::*;
use crate::munge::SegmentId;

const ALL: u32 = u32::MAX;

struct Bench {
    munger: DescriptorMunger,
}

impl Bench {
    fn new() -> Self {
        Self {
            munger: DescriptorMunger::new(),
        }
    }

    fn rewrite(&mut self, segment: u64, descriptor: &DependencyDescriptor) -> DescriptorRewrite {
        let rewrite = self.munger.rewrite(SegmentId(segment), descriptor, ALL);
        rewrite.expect("its segment is known")
    }
}

#[test]
fn the_first_stretch_goes_out_as_it_came() {
    let mut bench = Bench::new();
    let structure = Arc::new(l1t3(3));
    for (template, frame) in [(0, 70_000), (3, 70_001), (2, 70_003)] {
        let descriptor = descriptor(&structure, template, frame);
        assert_eq!(bench.rewrite(0, &descriptor), descriptor.as_received());
    }
}

#[test]
fn frame_numbers_count_on_behind_a_switch_and_keep_their_gaps() {
    let mut bench = Bench::new();
    let structure = Arc::new(l1t3(0));
    bench.rewrite(0, &descriptor(&structure, 0, 65_535));
    bench.rewrite(0, &descriptor(&structure, 2, 65_537));
    let numbers: Vec<u16> = [(0, 9_000), (3, 9_001), (2, 9_003)]
        .map(|(template, frame)| {
            bench
                .rewrite(1, &descriptor(&structure, template, frame))
                .frame_number
        })
        .into();
    assert_eq!(numbers, [2, 3, 5]);
    // A packet from before the switch keeps its number.
    assert_eq!(
        bench
            .rewrite(0, &descriptor(&structure, 3, 65_536))
            .frame_number,
        0
    );
}

#[test]
fn template_ids_of_another_structure_stand_behind_those_in_use() {
    let mut bench = Bench::new();
    let (first, second) = (Arc::new(l1t3(60)), Arc::new(l2t1()));
    assert_eq!(
        bench
            .rewrite(0, &descriptor(&first, 0, 1))
            .template_id_shift,
        0
    );
    // 60 + 5 is 1 modulo 64.
    let switched = descriptor(&second, 0, 500);
    let rewrite = bench.rewrite(1, &switched);
    assert_eq!(rewrite.template_id_shift, 1);
    let read = DescriptorContext::new()
        .read(&switched.to_bytes(&rewrite))
        .expect("valid");
    assert_eq!(read.structure().template_id_offset(), 1);
    assert_eq!(read.structure().templates(), second.templates());
    // The same structure again keeps its ids, the one before comes behind.
    assert_eq!(
        bench
            .rewrite(2, &descriptor(&second, 0, 900))
            .template_id_shift,
        1
    );
    assert_eq!(
        bench
            .rewrite(3, &descriptor(&first, 0, 2))
            .template_id_shift,
        9
    );
}

#[test]
fn a_packet_that_overtakes_the_keyframe_of_another_size_is_readable() {
    let sized = |offset, width, height| {
        let size = PictureSize { width, height };
        let plain = l1t3(offset);
        let sized = Structure::new(
            offset,
            plain.decode_target_count(),
            plain.templates().to_vec(),
            &[0, 0, 0],
            vec![size],
        );
        Arc::new(sized.expect("valid"))
    };
    let (large, small) = (sized(60, 960, 540), sized(5, 240, 135));
    let mut bench = Bench::new();
    let mut receiver = DescriptorContext::new();
    let first = descriptor(&large, 0, 1).attach_structure();
    receiver
        .read(&first.to_bytes(&bench.rewrite(0, &first)))
        .expect("valid");

    let lost = descriptor(&small, 0, 500).attach_structure();
    bench.rewrite(1, &lost);
    let next = descriptor(&small, 3, 501);
    let read = receiver
        .read(&next.to_bytes(&bench.rewrite(1, &next)))
        .expect("the structure before tells the same of it");
    assert_eq!(low_bits(read.frame), 3);
    assert_eq!(read.temporal_id(), next.temporal_id());
    assert_eq!(read.frame_diffs(), next.frame_diffs());
    assert_eq!(read.indications(), next.indications());
}

#[test]
fn fewer_active_targets_are_repeated_until_a_keyframe_has_all() {
    let mut bench = Bench::new();
    let structure = Arc::new(l1t3(0));
    let masks = [
        (0, 10, ALL, None),
        (3, 11, 0b110, Some(0b110)),
        (2, 12, 0b110, Some(0b110)),
        // All again, which must be said, since the receiver remembers.
        (1, 14, ALL, Some(0b111)),
        (0, 18, 0b100, Some(0b100)),
        (0, 22, ALL, None),
        (3, 23, ALL, None),
        // The empty mask would say nothing.
        (3, 24, 0, None),
    ];
    for (template, frame, wanted, expected) in masks {
        let descriptor = descriptor(&structure, template, frame);
        let rewrite = bench.munger.rewrite(SegmentId(0), &descriptor, wanted);
        assert_eq!(
            rewrite.expect("known").active_decode_targets,
            expected,
            "frame {frame}"
        );
    }
}

#[test]
fn what_the_publisher_says_of_active_targets_stays() {
    let mut bench = Bench::new();
    let structure = Arc::new(l1t3(0));
    bench.rewrite(0, &descriptor(&structure, 0, 10));
    let narrowed = with_active(descriptor(&structure, 1, 14), 0b110);
    let rewrite = bench
        .munger
        .rewrite(SegmentId(0), &narrowed, 0b011)
        .expect("known");
    assert_eq!(rewrite.active_decode_targets, Some(0b010));
}

#[test]
fn a_forgotten_stretch_has_no_numbers() {
    let mut bench = Bench::new();
    let structure = Arc::new(l1t3(0));
    for segment in 0..9 {
        bench.rewrite(segment, &descriptor(&structure, 0, 10));
    }
    let late = descriptor(&structure, 0, 10);
    assert_eq!(bench.munger.rewrite(SegmentId(0), &late, ALL), None);
    assert_eq!(bench.rewrite(1, &late).frame_number, 11);
}

#[test]
fn a_descriptor_that_does_not_fit_is_not_written() {
    let structure = Arc::new(l1t3(0));
    let descriptor = descriptor(&structure, 0, 10);
    let rewrite = descriptor.as_received();
    let whole = descriptor.to_bytes(&rewrite);
    let mut buffer = [0xFF; 64];
    assert_eq!(
        descriptor.write(&rewrite, &mut buffer[..whole.len() - 1]),
        None
    );
    assert_eq!(descriptor.write(&rewrite, &mut buffer), Some(whole.len()));
    assert_eq!(&buffer[..whole.len()], whole);
}
