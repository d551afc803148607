//! Tests of the timers.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use slotmap::SlotMap;

use super::*;

fn keys<const COUNT: usize>() -> [PeerKey; COUNT] {
    let mut map: SlotMap<PeerKey, ()> = SlotMap::with_key();
    std::array::from_fn(|_| map.insert(()))
}

fn at(start: Instant, milliseconds: u64) -> Instant {
    start + Duration::from_millis(milliseconds)
}

#[test]
fn peers_come_due_in_the_order_of_their_deadlines() {
    let (start, [one, two, three]) = (Instant::now(), keys());
    let mut timers = Timers::default();
    for (key, deadline) in [(one, 30), (two, 10), (three, 20)] {
        timers.schedule(key, at(start, deadline));
    }
    assert_eq!(timers.next(), Some(at(start, 10)));
    assert_eq!(timers.pop_due(at(start, 9)), None);
    assert_eq!(timers.pop_due(at(start, 20)), Some(two));
    assert_eq!(timers.pop_due(at(start, 20)), Some(three));
    assert_eq!(timers.pop_due(at(start, 20)), None);
    assert_eq!(timers.pop_due(at(start, 99)), Some(one));
    assert_eq!(timers.next(), None);
}

#[test]
fn an_earlier_deadline_replaces_a_later_one_and_each_runs_the_peer_once() {
    let (start, [key]) = (Instant::now(), keys());
    let mut timers = Timers::default();
    timers.schedule(key, at(start, 50));
    timers.schedule(key, at(start, 10));
    timers.schedule(key, at(start, 30));
    assert_eq!(timers.pop_due(at(start, 99)), Some(key));
    assert_eq!(timers.pop_due(at(start, 99)), None);
    assert_eq!(timers.len(), 0);
}

#[test]
fn who_is_gone_does_not_come_due() {
    let (start, [gone, stays]) = (Instant::now(), keys());
    let mut timers = Timers::default();
    timers.schedule(gone, at(start, 10));
    timers.schedule(stays, at(start, 20));
    timers.forget(gone);
    assert_eq!(timers.pop_due(at(start, 99)), Some(stays));
    assert_eq!(timers.pop_due(at(start, 99)), None);
}

proptest! {
    /// Compared with a table that is searched.
    #[test]
    fn nobody_is_late_or_forgotten_whatever_is_scheduled(
        steps in prop::collection::vec((0_usize..4, 0_u64..50, 0_u64..10), 1..200),
    ) {
        let (start, keys): (_, [PeerKey; 4]) = (Instant::now(), keys());
        let mut timers = Timers::default();
        let mut table: BTreeMap<usize, Instant> = BTreeMap::new();
        let mut now = start;
        for (which, ahead, passes) in steps {
            let deadline = now + Duration::from_millis(ahead);
            timers.schedule(keys[which], deadline);
            let known = table.entry(which).or_insert(deadline);
            *known = deadline.min(*known);
            now += Duration::from_millis(passes);
            let mut due = Vec::new();
            while let Some(key) = timers.pop_due(now) {
                due.extend(keys.iter().position(|known| *known == key));
            }
            due.sort_unstable();
            let expected: Vec<_> = table.iter().filter(|(_, at)| **at <= now).map(|(which, _)| *which).collect();
            table.retain(|_, at| *at > now);
            prop_assert_eq!(due, expected);
            let earliest = table.values().min().copied();
            prop_assert!(timers.next() <= earliest || earliest.is_none());
        }
    }
}
