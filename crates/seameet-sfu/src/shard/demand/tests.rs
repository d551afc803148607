//! Tests of what publishers are told.

use super::*;

fn wanted(encodings: &[bool], max_height: Option<u32>) -> Wanted {
    Wanted {
        encodings: encodings.to_vec(),
        max_height,
    }
}

#[test]
fn less_is_told_after_a_while_and_once() {
    let now = Instant::now();
    let low = wanted(&[true, false], Some(180));
    let mut demand = Demand::default();
    assert_eq!(demand.update(now, &low), None);
    assert_eq!(demand.deadline(), Some(now + HOLD));
    assert_eq!(demand.update(now + HOLD / 2, &low), None);
    assert_eq!(demand.update(now + HOLD, &low), Some(low.clone()));
    assert_eq!(demand.update(now + HOLD * 2, &low), None);
    assert_eq!(demand.deadline(), None);
}

#[test]
fn more_is_told_at_once() {
    let now = Instant::now();
    let nothing = wanted(&[false, false], Some(0));
    let all = wanted(&[true, true], None);
    let mut demand = Demand::default();
    demand.update(now, &nothing);
    demand.update(now + HOLD, &nothing);
    assert_eq!(demand.update(now + HOLD, &all), Some(all));
}

#[test]
fn a_change_of_mind_within_the_hold_is_not_told() {
    let now = Instant::now();
    let mut demand = Demand::default();
    demand.update(now, &wanted(&[true, false], Some(180)));
    demand.update(now + HOLD / 2, &wanted(&[true, true], None));
    assert_eq!(
        demand.update(now + HOLD, &wanted(&[true, false], Some(180))),
        None
    );
}

#[test]
fn what_is_wanted_besides_does_not_wait_for_what_is_wanted_no_longer() {
    let now = Instant::now();
    let mut demand = Demand::default();
    let low = wanted(&[true, false], Some(180));
    demand.update(now, &low);
    demand.update(now + HOLD, &low);
    let high = wanted(&[false, true], Some(720));
    let both = wanted(&[true, true], Some(720));
    assert_eq!(demand.update(now + HOLD, &high), Some(both));
    assert_eq!(demand.update(now + HOLD * 2, &high), Some(high));
}

#[test]
fn a_line_with_other_encodings_begins_with_all_of_them() {
    let now = Instant::now();
    let mut demand = Demand::default();
    let low = wanted(&[false], Some(0));
    demand.update(now, &low);
    demand.update(now + HOLD, &low);
    assert_eq!(
        demand.update(now + HOLD, &wanted(&[true, true, true], None)),
        None
    );
}
