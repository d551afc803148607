//! Who gets which quality: divides what a subscriber's line takes among its pictures, and says why.
//!
//! One [`Allocator`] per subscriber. The estimate of the line, what is to be seen and the time go in; a choice of
//! layers per slot, its cause and the bitrates to probe for come out. It knows no peer, no packet and no clock.
//!
//! ```text
//!   estimate ──▶ Estimate ─ budget ─┐
//!   choices ───▶ Ladder ── steps ───┼─▶ divide ─▶ levels ─┬─▶ target, meanwhile
//!   earlier ───▶ Memory ── hold ────┘                     ├─▶ cause
//!                                                         └─▶ Probe ─▶ minimum, desired
//! ```
//!
//! # Rules
//!
//! 1. Sound comes first; it is taken off the budget, and so is [`RESERVE_PERCENT`] for headers and repairs.
//! 2. Every visible slot gets its lowest step, the important ones first if even that does not fit.
//! 3. Then steps are added in the order of [importance](Importance): the explicit priority, then what is pinned or a
//!    screen, then the active speaker, then larger tiles. More important slots rise as far as they can before the
//!    next ones rise at all: who pins a picture has said what he looks at, and the others keep their lowest step.
//!    Slots of equal importance rise round by round, a step at a time.
//! 4. What a slot carries already may use the whole budget. A step up needs [`HEADROOM_PERCENT`] more, and the slot's
//!    last step down must lie back two seconds, half of one if that left it without a picture, or longer for a step that
//!    takes as much as one that was given back shortly after it had been taken. Steps down are taken at once.
//! 5. No slot gets more than its picture can show, nor less than `min_height`.
//! 6. A layer that the publisher does not send may be chosen: it costs what it last cost, and the slot keeps what
//!    flows until it comes. After five seconds without an answer it costs nothing more than the step below.

mod cause;
mod divide;
mod estimate;
mod ladder;
mod memory;
mod probe;
mod slot;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use seameet_core::Mid;
use seameet_rtp::select::Meanwhile;

pub use slot::{
    Allocation, Class, Importance, LayerChoice, Line, Queue, SlotDecision, SlotDemand, Wish,
};

use divide::{Contender, Division, divide};
use estimate::Estimate;
use ladder::Ladder;
use memory::Memory;
use probe::Probe;

/// Share of the estimate that is left for headers and repairs; choices are measured by their payload.
pub const RESERVE_PERCENT: u64 = 8;
/// How much more than its cost a step up needs.
pub const HEADROOM_PERCENT: u64 = 12;
/// How much more than needed is probed for, so that an estimate that stops at the goal has reached it.
const DESIRE_PERCENT: u64 = 5;
/// How often an allocation is made anew without any cause.
const INTERVAL: Duration = Duration::from_secs(1);

/// See the module documentation.
#[derive(Debug, Clone, Default)]
pub struct Allocator {
    estimate: Estimate,
    memories: BTreeMap<Mid, Memory>,
    probe: Probe,
}

/// A slot in the making.
#[derive(Debug)]
struct Candidate<'a> {
    demand: &'a SlotDemand,
    ladder: Ladder,
}

impl Allocator {
    /// One that knows nothing of its subscriber yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Divides the line among the slots. Decisions come in the order of the slots.
    pub fn allocate(&mut self, now: Instant, line: &Line, slots: &[SlotDemand]) -> Allocation {
        let estimate = self.estimate.update(now, line.estimate);
        let budget = budget(estimate, line.audio);
        let candidates: Vec<_> = slots
            .iter()
            .map(|demand| Candidate {
                demand,
                ladder: self.ladder(now, demand),
            })
            .collect();
        let contenders = self.contenders(now, line, budget, &candidates);
        let division = divide(budget, &contenders);
        let is_full = flowing(&candidates) > budget;
        let decisions = candidates
            .iter()
            .enumerate()
            .map(|(place, candidate)| SlotDecision {
                mid: candidate.demand.mid,
                target: candidate.ladder.target(division.level(place)),
                meanwhile: candidate.meanwhile(division.level(place), is_full),
                cause: cause::of(place, &candidates, &contenders, &division),
                lowest: candidate.ladder.steps.first().map(|step| step.cost),
            })
            .collect();
        let has_lowered = self.remember(now, budget, &candidates, &division);
        let allocation = self.conclude(now, line, &candidates, &division, has_lowered);
        Allocation {
            slots: decisions,
            ..allocation
        }
    }

    /// What a slot can be given, as far as its wish makes sense.
    fn ladder(&self, now: Instant, demand: &SlotDemand) -> Ladder {
        if demand.withheld.is_some() {
            return Ladder::default();
        }
        let memory = self.memory(demand);
        let former_top = memory.and_then(|memory| memory.top_height);
        let is_unanswered = memory.is_some_and(|memory| memory.is_unanswered(now));
        Ladder::new(demand, former_top, is_unanswered)
    }

    /// What is remembered of a slot, as long as it shows the same track.
    fn memory(&self, demand: &SlotDemand) -> Option<&Memory> {
        let memory = self.memories.get(&demand.mid)?;
        (memory.track == demand.track).then_some(memory)
    }

    fn contenders<'a>(
        &self,
        now: Instant,
        line: &Line,
        budget: u64,
        candidates: &'a [Candidate<'_>],
    ) -> Vec<Contender<'a>> {
        candidates
            .iter()
            .map(|candidate| {
                let (demand, ladder) = (candidate.demand, &candidate.ladder);
                let memory = self.memory(demand);
                Contender {
                    ladder,
                    importance: demand.importance(),
                    kept: memory.map_or(1, |memory| memory.level(ladder)),
                    held_above: if line.is_strained {
                        Some(1)
                    } else {
                        memory.and_then(|memory| memory.held_above(now, budget, ladder))
                    },
                    most: if line.is_suspended {
                        0
                    } else {
                        most(demand, ladder, memory)
                    },
                }
            })
            .collect()
    }

    /// Notes what was decided. Returns whether anything went down because of the line.
    fn remember(
        &mut self,
        now: Instant,
        budget: u64,
        candidates: &[Candidate<'_>],
        division: &Division,
    ) -> bool {
        let mut former = std::mem::take(&mut self.memories);
        let mut has_lowered = false;
        for (place, candidate) in candidates.iter().enumerate() {
            let (demand, ladder) = (candidate.demand, &candidate.ladder);
            if ladder.steps.is_empty() {
                continue;
            }
            let memory = former
                .remove(&demand.mid)
                .filter(|memory| memory.track == demand.track);
            let level = division.level(place);
            let memory = match memory {
                Some(mut memory) => {
                    has_lowered |= memory.update(now, budget, ladder, level);
                    memory
                }
                None => Memory::new(now, demand.track, ladder, level),
            };
            self.memories.insert(demand.mid, memory);
        }
        has_lowered
    }

    /// Everything but the decisions.
    fn conclude(
        &mut self,
        now: Instant,
        line: &Line,
        candidates: &[Candidate<'_>],
        division: &Division,
        has_lowered: bool,
    ) -> Allocation {
        let ideal = candidates.iter().map(|slot| slot.ladder.top_cost()).sum();
        let pending = division
            .wanted
            .filter(|_| line.estimate.is_some() && !line.is_suspended);
        let minimum = self.probe.minimum(
            now,
            line.estimate.unwrap_or_default(),
            pending.map(|wanted| on_the_line(with_headroom(wanted), line.audio)),
            has_lowered || line.is_strained,
            division.spent == 0,
        );
        let is_idle = candidates.iter().all(|slot| slot.ladder.steps.is_empty());
        Allocation {
            slots: Vec::new(),
            allocated: division.spent,
            ideal,
            minimum,
            desired: desired(ideal, line.audio),
            deadline: (!is_idle).then(|| now + INTERVAL),
        }
    }
}

impl Candidate<'_> {
    /// What happens to what flows until the chosen step can be decoded.
    fn meanwhile(&self, level: usize, is_full: bool) -> Meanwhile {
        let chosen = level
            .checked_sub(1)
            .and_then(|step| self.ladder.steps.get(step));
        let Some(chosen) = chosen else {
            return Meanwhile::Stop;
        };
        if self.demand.flowing_cost() <= chosen.bitrate {
            Meanwhile::Keep
        } else if is_full || self.demand.queue != Queue::Short {
            Meanwhile::Stop
        } else {
            Meanwhile::Reduce
        }
    }
}

/// How many levels a slot may have with what waits on it.
fn most(demand: &SlotDemand, ladder: &Ladder, memory: Option<&Memory>) -> usize {
    match demand.queue {
        Queue::Short => ladder.steps.len(),
        Queue::Draining => memory.map_or(1, |memory| memory.level(ladder)),
        // The lowest stays as long as the line carries anything: to begin it anew takes more.
        Queue::TooOld => ladder.levels_below(demand.flowing_cost()).max(1),
    }
}

/// What flows now on all slots together.
fn flowing(candidates: &[Candidate<'_>]) -> u64 {
    candidates
        .iter()
        .filter(|candidate| candidate.demand.withheld.is_none())
        .map(|candidate| candidate.demand.flowing_cost())
        .sum()
}

/// What pictures may take of the line.
fn budget(estimate: u64, audio: u64) -> u64 {
    let usable = u128::from(estimate) * u128::from(100 - RESERVE_PERCENT) / 100;
    u64::try_from(usable)
        .unwrap_or(u64::MAX)
        .saturating_sub(audio)
}

/// What the line must take so that pictures may take so much: the inverse of [`budget`].
fn on_the_line(video: u64, audio: u64) -> u64 {
    percent_of(video.saturating_add(audio), 100).div_ceil(100 - RESERVE_PERCENT)
}

/// What must be free so that a step up to such a sum may be taken.
fn with_headroom(sum: u64) -> u64 {
    percent_of(sum, 100 + HEADROOM_PERCENT).div_ceil(100)
}

/// What to probe for: as much as lets every slot rise to its top.
fn desired(ideal: u64, audio: u64) -> u64 {
    if ideal == 0 {
        return 0;
    }
    percent_of(
        on_the_line(with_headroom(ideal), audio),
        100 + DESIRE_PERCENT,
    ) / 100
}

/// A number of percent, still to be divided by a hundred.
fn percent_of(value: u64, percent: u64) -> u64 {
    value.saturating_mul(percent)
}

#[cfg(test)]
mod tests;
