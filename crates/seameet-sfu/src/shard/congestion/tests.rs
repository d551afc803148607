//! Tests of queues that grow too old.

use std::time::{Duration, Instant};

use seameet_pipeline::SendBacklog;
use seameet_rtp::EncodingId;

use super::{Congestion, Queue};
use crate::shard::counters::Drop;
use crate::shard::tests::script::Script;
use crate::shard::tests::stage::{Encoder, Stage};

fn waiting(milliseconds: u64) -> SendBacklog {
    SendBacklog {
        age: Duration::from_millis(milliseconds),
        packets: 1,
        bytes: 1_000,
    }
}

#[test]
fn an_old_queue_congests_its_own_slot_until_it_has_drained() {
    let start = Instant::now();
    let (one, other) = ("1".parse().unwrap(), "2".parse().unwrap());
    let mut congestion = Congestion::default();
    let mut after = |at, age| {
        let now = start + Duration::from_millis(at);
        let is_news = congestion.sample(now, &[(one, waiting(age)), (other, waiting(0))]);
        assert_eq!(congestion.queue(other), Queue::Short);
        (is_news, congestion.queue(one))
    };
    assert_eq!(after(0, 199), (false, Queue::Short));
    assert_eq!(after(20, 200), (true, Queue::TooOld));
    assert_eq!(after(40, 220), (false, Queue::Draining), "time to drain");
    assert_eq!(after(270, 200), (true, Queue::TooOld), "it does not");
    assert_eq!(after(520, 199), (false, Queue::Draining), "it does");
    assert_eq!(after(560, 41), (false, Queue::Draining));
    assert_eq!(after(580, 40), (true, Queue::Short));
}

#[test]
fn a_second_of_waiting_suspends_everything_until_it_has_drained() {
    let now = Instant::now();
    let slot = "1".parse().unwrap();
    let mut congestion = Congestion::default();
    congestion.sample(now, &[(slot, waiting(999))]);
    assert!(!congestion.is_suspended());
    for (age, expected) in [(1_000, true), (300, true), (40, false)] {
        congestion.sample(now, &[(slot, waiting(age))]);
        assert_eq!(congestion.is_suspended(), expected, "{age} ms");
    }
    assert_eq!(congestion.oldest(), Duration::from_millis(40));
}

#[test]
fn what_is_out_of_date_is_dropped_and_later_where_keyframes_take_as_long() {
    let start = Instant::now();
    let (one, other) = ("1".parse().unwrap(), "2".parse().unwrap());
    let mut congestion = Congestion::default();
    let mut stale = |at, age| {
        let now = start + Duration::from_millis(at);
        let backlogs = [(one, waiting(age)), (other, waiting(30))];
        congestion.stale(now, &backlogs)
    };
    assert_eq!(stale(0, 499), []);
    assert_eq!(stale(20, 500), [one]);
    assert_eq!(stale(1_000, 999), []);
    assert_eq!(stale(1_020, 1_000), [one]);
    assert_eq!(stale(3_000, 1_999), []);
    assert_eq!(stale(3_020, 2_000), [one]);
    assert_eq!(stale(5_020, 2_000), [one], "no longer than that");
    assert_eq!(stale(10_019, 500), [], "not yet forgiven");
    assert_eq!(stale(15_018, 30), []);
    assert_eq!(stale(15_019, 500), [one]);
}

#[test]
fn a_slot_that_is_gone_is_not_congested() {
    let now = Instant::now();
    let slot = "1".parse().unwrap();
    let mut congestion = Congestion::default();
    congestion.sample(now, &[(slot, waiting(500))]);
    assert!(congestion.sample(now, &[]));
    assert_eq!(congestion.queue(slot), Queue::Short);
}

#[test]
fn what_follows_a_dropped_queue_is_a_keyframe() {
    let mut stage = Stage::on(Script::estimating(Some(300_000)));
    let viewer = stage.add_viewer();
    let mut camera = Encoder::new(0, 180);
    stage.film(&mut [&mut camera], 5, true);
    camera.bytes = 1_000;
    let frames: Vec<_> = (0..10).map(|_| camera.frame(false)).collect();
    for packet in frames.into_iter().flatten() {
        stage.arrive(&camera, packet);
    }
    let key = stage.viewer(viewer);
    assert!(stage.slot(viewer).flows());
    stage.script.shard.drop_queues(key, |_| true);
    assert!(stage.script.shard.counters().dropped(Drop::Stale) > 0);
    let slot = stage.slot(viewer);
    assert!(!slot.flows(), "nothing that cannot be decoded");
    assert_eq!(slot.needs_keyframe(), Some(EncodingId(0)));
    // There is nothing more to drop, so nothing begins anew.
    let before = stage.script.shard.counters();
    stage.script.shard.drop_queues(key, |_| true);
    assert_eq!(stage.script.shard.counters(), before);
}
