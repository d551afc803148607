//! When to give up an estimate and begin anew.
//!
//! ```text
//!   pictures are wanted, none fits, and the estimate does not grow ─▶ begin anew with what the lowest takes
//!   much of what is sent gets lost                                 ─▶ begin anew with half
//! ```
//!
//! An estimator learns from what is sent. Where it has fallen so low that nothing is sent, it learns no more, and its own
//! padding is held back while it believes the line to be overused: without this a picture would be gone for good. And
//! where hardly anything comes through, reports on what came are too few to tell it.

use std::time::{Duration, Instant};

/// How long nothing may flow before another try.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest time between two tries.
const MAX_PATIENCE: Duration = Duration::from_secs(12);
/// Growth that shows that the estimator is at work, in percent.
const GROWTH_PERCENT: u64 = 10;
/// From this loss on, in thousandths, the line takes at most half of what is sent.
const FLOODED_PERMILLE: u16 = 300;
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
}

impl Recovery {
    /// Takes how it stands. `needed` is what the line would have to take for the lowest picture, in bits per second,
    /// where pictures are wanted and none flows. Returns what to begin anew with.
    pub(super) fn update(
        &mut self,
        now: Instant,
        estimate: u64,
        needed: Option<u64>,
    ) -> Option<u64> {
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
        let factor = 1_u32.checked_shl(self.tries).unwrap_or(u32::MAX);
        PATIENCE.saturating_mul(factor).min(MAX_PATIENCE)
    }
}

/// What to begin anew with where so much gets lost, if it is that much.
pub(super) fn after_loss(estimate: u64, loss_permille: Option<u16>) -> Option<u64> {
    let is_flooded = loss_permille.is_some_and(|loss| loss >= FLOODED_PERMILLE);
    (is_flooded && estimate > LEAST).then(|| (estimate / 2).max(LEAST))
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
            assert_eq!(recovery.update(after(start, second), 50_000, None), None);
        }
        assert_eq!(recovery.deadline(), None);
    }

    #[test]
    fn who_sees_nothing_is_tried_again_and_ever_less_often() {
        let (mut recovery, start) = (Recovery::default(), Instant::now());
        let tries: Vec<_> = (0..60)
            .filter(|second| {
                let begun = recovery.update(after(start, *second), 50_000, Some(200_000));
                begun == Some(200_000)
            })
            .collect();
        assert_eq!(tries, [3, 9, 21, 33, 45, 57]);
    }

    #[test]
    fn an_estimate_that_grows_or_suffices_is_left_alone() {
        let (mut recovery, start) = (Recovery::default(), Instant::now());
        for second in 0..20 {
            let grown = 50_000 + 20_000 * second;
            let at = after(start, second);
            assert_eq!(recovery.update(at, grown, Some(1_000_000)), None);
        }
        let mut recovery = Recovery::default();
        for second in 0..20 {
            let at = after(start, second);
            assert_eq!(recovery.update(at, 300_000, Some(200_000)), None);
        }
    }

    #[test]
    fn a_good_time_makes_former_failures_forgotten() {
        let (mut recovery, start) = (Recovery::default(), Instant::now());
        for second in 0..20 {
            let _ = recovery.update(after(start, second), 50_000, Some(200_000));
        }
        for second in 20..40 {
            let _ = recovery.update(after(start, second), 500_000, None);
        }
        let _ = recovery.update(after(start, 40), 50_000, Some(200_000));
        assert_eq!(recovery.deadline(), Some(after(start, 43)));
    }

    #[test]
    fn a_flooded_line_is_halved_down_to_a_floor() {
        assert_eq!(after_loss(1_000_000, Some(400)), Some(500_000));
        assert_eq!(after_loss(40_000, Some(900)), Some(30_000));
        assert_eq!(after_loss(30_000, Some(900)), None);
        assert_eq!(after_loss(1_000_000, Some(100)), None);
        assert_eq!(after_loss(1_000_000, None), None);
    }
}
