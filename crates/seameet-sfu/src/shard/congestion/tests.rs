//! Tests of queues that grow too old.

use std::time::{Duration, Instant};

use seameet_pipeline::SendBacklog;

use super::Congestion;

fn waiting(milliseconds: u64) -> SendBacklog {
    SendBacklog {
        age: Duration::from_millis(milliseconds),
        packets: 1,
        bytes: 1_000,
    }
}

#[test]
fn an_old_queue_congests_its_own_slot_until_it_has_drained() {
    let now = Instant::now();
    let (one, other) = ("1".parse().unwrap(), "2".parse().unwrap());
    let mut congestion = Congestion::default();
    assert!(!congestion.sample(now, &[(one, waiting(199)), (other, waiting(0))]));
    assert!(congestion.sample(now, &[(one, waiting(200)), (other, waiting(0))]));
    assert!(congestion.is_congested(one) && !congestion.is_congested(other));
    assert!(!congestion.sample(now, &[(one, waiting(41)), (other, waiting(0))]));
    assert!(congestion.sample(now, &[(one, waiting(40)), (other, waiting(0))]));
    assert!(!congestion.is_congested(one));
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
    assert!(!congestion.is_congested(slot));
}
