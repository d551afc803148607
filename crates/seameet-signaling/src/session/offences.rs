//! Counts refused messages.

use std::collections::VecDeque;
use std::time::Instant;

use super::OffencePolicy;

/// Refused messages of the recent past. Never longer than the policy's count: then the connection ends.
#[derive(Debug)]
pub(super) struct Offences {
    policy: OffencePolicy,
    recent: VecDeque<Instant>,
}

impl Offences {
    pub(super) const fn new(policy: OffencePolicy) -> Self {
        Self {
            policy,
            recent: VecDeque::new(),
        }
    }

    /// Counts one; true when it was one too many.
    pub(super) fn add(&mut self, now: Instant) -> bool {
        let window = self.policy.window;
        self.recent
            .retain(|then| now.saturating_duration_since(*then) < window);
        self.recent.push_back(now);
        self.recent.len() >= self.policy.count
    }
}
