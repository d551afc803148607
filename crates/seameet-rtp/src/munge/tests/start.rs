//! Where stretches begin on the time line when somebody who knows the clocks says so.

use proptest::prelude::*;

use super::super::catch_up::MAX_SQUEEZE;
use super::*;

impl Bench {
    fn begin(&mut self, source: SourceKey, timestamp: u32, start: Start) -> u32 {
        self.munger.pause();
        let rewritten = self
            .munger
            .rewrite_from(self.now, source, start, 1, timestamp);
        rewritten.expect("a new stretch").timestamp
    }
}

fn start(advance: i64, newest: u32) -> Start {
    Start { advance, newest }
}

#[test]
fn the_first_stretch_begins_with_the_start_timestamp() {
    let mut bench = Bench::new();
    assert_eq!(bench.begin(A, 77, start(9_999, 77)), 500_000);
}

#[test]
fn a_stretch_stands_as_far_behind_the_latest_frame_as_is_said() {
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    bench.wait(1_000);
    assert_eq!(
        bench.begin(B, 4_000_000_000, start(2_970, 4_000_000_000)),
        502_970
    );
    let next = bench.packet(B, 2, 4_000_000_000 + FRAME).expect("in order");
    assert_eq!(next.timestamp, 502_970 + FRAME);
}

#[test]
fn what_is_said_counts_also_for_a_source_that_goes_on() {
    let mut bench = Bench::new();
    bench.packet(A, 1, 7).expect("forwarded");
    bench.munger.pause();
    let again = bench
        .munger
        .rewrite_from(bench.now, A, start(100, 9_007), 5, 9_007);
    assert_eq!(again.expect("resumed").timestamp, 500_100);
}

#[test]
fn frames_of_the_past_are_squeezed_and_the_newest_is_on_time() {
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    // Five frames of B: the first is 4 frames before what went out, the newest one frame behind it.
    let first = bench.begin(B, 0, start(-4 * i64::from(FRAME), 5 * FRAME));
    assert_eq!(first, 500_001);
    let mut last = first;
    for number in 1..5 {
        let packet = bench.packet(B, 1 + u64::from(number), number * FRAME);
        let timestamp = packet.expect("in order").timestamp;
        assert!(is_later(timestamp, last) && timestamp < 500_000 + FRAME);
        last = timestamp;
    }
    let newest = bench.packet(B, 6, 5 * FRAME).expect("in order");
    assert_eq!(newest.timestamp, 500_000 + FRAME);
    let live = bench.packet(B, 7, 6 * FRAME).expect("in order");
    assert_eq!(live.timestamp, 500_000 + 2 * FRAME);
}

#[test]
fn frames_from_before_a_long_rest_do_not_put_the_clock_forward() {
    const REST: u32 = 50 * RATE;
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    // Two frames of B are kept from before it rested; then it goes on.
    let advance = -i64::from(REST) - i64::from(FRAME);
    bench.begin(B, 0, start(advance, FRAME));
    let newest = bench.packet(B, 2, FRAME).expect("in order").timestamp;
    assert!(newest < 500_000 + FRAME);
    let live = bench
        .packet(B, 3, 2 * FRAME + REST)
        .expect("in order")
        .timestamp;
    assert_eq!(live, 500_000 + FRAME);
    let next = bench.packet(B, 4, 3 * FRAME + REST).expect("in order");
    assert_eq!(next.timestamp, 500_000 + 2 * FRAME);
}

#[test]
fn a_switch_behind_frames_of_the_past_counts_from_where_they_belong() {
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    let first = bench.begin(B, 0, start(-100 * i64::from(FRAME), 0));
    assert_eq!(first, 500_001);
    // 103 frames behind that one, so three behind what went out before it.
    let second = bench.begin(SourceKey(3), 9_999, start(103 * i64::from(FRAME), 9_999));
    assert_eq!(second, 500_000 + 3 * FRAME);
}

#[test]
fn a_stretch_of_many_hours_ends_in_its_true_place() {
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    bench.begin(B, 0, start(-i64::from(FRAME), 2 * FRAME));
    let mut sequence = 1;
    for hour in 1..14 {
        sequence += 1;
        let timestamp = hour * 3_600 * RATE;
        let packet = bench.packet(B, sequence, timestamp).expect("in order");
        assert_eq!(
            packet.timestamp,
            500_000_u32.wrapping_add(timestamp) - FRAME
        );
    }
}

#[test]
fn a_late_packet_of_a_squeezed_frame_has_its_frames_timestamp() {
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    bench.begin(B, 0, start(-i64::from(FRAME), 2 * FRAME));
    let frame = bench.packet(B, 2, FRAME).expect("in order");
    bench.packet(B, 4, 2 * FRAME).expect("in order");
    let late = bench.munger.late(B, 3, FRAME).expect("its place was kept");
    assert_eq!(late.timestamp, frame.timestamp);
}

#[test]
fn nothing_said_can_make_time_go_backwards() {
    for advance in [i64::MIN, -1, 0, i64::from(u32::MAX), i64::MAX] {
        let mut bench = Bench::new();
        bench.packet(A, 10, 7).expect("forwarded");
        let timestamp = bench.begin(B, 1_000, start(advance, 500));
        assert!(is_later(timestamp, 500_000), "{advance}");
    }
}

proptest! {
    /// Whatever is said, and however the frames lie: timestamps go forward, by no more than they should, and are
    /// in their true places as soon as they can.
    #[test]
    fn squeezed_timestamps_go_forward_and_are_on_time_in_the_end(
        first in any::<u32>(),
        gaps in prop::collection::vec(600_u32..9_000, 1..90),
        due in -200_000_i64..200_000,
    ) {
        let mut bench = Bench::new();
        bench.packet(A, 10, 7).expect("forwarded");
        let span: u32 = gaps.iter().sum();
        let newest = first.wrapping_add(span);
        let advance = due - i64::from(span);
        let mut last = bench.begin(B, first, start(advance, newest));
        prop_assert!(is_later(last, 500_000));
        let mut timestamp = first;
        for (sequence, gap) in (2..).zip(&gaps) {
            timestamp = timestamp.wrapping_add(*gap);
            let output = bench.packet(B, sequence, timestamp).expect("in order").timestamp;
            prop_assert!(is_later(output, last));
            prop_assert!(output.wrapping_sub(last) <= *gap);
            last = output;
        }
        let on_time = i64::from(last.wrapping_sub(500_000));
        let late = on_time - due.max(1);
        let least = i64::from(span.div_ceil(MAX_SQUEEZE));
        prop_assert!((0..=2 + least).contains(&late), "{late}");
        let behind = newest.wrapping_add(FRAME);
        let live = bench.packet(B, 1_000, behind).expect("in order").timestamp;
        let place = 500_000 + due + i64::from(FRAME);
        let squeezed = i64::from(last) + i64::from(FRAME.div_ceil(MAX_SQUEEZE));
        prop_assert_eq!(i64::from(live), place.max(squeezed));
        let rest = u32::try_from(due.abs()).expect("small") + span;
        let later = bench.packet(B, 1_001, behind.wrapping_add(rest)).expect("in order").timestamp;
        prop_assert_eq!(i64::from(later), place + i64::from(rest));
    }
}
