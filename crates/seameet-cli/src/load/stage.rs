//! How many participants there are when.
//!
//! ```text
//!   participants        ┌───────── measured ─┐
//!                     ╱ stage 2              │
//!         ┌─ measured ┘                      │
//!       ╱ stage 1                            │
//!   ───┴──────────────────────────────────────────▶ time
//! ```

use std::time::Duration;

use super::Plan;
use super::bot::Bot;

/// A part of a run: some join, and then it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stage {
    /// Of all rooms, at its end.
    pub(crate) participants: u32,
    /// Times since the beginning of the run.
    pub(crate) begins: Duration,
    pub(crate) measured_from: Duration,
    pub(crate) ends: Duration,
    /// Per room, at its end.
    subscribers: u32,
}

/// Whether the subscribers come step by step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Steps {
    /// As many more subscribers of each room with each step.
    pub(crate) subscribers: u32,
}

impl Plan {
    /// The stages in order; one unless there are steps.
    pub(crate) fn stages(&self) -> Vec<Stage> {
        let step = self
            .steps
            .map_or(self.subscribers, |steps| steps.subscribers);
        let count = self.subscribers.div_ceil(step.max(1)).max(1);
        let joined = self.ramp + self.settle;
        let length = joined + self.duration;
        (1..=count)
            .map(|number| {
                let subscribers = self.subscribers.min(step.saturating_mul(number));
                let begins = length * (number - 1);
                Stage {
                    participants: self.rooms * (self.publishers + subscribers),
                    begins,
                    measured_from: begins + joined,
                    ends: begins + length,
                    subscribers,
                }
            })
            .collect()
    }

    /// The participants in the order of joining: in each stage publishers first, room by room.
    pub(crate) fn bots(&self) -> Vec<Bot> {
        let mut bots = Vec::new();
        let mut before = 0;
        for stage in self.stages() {
            let publishers = if before == 0 { self.publishers } else { 0 };
            let places = (0..publishers)
                .chain(self.publishers + before..self.publishers + stage.subscribers);
            let newcomers = publishers + stage.subscribers - before;
            let interval = self.ramp / (newcomers * self.rooms).max(1);
            let everybody = places.flat_map(|place| (0..self.rooms).map(move |room| (room, place)));
            for (order, (room, place)) in (0..).zip(everybody) {
                bots.push(Bot {
                    number: u32::try_from(bots.len()).unwrap_or(u32::MAX),
                    room: format!("{}-{room}", self.room),
                    place,
                    publishes: place < self.publishers,
                    joins_after: stage.begins + interval * order,
                });
            }
            before = stage.subscribers;
        }
        bots
    }
}

#[cfg(test)]
mod tests {
    //! Tests of planning stages.

    use super::super::tests::plan;
    use super::*;

    #[test]
    fn without_steps_there_is_one_stage() {
        let stages = plan().stages();
        assert_eq!(stages.len(), 1);
        assert_eq!(stages[0].participants, 2 * (2 + 5));
        assert_eq!(stages[0].measured_from, Duration::from_secs(1));
        assert_eq!(stages[0].ends, Duration::from_secs(4));
        let settled = Plan {
            settle: Duration::from_secs(2),
            ..plan()
        };
        assert_eq!(settled.stages()[0].measured_from, Duration::from_secs(3));
        let last = settled.bots().into_iter().map(|bot| bot.joins_after).max();
        assert!(last < Some(Duration::from_secs(1)), "{last:?}");
    }

    #[test]
    fn each_step_brings_more_and_the_last_brings_the_rest() {
        let mut plan = plan();
        plan.steps = Some(Steps { subscribers: 2 });
        let stages = plan.stages();
        let participants: Vec<_> = stages.iter().map(|stage| stage.participants).collect();
        assert_eq!(participants, [8, 12, 14]);
        let bots = plan.bots();
        assert_eq!(bots.len(), 14);
        for stage in &stages {
            let joined = bots
                .iter()
                .filter(|bot| bot.joins_after < stage.measured_from);
            assert_eq!(
                joined.count(),
                usize::try_from(stage.participants).expect("it is small")
            );
        }
        let publishers = bots.iter().filter(|bot| bot.publishes).count();
        assert_eq!(publishers, 4);
        let names: std::collections::HashSet<_> = bots
            .iter()
            .map(|bot| (bot.room.clone(), bot.place))
            .collect();
        assert_eq!(names.len(), 14, "each has a place of its own");
    }
}
