//! What participants find out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

use super::lines::Change;

/// Latencies up to a minute are told apart, in microseconds.
const LONGEST: u64 = 60_000_000;
/// Digits that are kept of each.
const DIGITS: u8 = 3;

/// What a thread's participants found out.
#[derive(Debug)]
pub(crate) struct Measures {
    totals: Totals,
    latency: Histogram<u64>,
    joins: Histogram<u64>,
    first_media: Histogram<u64>,
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
    lost: i64,
    repairs: u64,
    forged: u64,
    longest_gap: Duration,
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
    pub(crate) lost: i64,
    /// Repairs and padding, which are not among those received.
    pub(crate) repairs: u64,
    /// Packets that are not authentic.
    pub(crate) forged: u64,
    /// Payload that came, in bytes.
    pub(crate) bytes: u64,
    /// The longest time without a packet on any stream that had begun, since gaps were forgotten.
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

    /// A packet of so many bytes of payload came.
    pub(crate) fn received(&mut self, bytes: usize, change: Change, latency: Option<Duration>) {
        self.totals.received += 1;
        self.totals.bytes += u64::try_from(bytes).unwrap_or(0);
        self.totals.lost += change.lost;
        self.totals.longest_gap = self.totals.longest_gap.max(change.gap);
        if let Some(latency) = latency {
            self.latency.saturating_record(micros(latency));
        }
    }

    /// A repair or padding came.
    pub(crate) fn repaired(&mut self) {
        self.totals.repairs += 1;
    }

    /// A packet came that is not authentic.
    pub(crate) fn forged(&mut self) {
        self.totals.forged += 1;
    }

    /// Pauses so far count no more.
    pub(crate) fn forget_gaps(all: &[Arc<Mutex<Self>>]) {
        for measures in all {
            let mut measures = measures.lock().unwrap_or_else(PoisonError::into_inner);
            measures.totals.longest_gap = Duration::ZERO;
        }
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
            repairs: 0,
            forged: 0,
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
        self.repairs += totals.repairs;
        self.forged += totals.forged;
        self.bytes += totals.bytes;
        self.longest_gap = self.longest_gap.max(totals.longest_gap);
        // All have the same bounds.
        let _ = self.latency.add(&one.latency);
        let _ = self.joins.add(&one.joins);
        let _ = self.first_media.add(&one.first_media);
    }

    /// What came since an earlier look.
    pub(crate) fn since(mut self, earlier: &Self) -> Self {
        self.sent -= earlier.sent.min(self.sent);
        self.received -= earlier.received.min(self.received);
        self.lost -= earlier.lost;
        self.repairs -= earlier.repairs.min(self.repairs);
        self.forged -= earlier.forged.min(self.forged);
        self.bytes -= earlier.bytes.min(self.bytes);
        let _ = self.latency.subtract(&earlier.latency);
        self
    }

    /// Only the joins since an earlier look. How many are in counts from the beginning.
    pub(crate) fn joins_since(mut self, earlier: &Self) -> Self {
        let _ = self.joins.subtract(&earlier.joins);
        let _ = self.first_media.subtract(&earlier.first_media);
        self
    }

    /// Packets that were to come and did not. More may come late than are missed, when what is late was missed before.
    pub(crate) fn missing(&self) -> u64 {
        u64::try_from(self.lost).unwrap_or(0)
    }

    /// The share of what was to come that did not, from 0 to 1.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share needs no more than 52 bits"
    )]
    pub(crate) fn loss(&self) -> f64 {
        let missing = self.missing();
        let expected = self.received + missing;
        if expected == 0 {
            return 0.0;
        }
        missing as f64 / expected as f64
    }
}

#[cfg(test)]
mod tests {
    //! Tests of adding up.

    use super::*;

    #[test]
    fn what_came_before_does_not_count() {
        let all = [Arc::new(Mutex::new(Measures::new()))];
        let receive = |lost, millis| {
            let latency = Some(Duration::from_millis(millis));
            let gap = Duration::ZERO;
            let mut measures = all[0].lock().expect("nobody panics");
            measures.received(10, Change { lost, gap }, latency);
        };
        receive(7, 500);
        let before = Measures::sum(&all);
        receive(0, 10);
        receive(1, 10);
        let summary = Measures::sum(&all).since(&before);
        assert_eq!((summary.received, summary.missing()), (2, 1));
        assert!(summary.latency.max() < 11_000);
        assert!((summary.loss() - 1.0 / 3.0).abs() < 1e-9);
        receive(-8, 10);
        assert_eq!(Measures::sum(&all).since(&before).missing(), 0);
    }
}
