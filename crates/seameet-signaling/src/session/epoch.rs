//! The wall clock of a machine that is told only how time passes.

use std::time::Instant;

/// A moment on both clocks. A connection is short enough for the difference between them to stay as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Epoch {
    now: Instant,
    at_ms: f64,
}

impl Epoch {
    /// The wall clock showed `at_ms` (milliseconds since 1970) at `now`.
    pub(super) const fn new(now: Instant, at_ms: f64) -> Self {
        Self { now, at_ms }
    }

    /// What the wall clock shows at `now`, in milliseconds since 1970.
    pub(super) fn wall_clock_ms(self, now: Instant) -> f64 {
        self.at_ms + now.saturating_duration_since(self.now).as_secs_f64() * 1000.0
    }
}
