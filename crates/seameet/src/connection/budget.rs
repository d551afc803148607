//! How many control frames a connection may send.

use std::time::{Duration, Instant};

/// At once, after a silence.
const BURST: u32 = 20;
/// One comes back in so long: ten in a second.
const REFILL: Duration = Duration::from_millis(100);

/// A budget for WebSocket control frames. Each costs an answer, and no rate check sees them because they are no
/// messages; a well-behaved client sends one every few seconds.
#[derive(Debug)]
pub(super) struct ControlBudget {
    left: u32,
    /// Up to when the budget was refilled.
    refilled: Instant,
}

impl ControlBudget {
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            left: BURST,
            refilled: now,
        }
    }

    /// Pays for one frame. False when nothing is left.
    pub(super) fn spend(&mut self, now: Instant) -> bool {
        let silence = now.saturating_duration_since(self.refilled);
        let earned = u32::try_from(silence.as_millis() / REFILL.as_millis()).unwrap_or(u32::MAX);
        if earned >= BURST - self.left {
            (self.left, self.refilled) = (BURST, now);
        } else {
            self.left += earned;
            self.refilled += REFILL * earned;
        }
        let paid = self.left.checked_sub(1);
        self.left = paid.unwrap_or_default();
        paid.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_is_paid_and_what_follows_at_once_is_not() {
        let start = Instant::now();
        let mut budget = ControlBudget::new(start);
        assert!((0..BURST).all(|_| budget.spend(start)));
        assert!(!budget.spend(start));
        assert!(!budget.spend(start + REFILL / 2));
        assert!(budget.spend(start + REFILL));
        assert!(!budget.spend(start + REFILL));
    }

    #[test]
    fn a_steady_rate_within_the_budget_never_ends_it() {
        let start = Instant::now();
        let mut budget = ControlBudget::new(start);
        assert!((0..10_000).all(|number| budget.spend(start + REFILL * number)));
    }

    #[test]
    fn a_long_silence_earns_no_more_than_the_burst() {
        let start = Instant::now();
        let mut budget = ControlBudget::new(start);
        let later = start + Duration::from_secs(365 * 24 * 3600);
        assert!((0..BURST).all(|_| budget.spend(later)));
        assert!(!budget.spend(later));
    }
}
