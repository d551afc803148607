//! When to give up an estimate and begin anew.
//!
//! ```text
//!   pictures are wanted, none fits, and the estimate does not grow ─▶ begin anew with what the lowest takes
//!   much of what is sent gets lost                                 ─▶ begin anew with what comes through
//! ```
//!
//! An estimator learns from what is sent. Where it has fallen so low that nothing is sent, it learns no more, and its own
//! padding is held back while it believes the line to be overused: without this a picture would be gone for good. And
//! where hardly anything comes through, reports on what came are too few to tell it.

use std::time::{Duration, Instant};

/// How long nothing may flow before another try.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long nothing may flow where nothing shows that the line is full: an estimator that goes by delay is misled by a
/// busy computer on either side.
const CLEAR_PATIENCE: Duration = Duration::from_millis(500);
/// The longest time between two tries.
const MAX_PATIENCE: Duration = Duration::from_secs(6);
/// Growth that shows that the estimator is at work, in percent.
const GROWTH_PERCENT: u64 = 10;
/// From this loss on, in thousandths, the line is flooded.
const FLOODED_PERMILLE: u16 = 300;
/// What of that which comes through is counted with, in percent: less, so that queues on the way drain.
const THROUGH_PERCENT: u64 = 85;
/// No line is thought to take less.
const LEAST: u64 = 30_000;

/// See the module documentation.
#[derive(Debug, Clone, Default)]
pub(super) struct Recovery {
    /// Since when nothing flows, and the estimate then.
    starved: Option<(Instant, u64)>,
    /// Tries without success, one after the other.
    tries: u32,
    flowing_since: Option<Instant>,
    is_clear: bool,
}

impl Recovery {
    /// Takes how it stands. `needed` is what the line would have to take for the lowest picture, in bits per second,
    /// where pictures are wanted and none flows; `is_clear` tells that nothing gets lost, nothing waits, and answers are
    /// quick. Returns what to begin anew with.
    pub(super) fn update(
        &mut self,
        now: Instant,
        estimate: u64,
        needed: Option<u64>,
        is_clear: bool,
    ) -> Option<u64> {
        self.is_clear = is_clear;
        let Some(needed) = needed else {
            self.starved = None;
            let since = *self.flowing_since.get_or_insert(now);
            if now.saturating_duration_since(since) >= MAX_PATIENCE {
                self.tries = 0;
            }
            return None;
        };
        self.flowing_since = None;
        let (since, from) = *self.starved.get_or_insert((now, estimate));
        if estimate.saturating_mul(100) > from.saturating_mul(100 + GROWTH_PERCENT) {
            self.starved = Some((now, estimate));
            return None;
        }
        if now.saturating_duration_since(since) < self.patience() || estimate >= needed {
            return None;
        }
        self.tries = self.tries.saturating_add(1);
        self.starved = Some((now, needed));
        Some(needed)
    }

    /// When to ask again at the latest.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.starved.map(|(since, _)| since + self.patience())
    }

    fn patience(&self) -> Duration {
        if self.is_clear {
            return CLEAR_PATIENCE;
        }
        let factor = 1_u32.checked_shl(self.tries).unwrap_or(u32::MAX);
        PATIENCE.saturating_mul(factor).min(MAX_PATIENCE)
    }
}

/// What to begin anew with where so much of `sent` bits per second gets lost, if it is that much.
pub(super) fn after_loss(estimate: u64, sent: u64, loss_permille: Option<u16>) -> Option<u64> {
    let loss = loss_permille.filter(|loss| *loss >= FLOODED_PERMILLE)?;
    let through = sent.saturating_mul(u64::from(1_000_u16.saturating_sub(loss))) / 1_000;
    let through = (through.saturating_mul(THROUGH_PERCENT) / 100).max(LEAST);
    (through < estimate).then_some(through)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn nothing_is_given_up_while_pictures_flow() {
        let (mut recovery, start) = (Recovery::default(), Instant::now());
        for second in 0..60 {
            assert_eq!(
                recovery.update(after(start, second), 50_000, None, false),
                None
            );
        }
        assert_eq!(recovery.deadline(), None);
    }

    #[test]
    fn who_sees_nothing_is_tried_again_and_ever_less_often() {
        let (mut recovery, start) = (Recovery::default(), Instant::now());
        let tries: Vec<_> = (0..60)
            .filter(|second| {
                let begun = recovery.update(after(start, *second), 50_000, Some(200_000), false);
                begun == Some(200_000)
            })
            .collect();
        assert_eq!(tries, [3, 9, 15, 21, 27, 33, 39, 45, 51, 57]);
    }

    #[test]
    fn an_estimate_that_grows_or_suffices_is_left_alone() {
        let (mut recovery, start) = (Recovery::default(), Instant::now());
        for second in 0..20 {
            let grown = 50_000 + 20_000 * second;
            let at = after(start, second);
            assert_eq!(recovery.update(at, grown, Some(1_000_000), false), None);
        }
        let mut recovery = Recovery::default();
        for second in 0..20 {
            let at = after(start, second);
            assert_eq!(recovery.update(at, 300_000, Some(200_000), false), None);
        }
    }

    #[test]
    fn a_good_time_makes_former_failures_forgotten() {
        let (mut recovery, start) = (Recovery::default(), Instant::now());
        for second in 0..20 {
            let _ = recovery.update(after(start, second), 50_000, Some(200_000), false);
        }
        for second in 20..40 {
            let _ = recovery.update(after(start, second), 500_000, None, false);
        }
        let _ = recovery.update(after(start, 40), 50_000, Some(200_000), false);
        assert_eq!(recovery.deadline(), Some(after(start, 43)));
    }

    #[test]
    fn a_flooded_line_is_thought_to_take_what_comes_through() {
        assert_eq!(after_loss(2_000_000, 1_000_000, Some(400)), Some(510_000));
        assert_eq!(after_loss(2_000_000, 1_000_000, Some(990)), Some(LEAST));
        assert_eq!(after_loss(LEAST, 1_000_000, Some(990)), None);
        assert_eq!(
            after_loss(400_000, 1_000_000, Some(400)),
            None,
            "less already"
        );
        assert_eq!(after_loss(2_000_000, 1_000_000, Some(100)), None);
        assert_eq!(after_loss(2_000_000, 1_000_000, None), None);
    }

    #[test]
    fn a_line_that_shows_no_fault_is_tried_at_once_and_again() {
        let (mut recovery, start) = (Recovery::default(), Instant::now());
        let tries = (0..20).filter(|half| {
            let at = start + CLEAR_PATIENCE * *half;
            recovery.update(at, 50_000, Some(200_000), true).is_some()
        });
        assert_eq!(tries.count(), 19);
    }
}
