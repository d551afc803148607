//! Tests of merging and repeating keyframe requests.

use super::*;

const MS: Duration = Duration::from_millis(1);

/// The milliseconds, up to `until`, at which requests go out if everything happens at its deadline.
fn sent_at(throttle: &mut KeyframeThrottle, start: Instant, until: u32) -> Vec<u128> {
    let mut sent = Vec::new();
    while let Some(at) = throttle.deadline().filter(|at| *at <= start + until * MS) {
        assert!(throttle.poll(at), "a deadline without anything to do");
        sent.push((at - start).as_millis());
    }
    sent
}

#[test]
fn the_first_request_goes_out_at_once() {
    let mut throttle = KeyframeThrottle::new();
    assert_eq!(throttle.deadline(), None);
    assert!(!throttle.poll(Instant::now()));
    assert!(throttle.request(Instant::now()));
}

#[test]
fn an_unanswered_request_is_repeated_ever_more_slowly() {
    let start = Instant::now();
    let mut throttle = KeyframeThrottle::new();
    assert!(throttle.request(start));
    assert_eq!(
        sent_at(&mut throttle, start, 30_000),
        [250, 1250, 2250, 3250, 4250, 5250, 15_250, 25_250]
    );
}

#[test]
fn a_keyframe_ends_the_repetition() {
    let start = Instant::now();
    let mut throttle = KeyframeThrottle::new();
    assert!(throttle.request(start));
    throttle.keyframe_seen();
    assert_eq!(throttle.deadline(), None);
    assert!(!throttle.poll(start + 60_000 * MS));
}

#[test]
fn a_storm_becomes_one_request_per_half_second() {
    let start = Instant::now();
    let mut throttle = KeyframeThrottle::new();
    let mut sent = Vec::new();
    for ms in 0..2_000 {
        let now = start + ms * MS;
        for _subscriber in 0..100 {
            if throttle.request(now) {
                sent.push(ms);
            }
        }
        // The publisher answers each request 100 ms later.
        if sent.last().is_some_and(|last| ms == last + 100) {
            throttle.keyframe_seen();
        }
    }
    assert_eq!(sent, [0, 500, 1000, 1500]);
}

#[test]
fn a_request_within_the_interval_is_sent_when_it_ends() {
    let start = Instant::now();
    let mut throttle = KeyframeThrottle::new();
    assert!(throttle.request(start));
    throttle.keyframe_seen();
    assert!(!throttle.request(start + 100 * MS));
    assert_eq!(throttle.deadline(), Some(start + 500 * MS));
    assert!(!throttle.poll(start + 499 * MS));
    assert!(throttle.poll(start + 500 * MS));
}

#[test]
fn a_keyframe_also_serves_the_request_that_waits() {
    let start = Instant::now();
    let mut throttle = KeyframeThrottle::new();
    assert!(throttle.request(start));
    assert!(!throttle.request(start + 100 * MS));
    throttle.keyframe_seen();
    assert_eq!(throttle.deadline(), None);
}

#[test]
fn a_repetition_also_serves_the_request_that_waits() {
    let start = Instant::now();
    let mut throttle = KeyframeThrottle::new();
    assert!(throttle.request(start));
    assert!(!throttle.request(start + 100 * MS));
    assert_eq!(sent_at(&mut throttle, start, 1_500), [250, 1250]);
}

#[test]
fn a_new_request_does_not_wait_for_a_slow_repetition() {
    let start = Instant::now();
    let mut throttle = KeyframeThrottle::new();
    assert!(throttle.request(start));
    sent_at(&mut throttle, start, 16_000);
    // The last repetition was at 15,250 ms, the next would be at 25,250 ms.
    assert!(throttle.request(start + 17_000 * MS));
}

#[test]
fn cancelling_stops_the_repetition_but_not_the_interval() {
    let start = Instant::now();
    let mut throttle = KeyframeThrottle::new();
    assert!(throttle.request(start));
    throttle.cancel();
    assert_eq!(throttle.deadline(), None);
    assert!(!throttle.request(start + 10 * MS));
    assert_eq!(throttle.deadline(), Some(start + 500 * MS));
}
