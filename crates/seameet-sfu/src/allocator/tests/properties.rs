//! What holds for every line and every view.

use proptest::prelude::*;

use super::super::{HEADROOM_PERCENT, RESERVE_PERCENT};
use super::*;

prop_compose! {
    /// Pictures of rising size and cost.
    fn offered()(
        steps in prop::collection::vec((1_u32..4, 20_000_u64..900_000), 1..5)
    ) -> Vec<(u32, u64)> {
        let mut height = 45;
        let mut cost = 0;
        let rise = |(doublings, more): &(u32, u64)| {
            height <<= doublings;
            cost += more;
            (height, cost)
        };
        steps.iter().map(rise).collect()
    }
}

fn class() -> impl Strategy<Value = Class> {
    prop_oneof![
        Just(Class::Screen),
        Just(Class::Speaker),
        Just(Class::Other)
    ]
}

prop_compose! {
    fn slot()(
        offered in offered(),
        class in class(),
        max_height in prop_oneof![Just(180_u32), Just(360), Just(720), 1_u32..2_000],
        min_height in prop::option::weighted(0.2, 1_u32..500),
        priority in prop_oneof![4 => Just(0_u8), 1 => 1_u8..3],
        pinned in prop::bool::weighted(0.2),
        withheld in prop::option::weighted(0.1, Just(SlotCause::Hidden)),
        queue in prop_oneof![8 => Just(Queue::Short), 1 => Just(Queue::Draining), 1 => Just(Queue::TooOld)],
        stopped in prop::option::weighted(0.2, 0_usize..5),
        flowing in prop::option::weighted(0.5, 0_u8..5),
    ) -> SlotDemand {
        let mut slot = camera(0);
        slot.choices = choices(&offered);
        slot.class = class;
        slot.wish = Wish { max_height, max_fps: None, min_height, priority, pinned };
        slot.withheld = withheld;
        slot.queue = queue;
        if let Some(choice) = stopped.and_then(|stopped| slot.choices.get_mut(stopped)) {
            choice.is_live = false;
        }
        slot.flowing = flowing
            .filter(|encoding| usize::from(*encoding) < slot.choices.len())
            .map(target);
        slot
    }
}

prop_compose! {
    fn slots()(mut slots in prop::collection::vec(slot(), 1..8)) -> Vec<SlotDemand> {
        for (number, slot) in (1..).zip(&mut slots) {
            slot.mid = number.to_string().parse().unwrap();
            slot.track = TrackId::new(number);
        }
        slots
    }
}

prop_compose! {
    fn any_line()(
        estimate in 0_u64..8_000_000,
        audio in 0_u64..100_000,
        is_suspended in prop::bool::weighted(0.05),
        is_strained in prop::bool::weighted(0.1),
    ) -> Line {
        Line { estimate: Some(estimate), audio, is_suspended, is_strained }
    }
}

/// What pictures may take.
fn budget(line: &Line) -> u64 {
    let estimate = line.estimate.unwrap();
    (estimate * (100 - RESERVE_PERCENT) / 100).saturating_sub(line.audio)
}

fn choice(slot: &SlotDemand, target: Option<Target>) -> Option<&LayerChoice> {
    slot.choices
        .iter()
        .find(|choice| Some(choice.target) == target)
}

fn cost(slot: &SlotDemand, target: Option<Target>) -> u64 {
    choice(slot, target).map_or(0, |choice| choice.bitrate)
}

/// What a slot could be given, from the lowest, found out without the allocator.
fn useful(slot: &SlotDemand) -> Vec<LayerChoice> {
    if slot.withheld.is_some() {
        return Vec::new();
    }
    let fills = |choice: &&LayerChoice| choice.height.unwrap() >= slot.wish.max_height;
    let top = slot
        .choices
        .iter()
        .find(fills)
        .or(slot.choices.last())
        .unwrap();
    let least = slot.wish.min_height.unwrap_or(0).min(slot.wish.max_height);
    let is_useful =
        |choice: &&LayerChoice| choice.height <= top.height && choice.height.unwrap() >= least;
    slot.choices.iter().filter(is_useful).copied().collect()
}

/// The step above what was chosen, and what it takes in addition.
fn next(slot: &SlotDemand, target: Option<Target>) -> Option<u64> {
    let now = cost(slot, target);
    let next = useful(slot)
        .into_iter()
        .find(|choice| choice.bitrate > now)?;
    Some(next.bitrate - now)
}

/// What a slot has above its lowest step.
fn excess(slot: &SlotDemand, target: Option<Target>) -> u64 {
    let base = useful(slot).first().map_or(0, |choice| choice.bitrate);
    cost(slot, target).saturating_sub(base)
}

fn outranks(one: &SlotDemand, other: &SlotDemand) -> bool {
    let rank = |slot: &SlotDemand| {
        let attention = match slot.class {
            Class::Screen => 0,
            _ if slot.wish.pinned => 0,
            Class::Speaker => 1,
            Class::Other => 2,
        };
        let mut size = 0;
        while (1 << size) < slot.wish.max_height.min(4_096) {
            size += 1;
        }
        (-i32::from(slot.wish.priority), attention, -size)
    };
    rank(one) < rank(other)
}

/// Whether a cause tells the truth about a first decision.
fn is_true(line: &Line, slots: &[SlotDemand], allocation: &Allocation, place: usize) -> bool {
    let (slot, decision) = (&slots[place], &allocation.slots[place]);
    let is_top = next(slot, decision.target).is_none();
    let flows = decision.target.is_some() && slot.flowing.is_some();
    let is_reached = cost(slot, slot.flowing) >= cost(slot, decision.target);
    let is_live = choice(slot, decision.target).is_some_and(|choice| choice.is_live);
    let is_best = slot.choices.last().map(|best| best.target) == decision.target;
    let limit = budget(line) * 100 / (100 + HEADROOM_PERCENT);
    let free = limit.saturating_sub(allocation.allocated);
    let rivals = || {
        slots
            .iter()
            .zip(&allocation.slots)
            .filter(|(rival, _)| outranks(rival, slot))
    };
    let taken: u64 = rivals().map(|(rival, has)| excess(rival, has.target)).sum();
    let is_taken =
        taken > 0 && next(slot, decision.target).is_some_and(|step| free + taken >= step);
    match decision.cause {
        SlotCause::Hidden => slot.withheld == Some(SlotCause::Hidden) && decision.target.is_none(),
        SlotCause::Publisher if useful(slot).is_empty() => decision.target.is_none(),
        SlotCause::Paused => decision.target.is_none() && !useful(slot).is_empty(),
        SlotCause::Full => flows && is_top && is_reached && is_best,
        SlotCause::Size => flows && is_top && is_reached && !is_best,
        SlotCause::Publisher => flows && is_top && !is_reached && !is_live,
        SlotCause::WaitingForKeyframe if slot.flowing.is_none() => decision.target.is_some(),
        SlotCause::WaitingForKeyframe => flows && is_top && !is_reached && is_live,
        SlotCause::Bandwidth => flows && !is_top && !is_taken,
        SlotCause::HigherPriority { track } => {
            let named = rivals().find(|(rival, _)| rival.track == track);
            let most = rivals().map(|(rival, has)| excess(rival, has.target)).max();
            let has = named.map(|(rival, has)| excess(rival, has.target));
            flows && !is_top && is_taken && has.is_some() && has == most
        }
        SlotCause::Empty | SlotCause::Muted | SlotCause::Codec => false,
    }
}

proptest! {
    #[test]
    fn no_more_is_given_than_there_is(
        slots in slots(),
        lines in prop::collection::vec((any_line(), 0_u64..3_000), 1..20),
    ) {
        let mut subscriber = Subscriber::new(slots);
        for (line, passed) in lines {
            let allocation = subscriber.step(line, Duration::from_millis(passed));
            let given: u64 = subscriber.slots.iter().zip(&allocation.slots)
                .filter(|(slot, decision)| {
                    // What the publisher does not answer with is given to nobody.
                    choice(slot, decision.target).is_some_and(|choice| choice.is_live)
                })
                .map(|(slot, decision)| cost(slot, decision.target))
                .sum();
            prop_assert!(given <= budget(&line), "{given} of {}", budget(&line));
        }
    }

    #[test]
    fn no_slot_gets_what_it_cannot_show(slots in slots(), line in any_line()) {
        let allocation = Allocator::new().allocate(Instant::now(), &line, &slots);
        for (slot, decision) in slots.iter().zip(&allocation.slots) {
            let useful: Vec<_> = useful(slot).iter().map(|choice| choice.target).collect();
            prop_assert!(decision.target.is_none_or(|target| useful.contains(&target)));
        }
    }

    #[test]
    fn nobody_rises_on_what_would_raise_a_more_important_one(slots in slots(), line in any_line()) {
        let allocation = Allocator::new().allocate(Instant::now(), &line, &slots);
        let limit = budget(&line) * 100 / (100 + HEADROOM_PERCENT);
        let decided = || slots.iter().zip(&allocation.slots);
        for (high, had) in decided().filter(|(slot, _)| slot.queue == Queue::Short && !line.is_suspended) {
            let Some(step) = next(high, had.target).filter(|_| had.target.is_some()) else { continue };
            for (low, has) in decided().filter(|(low, _)| outranks(high, low)) {
                let freed = limit.saturating_sub(allocation.allocated) + excess(low, has.target);
                prop_assert!(excess(low, has.target) == 0 || freed < step, "{allocation:?}");
            }
        }
    }

    #[test]
    fn every_cause_is_true(slots in slots(), line in any_line()) {
        let allocation = Allocator::new().allocate(Instant::now(), &line, &slots);
        for place in 0..slots.len() {
            prop_assert!(is_true(&line, &slots, &allocation, place), "{place}: {allocation:?}");
        }
    }

    #[test]
    fn more_bandwidth_never_harms_the_most_important(
        slots in slots(),
        line in any_line(),
        more in 0_u64..4_000_000,
    ) {
        let mut slots = slots;
        slots[0].wish.priority = 9;
        slots[0].queue = Queue::Short;
        let richer = Line { estimate: line.estimate.map(|estimate| estimate + more), ..line };
        let bases: u64 = slots.iter()
            .filter_map(|slot| useful(slot).first().map(|choice| choice.bitrate)).sum();
        // Where not everybody can be seen, more bandwidth shows one more before it makes anything sharper.
        prop_assume!(bases <= budget(&line));
        let now = Instant::now();
        let poor = Allocator::new().allocate(now, &line, &slots);
        let rich = Allocator::new().allocate(now, &richer, &slots);
        prop_assert!(cost(&slots[0], rich.slots[0].target) >= cost(&slots[0], poor.slots[0].target));
    }

    #[test]
    fn the_same_inputs_give_the_same_allocation(slots in slots(), line in any_line()) {
        let now = Instant::now();
        let one = Allocator::new().allocate(now, &line, &slots);
        prop_assert_eq!(one, Allocator::new().allocate(now, &line, &slots));
    }
}

proptest! {
    // A minute in steps of a tenth of a second takes its time.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn noise_does_not_flap(
        slots in slots(),
        video in 100_000_u64..8_000_000,
        noise in prop::collection::vec(950_u64..=1_050, 600),
    ) {
        let mut slots = slots;
        for slot in &mut slots {
            slot.queue = Queue::Short;
        }
        let mut subscriber = Subscriber::new(slots);
        let mut switches = vec![0; subscriber.slots.len()];
        let mut last = None;
        for permille in noise {
            let allocation = subscriber.step(line(video * permille / 1_000), Duration::from_millis(100));
            let chosen = encodings(&allocation);
            for (count, (former, chosen)) in switches.iter_mut()
                .zip(last.iter().flatten().zip(&chosen))
            {
                *count += u32::from(former != chosen);
            }
            last = Some(chosen);
        }
        prop_assert!(switches.iter().all(|count| *count <= 4), "{switches:?}");
    }
}
