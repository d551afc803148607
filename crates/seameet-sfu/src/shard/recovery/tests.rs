//! Tests of beginning an estimate anew.

use super::*;

fn after(start: Instant, seconds: u64) -> Instant {
    start + Duration::from_secs(seconds)
}

/// The seconds of a minute in which something is begun anew, and with what.
fn tries(estimate: u64, lack: Lack, condition: Condition) -> Vec<(u64, u64)> {
    let (mut recovery, start) = (Recovery::default(), Instant::now());
    (0..60)
        .filter_map(|second| {
            let begun = recovery.update(after(start, second), estimate, lack, condition);
            begun.map(|begun| (second, begun))
        })
        .collect()
}

fn seconds(tries: &[(u64, u64)]) -> Vec<u64> {
    tries.iter().map(|(second, _)| *second).collect()
}

#[test]
fn nothing_is_given_up_where_nothing_lacks() {
    for condition in [Condition::Clear, Condition::Faulty, Condition::Full] {
        assert_eq!(tries(50_000, Lack::Nothing, condition), []);
    }
}

#[test]
fn who_sees_nothing_is_tried_again_and_less_often() {
    let tries = tries(50_000, Lack::All(200_000), Condition::Faulty);
    assert!(tries.iter().all(|(_, begun)| *begun == 200_000));
    assert_eq!(seconds(&tries)[..3], [3, 10, 17], "{tries:?}");
}

#[test]
fn a_line_that_shows_no_fault_is_tried_at_once() {
    let (mut recovery, start) = (Recovery::default(), Instant::now());
    let lack = Lack::All(200_000);
    recovery.update(start, 50_000, lack, Condition::Clear);
    let due = start + CLEAR_PATIENCE;
    assert_eq!(recovery.deadline(), Some(due));
    let begun = recovery.update(due, 50_000, lack, Condition::Clear);
    assert_eq!(begun, Some(200_000));
}

#[test]
fn a_line_that_is_narrow_without_fault_is_tried_ever_less_often() {
    let (mut recovery, start) = (Recovery::default(), Instant::now());
    let lack = Lack::All(200_000);
    let tries = (0_u32..240).filter_map(|quarter| {
        let at = start + Duration::from_millis(250) * quarter;
        let begun = recovery.update(at, 50_000, lack, Condition::Clear);
        begun.map(|_| quarter)
    });
    let tries: Vec<_> = tries.collect();
    assert_eq!(tries[..3], [2, 5, 8], "{tries:?}");
    assert!(tries.len() <= 15, "{tries:?}");
    assert!(tries[tries.len() - 1] - tries[tries.len() - 2] >= 24);
}

#[test]
fn what_is_seen_is_put_at_risk_for_the_rest_ever_less_often() {
    let some = tries(50_000, Lack::Some(200_000), Condition::Clear);
    let all = tries(50_000, Lack::All(200_000), Condition::Clear);
    assert!(some.len() < all.len(), "{some:?} {all:?}");
    assert!(some.len() <= 8, "{some:?}");
}

#[test]
fn a_line_on_which_not_even_sound_comes_through_is_left_alone_for_long() {
    let tries = tries(50_000, Lack::All(200_000), Condition::Full);
    assert_eq!(seconds(&tries)[0], 20);
    assert!(tries.len() <= 4, "{tries:?}");
}

#[test]
fn an_estimate_that_stands_still_is_begun_anew_where_it_stands_ever_less_often() {
    let begun = tries(200_000, Lack::Quality, Condition::Clear);
    assert!(begun.iter().all(|(_, begun)| *begun == 200_000));
    assert_eq!(seconds(&begun)[..4], [4, 12, 20, 28], "{begun:?}");
    assert_eq!(tries(200_000, Lack::Quality, Condition::Faulty), []);
}

#[test]
fn an_estimate_that_moves_or_suffices_is_left_alone() {
    let (mut recovery, start) = (Recovery::default(), Instant::now());
    for second in 0..20 {
        let grown = 50_000 + 20_000 * second;
        let lack = Lack::All(1_000_000);
        let begun = recovery.update(after(start, second), grown, lack, Condition::Faulty);
        assert_eq!(begun, None, "{second} s");
    }
    let suffices = tries(300_000, Lack::All(200_000), Condition::Faulty);
    assert_eq!(suffices, []);
}

#[test]
fn a_good_time_makes_former_tries_forgotten() {
    let (mut recovery, start) = (Recovery::default(), Instant::now());
    for second in 0..20 {
        let _ = recovery.update(
            after(start, second),
            200_000,
            Lack::Quality,
            Condition::Clear,
        );
    }
    for second in 20..40 {
        let _ = recovery.update(
            after(start, second),
            900_000,
            Lack::Nothing,
            Condition::Clear,
        );
    }
    recovery.update(after(start, 40), 200_000, Lack::Quality, Condition::Clear);
    assert_eq!(recovery.deadline(), Some(after(start, 44)));
}

#[test]
fn a_gain_that_does_not_hold_makes_tries_rarer_and_one_that_holds_does_not() {
    let play = |gain: u64| {
        let (mut recovery, start) = (Recovery::default(), Instant::now());
        let (mut tries, mut last) = (Vec::new(), None);
        for second in 0..180 {
            // For two seconds a try looks like a success.
            let is_up = last.is_some_and(|last| second > last && second <= last + 2);
            let estimate = if is_up { gain } else { 200_000 };
            let at = after(start, second);
            if recovery
                .update(at, estimate, Lack::Quality, Condition::Clear)
                .is_some()
            {
                tries.push(second);
                last = Some(second);
            }
        }
        tries
    };
    let steady = play(200_000);
    assert!(steady.len() >= 20, "{steady:?}");
    let misled = play(900_000);
    assert!(misled.len() <= 7, "{misled:?}");
    let gaps: Vec<_> = misled.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.last().unwrap() >= &32, "{gaps:?}");
}
