//! The steps on which a slot can rise: those choices of a track that make sense for it.

use seameet_rtp::select::Target;

use super::slot::{Class, LayerChoice, SlotDemand};

/// How much taller than the tallest chosen picture a tile may become before a larger picture is worth it. A resize
/// around the boundary would flap otherwise.
const STRETCH_PERCENT: u32 = 5;
/// A camera's picture with fewer frames per second is no improvement over a smaller one that moves.
const LEAST_FPS: u32 = 12;
/// Cost of a choice of which nothing is known, if there is no smaller one to go by.
const UNKNOWN_COST: u64 = 100_000;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) target: Target,
    /// What the choice takes.
    pub(super) bitrate: u64,
    /// What it is counted for: more than the step below, unless the publisher does not answer.
    pub(super) cost: u64,
    pub(super) is_live: bool,
}

/// The steps, each better and dearer than the one before. Level `n` is the first `n` steps; level 0 is a pause.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ladder {
    pub(super) steps: Vec<Step>,
    /// Height of the tallest useful picture, if that limits anything.
    pub(super) top_height: Option<u32>,
    /// The track offers better choices, but the tile cannot show them.
    pub(super) is_cut: bool,
    /// Whatever the publisher sends is smaller than the subscriber accepts.
    pub(super) is_too_small: bool,
}

impl Ladder {
    /// What makes sense for a slot. `former_top` is the last ladder's [`top_height`](Self::top_height);
    /// `is_unanswered` tells that the publisher did not send what was chosen.
    pub(super) fn new(demand: &SlotDemand, former_top: Option<u32>, is_unanswered: bool) -> Self {
        let priced = price(&demand.choices);
        let top_height = top_height(&priced, demand.wish.max_height, former_top);
        let mut useful = priced.clone();
        useful.retain(|choice| !is_above(choice, top_height));
        if let Some(max_fps) = demand.wish.max_fps {
            drop_needless_frames(&mut useful, max_fps);
        }
        let is_cut = useful.last().map(|best| best.target) != priced.last().map(|best| best.target);
        // A tile is not refused a picture that fills it.
        let least = demand
            .wish
            .min_height
            .unwrap_or(0)
            .min(demand.wish.max_height);
        let had_some = !useful.is_empty();
        useful.retain(|choice| choice.height.is_none_or(|height| height >= least));
        let is_too_small = had_some && useful.is_empty();
        if demand.class != Class::Screen {
            drop_stuttering(&mut useful);
        }
        Self {
            steps: steps(&useful, is_unanswered),
            top_height,
            is_cut,
            is_too_small,
        }
    }

    /// What level `level` takes.
    pub(super) fn cost(&self, level: usize) -> u64 {
        let step = level.checked_sub(1).and_then(|step| self.steps.get(step));
        step.map_or(0, |step| step.cost)
    }

    /// What the whole ladder takes.
    pub(super) fn top_cost(&self) -> u64 {
        self.cost(self.steps.len())
    }

    /// What a level carries.
    pub(super) fn target(&self, level: usize) -> Option<Target> {
        let step = level.checked_sub(1).and_then(|step| self.steps.get(step));
        step.map(|step| step.target)
    }

    /// How many levels take less than this.
    pub(super) fn levels_below(&self, bitrate: u64) -> usize {
        self.steps.partition_point(|step| step.bitrate < bitrate)
    }
}

/// Fills in unknown costs.
fn price(choices: &[LayerChoice]) -> Vec<LayerChoice> {
    let mut below = None;
    let price = |choice: &LayerChoice| {
        let guess = below.map_or(UNKNOWN_COST, |below: u64| below.saturating_mul(3));
        let bitrate = match choice.bitrate {
            0 => guess,
            known => known,
        };
        below = Some(bitrate);
        LayerChoice { bitrate, ..*choice }
    };
    choices.iter().map(price).collect()
}

/// The smallest height that fills the tile. `None` if no picture is taller than that.
fn top_height(choices: &[LayerChoice], max_height: u32, former: Option<u32>) -> Option<u32> {
    let heights = || choices.iter().filter_map(|choice| choice.height);
    let filling = heights().filter(|height| *height >= max_height).min();
    let stretched = former.filter(|former| {
        let reach = u64::from(*former) * u64::from(100 + STRETCH_PERCENT) / 100;
        heights().any(|height| height == *former)
            && *former < max_height
            && u64::from(max_height) <= reach
    });
    stretched.or(filling)
}

fn is_above(choice: &LayerChoice, top_height: Option<u32>) -> bool {
    top_height.is_some_and(|top| choice.height.is_some_and(|height| height > top))
}

/// The same pictures, more or less often.
fn is_same_picture(one: &LayerChoice, other: &LayerChoice) -> bool {
    one.target.encoding == other.target.encoding
        && one.target.layer.spatial == other.target.layer.spatial
}

/// Removes what has more frames than wanted where a slower choice has enough. Measured rates vary, so nine tenths are
/// enough.
fn drop_needless_frames(choices: &mut Vec<LayerChoice>, max_fps: u32) {
    let all = choices.clone();
    let suffices = |fps: u32| fps.saturating_mul(10) >= max_fps.saturating_mul(9);
    choices.retain(|choice| {
        let is_slower = |other: &&LayerChoice| {
            is_same_picture(choice, other)
                && other.fps < choice.fps
                && other.fps.is_some_and(suffices)
        };
        !all.iter().any(|other| is_slower(&other))
    });
}

/// Removes larger pictures that hardly move, where faster ones exist.
fn drop_stuttering(choices: &mut Vec<LayerChoice>) {
    let all = choices.clone();
    let Some(smallest) = all.first() else { return };
    choices.retain(|choice| {
        let is_faster =
            |other: &LayerChoice| is_same_picture(choice, other) && other.fps > choice.fps;
        is_same_picture(choice, smallest)
            || choice.fps.is_none_or(|fps| fps >= LEAST_FPS)
            || !all.iter().any(is_faster)
    });
}

/// Leaves out every choice that takes as much as a better one.
fn steps(choices: &[LayerChoice], is_unanswered: bool) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for choice in choices.iter().rev() {
        if steps
            .last()
            .is_none_or(|better| choice.bitrate < better.bitrate)
        {
            steps.push(Step {
                target: choice.target,
                bitrate: choice.bitrate,
                cost: choice.bitrate,
                is_live: choice.is_live,
            });
        }
    }
    steps.reverse();
    if is_unanswered {
        let mut below = None;
        for step in &mut steps {
            step.cost = match below {
                Some(below) if !step.is_live => below,
                _ => step.cost,
            };
            below = Some(step.cost);
        }
    }
    steps
}
