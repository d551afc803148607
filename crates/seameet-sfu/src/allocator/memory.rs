//! What an allocator remembers of a slot, so that it neither flaps nor waits for what does not come.

use std::time::{Duration, Instant};

use seameet_core::TrackId;
use seameet_rtp::select::Target;

use super::ladder::Ladder;

/// After a step down nothing rises for so long.
const HOLD: Duration = Duration::from_secs(2);
/// The hold grows up to this while steps up turn out to be mistakes.
const MAX_HOLD: Duration = Duration::from_secs(16);
/// A step up that was taken back within this was a mistake.
const MISTAKE: Duration = Duration::from_secs(5);
/// A publisher that sends a chosen layer does so within this.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is remembered of a slot while it shows one track.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    pub(super) track: TrackId,
    pub(super) top_height: Option<u32>,
    target: Option<Target>,
    /// What the target took when it was chosen.
    bitrate: u64,
    raised: Option<Instant>,
    lowered: Option<Instant>,
    /// What there was to divide then, in bits per second.
    lowered_at: u64,
    hold: Duration,
    /// Since when the publisher does not send the target.
    missing: Option<Instant>,
}

impl Memory {
    /// The first choice for a track.
    pub(super) fn new(now: Instant, track: TrackId, ladder: &Ladder, level: usize) -> Self {
        let mut memory = Self {
            track,
            top_height: None,
            target: None,
            bitrate: 0,
            raised: None,
            lowered: None,
            lowered_at: 0,
            hold: HOLD,
            missing: None,
        };
        memory.choose(now, ladder, level);
        memory
    }

    /// Where on a ladder the last choice stands. A choice that the ladder no longer has counts as the next one below,
    /// but who had a picture keeps one.
    pub(super) fn level(&self, ladder: &Ladder) -> usize {
        let Some(target) = self.target else {
            return 0;
        };
        let place = ladder.steps.iter().position(|step| step.target == target);
        let level = place.map_or_else(
            || {
                ladder
                    .steps
                    .partition_point(|step| step.bitrate <= self.bitrate)
            },
            |place| place + 1,
        );
        level.max(1)
    }

    /// It may not rise yet, with so much to divide. Mistakes were made with another line than one that carries twice
    /// as much.
    pub(super) fn is_held(&self, now: Instant, budget: u64) -> bool {
        let is_another_line = budget / 2 >= self.lowered_at;
        let hold = if is_another_line { HOLD } else { self.hold };
        self.lowered
            .is_some_and(|lowered| now.saturating_duration_since(lowered) < hold)
    }

    /// The publisher has not sent what was chosen, and there was time enough.
    pub(super) fn is_unanswered(&self, now: Instant) -> bool {
        self.missing
            .is_some_and(|since| now.saturating_duration_since(since) >= PATIENCE)
    }

    /// Notes a choice. Returns whether it is less than before although the ladder would allow as much.
    pub(super) fn update(
        &mut self,
        now: Instant,
        budget: u64,
        ladder: &Ladder,
        level: usize,
    ) -> bool {
        let former = self.level(ladder).min(ladder.steps.len());
        let has_fallen = level < former;
        if has_fallen {
            let is_mistake = self
                .raised
                .is_some_and(|raised| now.saturating_duration_since(raised) < MISTAKE);
            self.hold = if is_mistake {
                (self.hold * 2).min(MAX_HOLD)
            } else {
                HOLD
            };
            self.lowered = Some(now);
            self.lowered_at = budget;
        } else if level > former {
            self.raised = Some(now);
        }
        self.choose(now, ladder, level);
        has_fallen
    }

    fn choose(&mut self, now: Instant, ladder: &Ladder, level: usize) {
        let step = level.checked_sub(1).and_then(|step| ladder.steps.get(step));
        let is_same = step.map(|step| step.target) == self.target;
        self.missing = match step {
            Some(step) if !step.is_live => self.missing.filter(|_| is_same).or(Some(now)),
            _ => None,
        };
        self.target = step.map(|step| step.target);
        self.bitrate = step.map_or(0, |step| step.bitrate);
        self.top_height = ladder.top_height;
    }
}
