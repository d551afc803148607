//! What participants find out.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

/// Latencies up to a minute are told apart, in microseconds.
const LONGEST: u64 = 60_000_000;
/// Digits that are kept of each.
const DIGITS: u8 = 3;

/// One line of one participant.
pub(crate) type LineKey = (u32, u32);

/// What a thread's participants found out.
#[derive(Debug)]
pub(crate) struct Measures {
    totals: Totals,
    latency: Histogram<u64>,
    joins: Histogram<u64>,
    first_media: Histogram<u64>,
    lines: HashMap<LineKey, LineState>,
    refusals: BTreeMap<String, u64>,
}

/// Counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Totals {
    joined: u64,
    failed: u64,
    dropped: u64,
    connected: u64,
    sent: u64,
    received: u64,
    bytes: u64,
    lost: u64,
    longest_gap: Duration,
}

/// What came on a line.
#[derive(Debug, Clone, Copy)]
struct LineState {
    highest: u64,
    at: Instant,
}

/// All threads' findings.
#[derive(Debug, Clone)]
pub(crate) struct Summary {
    pub(crate) joined: u64,
    /// Never got in.
    pub(crate) failed: u64,
    /// Attempts that were refused, by the reason.
    pub(crate) refusals: BTreeMap<String, u64>,
    /// Was in and did not stay.
    pub(crate) dropped: u64,
    pub(crate) connected: u64,
    /// Packets.
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) lost: u64,
    /// Payload that came, in bytes.
    pub(crate) bytes: u64,
    /// The longest time without a packet on any line that had begun.
    pub(crate) longest_gap: Duration,
    /// From sender to receiver, in microseconds.
    pub(crate) latency: Histogram<u64>,
    /// From the first attempt to media that can flow, and to the first packet, in microseconds.
    pub(crate) joins: Histogram<u64>,
    pub(crate) first_media: Histogram<u64>,
}

fn histogram() -> Histogram<u64> {
    // These bounds are valid, and so nothing can fail.
    Histogram::new_with_max(LONGEST, DIGITS)
        .unwrap_or_else(|_| unreachable!("the bounds are valid"))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(LONGEST)
}

impl Measures {
    pub(crate) fn new() -> Self {
        Self {
            totals: Totals::default(),
            latency: histogram(),
            joins: histogram(),
            first_media: histogram(),
            lines: HashMap::new(),
            refusals: BTreeMap::new(),
        }
    }

    pub(crate) fn joined(&mut self) {
        self.totals.joined += 1;
    }

    /// An attempt to get in failed.
    pub(crate) fn refused(&mut self, code: &str) {
        *self.refusals.entry(code.to_owned()).or_default() += 1;
    }

    /// Did not get in, and tries no more.
    pub(crate) fn failed(&mut self) {
        self.totals.failed += 1;
    }

    /// Was in and did not stay.
    pub(crate) fn dropped(&mut self) {
        self.totals.dropped += 1;
    }

    pub(crate) fn connected(&mut self, after: Duration) {
        self.totals.connected += 1;
        self.joins.saturating_record(micros(after));
    }

    pub(crate) fn first_media(&mut self, after: Duration) {
        self.first_media.saturating_record(micros(after));
    }

    pub(crate) fn sent(&mut self, packets: u64) {
        self.totals.sent += packets;
    }

    /// A packet came. Numbers that were skipped count as lost until they come.
    pub(crate) fn received(
        &mut self,
        line: LineKey,
        (at, sequence, bytes): (Instant, u64, usize),
        latency: Option<Duration>,
    ) {
        self.totals.received += 1;
        self.totals.bytes += u64::try_from(bytes).unwrap_or(0);
        if let Some(latency) = latency {
            self.latency.saturating_record(micros(latency));
        }
        let Some(state) = self.lines.get_mut(&line) else {
            let state = LineState {
                highest: sequence,
                at,
            };
            self.lines.insert(line, state);
            return;
        };
        if sequence > state.highest {
            self.totals.lost += sequence - state.highest - 1;
            state.highest = sequence;
        } else {
            self.totals.lost = self.totals.lost.saturating_sub(1);
        }
        let gap = at.saturating_duration_since(state.at);
        self.totals.longest_gap = self.totals.longest_gap.max(gap);
        state.at = at;
    }

    /// All threads' findings together.
    pub(crate) fn sum(all: &[Arc<Mutex<Self>>]) -> Summary {
        let mut sum = Summary {
            joined: 0,
            failed: 0,
            refusals: BTreeMap::new(),
            dropped: 0,
            connected: 0,
            sent: 0,
            received: 0,
            lost: 0,
            bytes: 0,
            longest_gap: Duration::ZERO,
            latency: histogram(),
            joins: histogram(),
            first_media: histogram(),
        };
        for measures in all {
            let measures = measures.lock().unwrap_or_else(PoisonError::into_inner);
            sum.add(&measures);
        }
        sum
    }
}

impl Summary {
    fn add(&mut self, one: &Measures) {
        let totals = &one.totals;
        self.joined += totals.joined;
        self.failed += totals.failed;
        for (code, count) in &one.refusals {
            *self.refusals.entry(code.clone()).or_default() += count;
        }
        self.dropped += totals.dropped;
        self.connected += totals.connected;
        self.sent += totals.sent;
        self.received += totals.received;
        self.lost += totals.lost;
        self.bytes += totals.bytes;
        self.longest_gap = self.longest_gap.max(totals.longest_gap);
        // All have the same bounds.
        let _ = self.latency.add(&one.latency);
        let _ = self.joins.add(&one.joins);
        let _ = self.first_media.add(&one.first_media);
    }

    /// What happened since an earlier look. Joins count from the beginning, and the longest gap as well.
    pub(crate) fn since(mut self, earlier: &Self) -> Self {
        self.sent -= earlier.sent.min(self.sent);
        self.received -= earlier.received.min(self.received);
        self.lost -= earlier.lost.min(self.lost);
        self.bytes -= earlier.bytes.min(self.bytes);
        let _ = self.latency.subtract(&earlier.latency);
        self
    }

    /// The share of what was to come that did not, from 0 to 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share needs no more than 52 bits"
    )]
    pub(crate) fn loss(&self) -> f64 {
        let expected = self.received + self.lost;
        if expected == 0 {
            return 0.0;
        }
        self.lost as f64 / expected as f64
    }
}

#[cfg(test)]
mod tests {
    //! Tests of counting.

    use super::*;

    fn after(sequences: &[u64]) -> (u64, u64) {
        let mut measures = Measures::new();
        for sequence in sequences {
            measures.received((1, 2), (Instant::now(), *sequence, 10), None);
        }
        (measures.totals.received, measures.totals.lost)
    }

    #[test]
    fn what_is_skipped_is_lost_until_it_comes() {
        assert_eq!(after(&[5, 6, 7]), (3, 0));
        assert_eq!(after(&[5, 9]), (2, 3));
        assert_eq!(after(&[5, 9, 7]), (3, 2));
    }

    #[test]
    fn what_came_before_does_not_count() {
        let all = [Arc::new(Mutex::new(Measures::new()))];
        let receive = |sequence, millis| {
            let latency = Some(Duration::from_millis(millis));
            let mut measures = all[0].lock().expect("nobody panics");
            measures.received((1, 2), (Instant::now(), sequence, 10), latency);
        };
        receive(1, 500);
        let before = Measures::sum(&all);
        receive(2, 10);
        receive(4, 10);
        let summary = Measures::sum(&all).since(&before);
        assert_eq!((summary.received, summary.lost), (2, 1));
        assert!(summary.latency.max() < 11_000);
        assert!((summary.loss() - 1.0 / 3.0).abs() < 1e-9);
    }
}
