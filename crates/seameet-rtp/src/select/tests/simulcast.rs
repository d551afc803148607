//! Changing over between encodings.

use super::publisher::{plain, vp8, vp8_key};
use super::*;

/// Forwards LOW, whose keyframe at 1000 has gone out.
fn forwarding() -> Bench {
    let mut bench = Bench::new(whole(LOW));
    assert_eq!(
        bench.send_all(plain(LOW, 1_000, true).halves()),
        [BEGIN, LAST]
    );
    bench
}

#[test]
fn nothing_goes_out_before_a_keyframe_of_the_target() {
    let mut bench = Bench::new(whole(LOW));
    assert_eq!(bench.selector.needs_keyframe(), Some(LOW));
    assert_eq!(bench.send(&plain(LOW, 900, false)), Decision::Wait);
    assert_eq!(bench.send(&plain(HIGH, 1_000, true)), Decision::Wait);
    assert_eq!(
        bench.send_all(plain(LOW, 1_000, true).halves()),
        [BEGIN, LAST]
    );
    assert_eq!(bench.selector.needs_keyframe(), None);
    assert_eq!(bench.selector.current(), Some(LOW));
    assert_eq!(bench.send(&plain(LOW, 4_000, false)), LAST);
    assert_eq!(bench.send(&plain(HIGH, 4_000, false)), Decision::Wait);
}

#[test]
fn without_a_target_nothing_is_needed_and_nothing_goes_out() {
    let mut bench = Bench::new(None);
    assert_eq!(bench.selector.needs_keyframe(), None);
    assert_eq!(bench.send(&plain(LOW, 1_000, true)), Decision::Wait);
}

#[test]
fn the_way_up_keeps_the_old_picture_until_the_new_ones_keyframe() {
    let mut bench = forwarding();
    bench.wish(whole(HIGH), Meanwhile::Keep);
    assert_eq!(bench.selector.needs_keyframe(), Some(HIGH));
    assert_eq!(bench.send(&plain(HIGH, 3_900, false)), Decision::Wait);
    assert_eq!(bench.send(&plain(LOW, 4_000, false)), LAST);
    let begin = bench.send_all(plain(HIGH, 4_100, true).halves());
    assert_eq!(begin, [BEGIN, LAST]);
    assert_eq!(bench.send(&plain(LOW, 7_000, true)), Decision::Wait);
    assert_eq!(bench.selector.current(), Some(HIGH));
    assert_eq!(bench.selector.needs_keyframe(), None);
}

#[test]
fn the_current_frame_ends_before_the_new_picture_begins() {
    let mut bench = forwarding();
    bench.wish(whole(HIGH), Meanwhile::Keep);
    let [first, last] = plain(LOW, 4_000, false).halves();
    let keyframe = plain(HIGH, 4_100, true).halves();
    assert_eq!(bench.send(&first), FORWARD);
    assert_eq!(bench.send_all(keyframe.clone()), [Decision::Wait; 2]);
    assert_eq!(bench.selector.take_replay(), None);
    assert_eq!(bench.selector.needs_keyframe(), None, "it has come");
    assert_eq!(bench.send(&last), LAST);
    assert_eq!(bench.selector.take_replay(), Some(HIGH));
    assert_eq!(bench.selector.take_replay(), None, "it is asked for once");
    assert_eq!(bench.send_all(keyframe), [BEGIN, LAST]);
}

#[test]
fn a_frame_whose_end_was_lost_is_not_waited_for() {
    let mut bench = forwarding();
    bench.wish(whole(HIGH), Meanwhile::Keep);
    let [first, _lost] = plain(LOW, 4_000, false).halves();
    let keyframe = plain(HIGH, 4_100, true).halves();
    assert_eq!(bench.send(&first), FORWARD);
    assert_eq!(bench.send(&keyframe[0]), Decision::Wait);
    bench.wait(14);
    assert_eq!(bench.send(&keyframe[1]), Decision::Wait);
    assert_eq!(bench.selector.take_replay(), None);
    bench.wait(1);
    assert_eq!(bench.send(&plain(HIGH, 7_100, false)), Decision::Wait);
    assert_eq!(bench.selector.take_replay(), Some(HIGH));
    assert_eq!(bench.send_all(keyframe), [BEGIN, LAST]);
}

#[test]
fn the_next_frame_ends_the_one_before() {
    let mut bench = forwarding();
    bench.wish(whole(HIGH), Meanwhile::Keep);
    let [first, _lost] = plain(LOW, 4_000, false).halves();
    bench.send(&first);
    bench.send(&plain(HIGH, 4_100, true));
    let [next, _] = plain(LOW, 7_000, false).halves();
    assert_eq!(bench.send(&next), FORWARD);
    assert_eq!(bench.selector.take_replay(), Some(HIGH));
}

#[test]
fn without_a_replay_the_next_keyframe_does() {
    let mut bench = forwarding();
    bench.wish(whole(HIGH), Meanwhile::Keep);
    bench.send(&plain(LOW, 4_000, false).first());
    bench.send(&plain(HIGH, 4_100, true));
    bench.send(&plain(LOW, 4_000, false).last());
    assert_eq!(bench.selector.take_replay(), Some(HIGH));
    assert_eq!(bench.selector.needs_keyframe(), Some(HIGH));
    assert_eq!(bench.send(&plain(HIGH, 7_100, false)), Decision::Wait);
    assert_eq!(bench.send(&plain(LOW, 7_000, false)), LAST);
    assert_eq!(
        bench.send_all(plain(HIGH, 10_100, true).halves()),
        [BEGIN, LAST]
    );
}

#[test]
fn a_keyframe_whose_packets_were_reordered_is_asked_for_again() {
    let mut bench = Bench::new(whole(LOW));
    let [first, last] = plain(LOW, 1_000, true).halves();
    assert_eq!(
        bench.send_all([last.clone(), first.clone()]),
        [Decision::Wait; 2]
    );
    assert_eq!(bench.selector.take_replay(), Some(LOW));
    assert_eq!(bench.send_all([first, last]), [BEGIN, LAST]);
}

#[test]
fn the_way_down_reduces_at_once_and_then_changes_over() {
    let mut bench = Bench::new(whole(HIGH));
    bench.send(&vp8_key(HIGH, 1_000));
    bench.wish(whole(LOW), Meanwhile::Reduce);
    assert_eq!(bench.send(&vp8(HIGH, 4_000, 2, true)), Decision::Drop);
    assert_eq!(bench.send(&vp8(HIGH, 7_000, 0, false)), LAST);
    assert_eq!(bench.selector.needs_keyframe(), Some(LOW));
    assert!(matches!(
        bench.send(&vp8_key(LOW, 7_000)),
        Decision::Forward { begins: true, .. }
    ));
    assert_eq!(bench.send(&vp8(HIGH, 10_000, 0, false)), Decision::Wait);
    assert_eq!(bench.send(&vp8(LOW, 10_000, 2, true)), LAST);
}

#[test]
fn a_full_line_gets_no_more_than_the_end_of_the_frame() {
    let mut bench = forwarding();
    let [first, last] = plain(LOW, 4_000, false).halves();
    bench.send(&first);
    bench.wish(whole(MID), Meanwhile::Stop);
    assert_eq!(bench.send(&last), LAST);
    assert_eq!(bench.send(&plain(LOW, 7_000, true)), Decision::Wait);
    assert_eq!(bench.selector.current(), None);
    assert_eq!(bench.selector.needs_keyframe(), Some(MID));
    assert_eq!(
        bench.send_all(plain(MID, 7_000, true).halves()),
        [BEGIN, LAST]
    );
}

#[test]
fn a_full_line_gets_nothing_more_when_the_frame_has_ended_or_the_next_begins() {
    let mut bench = forwarding();
    bench.wish(whole(MID), Meanwhile::Stop);
    assert_eq!(bench.selector.current(), None);
    let mut bench = forwarding();
    bench.send(&plain(LOW, 4_000, false).first());
    bench.wish(whole(MID), Meanwhile::Stop);
    assert_eq!(bench.send(&plain(LOW, 7_000, false)), Decision::Wait);
    assert_eq!(bench.selector.current(), None);
}

#[test]
fn a_pause_needs_a_keyframe_to_end() {
    let mut bench = forwarding();
    bench.wish(None, Meanwhile::Keep);
    assert_eq!(bench.send(&plain(LOW, 4_000, true)), Decision::Wait);
    assert_eq!(bench.selector.needs_keyframe(), None);
    // However long it lasts.
    for frame in 0..70_000_u32 {
        assert_eq!(
            bench.send(&plain(LOW, frame.wrapping_mul(3_000), false)),
            Decision::Wait
        );
    }
    bench.wish(whole(LOW), Meanwhile::Keep);
    assert_eq!(bench.selector.needs_keyframe(), Some(LOW));
    assert_eq!(bench.send(&plain(LOW, 7_000, false)), Decision::Wait);
    assert_eq!(
        bench.send_all(plain(LOW, 10_000, true).halves()),
        [BEGIN, LAST]
    );
}

#[test]
fn a_pause_that_is_taken_back_in_time_changes_nothing() {
    let mut bench = forwarding();
    bench.send(&plain(LOW, 4_000, false).first());
    bench.wish(None, Meanwhile::Keep);
    bench.wish(whole(LOW), Meanwhile::Keep);
    assert_eq!(bench.send(&plain(LOW, 4_000, false).last()), LAST);
    assert_eq!(bench.send(&plain(LOW, 7_000, false)), LAST);
}

#[test]
fn a_target_that_is_given_up_needs_no_keyframe_and_gets_none() {
    let mut bench = forwarding();
    bench.wish(whole(HIGH), Meanwhile::Keep);
    bench.send(&plain(LOW, 4_000, false).first());
    bench.send(&plain(HIGH, 4_100, true));
    bench.wish(whole(LOW), Meanwhile::Keep);
    assert_eq!(bench.selector.needs_keyframe(), None);
    assert_eq!(bench.send(&plain(LOW, 4_000, false).last()), LAST);
    assert_eq!(bench.selector.take_replay(), None);
    assert_eq!(bench.send(&plain(HIGH, 7_100, true)), Decision::Wait);
}

#[test]
fn late_packets_of_the_current_encoding_go_out() {
    let mut bench = forwarding();
    bench.send(&plain(LOW, 7_000, false));
    assert_eq!(bench.send(&plain(LOW, 4_000, false)), LAST);
}

#[test]
fn a_wrapping_timestamp_begins_a_frame_like_any_other() {
    let mut bench = Bench::new(whole(LOW));
    bench.send(&plain(LOW, u32::MAX - 1_000, true));
    bench.send(&plain(LOW, 2_000, false).first());
    bench.wish(None, Meanwhile::Keep);
    assert_eq!(bench.send(&plain(LOW, 2_000, false).last()), LAST);
    assert_eq!(bench.send(&plain(LOW, 5_000, false)), Decision::Wait);
}
