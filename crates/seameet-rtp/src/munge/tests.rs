//! Tests of rewriting sequence numbers and timestamps by example; `properties` has the general ones.

use super::*;

mod properties;
mod start;

const A: SourceKey = SourceKey(1);
const B: SourceKey = SourceKey(2);
const RATE: u32 = 90_000;
const FRAME: u32 = 3_000;

/// A munger, and a clock that is moved by hand.
struct Bench {
    munger: Munger,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        Self {
            munger: Munger::new(1000, 500_000),
            now: Instant::now(),
        }
    }

    fn wait(&mut self, millis: u64) {
        self.now += Duration::from_millis(millis);
    }

    fn packet(&mut self, source: SourceKey, sequence: u64, timestamp: u32) -> Option<Rewritten> {
        self.munger
            .rewrite(self.now, source, RATE, sequence, timestamp)
    }

    /// Rewrites one-packet frames, a thirtieth of a second apart by their timestamps.
    fn sequences(
        &mut self,
        source: SourceKey,
        inputs: impl IntoIterator<Item = u64>,
    ) -> Vec<Option<u64>> {
        inputs
            .into_iter()
            .map(|input| {
                let timestamp = u32::try_from(input).expect("small in tests") * FRAME;
                Some(self.packet(source, input, timestamp)?.sequence)
            })
            .collect()
    }
}

#[test]
fn the_first_packet_gets_the_start_values() {
    let mut bench = Bench::new();
    let first = bench.packet(A, 70_123, 42).expect("the first is forwarded");
    assert_eq!((first.sequence, first.timestamp), (1000, 500_000));
    let second = bench.packet(A, 70_124, 42 + FRAME).expect("in order");
    assert_eq!((second.sequence, second.timestamp), (1001, 500_000 + FRAME));
}

#[test]
fn a_start_near_the_wrap_is_moved_down() {
    let mut munger = Munger::new(65_535, 0);
    let first = munger
        .rewrite(Instant::now(), A, RATE, 5, 0)
        .expect("forwarded");
    assert_eq!(first.sequence, 0x7FFF);
}

#[test]
fn a_loss_upstream_stays_a_gap_and_its_repair_fills_it() {
    let mut bench = Bench::new();
    let out = bench.sequences(A, [10, 11, 14, 15, 12, 13]);
    assert_eq!(out, [1000, 1001, 1004, 1005, 1002, 1003].map(Some));
}

#[test]
fn a_duplicate_gets_the_same_number() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.sequences(A, [10, 11, 10, 11]),
        [1000, 1001, 1000, 1001].map(Some)
    );
}

#[test]
fn a_packet_overtaken_by_the_very_first_has_no_place() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.sequences(A, [10, 9, 11]),
        [Some(1000), None, Some(1001)]
    );
}

#[test]
fn a_switch_continues_with_the_next_number() {
    let mut bench = Bench::new();
    bench.sequences(A, [10, 11]);
    assert_eq!(bench.sequences(B, [70_000, 70_001]), [1002, 1003].map(Some));
    assert_eq!(bench.sequences(A, [50]), [Some(1004)]);
}

#[test]
fn a_switch_moves_the_timestamp_by_the_time_that_passed() {
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    bench.wait(100);
    let first = bench.packet(B, 1, 4_000_000_000).expect("switched");
    assert_eq!(first.timestamp, 500_000 + 9_000);
    let next = bench.packet(B, 2, 4_000_000_000 + FRAME).expect("in order");
    assert_eq!(next.timestamp, 509_000 + FRAME);
}

#[test]
fn a_switch_at_once_still_moves_the_timestamp() {
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    assert_eq!(bench.packet(B, 1, 0).expect("switched").timestamp, 500_001);
}

#[test]
fn a_switch_takes_no_heed_of_how_the_sources_clocks_compare() {
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    bench.wait(100);
    // By the old source's offset this would be ten seconds ahead.
    let first = bench.packet(B, 1, 7 + 900_000).expect("switched");
    assert_eq!(first.timestamp, 500_000 + 9_000);
}

#[test]
fn a_switch_after_days_still_moves_the_timestamp_forward() {
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    bench.wait(10 * 24 * 3_600_000);
    let first = bench.packet(B, 1, 0).expect("switched");
    assert!(is_later(first.timestamp, 500_000));
}

#[test]
fn the_clock_runs_from_the_first_packet_of_the_latest_frame() {
    let mut bench = Bench::new();
    bench.packet(A, 10, 7).expect("forwarded");
    bench.wait(5);
    bench.packet(A, 11, 7).expect("same frame");
    bench.wait(5);
    assert_eq!(
        bench.packet(B, 1, 0).expect("switched").timestamp,
        500_000 + 900
    );
}

#[test]
fn a_repair_of_the_old_source_is_placed_after_the_switch() {
    let mut bench = Bench::new();
    bench.sequences(A, [10, 12]);
    let switched = bench.sequences(B, [500, 501]);
    assert_eq!(switched, [1003, 1004].map(Some));
    let late = bench
        .munger
        .late(A, 11, 11 * FRAME)
        .expect("its place was kept");
    assert_eq!((late.sequence, late.timestamp), (1001, 500_000 + FRAME));
    // Forwarding it is no switch back.
    assert_eq!(bench.sequences(A, [11]), [Some(1001)]);
    assert_eq!(bench.sequences(B, [502]), [Some(1005)]);
}

#[test]
fn the_old_source_has_no_place_behind_the_switch() {
    let mut bench = Bench::new();
    bench.sequences(A, [10, 12]);
    bench.sequences(B, [500]);
    assert_eq!(bench.munger.late(A, 13, 0), None);
    assert_eq!(bench.munger.late(A, 9, 0), None);
    assert_eq!(bench.munger.late(B, 501, 0), None);
}

#[test]
fn a_pause_leaves_no_gap_and_keeps_the_timestamps() {
    let mut bench = Bench::new();
    bench.sequences(A, [10, 11]);
    bench.munger.pause();
    bench.wait(10_000);
    let resumed = bench.packet(A, 311, 311 * FRAME).expect("resumed");
    assert_eq!(
        (resumed.sequence, resumed.timestamp),
        (1002, 500_000 + 301 * FRAME)
    );
}

#[test]
fn a_source_whose_timestamps_went_back_during_a_pause_is_rebased() {
    let mut bench = Bench::new();
    bench.sequences(A, [10, 11]);
    bench.munger.pause();
    bench.wait(1_000);
    let resumed = bench.packet(A, 311, 0).expect("resumed");
    assert_eq!(resumed.timestamp, 500_000 + FRAME + 90_000);
}

#[test]
fn packets_reordered_across_a_pause_keep_their_place() {
    let mut bench = Bench::new();
    bench.sequences(A, [10, 12]);
    bench.munger.pause();
    assert_eq!(
        bench.sequences(A, [11]),
        [Some(1001)],
        "from before the pause"
    );
    assert_eq!(bench.sequences(A, [9]), [None], "from before the beginning");
    assert_eq!(bench.sequences(A, [50, 52]), [1003, 1005].map(Some));
    assert_eq!(bench.sequences(A, [51, 11]), [1004, 1001].map(Some));
    assert_eq!(bench.sequences(A, [30, 49]), [None, None], "left out");
}

#[test]
fn a_second_pause_changes_nothing() {
    let mut bench = Bench::new();
    bench.munger.pause();
    bench.sequences(A, [10]);
    bench.munger.pause();
    bench.munger.pause();
    assert_eq!(bench.sequences(A, [20]), [Some(1001)]);
}

#[test]
fn skipped_packets_leave_no_gap_and_losses_among_them_do() {
    let mut bench = Bench::new();
    bench.sequences(A, [10]);
    for skipped in [11, 12, 15] {
        assert!(bench.munger.skip(A, skipped).is_some());
    }
    // 13 and 14 were lost.
    assert_eq!(bench.sequences(A, [16]), [Some(1003)]);
    assert_eq!(
        bench.sequences(A, [14, 13]),
        [1002, 1001].map(Some),
        "repaired"
    );
    assert_eq!(
        bench.sequences(A, [11, 12, 15]),
        [None; 3],
        "their numbers are taken"
    );
    assert_eq!(bench.sequences(A, [17]), [Some(1004)]);
}

#[test]
fn a_late_packet_cannot_be_skipped_without_a_gap() {
    let mut bench = Bench::new();
    bench.sequences(A, [10, 12]);
    assert!(bench.munger.skip(A, 11).is_some());
    assert_eq!(bench.sequences(A, [13]), [Some(1003)]);
}

#[test]
fn skipping_is_for_the_stream_that_is_sent() {
    let mut bench = Bench::new();
    assert_eq!(bench.munger.skip(A, 10), None, "nothing was sent yet");
    bench.sequences(A, [10]);
    assert_eq!(bench.munger.skip(B, 11), None, "another source");
    bench.munger.pause();
    assert_eq!(bench.munger.skip(A, 11), None, "paused");
    assert_eq!(bench.sequences(A, [11]), [Some(1001)]);
}

#[test]
fn a_loss_before_trailing_skips_gives_its_number_to_the_next_source() {
    let mut bench = Bench::new();
    bench.sequences(A, [10]);
    // 11 was lost; its number 1001 is kept only as long as A goes on.
    bench.munger.skip(A, 12);
    assert_eq!(bench.sequences(B, [500]), [Some(1001)]);
    assert_eq!(bench.munger.late(A, 11, 0), None);
}

#[test]
fn a_number_that_a_switch_would_give_away_is_not_given_to_a_late_packet() {
    let mut bench = Bench::new();
    bench.sequences(A, [10]);
    bench.munger.skip(A, 12);
    assert_eq!(bench.munger.late(A, 11, 0), None);
    assert_eq!(
        bench.sequences(A, [11]),
        [Some(1001)],
        "forwarding settles it"
    );
    assert!(bench.munger.late(A, 11, 0).is_some());
    assert_eq!(bench.sequences(B, [500]), [Some(1002)]);
}

#[test]
fn a_leap_becomes_a_gap_of_one() {
    let mut bench = Bench::new();
    bench.sequences(A, [10]);
    assert_eq!(bench.sequences(A, [10 + MAX_GAP + 1]), [Some(1002)]);
    let mut bench = Bench::new();
    bench.sequences(A, [10]);
    assert_eq!(bench.sequences(A, [10 + MAX_GAP]), [Some(1000 + MAX_GAP)]);
}

#[test]
fn each_stretch_has_its_own_segment() {
    let mut bench = Bench::new();
    let one = bench.packet(A, 10, 0).expect("forwarded").segment;
    assert_eq!(bench.packet(A, 11, 0).expect("forwarded").segment, one);
    let two = bench.packet(B, 10, 0).expect("forwarded").segment;
    bench.munger.pause();
    let three = bench.packet(B, 20, 9).expect("forwarded").segment;
    assert!(one < two && two < three);
    assert_eq!(bench.packet(A, 10, 0).expect("late").segment, one);
}

#[test]
fn the_memory_is_bounded_and_forgets_the_oldest() {
    let mut bench = Bench::new();
    // Every other packet is left out.
    for sequence in 0..10_000 {
        if sequence % 2 == 0 {
            bench.sequences(A, [sequence]);
        } else {
            bench.munger.skip(A, sequence);
        }
    }
    assert_eq!(bench.munger.runs.newest_first().count(), MAX_RUNS);
    assert_eq!(bench.sequences(A, [0, 9_998]), [None, Some(1000 + 4_999)]);
}

#[test]
fn no_number_is_beyond_the_packet_index() {
    let mut munger = Munger::new(0, 0);
    munger.runs = RunMap::new(MAX_SEQUENCE, MAX_RUNS);
    let now = Instant::now();
    let last = munger
        .rewrite(now, A, RATE, 10, 0)
        .expect("the last possible one");
    assert_eq!(last.sequence, MAX_SEQUENCE);
    assert_eq!(munger.rewrite(now, A, RATE, 11, 0), None);
    assert_eq!(munger.rewrite(now, B, RATE, 1, 0), None);
}
