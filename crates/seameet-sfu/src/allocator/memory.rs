//! What an allocator remembers of a slot, so that it neither flaps nor waits for what does not come.

use std::time::{Duration, Instant};

use seameet_core::TrackId;
use seameet_rtp::select::Target;

use super::ladder::Ladder;

/// After a step down nothing rises for so long.
const HOLD: Duration = Duration::from_secs(2);
/// After so long a picture may come back that had to go altogether: to see nothing is worse than to see it come and go.
const PAUSE: Duration = Duration::from_millis(500);
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
    /// What the step took that turned out to be a mistake; those that take less may be tried before the hold is over.
    mistaken: u64,
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
            mistaken: u64::MAX,
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

    /// Above which level it may not rise yet, with so much to divide; `None` if it may. Mistakes were made with another
    /// line than one that carries twice as much, and to see nothing is no remedy for one.
    pub(super) fn held_above(&self, now: Instant, budget: u64, ladder: &Ladder) -> Option<usize> {
        let since = now.saturating_duration_since(self.lowered?);
        if since < HOLD {
            return Some(usize::from(since >= PAUSE));
        }
        let is_another_line = budget / 2 >= self.lowered_at;
        (since < self.hold && !is_another_line).then(|| ladder.levels_below(self.mistaken).max(1))
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
            let is_recent = |at: Option<Instant>, within| {
                at.is_some_and(|at| now.saturating_duration_since(at) < within)
            };
            // One that falls from step to step made one mistake.
            if !is_recent(self.lowered, HOLD) {
                if is_recent(self.raised, MISTAKE) {
                    self.hold = (self.hold * 2).min(MAX_HOLD);
                    self.mistaken = self.mistaken.min(self.bitrate);
                } else {
                    self.hold = HOLD;
                    self.mistaken = u64::MAX;
                }
            }
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
