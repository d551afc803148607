//! Tests of the VP8 descriptor's continuity.

use proptest::prelude::*;

use super::*;

const ONE: SegmentId = SegmentId(1);
const TWO: SegmentId = SegmentId(2);

fn frame(picture_id: u16, tl0_pic_idx: u8) -> Vp8Info {
    Vp8Info {
        picture_id: Some(picture_id),
        has_long_picture_id: true,
        tl0_pic_idx: Some(tl0_pic_idx),
        temporal_id: Some(0),
        key_idx: Some(tl0_pic_idx & 0x1F),
        ..Vp8Info::default()
    }
}

fn pictures(munger: &mut Vp8Munger, segment: SegmentId, inputs: &[u16]) -> Vec<Option<u16>> {
    inputs
        .iter()
        .map(|input| munger.rewrite(segment, &frame(*input, 0))?.picture_id)
        .collect()
}

#[test]
fn the_first_source_passes_unchanged() {
    let mut munger = Vp8Munger::new();
    let expected = Vp8Rewrite {
        picture_id: Some(20_000),
        tl0_pic_idx: Some(77),
        key_idx: Some(0x0D),
    };
    assert_eq!(munger.rewrite(ONE, &frame(20_000, 77)), Some(expected));
}

#[test]
fn a_new_segment_counts_on() {
    let mut munger = Vp8Munger::new();
    munger.rewrite(ONE, &frame(100, 40));
    munger.rewrite(ONE, &frame(101, 41));
    let first = munger.rewrite(TWO, &frame(9_000, 7)).expect("forwarded");
    assert_eq!(first.picture_id, Some(102));
    assert_eq!(first.tl0_pic_idx, Some(42));
    assert_eq!(first.key_idx, Some(10));
    let second = munger.rewrite(TWO, &frame(9_001, 8)).expect("forwarded");
    assert_eq!(
        (second.picture_id, second.tl0_pic_idx),
        (Some(103), Some(43))
    );
}

#[test]
fn all_packets_of_a_frame_agree_in_whichever_order_they_come() {
    let mut munger = Vp8Munger::new();
    pictures(&mut munger, ONE, &[5]);
    assert_eq!(
        pictures(&mut munger, TWO, &[300, 301, 300, 303, 302, 301]),
        [6, 7, 6, 9, 8, 7].map(Some)
    );
}

#[test]
fn lost_frames_stay_a_gap() {
    let mut munger = Vp8Munger::new();
    assert_eq!(pictures(&mut munger, ONE, &[5, 8, 9]), [5, 8, 9].map(Some));
}

#[test]
fn skipped_frames_leave_no_gap() {
    let mut munger = Vp8Munger::new();
    pictures(&mut munger, ONE, &[5]);
    munger.skip(ONE, &frame(6, 0));
    munger.skip(ONE, &frame(6, 0));
    assert_eq!(pictures(&mut munger, ONE, &[7]), [Some(6)]);
    munger.skip(ONE, &frame(8, 0));
    assert_eq!(
        pictures(&mut munger, ONE, &[9, 7, 6]),
        [Some(7), Some(6), None]
    );
}

#[test]
fn a_frame_that_has_begun_cannot_be_skipped() {
    let mut munger = Vp8Munger::new();
    pictures(&mut munger, ONE, &[5, 6]);
    munger.skip(ONE, &frame(6, 0));
    assert_eq!(pictures(&mut munger, ONE, &[6, 7]), [6, 7].map(Some));
}

#[test]
fn a_late_packet_of_the_old_segment_keeps_its_place() {
    let mut munger = Vp8Munger::new();
    munger.rewrite(ONE, &frame(100, 40));
    munger.rewrite(ONE, &frame(102, 42));
    munger.rewrite(TWO, &frame(9_000, 7));
    let late = munger
        .rewrite(ONE, &frame(101, 41))
        .expect("its place was kept");
    assert_eq!((late.picture_id, late.tl0_pic_idx), (Some(101), Some(41)));
    let next = munger.rewrite(TWO, &frame(9_001, 8)).expect("forwarded");
    assert_eq!((next.picture_id, next.tl0_pic_idx), (Some(104), Some(44)));
}

#[test]
fn an_old_segment_cannot_take_the_new_ones_numbers() {
    let mut munger = Vp8Munger::new();
    pictures(&mut munger, ONE, &[100]);
    pictures(&mut munger, TWO, &[9_000]);
    assert_eq!(pictures(&mut munger, ONE, &[101, 99]), [None, None]);
}

#[test]
fn counters_wrap_within_their_widths() {
    let mut munger = Vp8Munger::new();
    munger.rewrite(ONE, &frame(0x7FFF, 255));
    let wrapped = munger.rewrite(ONE, &frame(0, 0)).expect("forwarded");
    assert_eq!(
        (wrapped.picture_id, wrapped.tl0_pic_idx),
        (Some(0), Some(0))
    );
    let switched = munger.rewrite(TWO, &frame(0x7FFF, 255)).expect("forwarded");
    assert_eq!(
        (switched.picture_id, switched.tl0_pic_idx),
        (Some(1), Some(1))
    );
    assert_eq!(switched.key_idx, Some(1));
}

#[test]
fn a_short_picture_id_stays_short() {
    let mut munger = Vp8Munger::new();
    pictures(&mut munger, ONE, &[300]);
    let mut short = Vp8Info {
        picture_id: Some(127),
        ..Vp8Info::default()
    };
    let first = munger
        .rewrite(TWO, &short)
        .and_then(|fields| fields.picture_id);
    assert_eq!(first, Some(301 % 128));
    short.picture_id = Some(0);
    let second = munger
        .rewrite(TWO, &short)
        .and_then(|fields| fields.picture_id);
    assert_eq!(second, Some(302 % 128));
}

#[test]
fn absent_fields_stay_absent() {
    let mut munger = Vp8Munger::new();
    assert_eq!(
        munger.rewrite(ONE, &Vp8Info::default()),
        Some(Vp8Rewrite::default())
    );
}

#[test]
fn a_source_whose_picture_ids_come_and_go_disturbs_no_other() {
    let mut munger = Vp8Munger::new();
    pictures(&mut munger, ONE, &[100]);
    // The segment begins without a picture id, so that there is nothing to skip from.
    munger.rewrite(TWO, &Vp8Info::default());
    munger.skip(TWO, &frame(300, 0));
    assert_eq!(pictures(&mut munger, TWO, &[301]), [Some(101)]);
    // An old segment that had none shows up with one.
    munger.rewrite(SegmentId(3), &Vp8Info::default());
    assert_eq!(pictures(&mut munger, SegmentId(4), &[7]), [Some(102)]);
    assert_eq!(pictures(&mut munger, SegmentId(3), &[50]), [None]);
    assert_eq!(pictures(&mut munger, SegmentId(4), &[8]), [Some(103)]);
}

#[test]
fn a_forgotten_segment_has_no_place() {
    let mut munger = Vp8Munger::new();
    for segment in 0..20 {
        pictures(&mut munger, SegmentId(segment), &[500]);
    }
    assert_eq!(pictures(&mut munger, SegmentId(0), &[500]), [None]);
    assert_eq!(munger.segments.len(), MAX_SEGMENTS);
}

proptest! {
    #[test]
    fn pictures_in_order_count_on_across_segments_and_skips(
        stretches in prop::collection::vec((any::<u16>(), prop::collection::vec(any::<bool>(), 1..60)), 1..20),
    ) {
        let mut munger = Vp8Munger::new();
        let mut expected: Option<u16> = None;
        for (segment, (first, kept)) in (0_u64..).zip(stretches) {
            for (index, is_kept) in (0_u16..).zip(kept) {
                let info = frame(first.wrapping_add(index) & 0x7FFF, 0);
                // A segment begins with a frame that is kept.
                if index > 0 && !is_kept {
                    munger.skip(SegmentId(segment), &info);
                    continue;
                }
                let output = munger.rewrite(SegmentId(segment), &info).and_then(|out| out.picture_id);
                let output = output.expect("frames in order are always forwarded");
                prop_assert_eq!(output, expected.unwrap_or(output));
                expected = Some((output + 1) & 0x7FFF);
            }
        }
    }

    #[test]
    fn no_values_make_it_panic(
        inputs in prop::collection::vec((0_u64..4, any::<(u16, bool, u8, u8)>(), any::<bool>()), 0..200),
    ) {
        let mut munger = Vp8Munger::new();
        for (segment, (picture_id, has_long_picture_id, tl0, key), skips) in inputs {
            let info = Vp8Info {
                picture_id: Some(picture_id),
                has_long_picture_id,
                tl0_pic_idx: Some(tl0),
                key_idx: Some(key),
                ..Vp8Info::default()
            };
            if skips {
                munger.skip(SegmentId(segment), &info);
            } else if let Some(fields) = munger.rewrite(SegmentId(segment), &info) {
                let widest = if has_long_picture_id { 0x7FFF } else { 0x7F };
                prop_assert!(fields.picture_id.is_some_and(|id| id <= widest));
                prop_assert!(fields.key_idx.is_some_and(|key| key <= 0x1F));
            }
        }
    }
}
