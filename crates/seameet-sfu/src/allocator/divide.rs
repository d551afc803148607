//! Divides a budget among ladders. Pure and without memory.

use super::ladder::Ladder;
use super::{HEADROOM_PERCENT, Importance};

/// A slot that wants a share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contender<'a> {
    pub(super) ladder: &'a Ladder,
    pub(super) importance: Importance,
    /// Levels that it had before: keeping them needs no headroom.
    pub(super) kept: usize,
    /// Above this level it may not rise for now.
    pub(super) held_above: Option<usize>,
    /// It may not have more levels than these.
    pub(super) most: usize,
}

/// Who got what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Division {
    levels: Vec<usize>,
    /// What all levels take together.
    pub(super) spent: u64,
    /// What a step up may leave spent at most.
    pub(super) limit: u64,
    /// What would be spent if the most important slot that was refused a step for want of bits had got it.
    pub(super) wanted: Option<u64>,
}

impl Division {
    /// How many steps a slot got; 0 is a pause.
    pub(super) fn level(&self, place: usize) -> usize {
        self.levels.get(place).copied().unwrap_or(0)
    }
}

/// Gives every contender its lowest step and then more, in the order of importance.
pub(super) fn divide(budget: u64, contenders: &[Contender<'_>]) -> Division {
    let mut purse = Purse {
        budget,
        limit: limit(budget),
        spent: 0,
        reserved: 0,
    };
    let mut order: Vec<usize> = (0..contenders.len()).collect();
    order.sort_by_key(|place| contenders.get(*place).map(|contender| contender.importance));
    let mut levels = vec![0; contenders.len()];
    // A held slot climbs in thought only.
    let mut reached = levels.clone();
    let mut refused = Vec::new();
    let mut raise = |place: usize, purse: &mut Purse| {
        let slot = levels.get_mut(place).zip(reached.get_mut(place));
        let Some((contender, (level, reached))) = contenders.get(place).zip(slot) else {
            return false;
        };
        if *reached >= contender.ladder.steps.len().min(contender.most) {
            return false;
        }
        let bought = purse.buy(contender, *reached);
        *reached += usize::from(bought != Bought::Nothing);
        *level += usize::from(bought == Bought::Step);
        if bought != Bought::Step {
            refused.push(place);
        }
        bought != Bought::Nothing
    };
    let mut rising: Vec<usize> = order;
    rising.retain(|place| raise(*place, &mut purse));
    let is_equal = |one: &usize, other: &usize| {
        let importance =
            |place: &usize| contenders.get(*place).map(|contender| contender.importance);
        importance(one) == importance(other)
    };
    for equals in rising.chunk_by(is_equal) {
        let mut equals = equals.to_vec();
        while !equals.is_empty() {
            equals.retain(|place| raise(*place, &mut purse));
        }
    }
    let wanted = most_important(&refused, contenders).map(|place| {
        let level = levels.get(place).copied().unwrap_or(0);
        purse.spent
            + step_cost(
                contenders.get(place).map(|contender| contender.ladder),
                level,
            )
    });
    Division {
        levels,
        spent: purse.spent,
        limit: purse.limit,
        wanted,
    }
}

/// What a step from this level up takes.
pub(super) fn step_cost(ladder: Option<&Ladder>, level: usize) -> u64 {
    ladder.map_or(0, |ladder| {
        ladder.cost(level + 1).saturating_sub(ladder.cost(level))
    })
}

fn most_important(refused: &[usize], contenders: &[Contender<'_>]) -> Option<usize> {
    let importance = |place: &&usize| {
        contenders
            .get(**place)
            .map(|contender| contender.importance)
    };
    refused.iter().min_by_key(importance).copied()
}

/// What a step up may leave spent at most.
fn limit(budget: u64) -> u64 {
    let limit = u128::from(budget) * 100 / u128::from(100 + HEADROOM_PERCENT);
    u64::try_from(limit).unwrap_or(budget)
}

/// What is there and what is spent.
#[derive(Debug)]
struct Purse {
    budget: u64,
    limit: u64,
    spent: u64,
    /// For steps that may not be taken yet: less important slots would only have to give it back.
    reserved: u64,
}

impl Purse {
    /// Takes the step up from a level, if there is enough.
    fn buy(&mut self, contender: &Contender<'_>, level: usize) -> Bought {
        let cost = step_cost(Some(contender.ladder), level);
        if level < contender.kept {
            return self.take(cost, self.budget.saturating_sub(self.spent));
        }
        let free = self
            .limit
            .saturating_sub(self.spent)
            .saturating_sub(self.reserved);
        if contender.held_above.is_none_or(|held| level < held) {
            return self.take(cost, free);
        }
        if cost > free {
            return Bought::Nothing;
        }
        self.reserved = self.reserved.saturating_add(cost);
        Bought::Promise
    }

    fn take(&mut self, cost: u64, free: u64) -> Bought {
        if cost > free {
            return Bought::Nothing;
        }
        self.spent = self.spent.saturating_add(cost);
        Bought::Step
    }
}

/// What became of the wish for a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bought {
    /// The step is taken.
    Step,
    /// It may not be taken yet, but nobody else may take what it needs.
    Promise,
    /// There is not enough.
    Nothing,
}
