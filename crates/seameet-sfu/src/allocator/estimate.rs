//! What the line is thought to take: falls at once, rises slowly.

use std::time::{Duration, Instant};

/// Time in which half of a rise is believed.
const RISE: Duration = Duration::from_millis(500);
/// What is assumed of a line of which nothing is known.
const UNKNOWN: u64 = 600_000;
/// The assumption doubles in this time: a line that tells nothing, not even that it is full, is not estimated at all.
const DOUBLING: Duration = Duration::from_secs(2);
/// The assumption stops here.
const MOST_ASSUMED: u64 = 10_000_000;

/// A smoothed estimate.
#[derive(Debug, Clone, Default)]
pub(super) struct Estimate {
    known: Option<(Instant, u64)>,
    unknown_since: Option<Instant>,
}

impl Estimate {
    /// Takes what was told last and returns what to count with.
    pub(super) fn update(&mut self, now: Instant, told: Option<u64>) -> u64 {
        let Some(told) = told else {
            self.known = None;
            let since = *self.unknown_since.get_or_insert(now);
            return assumed(now.saturating_duration_since(since));
        };
        let value = match self.known {
            Some((then, former)) if told > former => {
                rise(former, told, now.saturating_duration_since(then))
            }
            _ => told,
        };
        self.known = Some((now, value));
        value
    }
}

/// The way from `former` towards `told` after so much time.
fn rise(former: u64, told: u64, passed: Duration) -> u64 {
    let (passed, half) = (passed.as_millis(), RISE.as_millis());
    let way = u128::from(told.saturating_sub(former)) * passed / (passed + half);
    let value = former.saturating_add(u64::try_from(way).unwrap_or(u64::MAX));
    // The rest of the way would take for ever.
    if value.saturating_add(told / 50) >= told {
        told
    } else {
        value
    }
}

fn assumed(since: Duration) -> u64 {
    let doublings = since.as_millis() / DOUBLING.as_millis();
    let factor = u32::try_from(doublings)
        .ok()
        .and_then(|doublings| 1_u64.checked_shl(doublings));
    factor
        .and_then(|factor| UNKNOWN.checked_mul(factor))
        .map_or(MOST_ASSUMED, |assumed| assumed.min(MOST_ASSUMED))
}
