//! Time that moves only when a test moves it.

use std::time::{Duration, Instant};

/// A virtual clock. Machines take its [`now`](Self::now) as an argument.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
    now: Instant,
}

impl Clock {
    /// A clock at its start. `Instant` cannot be made from nothing, so the start is the moment of the call;
    /// tests look at differences only.
    pub fn new() -> Self {
        let start = Instant::now();
        Self { start, now: start }
    }

    /// The virtual present.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The start.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// Virtual time since the start.
    pub fn elapsed(&self) -> Duration {
        self.now.saturating_duration_since(self.start)
    }

    /// Lets time pass and returns the new present.
    pub fn advance(&mut self, by: Duration) -> Instant {
        self.now += by;
        self.now
    }

    /// Moves on to `to`, or stays when that is past, and returns the new present.
    pub fn advance_to(&mut self, to: Instant) -> Instant {
        self.now = self.now.max(to);
        self.now
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_moves_only_when_told_and_never_back() {
        let mut clock = Clock::new();
        let start = clock.now();
        assert_eq!(
            clock.advance(Duration::from_secs(3)),
            start + Duration::from_secs(3)
        );
        assert_eq!(clock.advance_to(start), start + Duration::from_secs(3));
        assert_eq!(
            clock.advance_to(start + Duration::from_secs(5)),
            clock.now()
        );
        assert_eq!(clock.elapsed(), Duration::from_secs(5));
    }
}
