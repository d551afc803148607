//! The bounds and the order of the queue.

use std::sync::Arc;

use proptest::prelude::*;
use seameet_core::media::{SlotAssignment, SlotCause};
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

#[derive(Debug, Clone)]
enum Step {
    Chat(usize),
    Slots(Vec<(u8, Option<u32>)>),
    Pop,
}

fn step() -> impl Strategy<Value = Step> {
    let slot = (0_u8..4, prop::option::of(0_u32..9));
    prop_oneof![
        (0_usize..400).prop_map(Step::Chat),
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
        }
        while let Some(notice) = outbox.pop() {
            if let Notice::Slots(assignments) = notice {
                apply(&mut told, &assignments);
            }
        }
        prop_assert_eq!(told, meant);
    }
}
