//! Two encodings of one camera, in virtual time.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::ntp::NtpTime;

const RATE: u32 = 90_000;
const MS: Duration = Duration::from_millis(1);
const A: EncodingId = EncodingId(0);
const B: EncodingId = EncodingId(1);

/// A camera whose encodings start with timestamps of their own.
struct Bench {
    clock: PublicationClock,
    start: Instant,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        let start = Instant::now();
        Self {
            clock: PublicationClock::new(RATE),
            start,
            now: start,
        }
    }

    fn timestamp(encoding: EncodingId, millis: u32) -> u32 {
        // The second one wraps after a second.
        let start = if encoding == A {
            1_000_000
        } else {
            u32::MAX - 90_000
        };
        (millis * 90).wrapping_add(start)
    }

    /// A frame of a moment arrives so much later.
    fn packet(&mut self, encoding: EncodingId, millis: u32, delay: u32) {
        self.now = self.start + (millis + delay) * MS;
        self.clock
            .note_packet(self.now, encoding, Self::timestamp(encoding, millis));
    }

    /// A report of a moment, by a clock that is wrong by so many milliseconds.
    fn report(&mut self, encoding: EncodingId, millis: u32, error: u64) {
        let ntp =
            NtpTime((u64::from(millis) + error + 4_000_000_000_000).wrapping_mul(1 << 32) / 1_000);
        let rtp_timestamp = Self::timestamp(encoding, millis);
        self.clock
            .note_report(self.now, encoding, SenderReport { ntp, rtp_timestamp });
    }

    /// Distance in ticks from a moment of A to a moment of B.
    fn distance(&self, from: u32, to: u32) -> Option<ClockDistance> {
        let (from, to) = (Self::timestamp(A, from), Self::timestamp(B, to));
        self.clock.distance(self.now, (A, from), (B, to))
    }
}

fn by(basis: ClockBasis, ticks: i64) -> ClockDistance {
    ClockDistance { ticks, basis }
}

#[test]
fn within_an_encoding_timestamps_tell() {
    let bench = Bench::new();
    let distance = bench.clock.distance(bench.now, (A, u32::MAX), (A, 2_999));
    assert_eq!(distance, Some(by(ClockBasis::SameEncoding, 3_000)));
    let distance = bench.clock.distance(bench.now, (A, 2_999), (A, u32::MAX));
    assert_eq!(distance, Some(by(ClockBasis::SameEncoding, -3_000)));
}

#[test]
fn nothing_is_known_of_what_never_came() {
    let mut bench = Bench::new();
    assert_eq!(bench.distance(0, 0), None);
    bench.packet(A, 0, 50);
    bench.report(A, 0, 0);
    bench.report(B, 0, 0);
    assert_eq!(bench.distance(0, 0), None);
}

#[test]
fn arrival_with_the_least_delay_tells_until_reports_do() {
    let mut bench = Bench::new();
    for (index, delay) in [80, 120, 50, 95].into_iter().enumerate() {
        bench.packet(A, 40 * u32::try_from(index).expect("small"), delay);
    }
    for (index, delay) in [200, 50, 130].into_iter().enumerate() {
        bench.packet(B, 1_000 + 40 * u32::try_from(index).expect("small"), delay);
    }
    assert_eq!(
        bench.distance(120, 1_080),
        Some(by(ClockBasis::Arrival, 960 * 90))
    );
    assert_eq!(
        bench.distance(1_080, 120),
        Some(by(ClockBasis::Arrival, -960 * 90))
    );
    bench.report(A, 100, 0);
    assert_eq!(
        bench.distance(120, 1_080),
        Some(by(ClockBasis::Arrival, 960 * 90)),
        "one is not enough"
    );
}

#[test]
fn reports_tell_where_arrival_is_blurred() {
    let mut bench = Bench::new();
    bench.packet(A, 0, 50);
    bench.packet(B, 40, 250);
    assert_eq!(
        bench.distance(0, 40),
        Some(by(ClockBasis::Arrival, 240 * 90))
    );
    bench.report(A, 0, 7);
    bench.report(B, 30, 7);
    let Some(ClockDistance {
        ticks,
        basis: ClockBasis::SenderReports,
    }) = bench.distance(0, 40)
    else {
        panic!("both have reports");
    };
    assert!(ticks.abs_diff(40 * 90) <= 1, "{ticks}");
}

#[test]
fn reports_that_cannot_be_true_are_not_believed() {
    let mut bench = Bench::new();
    bench.packet(A, 0, 50);
    bench.packet(B, 40, 50);
    bench.report(A, 0, 0);
    bench.report(B, 30, 600);
    assert_eq!(
        bench.distance(0, 40),
        Some(by(ClockBasis::Arrival, 40 * 90))
    );
    bench.report(B, 31, 400);
    assert_eq!(
        bench.distance(0, 40),
        Some(by(ClockBasis::Arrival, 40 * 90)),
        "it was overtaken"
    );
    bench.report(B, 1_000, 400);
    let distance = bench.distance(0, 40).map(|distance| distance.basis);
    assert_eq!(distance, Some(ClockBasis::SenderReports));
}

#[test]
fn reports_without_a_clock_and_old_ones_say_nothing() {
    let mut bench = Bench::new();
    bench.packet(A, 0, 50);
    bench.packet(B, 40, 50);
    bench.report(A, 0, 0);
    let empty = SenderReport {
        ntp: NtpTime(0),
        rtp_timestamp: 0,
    };
    bench.clock.note_report(bench.now, B, empty);
    assert_eq!(
        bench.distance(0, 40),
        Some(by(ClockBasis::Arrival, 40 * 90))
    );
    bench.report(B, 30, 0);
    bench.now += 60_000 * MS;
    assert_eq!(
        bench.distance(0, 40),
        Some(by(ClockBasis::Arrival, 40 * 90))
    );
}

#[test]
fn a_clock_that_was_set_back_is_followed() {
    let mut bench = Bench::new();
    bench.packet(A, 0, 50);
    bench.packet(B, 40, 50);
    for encoding in [A, B] {
        bench.report(encoding, 0, 3_600_000);
        bench.report(encoding, 30, 0);
    }
    let distance = bench.distance(0, 40).map(|distance| distance.basis);
    assert_eq!(distance, Some(ClockBasis::SenderReports));
}

#[test]
fn a_path_that_became_longer_is_learnt() {
    let mut bench = Bench::new();
    for frame in 0..400 {
        bench.packet(A, 40 * frame, if frame < 100 { 50 } else { 90 });
        bench.packet(B, 40 * frame, 90);
    }
    assert_eq!(
        bench.distance(15_960, 15_960),
        Some(by(ClockBasis::Arrival, 0))
    );
}

#[test]
fn an_encoding_that_starts_anew_is_learnt_anew() {
    let mut bench = Bench::new();
    bench.packet(A, 0, 50);
    bench.packet(B, 40, 50);
    bench.clock.forget(B);
    assert_eq!(bench.distance(0, 40), None);
    bench.clock.note_packet(bench.now, B, 77);
    let distance = bench
        .clock
        .distance(bench.now, (A, Bench::timestamp(A, 0)), (B, 77));
    assert_eq!(distance, Some(by(ClockBasis::Arrival, 40 * 90)));
}

#[test]
fn timestamps_advance_by_the_distance_within_reason() {
    let mut bench = Bench::new();
    bench.packet(A, 0, 50);
    bench.packet(B, 40, 50);
    let advance = |from, to, elapsed: u32| {
        let (from, to) = ((A, Bench::timestamp(A, from)), (B, Bench::timestamp(B, to)));
        bench.clock.advance(bench.now, from, to, elapsed * MS)
    };
    assert_eq!(advance(0, 40, 45), 40 * 90);
    assert_eq!(advance(40, 40, 5), 1, "the same moment");
    assert_eq!(advance(40, 0, 5), 1, "an earlier one");
    assert_eq!(
        advance(0, 40_000, 100),
        600 * 90,
        "much further than time went"
    );
    let unknown = bench
        .clock
        .advance(bench.now, (A, 0), (EncodingId(9), 0), 20 * MS);
    assert_eq!(unknown, 20 * 90);
    let never = bench
        .clock
        .advance(bench.now, (A, 0), (EncodingId(9), 0), Duration::MAX);
    assert_eq!(never, i32::MAX.cast_unsigned());
}

proptest! {
    #[test]
    fn arrival_is_never_wrong_by_more_than_jitter(
        delays in vec((0_u32..100, 0_u32..100), 20..200),
        drop_reports in any::<bool>(),
    ) {
        let mut bench = Bench::new();
        let mut last = 0;
        for (millis, (delay_a, delay_b)) in (0..).step_by(33).zip(delays) {
            let delays = [(A, delay_a), (B, delay_b)];
            for (encoding, delay) in delays {
                bench.packet(encoding, millis, delay);
                if !drop_reports && millis % 330 == 0 {
                    bench.report(encoding, millis, 0);
                }
            }
            last = millis;
        }
        let distance = bench.distance(last, last).expect("both came");
        let bound = match distance.basis {
            ClockBasis::SenderReports => 2,
            _ => 100 * 90,
        };
        prop_assert_eq!(distance.basis == ClockBasis::Arrival, drop_reports);
        prop_assert!(distance.ticks.unsigned_abs() <= bound, "{:?}", distance);
    }

    #[test]
    fn no_values_make_it_panic(
        inputs in vec((any::<bool>(), any::<u64>(), any::<u32>(), any::<u32>()), 0..200),
        rate in any::<u32>(),
    ) {
        let mut clock = PublicationClock::new(rate);
        let start = Instant::now();
        for (is_report, ntp, timestamp, millis) in inputs {
            let now = start + Duration::from_millis(u64::from(millis));
            let encoding = EncodingId(u8::from(timestamp % 2 == 0));
            if is_report {
                let report = SenderReport { ntp: NtpTime(ntp), rtp_timestamp: timestamp };
                clock.note_report(now, encoding, report);
            } else {
                clock.note_packet(now, encoding, timestamp);
            }
            let advance = clock.advance(now, (A, timestamp), (B, millis), Duration::from_millis(ntp));
            prop_assert!((1..=i32::MAX.cast_unsigned()).contains(&advance));
        }
    }
}
