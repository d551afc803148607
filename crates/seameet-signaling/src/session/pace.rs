//! How often a client may offer.

use std::time::Instant;

use super::OfferPolicy;

/// A token bucket, kept as the time at which it is full again.
#[derive(Debug)]
pub(super) struct Pace {
    policy: OfferPolicy,
    full_at: Instant,
}

impl Pace {
    /// A full bucket.
    pub(super) const fn new(now: Instant, policy: OfferPolicy) -> Self {
        Self {
            policy,
            full_at: now,
        }
    }

    /// Takes a token; false when there is none.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let OfferPolicy { burst, interval } = self.policy;
        let full_at = self.full_at.max(now) + interval;
        let allowed = full_at.saturating_duration_since(now) <= interval.saturating_mul(burst);
        if allowed {
            self.full_at = full_at;
        }
        allowed
    }
}
