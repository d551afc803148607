//! Why a slot carries what it carries. Every slot has exactly one cause.

use seameet_core::TrackId;
use seameet_core::media::SlotCause;

use super::Candidate;
use super::divide::{Contender, Division, step_cost};

/// The cause of the slot at a place.
pub(super) fn of(
    place: usize,
    candidates: &[Candidate<'_>],
    contenders: &[Contender<'_>],
    division: &Division,
) -> SlotCause {
    let Some(candidate) = candidates.get(place) else {
        return SlotCause::Empty;
    };
    let (demand, ladder) = (candidate.demand, &candidate.ladder);
    let level = division.level(place);
    if let Some(withheld) = demand.withheld {
        withheld
    } else if ladder.is_too_small {
        SlotCause::Publisher
    } else if ladder.steps.is_empty() {
        SlotCause::WaitingForKeyframe
    } else if level == 0 {
        SlotCause::Paused
    } else if demand.flowing.is_none() {
        SlotCause::WaitingForKeyframe
    } else if level < ladder.steps.len() {
        limited(place, candidates, contenders, division)
    } else if let Some(missing) = missing(candidate, level) {
        missing
    } else if ladder.is_cut {
        SlotCause::Size
    } else {
        SlotCause::Full
    }
}

/// What was chosen is more than what flows.
fn missing(candidate: &Candidate<'_>, level: usize) -> Option<SlotCause> {
    let chosen = candidate.ladder.steps.get(level.checked_sub(1)?)?;
    let choices = &candidate.demand.choices;
    let rank = |target| choices.iter().position(|choice| choice.target == target);
    if candidate.demand.flowing.and_then(rank) >= rank(chosen.target) {
        None
    } else if chosen.is_live {
        Some(SlotCause::WaitingForKeyframe)
    } else {
        Some(SlotCause::Publisher)
    }
}

/// Less than wanted: either somebody more important has what the next step takes, or the line has not got it.
fn limited(
    place: usize,
    candidates: &[Candidate<'_>],
    contenders: &[Contender<'_>],
    division: &Division,
) -> SlotCause {
    let Some(contender) = contenders.get(place) else {
        return SlotCause::Bandwidth;
    };
    let step = step_cost(Some(contender.ladder), division.level(place));
    let mut greediest: Option<(u64, TrackId)> = None;
    let mut excess: u64 = 0;
    for (other, (candidate, rival)) in candidates.iter().zip(contenders).enumerate() {
        let above_base = above_base(rival, division.level(other));
        if rival.importance >= contender.importance || above_base == 0 {
            continue;
        }
        excess = excess.saturating_add(above_base);
        if greediest.is_none_or(|(most, _)| above_base > most) {
            greediest = Some((above_base, candidate.demand.track));
        }
    }
    let free = division.limit.saturating_sub(division.spent);
    match greediest {
        Some((_, track)) if free.saturating_add(excess) >= step => {
            SlotCause::HigherPriority { track }
        }
        _ => SlotCause::Bandwidth,
    }
}

/// What a slot has more than its lowest step.
fn above_base(contender: &Contender<'_>, level: usize) -> u64 {
    let ladder = contender.ladder;
    ladder.cost(level).saturating_sub(ladder.cost(level.min(1)))
}
