//! A peer whose state machine panics goes alone.

use seameet_core::ErrorCode;
use seameet_core::media::{DisconnectReason, MediaEvent};

use super::script::{ROOM, Script};
use crate::shard::guard::{Guarded, sabotage};

fn disconnections(script: &Script) -> Vec<seameet_core::ParticipantId> {
    let lost = script.events.iter().filter_map(|event| match event {
        MediaEvent::Disconnected {
            participant,
            reason: DisconnectReason::Failed,
        } => Some(*participant),
        _ => None,
    });
    lost.collect()
}

/// The three steps of a second in which somebody panicked: exactly one peer is gone, the others hear each other.
fn assert_one_is_gone(script: &mut Script) {
    let lost = disconnections(script);
    assert_eq!(lost.len(), 1, "one peer is lost, once");
    assert_eq!(script.shard.counters().peers_failed, 1);
    let held = script.shard.occupancy();
    assert_eq!((held.peers, held.tracks), (2, 2));
    assert_eq!((held.addresses, held.names), (2, 2));
    script.run(50);
    script.forget_heard();
    script.run(1_000);
    for speaker in &script.speakers {
        let alone = lost.contains(&speaker.participant);
        let expected = if alone { 0..=0 } else { 190..=210 };
        assert!(
            expected.contains(&speaker.heard),
            "{} packets, alone: {alone}",
            speaker.heard
        );
    }
}

#[test]
fn whatever_work_panics_one_peer_is_lost_and_the_others_hear_each_other() {
    // One round of three speakers takes about twenty pieces of guarded work: receiving, writing, running.
    for after in 0..25 {
        let mut script = Script::with_speakers(3);
        sabotage::order(after);
        script.run(100);
        assert_one_is_gone(&mut script);
    }
}

#[test]
fn a_panic_amid_a_further_offer_is_told_to_who_offered() {
    let mut script = Script::with_speakers(3);
    sabotage::order(0);
    let refused = script.offer_again(0).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Internal);
    assert_eq!(disconnections(&script), [script.speakers[0].participant]);
    assert_one_is_gone(&mut script);
}

#[test]
fn a_panic_amid_a_first_offer_leaves_nothing_behind() {
    let mut script = Script::with_speakers(2);
    let before = script.shard.occupancy();
    sabotage::order(0);
    let refused = script.join(3).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Internal);
    assert_eq!(script.shard.occupancy(), before);
    assert!(disconnections(&script).is_empty());
}

#[test]
fn a_peer_that_failed_is_not_touched_again_and_gets_no_goodbye() {
    for (failed, goodbyes) in [(true, 0..=0), (false, 1..=9)] {
        let mut script = Script::with_speakers(2);
        let participant = script.speakers[0].participant;
        let key = script.shard.peer_of(ROOM, participant).unwrap();
        let before = script.speakers[0].sent;
        if failed {
            script.shard.fail(key, Guarded::Panicked);
            script.shard.fail(key, Guarded::Panicked);
        } else {
            script.shard.remove_participant(ROOM, participant);
        }
        script.drain();
        let counters = script.shard.counters();
        assert_eq!(
            (counters.peers, counters.peers_failed),
            (1, u64::from(failed))
        );
        assert_eq!(disconnections(&script).len(), usize::from(failed));
        let sent = script.speakers[0].sent - before;
        assert!(
            goodbyes.contains(&sent),
            "{sent} datagrams, failed: {failed}"
        );
    }
}

#[test]
fn the_tracks_of_a_failed_peer_leave_its_subscribers_slots() {
    let mut script = Script::with_speakers(2);
    let lost = script.speakers[0].participant;
    let key = script.shard.peer_of(ROOM, lost).unwrap();
    script.events.clear();
    script.shard.fail(key, Guarded::Failed);
    script.drain();
    let told = script.assignments();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].track, told[0].participant), (None, None));
    assert_eq!(script.shard.counters().peers_failed, 0, "it did not panic");
}
