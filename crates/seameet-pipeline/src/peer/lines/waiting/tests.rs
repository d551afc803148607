//! Tests of what waits in front of the engine.

use super::*;

/// Writes packets of a hundred bytes as they are counted, and tells under which numbers they leave.
fn write(waiting: &mut Waiting, sequences: std::ops::Range<u64>) -> Vec<Option<u64>> {
    let write = |sequence: u64| {
        let number = waiting.number(sequence)?;
        let payload = [0_u8; 100];
        let rtp = RtpWrite::new(96.into(), number.into(), 0, Instant::now(), payload);
        waiting.push(sequence, 100, rtp).then_some(number)
    };
    sequences.map(write).collect()
}

fn hand_over(waiting: &mut Waiting, count: usize) -> usize {
    let now = Instant::now();
    (0..count).map(|_| waiting.hand_over(now, 1).count()).sum()
}

fn some(numbers: std::ops::Range<u64>) -> Vec<Option<u64>> {
    numbers.map(Some).collect()
}

#[test]
fn the_engine_has_two_to_choose_from() {
    let (mut waiting, now) = (Waiting::default(), Instant::now());
    write(&mut waiting, 0..5);
    let counts = [0, 2, 1, 0, 0].map(|has| waiting.hand_over(now, has).count());
    assert_eq!(counts, [2, 0, 1, 2, 0]);
    assert!(waiting.is_empty());
    assert_eq!(waiting.backlog(now), (Duration::ZERO, 0, 0));
}

#[test]
fn age_counts_from_when_a_packet_was_first_seen() {
    let (mut waiting, now) = (Waiting::default(), Instant::now());
    let after = |milliseconds| now + Duration::from_millis(milliseconds);
    write(&mut waiting, 0..2);
    assert_eq!(waiting.backlog(after(500)), (Duration::ZERO, 2, 200));
    let _ = waiting.hand_over(after(10), 1).count();
    write(&mut waiting, 2..3);
    assert_eq!(
        waiting.backlog(after(50)),
        (Duration::from_millis(40), 2, 200)
    );
}

#[test]
fn what_follows_a_cut_takes_the_numbers_of_what_went() {
    let mut waiting = Waiting::default();
    assert_eq!(write(&mut waiting, 100..110), some(100..110));
    assert_eq!(hand_over(&mut waiting, 3), 3);
    assert_eq!(waiting.cut(), 7);
    assert!(waiting.is_empty());
    assert_eq!(waiting.cut(), 0, "nothing is left");
    assert_eq!(write(&mut waiting, 110..114), some(103..107));
    assert_eq!(hand_over(&mut waiting, 1), 1);
    assert_eq!(waiting.cut(), 3);
    assert_eq!(write(&mut waiting, 120..122), some(110..112), "lost before");
}

#[test]
fn who_comes_late_gets_its_place_or_none() {
    let mut waiting = Waiting::default();
    write(&mut waiting, 0..4);
    write(&mut waiting, 5..10);
    hand_over(&mut waiting, 6);
    waiting.cut();
    let numbers = [4, 6, 7, 9, 10].map(|sequence| waiting.number(sequence));
    assert_eq!(numbers, [Some(4), Some(6), None, None, Some(7)]);
    // Nothing later went with it: its gap stays.
    write(&mut waiting, 4..5);
    assert_eq!(waiting.cut(), 1);
    assert_eq!(waiting.number(10), Some(7));
}

#[test]
fn cuts_that_follow_each_other_add_up_and_no_number_leaves_twice() {
    let mut waiting = Waiting::default();
    let (mut next, mut left) = (1, Vec::new());
    for round in 0..40_u64 {
        let numbers = write(&mut waiting, next..next + 10);
        next += 10;
        let handed = hand_over(&mut waiting, usize::try_from(round % 4).unwrap());
        left.extend(numbers.into_iter().flatten().take(handed));
        waiting.cut();
    }
    let expected: Vec<u64> = (1..=left.len() as u64).collect();
    assert_eq!(left, expected);
    // Of what was long ago nobody knows any more whether it was sent.
    assert_eq!(waiting.number(1), None);
}

#[test]
fn what_was_cut_before_anything_was_sent_leaves_no_gap() {
    let mut waiting = Waiting::default();
    write(&mut waiting, 50..60);
    assert_eq!(waiting.cut(), 10);
    assert_eq!(write(&mut waiting, 60..61), some(50..51));
}

#[test]
fn too_many_are_refused() {
    let mut waiting = Waiting::default();
    let taken = write(&mut waiting, 0..MAX_PACKETS as u64 + 3);
    assert_eq!(taken.iter().flatten().count(), MAX_PACKETS);
}
