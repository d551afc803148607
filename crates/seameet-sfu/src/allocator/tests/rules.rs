//! Order, pace, and what is probed for.

use super::*;

#[test]
fn sound_comes_first() {
    let mut line = line(1_900_000);
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    line.audio = 400_000;
    assert_eq!(encodings(&subscriber.decide(line)), [Some(1)]);
    line.audio = 1_850_000;
    assert_eq!(encodings(&subscriber.decide(line)), [None]);
}

#[test]
fn everybody_is_seen_before_anybody_is_sharp() {
    let slots = (1..=6).map(camera).collect();
    let allocation = Subscriber::new(slots).decide(line(1_000_000));
    assert_eq!(encodings(&allocation), [Some(0); 6]);
}

#[test]
fn equals_rise_together() {
    let slots = (1..=3).map(camera).collect();
    let allocation = Subscriber::new(slots).decide(line(2_300_000));
    assert_eq!(encodings(&allocation), [Some(1); 3]);
}

#[test]
fn the_important_rise_first_and_as_far_as_they_can() {
    let mut slots: Vec<_> = (1..=4).map(camera).collect();
    slots[1].wish.max_height = 1_080;
    slots[2].class = Class::Speaker;
    slots[3].class = Class::Screen;
    let check = |video, expected: [u8; 4]| {
        let allocation = Subscriber::new(slots.clone()).decide(line(video));
        assert_eq!(encodings(&allocation), expected.map(Some), "{video}");
    };
    check(2_600_000, [0, 0, 0, 2]);
    check(4_400_000, [0, 0, 2, 2]);
    check(6_100_000, [0, 2, 2, 2]);
    check(8_000_000, [2, 2, 2, 2]);
    slots[0].wish.priority = 1;
    let allocation = Subscriber::new(slots).decide(line(2_600_000));
    assert_eq!(encodings(&allocation), [2, 0, 0, 0].map(Some));
}

#[test]
fn the_important_are_seen_first_when_not_everybody_can_be() {
    let mut slots: Vec<_> = (1..=3).map(camera).collect();
    slots[2].wish.pinned = true;
    let allocation = Subscriber::new(slots).decide(line(310_000));
    assert_eq!(encodings(&allocation), [Some(0), None, Some(0)]);
}

#[test]
fn a_step_up_needs_headroom_and_keeping_it_does_not() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    assert_eq!(encodings(&subscriber.seconds(9, line(550_000))), [Some(0)]);
    assert_eq!(encodings(&subscriber.seconds(9, line(565_000))), [Some(1)]);
    assert_eq!(encodings(&subscriber.seconds(9, line(501_000))), [Some(1)]);
    assert_eq!(encodings(&subscriber.decide(line(499_000))), [Some(0)]);
}

#[test]
fn a_full_line_stops_what_flows_and_a_smaller_tile_reduces_it() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    subscriber.settle(line(2_000_000));
    let full = subscriber.clone_decide(line(600_000));
    assert_eq!(full.slots[0].meanwhile, Meanwhile::Stop);
    subscriber.slots[0].wish.max_height = 180;
    let smaller = subscriber.decide(line(2_000_000));
    assert_eq!(smaller.slots[0].meanwhile, Meanwhile::Reduce);
    subscriber.slots[0].wish.max_height = 720;
    subscriber.slots[0].flowing = Some(target(0));
    let larger = subscriber.decide(line(2_000_000));
    assert_eq!(larger.slots[0].meanwhile, Meanwhile::Keep);
}

#[test]
fn a_congested_slot_takes_less_than_what_flows() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    subscriber.settle(line(5_000_000));
    let steps = [
        (Queue::TooOld, 1, Meanwhile::Stop),
        (Queue::Draining, 1, Meanwhile::Keep),
        (Queue::Draining, 1, Meanwhile::Keep),
        (Queue::TooOld, 0, Meanwhile::Stop),
        (Queue::TooOld, 0, Meanwhile::Keep),
    ];
    for (queue, encoding, meanwhile) in steps {
        subscriber.slots[0].queue = queue;
        let allocation = subscriber.step(line(5_000_000), Duration::from_secs(1));
        assert_eq!(encodings(&allocation), [Some(encoding)]);
        assert_eq!(allocation.slots[0].meanwhile, meanwhile);
    }
}

#[test]
fn a_suspended_line_carries_no_picture_and_is_not_filled_up() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    subscriber.settle(line(5_000_000));
    let mut suspended = line(5_000_000);
    suspended.is_suspended = true;
    let allocation = subscriber.decide(suspended);
    assert_eq!(causes(&allocation), [SlotCause::Paused]);
    assert_eq!(allocation.minimum, 0);
}

#[test]
fn what_would_fill_every_wish_is_probed_for() {
    let mut subscriber = Subscriber::new(vec![camera(1), camera(2)]);
    let allocation = subscriber.settle(line(500_000));
    let reached = Line {
        estimate: Some(allocation.desired),
        ..Line::default()
    };
    assert_eq!(encodings(&subscriber.seconds(9, reached)), [Some(2); 2]);
}

#[test]
fn probing_goes_on_while_everything_is_paused() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    let mut filled = 0;
    for _ in 0..60 {
        let allocation = subscriber.step(line(20_000), Duration::from_secs(1));
        assert_eq!(encodings(&allocation), [None]);
        assert!(allocation.desired > 1_700_000);
        filled += u32::from(allocation.minimum > 150_000);
    }
    assert!(filled >= 25, "filled up for {filled} s of 60");
}

#[test]
fn a_step_up_is_tried_for_five_seconds_and_then_ever_more_rarely() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    let tries: Vec<_> = (0..60)
        .map(|_| {
            subscriber
                .step(line(300_000), Duration::from_secs(1))
                .minimum
        })
        .collect();
    let wanted = tries[0];
    assert!((560_000..700_000).contains(&wanted), "{wanted}");
    assert!(tries[..5].iter().all(|minimum| *minimum == wanted));
    assert_eq!(tries[5], 0);
    let busy = tries.iter().filter(|minimum| **minimum > 0).count();
    assert!((11..=25).contains(&busy), "filled up for {busy} s of 60");
}

#[test]
fn a_line_that_stays_strained_is_tried_soon_after_it_is_no_more() {
    let mut viewer = Subscriber::new(vec![camera(1)]);
    let free = line(300_000);
    let strained = Line {
        is_strained: true,
        ..free
    };
    viewer.step(free, Duration::from_secs(1));
    for _ in 0..120 {
        let allocation = viewer.step(strained, Duration::from_millis(250));
        assert_eq!(allocation.minimum, 0, "nothing is tried");
    }
    let tried = (0..60).find(|_| viewer.step(free, Duration::from_secs(1)).minimum > 0);
    assert_eq!(tried, Some(5), "that it stayed so is one failure");
}

#[test]
fn who_has_all_is_not_filled_up() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    assert_eq!(subscriber.seconds(5, line(2_000_000)).minimum, 0);
}

#[test]
fn nothing_to_show_asks_for_nothing() {
    let allocation = Subscriber::new(Vec::new()).decide(line(2_000_000));
    assert_eq!((allocation.minimum, allocation.desired), (0, 0));
    assert_eq!(allocation.deadline, None);
}

#[test]
fn a_line_of_which_nothing_is_known_is_climbed() {
    let unknown = Line::default();
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    assert_eq!(encodings(&subscriber.settle(unknown)), [Some(0)]);
    assert_eq!(encodings(&subscriber.seconds(2, unknown)), [Some(1)]);
    assert_eq!(encodings(&subscriber.seconds(10, unknown)), [Some(2)]);
}

#[test]
fn a_rise_is_believed_slowly_and_a_fall_at_once() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    subscriber.settle(line(300_000));
    subscriber.now += Duration::from_millis(100);
    assert_eq!(encodings(&subscriber.decide(line(3_000_000))), [Some(1)]);
    subscriber.now += Duration::from_secs(2);
    assert_eq!(encodings(&subscriber.decide(line(3_000_000))), [Some(2)]);
    subscriber.now += Duration::from_millis(10);
    assert_eq!(encodings(&subscriber.decide(line(300_000))), [Some(0)]);
}

#[test]
fn a_layer_that_does_not_come_frees_its_bits_for_others() {
    let mut pinned = camera(1);
    pinned.wish.pinned = true;
    pinned.choices[2].is_live = false;
    let mut subscriber = Subscriber::new(vec![pinned, camera(2)]);
    let mut second = Vec::new();
    for _ in 0..8 {
        let allocation = subscriber.decide(line(2_300_000));
        assert_eq!(allocation.slots[0].target, Some(target(2)));
        second.push(allocation.slots[1].target);
        subscriber.slots[0].flowing = Some(target(1));
        subscriber.slots[1].flowing = allocation.slots[1].target;
        subscriber.now += Duration::from_secs(1);
    }
    assert_eq!(second.first(), Some(&Some(target(0))));
    assert_eq!(second.last(), Some(&Some(target(1))));
}

impl Subscriber {
    /// What would be decided, without deciding it.
    fn clone_decide(&self, line: Line) -> Allocation {
        self.allocator
            .clone()
            .allocate(self.now, &line, &self.slots)
    }
}

#[test]
fn former_mistakes_do_not_hold_back_a_line_that_carries_twice_as_much() {
    let start = Instant::now();
    let ladder = super::super::ladder::Ladder::new(&camera(1), None, false);
    let mut memory = super::super::memory::Memory::new(start, TrackId::new(1), &ladder, 1);
    let after = |seconds| start + Duration::from_secs(seconds);
    // Up and down again, three times: the hold has grown to sixteen seconds.
    for round in 0..3 {
        memory.update(after(round * 2), 400_000, &ladder, 2);
        memory.update(after(round * 2 + 1), 400_000, &ladder, 1);
    }
    let held = |at, budget| memory.held_above(at, budget, &ladder);
    let later = after(5 + 3);
    assert_eq!(held(later, 400_000), Some(1), "the mistaken step only");
    assert_eq!(held(later, 799_000), Some(1));
    assert_eq!(held(later, 800_000), None);
    assert_eq!(
        held(after(6), 800_000),
        Some(1),
        "the least hold is for all"
    );
}

#[test]
fn steps_below_a_mistaken_one_are_not_held_with_it() {
    let start = Instant::now();
    let ladder = super::super::ladder::Ladder::new(&camera(1), None, false);
    let mut memory = super::super::memory::Memory::new(start, TrackId::new(1), &ladder, 1);
    let after = |seconds| start + Duration::from_secs(seconds);
    memory.update(after(1), 400_000, &ladder, 3);
    memory.update(after(2), 400_000, &ladder, 1);
    assert_eq!(memory.held_above(after(5), 400_000, &ladder), Some(2));
    memory.update(after(5), 400_000, &ladder, 1);
    memory.update(after(5), 400_000, &ladder, 0);
    assert_eq!(
        memory.held_above(after(8), 400_000, &ladder),
        Some(1),
        "the lowest is not held for long"
    );
}
