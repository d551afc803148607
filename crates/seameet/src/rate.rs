//! A ready limiter for [`on_rate_check`](crate::SeaMeetServerBuilder::on_rate_check).

use std::future::{Ready, ready};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use governor::{DefaultKeyedRateLimiter, RateLimiter};
use seameet_core::ParticipantId;

/// After this many checks a limiter forgets everyone who has its whole burst again. Whoever is forgotten and returns
/// starts with the burst that it had anyway.
const CHECKS_BETWEEN_CLEANUPS: usize = 1024;

/// How many messages are allowed: a steady rate and a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    per_second: NonZeroU32,
    burst: NonZeroU32,
}

impl Quota {
    /// A steady rate with a burst of one second's worth. Zero counts as one.
    #[must_use]
    pub fn per_second(messages: u32) -> Self {
        let messages = NonZeroU32::new(messages).unwrap_or(NonZeroU32::MIN);
        Self {
            per_second: messages,
            burst: messages,
        }
    }

    /// How many messages may come at once after a silence. Zero counts as one.
    #[must_use]
    pub fn burst(self, messages: u32) -> Self {
        Self {
            burst: NonZeroU32::new(messages).unwrap_or(NonZeroU32::MIN),
            ..self
        }
    }
}

impl Default for Quota {
    /// Twenty messages per second, sixty at once: more than any well-behaved client needs, which sends most in the
    /// second after its join.
    fn default() -> Self {
        Self::per_second(20).burst(60)
    }
}

/// A limiter that gives every participant its own quota.
///
/// Its memory is bounded by the participants of the last moments: those that sent nothing for as long as their burst
/// takes to refill are forgotten from time to time.
///
/// ```
/// # use seameet::{rate, SeaMeetServer};
/// let builder = SeaMeetServer::builder()
///     .on_rate_check(rate::per_participant(rate::Quota::per_second(20).burst(60)));
/// ```
pub fn per_participant(
    quota: Quota,
) -> impl Fn(ParticipantId) -> Ready<bool> + Send + Sync + 'static {
    let limiter = Limiter::new(quota);
    move |participant| ready(limiter.allows(&participant))
}

/// A quota for each key, be it a participant or an address.
#[derive(Debug)]
pub(crate) struct Limiter<K: Hash + Eq + Clone> {
    by_key: DefaultKeyedRateLimiter<K>,
    checks: AtomicUsize,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    pub(crate) fn new(quota: Quota) -> Self {
        let quota = governor::Quota::per_second(quota.per_second).allow_burst(quota.burst);
        Self {
            by_key: RateLimiter::keyed(quota),
            checks: AtomicUsize::new(0),
        }
    }

    /// Takes one from the key's quota, if there is one left.
    pub(crate) fn allows(&self, key: &K) -> bool {
        let checks = self.checks.fetch_add(1, Ordering::Relaxed);
        if checks % CHECKS_BETWEEN_CLEANUPS == CHECKS_BETWEEN_CLEANUPS - 1 {
            self.by_key.retain_recent();
            self.by_key.shrink_to_fit();
        }
        self.by_key.check_key(key).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_passes_and_the_next_message_does_not() {
        let limiter = Limiter::new(Quota::per_second(1).burst(3));
        let participant = ParticipantId::from_random(1);
        let answers: Vec<_> = (0..4).map(|_| limiter.allows(&participant)).collect();
        assert_eq!(answers, [true, true, true, false]);
    }

    #[test]
    fn one_talker_does_not_use_up_the_quota_of_another() {
        let limiter = Limiter::new(Quota::per_second(1));
        assert!(limiter.allows(&ParticipantId::from_random(1)));
        assert!(!limiter.allows(&ParticipantId::from_random(1)));
        assert!(limiter.allows(&ParticipantId::from_random(2)));
    }

    #[test]
    fn participants_that_went_silent_are_forgotten() {
        // A burst of one that refills within a microsecond: everyone is "silent" at once.
        let limiter = Limiter::new(Quota::per_second(u32::MAX).burst(1));
        for number in 0..10 * CHECKS_BETWEEN_CLEANUPS as u64 {
            limiter.allows(&ParticipantId::from_random(number));
        }
        assert!(limiter.by_key.len() <= CHECKS_BETWEEN_CLEANUPS);
    }
}
