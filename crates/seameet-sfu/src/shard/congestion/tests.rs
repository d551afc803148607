//! Tests of queues that grow too old.

use std::time::{Duration, Instant};

use seameet_pipeline::SendBacklog;

use super::{Congestion, Queue};

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
fn a_slot_that_is_gone_is_not_congested() {
    let now = Instant::now();
    let slot = "1".parse().unwrap();
    let mut congestion = Congestion::default();
    congestion.sample(now, &[(slot, waiting(500))]);
    assert!(congestion.sample(now, &[]));
    assert_eq!(congestion.queue(slot), Queue::Short);
}
