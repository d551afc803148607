//! What slots carry is told again after a resume, and only of the present peer connection.

use super::script::{Play, mid, participant, track};
use crate::id::TrackId;
use crate::media::{
    DisconnectReason, MediaEvent, SlotAssignment, SlotCause, SlotsNeeded, TrackSource,
};

#[test]
fn slots_and_needs_are_told_again() {
    let mut play = Play::call(2);
    let assigned = |line: &str, track: Option<u32>| MediaEvent::SlotsAssigned {
        participant: participant(1),
        assignments: vec![SlotAssignment {
            mid: mid(line),
            track: track.map(TrackId::new),
            participant: track.map(|_| participant(2)),
            layer: None,
            cause: SlotCause::Full,
        }],
    };
    play.media(assigned("5", Some(2)));
    play.media(assigned("6", Some(9)));
    play.disconnect(1);
    play.media(assigned("6", None));
    play.media(MediaEvent::SlotsNeeded {
        participant: participant(1),
        needed: SlotsNeeded { audio: 0, video: 2 },
    });
    play.forget();
    play.resume(3, 1, 5);
    play.expect_told(
        3,
        &[
            "resumed p1 seq=6 peers=[p2] tracks=[t_1 p1 Microphone opus, \
             t_2 p2 Microphone opus] chat=[] missed=[6:updated p1]",
            "slots [5=t_2, 6=-]",
            "needs audio=0 video=2",
        ],
    );
}

#[test]
fn a_new_peer_connection_has_slots_of_its_own() {
    let mut play = Play::call(2);
    let assigned = |line: &str| MediaEvent::SlotsAssigned {
        participant: participant(1),
        assignments: vec![SlotAssignment {
            mid: mid(line),
            track: Some(TrackId::new(2)),
            participant: Some(participant(2)),
            layer: None,
            cause: SlotCause::Full,
        }],
    };
    play.media(assigned("5"));
    play.media(MediaEvent::SlotsNeeded {
        participant: participant(1),
        needed: SlotsNeeded { audio: 0, video: 2 },
    });
    play.offer(1, &[]);
    play.offer(1, &[]);
    // The first is answered last, as the new slots are known already.
    play.answer_afresh(4);
    play.media(assigned("6"));
    play.answer(3);
    play.forget();
    play.resume(3, 1, 5);
    play.expect_told(
        3,
        &[
            "resumed p1 seq=5 peers=[p2] tracks=[t_2 p2 Microphone opus] chat=[] missed=[]",
            "slots [6=t_2]",
        ],
    );
}

#[test]
fn the_memory_of_slots_is_bounded() {
    let mut play = Play::call(1);
    for number in 0..300 {
        let assignments = vec![SlotAssignment {
            mid: mid(&format!("m{number}")),
            track: None,
            participant: None,
            layer: None,
            cause: SlotCause::Empty,
        }];
        let participant = participant(1);
        play.media(MediaEvent::SlotsAssigned {
            participant,
            assignments,
        });
    }
    play.forget();
    play.resume(2, 1, 2);
    let told = play.told(2);
    let slots = told.last().expect("slots are repeated");
    assert_eq!(slots.matches('=').count(), 256);
}

#[test]
fn a_closed_peer_connection_has_no_slots_to_tell() {
    let mut play = Play::call(1);
    play.media(MediaEvent::SlotsAssigned {
        participant: participant(1),
        assignments: vec![SlotAssignment {
            mid: mid("5"),
            track: None,
            participant: None,
            layer: None,
            cause: SlotCause::Empty,
        }],
    });
    play.media(MediaEvent::Disconnected {
        participant: participant(1),
        reason: DisconnectReason::ConsentExpired,
    });
    play.forget();
    play.resume(3, 1, 2);
    play.expect(&[
        "c_1 replaced",
        "c_3 resumed p1 seq=2 peers=[] tracks=[t_1 p1 Microphone opus] chat=[] missed=[]",
        "c_3 media lost",
    ]);
    play.offer(3, &[track("0", TrackSource::Microphone)]);
    play.answer(2);
    play.forget();
    play.resume(4, 3, 2);
    play.expect_told(
        4,
        &["resumed p1 seq=2 peers=[] tracks=[t_1 p1 Microphone opus] chat=[] missed=[]"],
    );
}
