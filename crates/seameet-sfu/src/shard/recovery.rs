//! When to give up an estimate and begin anew.
//!
//! ```text
//!   no picture fits, or not all of them ─▶ begin anew with what the lowest take
//!   a better picture is refused on a line without fault, and the estimate does not grow
//!                                       ─▶ begin anew with the estimate: the way is probed from there
//! ```
//!
//! An estimator learns from what is sent. Where it has fallen so low that nothing is sent, it learns no more, and its own
//! padding is held back while it believes the line to be overused: without this a picture would be gone for good. And
//! what it holds of loss long ago can keep it from probing a line that has become wide again.

use std::time::{Duration, Instant};

/// How long a picture may be missing before another try.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long where nothing shows that the line is full: an estimator that goes by delay is misled by a busy computer on
/// either side.
const CLEAR_PATIENCE: Duration = Duration::from_millis(500);
/// The first two tries of that kind follow each other so quickly: the interval doubles from then on.
const QUICK_TRIES: u32 = 4;
/// The longest time between two tries where a picture is missing.
const MAX_PATIENCE: Duration = Duration::from_secs(6);
/// The longest time where some pictures are seen: each try puts what is seen at risk.
const SOME_PATIENCE: Duration = Duration::from_secs(32);
/// The time between two where not even sound comes through: each try adds to what waits.
const FULL_PATIENCE: Duration = Duration::from_secs(20);
/// How long an estimate may stand still while a better picture is refused; doubles with each try.
const STAGNATION: Duration = Duration::from_secs(4);
/// What a try has gained must hold for so long.
const PROOF: Duration = Duration::from_secs(12);
/// The longest such time doubles with each try whose gain did not hold, so many times at most.
const MAX_MISTAKES: u32 = 3;
/// The longest such time.
const MAX_STAGNATION: Duration = Duration::from_secs(8);
/// Growth that shows that the estimator is at work, in percent, where pictures are missing and where they could be
/// better: a line that became wide is not to be waited for while the estimate creeps.
const GROWTH_PERCENT: u64 = 10;
const QUICK_GROWTH_PERCENT: u64 = 40;
/// After so long without any lack, former tries are forgotten.
const FORGOTTEN: Duration = Duration::from_secs(6);

/// What a subscriber lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// Nothing that the line would be asked for.
    Nothing,
    /// Pictures are seen, but not as good as they might be.
    Quality,
    /// Some pictures: all would fit if the line took so many bits per second.
    Some(u64),
    /// All pictures: one would fit if the line took so many bits per second, or all on a line without fault.
    All(u64),
}

/// What a line shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// Not much gets lost, nothing waits, and answers are quick.
    Clear,
    /// One of these does not hold.
    Faulty,
    /// Hardly anything comes through.
    Full,
}

/// See the module documentation.
#[derive(Debug, Clone, Default)]
pub(super) struct Recovery {
    /// Since when something lacks without the estimate growing, and the estimate then.
    lacking: Option<(Instant, u64)>,
    /// Tries without success, one after the other.
    tries: u32,
    content_since: Option<Instant>,
    due: Option<Instant>,
    /// The last try for better quality, as long as it is not proved.
    tried: Option<Try>,
    /// Tries for better quality after which the estimate grew and fell again, one after the other.
    mistakes: u32,
}

/// A try for better quality.
#[derive(Debug, Clone, Copy)]
struct Try {
    at: Instant,
    /// The estimate before.
    from: u64,
    has_grown: bool,
}

impl Recovery {
    /// Takes how it stands. Returns what to begin anew with, in bits per second.
    pub(super) fn update(
        &mut self,
        now: Instant,
        estimate: u64,
        lack: Lack,
        condition: Condition,
    ) -> Option<u64> {
        self.due = None;
        self.judge_last_try(now, estimate);
        let Some(patience) = self.patience(lack, condition) else {
            self.rest(now, lack);
            return None;
        };
        self.content_since = None;
        let (since, from) = *self.lacking.get_or_insert((now, estimate));
        if has_moved(from, estimate, lack) {
            self.lacking = Some((now, estimate));
            self.due = Some(now + patience);
            return None;
        }
        let goal = match lack {
            Lack::Some(needed) | Lack::All(needed) => {
                Some(needed).filter(|needed| *needed > estimate)
            }
            _ => Some(estimate),
        };
        self.due = Some(since + patience).filter(|due| *due > now);
        if self.due.is_none() && goal.is_some() {
            self.tries = self.tries.saturating_add(1);
            self.lacking = goal.map(|goal| (now, goal));
            if lack == Lack::Quality {
                self.tried = Some(Try {
                    at: now,
                    from: estimate,
                    has_grown: false,
                });
            }
            return goal;
        }
        None
    }

    /// When to ask again at the latest.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    fn rest(&mut self, now: Instant, lack: Lack) {
        self.lacking = None;
        if lack == Lack::Nothing {
            let since = *self.content_since.get_or_insert(now);
            if now.saturating_duration_since(since) >= FORGOTTEN {
                self.tries = 0;
            }
        } else {
            self.content_since = None;
        }
    }

    /// A line that lets a burst through and no more, as one whose rate is limited by tokens does, makes a try look like a
    /// success for some seconds.
    fn judge_last_try(&mut self, now: Instant, estimate: u64) {
        let Some(tried) = &mut self.tried else {
            return;
        };
        tried.has_grown |= exceeds(estimate, tried.from, QUICK_GROWTH_PERCENT);
        let is_over = now.saturating_duration_since(tried.at) >= PROOF;
        if tried.has_grown && !exceeds(estimate, tried.from, GROWTH_PERCENT) {
            self.mistakes = self.mistakes.saturating_add(1).min(MAX_MISTAKES);
            self.tried = None;
        } else if is_over {
            if tried.has_grown {
                self.mistakes = 0;
            }
            self.tried = None;
        }
    }

    /// How long to wait, if anything is to be tried.
    fn patience(&self, lack: Lack, condition: Condition) -> Option<Duration> {
        let factor = 1_u32.checked_shl(self.tries).unwrap_or(u32::MAX);
        match (lack, condition) {
            (Lack::Some(_) | Lack::All(_), Condition::Clear) => {
                let factor = (factor / QUICK_TRIES).max(1);
                let most = if matches!(lack, Lack::Some(_)) {
                    SOME_PATIENCE
                } else {
                    MAX_PATIENCE
                };
                Some(CLEAR_PATIENCE.saturating_mul(factor).min(most))
            }
            (Lack::Some(_) | Lack::All(_), Condition::Faulty) => {
                Some(PATIENCE.saturating_mul(factor).min(MAX_PATIENCE))
            }
            (Lack::Some(_) | Lack::All(_), Condition::Full) => Some(FULL_PATIENCE),
            (Lack::Quality, Condition::Clear) => {
                let most = MAX_STAGNATION * (1 << self.mistakes);
                Some(STAGNATION.saturating_mul(factor).min(most))
            }
            (Lack::Quality | Lack::Nothing, _) => None,
        }
    }
}

/// The estimator is at work: it grew, or it fell and has to be given time.
fn has_moved(from: u64, to: u64, lack: Lack) -> bool {
    let growth = match lack {
        Lack::Quality => QUICK_GROWTH_PERCENT,
        _ => GROWTH_PERCENT,
    };
    exceeds(to, from, growth) || exceeds(from, to, growth)
}

fn exceeds(one: u64, other: u64, percent: u64) -> bool {
    one.saturating_mul(100) > other.saturating_mul(100 + percent)
}

#[cfg(test)]
mod tests;
