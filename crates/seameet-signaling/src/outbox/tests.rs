//! The bounds and the order of the queue.

use std::sync::Arc;

use proptest::prelude::*;
use seameet_core::media::{
    ConnectionQuality, LineQuality, SlotAssignment, SlotCause, SpeakerLevel,
};
use seameet_core::room::{ChatMessage, Notice};
use seameet_core::{Mid, ParticipantId, TrackId};

use super::{Outbox, OutboxLimits};

fn slots(changes: &[(&str, Option<u32>)]) -> Notice {
    Notice::Slots(
        changes
            .iter()
            .map(|(mid, track)| SlotAssignment {
                mid: mid.parse().expect("a mid"),
                track: track.map(TrackId::new),
                participant: None,
                layer: None,
                cause: SlotCause::Full,
            })
            .collect(),
    )
}

fn chat(text: &str) -> Notice {
    Notice::PrivateChat(Arc::new(ChatMessage {
        id: 1,
        from: ParticipantId::from_random(1),
        display_name: None,
        to: None,
        text: text.to_owned(),
        at_ms: 0.0,
    }))
}

fn speakers(level_dbov: i8) -> Notice {
    let speaker = SpeakerLevel {
        participant: ParticipantId::from_random(1),
        level_dbov,
    };
    Notice::Speakers(Arc::new([speaker]))
}

fn quality(participant: u64, score: u8) -> Notice {
    Notice::Quality {
        participant: ParticipantId::from_random(participant),
        quality: Arc::new(ConnectionQuality {
            score,
            causes: Vec::new(),
            uplink: LineQuality::default(),
            downlink: LineQuality::default(),
        }),
        is_own: false,
    }
}

fn demand(track: u32, max_height: u32) -> Notice {
    Notice::Demand {
        track: TrackId::new(track),
        encodings: Vec::new(),
        max_height: Some(max_height),
    }
}

fn outbox(notices: usize, bytes: usize) -> Outbox {
    Outbox::new(OutboxLimits { notices, bytes })
}

#[test]
fn notices_leave_in_order_until_the_count_is_full() {
    let mut outbox = outbox(2, 1_000_000);
    outbox.push(chat("a")).unwrap();
    outbox.push(Notice::Left).unwrap();
    let overflow = outbox.push(chat("b")).unwrap_err();
    assert_eq!(overflow.notices, 2);
    assert_eq!(outbox.pop(), Some(chat("a")));
    outbox.push(chat("c")).unwrap();
    assert_eq!(outbox.pop(), Some(Notice::Left));
    assert_eq!(outbox.pop(), Some(chat("c")));
    assert_eq!(outbox.pop(), None);
}

#[test]
fn large_notices_fill_it_sooner() {
    let mut outbox = outbox(100, 10_000);
    outbox.push(chat(&"a".repeat(9_000))).unwrap();
    assert!(outbox.push(chat(&"a".repeat(2_000))).is_err());
    outbox.pop();
    outbox.push(chat(&"a".repeat(2_000))).unwrap();
}

#[test]
fn a_first_notice_fits_whatever_its_size() {
    let mut outbox = outbox(1, 10);
    outbox.push(chat(&"a".repeat(5_000))).unwrap();
    assert!(outbox.push(Notice::Left).is_err());
}

#[test]
fn slots_coalesce_at_the_end_and_the_newest_wins() {
    let mut outbox = outbox(3, 1_000_000);
    outbox
        .push(slots(&[("1", Some(1)), ("2", Some(2))]))
        .unwrap();
    outbox.push(chat("between")).unwrap();
    outbox.push(slots(&[("2", None), ("3", Some(3))])).unwrap();
    outbox.push(slots(&[("3", Some(4))])).unwrap();
    assert_eq!(outbox.len(), 2);
    assert_eq!(outbox.pop(), Some(chat("between")));
    let merged = slots(&[("1", Some(1)), ("2", None), ("3", Some(4))]);
    assert_eq!(outbox.pop(), Some(merged));
    assert!(outbox.is_empty());
}

#[test]
fn of_each_report_the_newest_waits_and_it_waits_at_the_end() {
    let mut outbox = outbox(7, 1_000_000);
    for round in 0..20 {
        outbox.push(speakers(-20 - round)).unwrap();
        for number in 1..=2 {
            outbox
                .push(quality(number, round.unsigned_abs() % 6))
                .unwrap();
            outbox
                .push(demand(7, u32::from(round.unsigned_abs())))
                .unwrap();
        }
        if round == 0 {
            outbox.push(chat("between")).unwrap();
        }
    }
    let waiting: Vec<_> = std::iter::from_fn(|| outbox.pop()).collect();
    let expected = [
        chat("between"),
        speakers(-39),
        quality(1, 1),
        quality(2, 1),
        demand(7, 19),
    ];
    assert_eq!(waiting, expected);
}

#[test]
fn reports_of_different_subjects_do_not_replace_each_other() {
    let mut outbox = outbox(100, 1_000_000);
    let notices = [
        speakers(-1),
        quality(1, 1),
        quality(2, 2),
        demand(1, 1),
        demand(2, 2),
    ];
    for notice in &notices {
        outbox.push(notice.clone()).unwrap();
    }
    let waiting: Vec<_> = std::iter::from_fn(|| outbox.pop()).collect();
    assert_eq!(waiting, notices);
}

#[derive(Debug, Clone)]
enum Step {
    Chat(usize),
    Quality(u64, u8),
    Demand(u32, u32),
    Slots(Vec<(u8, Option<u32>)>),
    Pop,
}

fn step() -> impl Strategy<Value = Step> {
    let slot = (0_u8..4, prop::option::of(0_u32..9));
    prop_oneof![
        (0_usize..400).prop_map(Step::Chat),
        (0_u64..3, 0_u8..5).prop_map(|(participant, score)| Step::Quality(participant, score)),
        (0_u32..3, 0_u32..5).prop_map(|(track, height)| Step::Demand(track, height)),
        prop::collection::vec(slot, 1..3).prop_map(Step::Slots),
        Just(Step::Pop),
    ]
}

/// Lays assignments over a client's picture of its slots.
fn apply(picture: &mut Vec<(Mid, Option<TrackId>)>, assignments: &[SlotAssignment]) {
    for assignment in assignments {
        picture.retain(|(mid, _)| *mid != assignment.mid);
        picture.push((assignment.mid, assignment.track));
    }
    picture.sort();
}

proptest! {
    #[test]
    fn bounds_hold_and_coalescing_loses_no_state(steps in prop::collection::vec(step(), 0..60)) {
        let limits = OutboxLimits { notices: 8, bytes: 2_000 };
        let mut outbox = Outbox::new(limits);
        let (mut told, mut meant) = (Vec::new(), Vec::new());
        for step in steps {
            let notice = match step {
                Step::Quality(participant, score) => quality(participant, score),
                Step::Demand(track, height) => demand(track, height),
                Step::Chat(length) => chat(&"x".repeat(length)),
                Step::Slots(changes) => {
                    let names = changes.iter().map(|(mid, track)| (mid.to_string(), *track));
                    let names: Vec<_> = names.collect();
                    let changes: Vec<_> = names.iter().map(|(mid, track)| (mid.as_str(), *track)).collect();
                    slots(&changes)
                }
                Step::Pop => {
                    if let Some(Notice::Slots(assignments)) = outbox.pop() {
                        apply(&mut told, &assignments);
                    }
                    continue;
                }
            };
            if let Notice::Slots(assignments) = &notice {
                apply(&mut meant, assignments);
            }
            if outbox.push(notice).is_err() {
                // The connection is closed here.
                return Ok(());
            }
            prop_assert!(outbox.len() <= limits.notices);
            let bytes: usize = outbox.queue.iter().map(Notice::weight).sum();
            prop_assert_eq!(bytes, outbox.bytes);
            prop_assert!(bytes <= limits.bytes || outbox.len() == 1);
            prop_assert!(outbox.queue.iter().filter(|n| matches!(n, Notice::Slots(_))).count() <= 1);
            let is_report = |notice: &Notice| !matches!(notice, Notice::Slots(_) | Notice::PrivateChat(_));
            let reports = outbox.queue.iter().filter(|notice| is_report(notice)).count();
            prop_assert!(reports <= 6, "three participants, three tracks");
        }
        while let Some(notice) = outbox.pop() {
            if let Notice::Slots(assignments) = notice {
                apply(&mut told, &assignments);
            }
        }
        prop_assert_eq!(told, meant);
    }
}
