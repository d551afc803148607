//! Merging of keyframe requests towards one source, and repeating them while they go unanswered.
//!
//! ```text
//!            request: send                      keyframe_seen / cancel
//!   idle ───────────────────────▶ unanswered ─────────────────────────▶ idle
//!                                  │      ▲
//!                                  └──────┘ repeat after 250 ms, then 5 × every 1 s, then every 10 s
//! ```
//!
//! Whatever the number of subscribers that ask, requests go out at most once in 500 ms, the first one at
//! once. The single repetition after 250 ms is exempt: it makes up for a request that was lost.

use std::time::{Duration, Instant};

/// The requests towards one source stream (one layer of one track).
#[derive(Debug, Clone, Default)]
pub struct KeyframeThrottle {
    last_sent: Option<Instant>,
    /// Somebody asked since the last one was sent.
    is_pending: bool,
    /// How often the unanswered request was sent; 0 if none is unanswered.
    attempts: u32,
}

impl KeyframeThrottle {
    /// One that nobody has asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Somebody needs a keyframe. True if a request must be sent now; else it is remembered.
    #[must_use]
    pub fn request(&mut self, now: Instant) -> bool {
        self.is_pending = true;
        self.poll(now)
    }

    /// True if a request must be sent now: a remembered one, or a repetition. Call it at
    /// [`deadline`](Self::deadline).
    #[must_use]
    pub fn poll(&mut self, now: Instant) -> bool {
        let is_due = self.is_pending && self.last_sent.is_none()
            || self.deadline().is_some_and(|deadline| deadline <= now);
        if is_due {
            self.last_sent = Some(now);
            self.is_pending = false;
            self.attempts = self.attempts.saturating_add(1);
        }
        is_due
    }

    /// When [`poll`](Self::poll) has something to do, unless a keyframe comes first.
    pub fn deadline(&self) -> Option<Instant> {
        let wait = match (self.is_pending, self.retry_interval()) {
            (true, Some(retry)) => retry.min(MIN_INTERVAL),
            (true, None) => MIN_INTERVAL,
            (false, Some(retry)) => retry,
            (false, None) => return None,
        };
        self.last_sent?.checked_add(wait)
    }

    /// A keyframe has begun to arrive: everybody who asked is served.
    pub fn keyframe_seen(&mut self) {
        self.cancel();
    }

    /// Nobody needs a keyframe any longer. The least interval to the next request still holds.
    pub fn cancel(&mut self) {
        self.is_pending = false;
        self.attempts = 0;
    }

    fn retry_interval(&self) -> Option<Duration> {
        match self.attempts {
            0 => None,
            1 => Some(FIRST_RETRY),
            2..=6 => Some(NEXT_RETRIES),
            _ => Some(LAST_RETRIES),
        }
    }
}

const MIN_INTERVAL: Duration = Duration::from_millis(500);
const FIRST_RETRY: Duration = Duration::from_millis(250);
const NEXT_RETRIES: Duration = Duration::from_secs(1);
const LAST_RETRIES: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
