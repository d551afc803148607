//! When to fill the line up so that the estimate can grow to what the next step takes.
//!
//! ```text
//!              something is refused            five seconds without growth
//!   Idle ───────────────────────────▶ Trying ───────────────────────────────▶ Resting
//!    ▲                                 │ ▲                                      │
//!    └────── nothing is refused ───────┘ └────────── rested long enough ────────┘
//! ```
//!
//! Without this an estimate stays where the pictures that flow have brought it; and where nothing flows, it would
//! stay too low for ever.

use std::time::{Duration, Instant};

/// How long a try takes.
const TRY: Duration = Duration::from_secs(5);
/// How long to rest after the first try that led nowhere. Doubles with each further one.
const REST: Duration = Duration::from_secs(5);
/// The longest rest.
const MAX_REST: Duration = Duration::from_secs(40);
/// Growth of the estimate in which a try is going somewhere, in percent.
const GROWTH_PERCENT: u64 = 10;

/// See the module documentation.
#[derive(Debug, Clone, Default)]
pub(super) struct Probe {
    state: State,
    /// Tries that led nowhere, one after the other.
    failures: u32,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Idle,
    Trying {
        until: Instant,
        /// The estimate at the beginning.
        from: u64,
    },
    Resting {
        until: Instant,
    },
}

impl Probe {
    /// What to fill the line up to, in bits per second; 0 for nothing. `wanted` is what the line would have to take
    /// for the next step, `is_falling` tells that it has just taken less or is full, `is_starved` that nothing at all flows.
    pub(super) fn minimum(
        &mut self,
        now: Instant,
        estimate: u64,
        wanted: Option<u64>,
        is_falling: bool,
        is_starved: bool,
    ) -> u64 {
        let Some(wanted) = wanted else {
            *self = Self::default();
            return 0;
        };
        self.state = match self.state {
            // That it goes on to be full is no further failure.
            State::Resting { until } if is_falling => State::Resting {
                until: until.max(now + REST),
            },
            _ if is_falling => self.rest(now, is_starved),
            State::Idle => begin(now, estimate),
            State::Resting { until } if until <= now => begin(now, estimate),
            State::Trying { until, from } if until <= now => {
                if has_grown(from, estimate) {
                    self.failures = 0;
                    begin(now, estimate)
                } else {
                    self.rest(now, is_starved)
                }
            }
            unchanged => unchanged,
        };
        match self.state {
            State::Trying { .. } => wanted,
            State::Idle | State::Resting { .. } => 0,
        }
    }

    /// Who sees nothing waits no longer than after the first try.
    fn rest(&mut self, now: Instant, is_starved: bool) -> State {
        let factor = 1_u32.checked_shl(self.failures).unwrap_or(u32::MAX);
        self.failures = self.failures.saturating_add(1);
        let rest = if is_starved {
            REST
        } else {
            REST.saturating_mul(factor).min(MAX_REST)
        };
        State::Resting { until: now + rest }
    }
}

fn begin(now: Instant, estimate: u64) -> State {
    State::Trying {
        until: now + TRY,
        from: estimate,
    }
}

fn has_grown(from: u64, to: u64) -> bool {
    to.saturating_mul(100) > from.saturating_mul(100 + GROWTH_PERCENT)
}
