//! When a line carries far less than it is thought to, and the estimate does not say so yet.
//!
//! ```text
//!   packets take ever longer on their way      ─▶ begin anew with what comes through
//!   much of what is sent gets lost             ─▶ begin anew with what comes through
//!   so much waits on the way that talk suffers ─▶ stop pictures until it has come through
//! ```
//!
//! A round trip holds the way back as well, which may be full of something else. The estimate goes by the way there alone,
//! so it has to have fallen too; but where nothing is heard of what was sent, it is the estimate that knows nothing.
//!
//! The estimator goes by reports on what came. Where hardly anything comes, there are hardly any reports: without this
//! it would go on for seconds to fill a line that had become narrow, and the sound would wait behind the pictures.
//! Congestion windows are for the same (`GoogCC`'s "pushback"); here what is on its way is not known, but how long it
//! took.

use std::time::{Duration, Instant};

use seameet_pipeline::PeerStatistics;

/// What is left of an estimate after loss, one in so many at least: whether it was for a moment or the line is another one,
/// is not known.
const REMAINDER: u64 = 8;
/// Time between two findings that much gets lost.
const COOLDOWN: Duration = Duration::from_secs(1);
/// On a way that takes so much longer than the shortest known, nothing is tried.
const STRAINED: Duration = Duration::from_millis(100);
/// On one that takes so much longer, what comes through is less than what is sent, if it still gets longer.
const SLOW: Duration = Duration::from_millis(400);
/// One that takes so much longer is full, if the estimate does not deny it.
const FULL: Duration = Duration::from_millis(700);
/// What an estimate that bears out that the way is full has left of what it was before, in percent: the estimator takes
/// fifteen off each time.
const FALLEN_PERCENT: u64 = 75;
/// Growth from one figure to the next that shows that more is sent than comes through.
const GROWTH: Duration = Duration::from_millis(100);
/// A way that has not drained in so long, without pictures, is not full of ours: it is as long as that.
const BELIEVED: Duration = Duration::from_secs(3);
/// A round trip as long as this tells of a line that carries hardly anything.
const FLOODED: Duration = Duration::from_secs(2);
/// A round trip of which nothing new was heard for so long is not the line's any more.
const STALE: Duration = Duration::from_secs(2);
/// A line that loses more, in thousandths, or answers later shows a fault. Radio loses some without being full.
const CLEAR_LOSS: u16 = 100;
const CLEAR_RTT: Duration = Duration::from_millis(300);
/// From this loss on, in thousandths, the line is flooded.
const FLOODED_PERMILLE: u16 = 300;
/// What of that which comes through is counted with, in percent: less, so that queues on the way drain.
const THROUGH_PERCENT: u64 = 85;
/// No line is thought to take less.
const LEAST: u64 = 30_000;

/// How long a round trip counts as the shortest, at least; twice as long at most.
const MEMORY: Duration = Duration::from_secs(15);

/// The shortest round trip of late: a route may become longer.
#[derive(Debug, Clone, Copy, Default)]
struct Shortest {
    /// Since when this one is looked for.
    since: Option<Instant>,
    now: Option<Duration>,
    before: Option<Duration>,
}

impl Shortest {
    /// Takes a round trip. Returns the shortest one.
    fn update(&mut self, now: Instant, rtt: Duration) -> Duration {
        let since = *self.since.get_or_insert(now);
        if now.saturating_duration_since(since) >= MEMORY {
            (self.since, self.before) = (Some(now), self.now.take());
        }
        let shortest = self.now.map_or(rtt, |known| known.min(rtt));
        self.now = Some(shortest);
        self.before.map_or(shortest, |before| before.min(shortest))
    }
}

/// See the module documentation.
#[derive(Debug, Clone, Default)]
pub(super) struct Brake {
    /// Since when the way has been full, and until when that will have come through.
    full: Option<(Instant, Instant)>,
    /// What of the last round trip was due to queues.
    waited: Duration,
    shortest: Shortest,
    /// The last figures.
    last: Option<PeerStatistics>,
    /// The last round trip, and when it was first told.
    measured: Option<(Instant, Duration)>,
    /// What the line was thought to take at the last figures.
    former_estimate: Option<u64>,
    /// What it was thought to take when its way was last without queues.
    easy_estimate: u64,
    /// When much was found to get lost.
    cut: Option<Instant>,
}

impl Brake {
    /// No picture may flow.
    pub(super) fn is_on(&self, now: Instant) -> bool {
        self.full.is_some_and(|(_, until)| until > now)
    }

    /// When it may be off again at the earliest.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        self.full
            .map(|(_, until)| until)
            .filter(|until| *until > now)
    }

    /// More is on its way than there should be: nothing may be tried.
    pub(super) fn is_strained(&self, now: Instant) -> bool {
        self.is_on(now) || self.waited >= STRAINED && self.is_fresh(now)
    }

    /// Hardly anything comes through.
    pub(super) fn is_flooded(&self, now: Instant) -> bool {
        let is_slow = self.last_rtt().is_some_and(|rtt| rtt >= FLOODED);
        self.is_on(now) || is_slow && self.is_fresh(now) || self.flood().is_some()
    }

    /// Not much gets lost, and answers are quick.
    pub(super) fn is_clear(&self, now: Instant) -> bool {
        let figures = self.last.unwrap_or_default();
        !self.is_strained(now)
            && figures.sent_loss_permille.unwrap_or(0) <= CLEAR_LOSS
            && figures.rtt.is_some_and(|rtt| rtt <= CLEAR_RTT)
    }

    /// The last round trip was measured lately.
    fn is_fresh(&self, now: Instant) -> bool {
        self.measured
            .is_some_and(|(at, _)| now.saturating_duration_since(at) < STALE)
    }

    fn last_rtt(&self) -> Option<Duration> {
        self.measured.map(|(_, rtt)| rtt)
    }

    /// Takes new figures. Returns what to begin anew with.
    pub(super) fn note_statistics(
        &mut self,
        now: Instant,
        estimate: u64,
        figures: &PeerStatistics,
    ) -> Option<u64> {
        let before = self.last.replace(*figures).unwrap_or_default();
        let former = self.former_estimate.replace(estimate).unwrap_or(estimate);
        let slowed = figures
            .rtt
            .filter(|_| figures.is_transport_rtt)
            .and_then(|rtt| self.slowed(now, estimate, before.sent_bitrate, rtt));
        let slowed = slowed
            .filter(|_| estimate < former)
            .map(|through| share(through, THROUGH_PERCENT, 100).max(LEAST));
        let lost = self.lost(now, estimate, figures.sent_bitrate);
        let begun = lost.into_iter().chain(slowed).min();
        begun.filter(|begun| *begun < estimate)
    }

    /// What comes through where much gets lost. Told once in a second, as the loss is of a second; and who sends little
    /// shows little, so that an eighth of the estimate remains.
    fn lost(&mut self, now: Instant, estimate: u64, sent: u64) -> Option<u64> {
        let loss = self.flood()?;
        let is_recent = |at: Instant| now.saturating_duration_since(at) < COOLDOWN;
        if self.cut.is_some_and(is_recent) {
            return None;
        }
        self.cut = Some(now);
        let through = share(sent, 1_000_u64.saturating_sub(loss.into()), 1_000);
        let through = share(through, THROUGH_PERCENT, 100);
        Some(through.max(estimate / REMAINDER).max(LEAST))
    }

    /// What of the packets of the last second got lost, in thousandths, if it is much.
    fn flood(&self) -> Option<u16> {
        let last = self.last.filter(|last| last.is_transport_rtt)?;
        last.sent_loss_permille
            .filter(|loss| *loss >= FLOODED_PERMILLE)
    }

    /// What comes through, where packets take ever longer: what was sent within some time took that time and the
    /// growth of the delay to arrive.
    fn slowed(&mut self, now: Instant, estimate: u64, sent: u64, rtt: Duration) -> Option<u64> {
        let former = self.measured.filter(|(_, former)| *former != rtt);
        if self.last_rtt() != Some(rtt) {
            self.measured = Some((now, rtt));
            self.measure(now, estimate, rtt);
        }
        let (at, former) = former?;
        let growth = rtt.saturating_sub(former);
        if self.waited < SLOW || growth < GROWTH {
            return None;
        }
        let interval = millis(now.saturating_duration_since(at));
        Some(share(
            sent,
            interval.saturating_sub(millis(growth)),
            interval,
        ))
    }

    /// Takes a new round trip.
    fn measure(&mut self, now: Instant, estimate: u64, rtt: Duration) {
        self.waited = rtt.saturating_sub(self.shortest.update(now, rtt));
        if self.waited < STRAINED {
            self.easy_estimate = estimate;
        }
        if self.waited < FULL || self.is_denied(estimate) {
            self.full = None;
            return;
        }
        let since = self.full.map_or(now, |(since, _)| since);
        self.full = if now.saturating_duration_since(since) < BELIEVED {
            Some((since, now + self.waited))
        } else {
            self.shortest = Shortest::default();
            None
        };
    }

    /// The estimator hears of what was sent and finds no queue on the way there.
    fn is_denied(&self, estimate: u64) -> bool {
        let is_heard = self.last.and_then(|last| last.sent_loss_permille).is_some();
        is_heard && estimate > share(self.easy_estimate, FALLEN_PERCENT, 100)
    }
}

fn share(whole: u64, part: u64, of: u64) -> u64 {
    whole.saturating_mul(part) / of.max(1)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
