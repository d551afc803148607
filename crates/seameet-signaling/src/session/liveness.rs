//! Whether the other side is still there.

use std::time::Instant;

use super::SessionTiming;

/// When to ping and when to give up.
#[derive(Debug)]
pub(super) struct Liveness {
    timing: SessionTiming,
    last_heard: Instant,
    next_ping: Instant,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Ping,
    Silence,
}

impl Liveness {
    pub(super) fn new(now: Instant, timing: SessionTiming) -> Self {
        Self {
            timing,
            last_heard: now,
            next_ping: now + timing.ping_interval,
        }
    }

    /// Something arrived.
    pub(super) fn heard(&mut self, now: Instant) {
        self.last_heard = now;
    }

    pub(super) fn check(&mut self, now: Instant) -> Due {
        if now >= self.last_heard + self.timing.silence_timeout {
            return Due::Silence;
        }
        if now < self.next_ping {
            return Due::Nothing;
        }
        self.next_ping = now + self.timing.ping_interval;
        Due::Ping
    }

    pub(super) fn deadline(&self) -> Instant {
        self.next_ping
            .min(self.last_heard + self.timing.silence_timeout)
    }
}
