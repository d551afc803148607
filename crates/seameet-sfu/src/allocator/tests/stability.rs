//! Nothing flaps.

use super::*;

/// How often anything changed while the estimate was what `estimate` says at each tenth of a second.
fn switches(slots: Vec<SlotDemand>, seconds: u64, video: impl Fn(u64) -> u64) -> usize {
    let mut subscriber = Subscriber::new(slots);
    subscriber.settle(line(video(0)));
    let mut last = None;
    let mut switches = 0;
    for tenth in 0..seconds * 10 {
        let chosen = encodings(&subscriber.step(line(video(tenth)), Duration::from_millis(100)));
        if last.as_ref().is_some_and(|last| *last != chosen) {
            switches += 1;
        }
        last = Some(chosen);
    }
    switches
}

#[test]
fn an_estimate_that_jumps_across_a_step_is_followed_ever_more_rarely() {
    // Every three seconds enough for the second layer, then not.
    let jumps = |tenth| {
        if (tenth / 30) % 2 == 0 {
            400_000
        } else {
            600_000
        }
    };
    let switches = switches(vec![camera(1)], 120, jumps);
    assert!((4..=20).contains(&switches), "{switches} switches");
}

#[test]
fn after_a_fall_two_seconds_pass_before_anything_rises() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    subscriber.seconds(10, line(2_000_000));
    assert_eq!(encodings(&subscriber.settle(line(600_000))), [Some(1)]);
    for _ in 0..19 {
        let allocation = subscriber.step(line(2_000_000), Duration::from_millis(100));
        assert_eq!(encodings(&allocation), [Some(1)]);
    }
    subscriber.now += Duration::from_millis(200);
    assert_eq!(encodings(&subscriber.decide(line(2_000_000))), [Some(2)]);
}

#[test]
fn what_had_to_go_altogether_may_come_back_after_half_a_second() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    subscriber.seconds(10, line(2_000_000));
    assert_eq!(encodings(&subscriber.settle(line(10_000))), [None]);
    // What is told first is believed at once.
    subscriber.decide(Line::default());
    for _ in 0..5 {
        let allocation = subscriber.step(line(600_000), Duration::from_millis(100));
        assert_eq!(encodings(&allocation), [None]);
    }
    assert_eq!(encodings(&subscriber.decide(line(600_000))), [Some(0)]);
}

#[test]
fn bits_that_a_held_slot_is_waiting_for_are_not_lent_out() {
    let mut pinned = camera(1);
    pinned.wish.pinned = true;
    let mut subscriber = Subscriber::new(vec![pinned, camera(2)]);
    subscriber.seconds(10, line(2_200_000));
    assert_eq!(encodings(&subscriber.settle(line(600_000))), [Some(0); 2]);
    // What is told first is believed at once.
    subscriber.decide(Line::default());
    for _ in 0..18 {
        let allocation = subscriber.step(line(2_200_000), Duration::from_millis(100));
        assert_eq!(encodings(&allocation), [Some(0); 2]);
    }
    assert_eq!(
        encodings(&subscriber.seconds(3, line(2_200_000))),
        [Some(2), Some(0)]
    );
}

#[test]
fn recovery_from_a_fall_is_quick() {
    let mut subscriber = Subscriber::new(vec![camera(1)]);
    subscriber.seconds(10, line(5_000_000));
    subscriber.seconds(10, line(200_000));
    let allocation = subscriber.seconds(4, line(5_000_000));
    assert_eq!(causes(&allocation), [SlotCause::Full]);
}
