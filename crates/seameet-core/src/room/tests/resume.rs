//! Coming back.

use std::collections::BTreeMap;
use std::time::Duration;

use super::script::{Play, join_request, participant, token_of, track};
use crate::grant::Grant;
use crate::media::TrackSource;
use crate::room::{JoinRequest, RoomCommand, RoomConfig};

#[test]
fn a_returning_member_gets_exactly_what_it_missed() {
    let mut play = Play::call(2);
    play.disconnect(1);
    play.chat(2, "are you there?");
    play.forget();
    play.wait(Duration::from_secs(19));
    play.resume(3, 1, 4);
    play.expect(&[
        "c_2 7:updated p1",
        "c_3 resumed p1 seq=7 peers=[p2] tracks=[t_1 p1 Microphone opus, t_2 p2 Microphone opus] \
         chat=[] \
         missed=[5:updated p1?, 6:chat #1 p2 \"are you there?\", 7:updated p1]",
    ]);
    assert_eq!(
        play.deadline, None,
        "the grace period ended with the resume"
    );
    play.chat(2, "good");
    play.expect(&["c_2 8:chat #2 p2 \"good\"", "c_3 8:chat #2 p2 \"good\""]);
}

#[test]
fn the_newest_connection_wins() {
    let mut play = Play::call(2);
    play.resume(3, 1, 4);
    play.expect(&[
        "c_1 replaced",
        "c_3 resumed p1 seq=4 peers=[p2] tracks=[t_1 p1 Microphone opus, t_2 p2 Microphone opus] \
         chat=[] missed=[]",
    ]);
    play.chat(1, "from the old connection");
    play.disconnect(1);
    play.expect(&[]);
    play.chat(3, "from the new one");
    play.expect(&[
        "c_2 5:chat #1 p1 \"from the new one\"",
        "c_3 5:chat #1 p1 \"from the new one\"",
    ]);
}

#[test]
fn a_token_is_void_once_the_next_one_was_heard_of() {
    let mut play = Play::call(2);
    play.resume(3, 1, 4);
    play.chat(3, "here I am");
    play.forget();
    play.resume(4, 1, 4);
    play.expect(&["c_4 refused resume_rejected"]);
    play.resume(5, 3, 5);
    play.expect_told(
        5,
        &["resumed p1 seq=5 peers=[p2] \
           tracks=[t_1 p1 Microphone opus, t_2 p2 Microphone opus] chat=[] missed=[]"],
    );
}

#[test]
fn a_token_counts_until_the_next_one_is_known_to_have_arrived() {
    let mut play = Play::call(2);
    let resumed = "resumed p1 seq=4 peers=[p2] \
                   tracks=[t_1 p1 Microphone opus, t_2 p2 Microphone opus] chat=[] missed=[]";
    // Three welcomes are lost one after the other.
    for connection in 3..6 {
        play.resume(connection, 1, 4);
        play.expect_told(connection, &[resumed]);
    }
    // The tokens that nobody came with are void, the last one is not.
    play.resume(6, 3, 4);
    play.expect(&["c_6 refused resume_rejected"]);
    play.resume(7, 5, 4);
    play.expect_told(7, &[resumed]);
    play.resume(8, 1, 4);
    play.expect(&["c_8 refused resume_rejected"]);
}

#[test]
fn what_is_forgotten_is_replaced_by_the_snapshot() {
    let mut play = Play::with(RoomConfig {
        max_event_history: 2,
        ..RoomConfig::default()
    });
    play.join(1);
    play.join(2);
    play.chat(1, "one");
    play.disconnect(1);
    play.chat(2, "two");
    play.forget();
    play.resume(3, 1, 3);
    let snapshot = "resumed p1 seq=6 peers=[p2] tracks=[] \
                    chat=[chat #1 p1 \"one\", chat #2 p2 \"two\"]";
    play.expect_told(3, &[snapshot]);
}

#[test]
fn data_and_reactions_are_not_repeated_and_push_nothing_out() {
    let mut play = Play::with(RoomConfig {
        max_event_history: 4,
        ..RoomConfig::default()
    });
    play.join(1);
    play.join(2);
    play.chat(1, "back soon");
    play.disconnect(1);
    for _ in 0..50 {
        let reaction = "🎉".to_owned();
        play.command(2, RoomCommand::React { reaction });
        play.command(
            2,
            RoomCommand::Data {
                topic: "cursor".to_owned(),
                to: None,
                body: "x".repeat(16_384),
            },
        );
    }
    play.chat(2, "still here");
    play.forget();
    play.resume(3, 1, 4);
    play.expect_told(
        3,
        &["resumed p1 seq=106 peers=[p2] tracks=[] \
           chat=[] \
           missed=[105:chat #2 p2 \"still here\", 106:updated p1]"],
    );
}

#[test]
fn history_is_bounded_in_bytes() {
    let mut play = Play::with(RoomConfig {
        max_chat_history_bytes: 1_000,
        max_event_history_bytes: 2_000,
        ..RoomConfig::default()
    });
    play.join(1);
    play.chat(1, &"a".repeat(900));
    play.chat(1, &"b".repeat(600));
    play.chat(1, &"c".repeat(600));
    play.forget();
    play.join(2);
    let last = format!("chat=[chat #3 p1 \"{}\"]", "c".repeat(600));
    let welcome = format!("welcome p2 seq=5 peers=[p1] tracks=[] {last}");
    play.expect_told(2, &[&welcome]);
    play.resume(3, 1, 1);
    let snapshot = format!("resumed p1 seq=5 peers=[p2] tracks=[] {last}");
    play.expect_told(3, &[&snapshot]);
}

#[test]
fn a_number_from_the_future_gives_a_snapshot() {
    let mut play = Play::new();
    play.join(1);
    play.forget();
    play.resume(2, 1, u32::MAX);
    play.expect_told(2, &["resumed p1 seq=1 peers=[] tracks=[] chat=[]"]);
}

#[test]
fn private_messages_wait_for_the_receiver() {
    let mut play = Play::call(2);
    play.disconnect(1);
    play.forget();
    for number in 0..40 {
        play.command(
            2,
            RoomCommand::Chat {
                text: number.to_string(),
                to: Some(participant(1)),
            },
        );
    }
    play.forget();
    play.resume(3, 1, 5);
    let mut expected = vec![
        "resumed p1 seq=6 peers=[p2] tracks=[t_1 p1 Microphone opus, t_2 p2 Microphone opus] \
         chat=[] missed=[6:updated p1]"
            .to_owned(),
    ];
    // The oldest eight made room.
    expected.extend((8..40).map(|n| format!("private chat #{} p2→p1 \"{n}\"", n + 1)));
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    play.expect_told(3, &expected);
}

#[test]
fn large_private_data_waits_within_bounds() {
    let mut play = Play::call(2);
    play.disconnect(1);
    for number in 0..6 {
        play.command(
            2,
            RoomCommand::Data {
                topic: format!("{number}"),
                to: Some(participant(1)),
                body: "x".repeat(16_000),
            },
        );
    }
    play.forget();
    play.resume(3, 1, 6);
    let body = "x".repeat(16_000);
    let mut expected = vec![
        "resumed p1 seq=6 peers=[p2] tracks=[t_1 p1 Microphone opus, t_2 p2 Microphone opus] \
         chat=[] missed=[]"
            .to_owned(),
    ];
    expected.extend((2..6).map(|number| format!("private data p2 {number}={body}")));
    let expected: Vec<_> = expected.iter().map(String::as_str).collect();
    play.expect_told(3, &expected);
}

#[test]
fn the_new_verdict_replaces_the_old_and_ends_what_it_forbids() {
    let mut play = Play::call(2);
    let mut grant = Grant::full();
    grant.publish_microphone = false;
    grant.chat = false;
    play.join_as(JoinRequest {
        grant,
        resume: Some((token_of(1), 4)),
        ..join_request(3)
    });
    play.expect(&[
        "c_1 replaced",
        "media unpublish t_1",
        "c_2 5:unpublished t_1 of p1",
        "c_3 resumed p1 seq=5 peers=[p2] tracks=[t_2 p2 Microphone opus] chat=[] \
         missed=[5:unpublished t_1 of p1]",
    ]);
    play.chat(3, "may I?");
    play.offer(3, &[track("0", TrackSource::Microphone)]);
    play.expect(&["c_3 error r not_permitted", "c_3 error r not_permitted"]);
}

#[test]
fn an_offer_in_flight_does_not_survive_a_smaller_grant() {
    let mut play = Play::call(2);
    let lines = [
        track("0", TrackSource::Microphone),
        track("1", TrackSource::Camera),
    ];
    play.offer(1, &lines);
    play.offer(1, &lines);
    let mut grant = Grant::full();
    grant.publish_camera = false;
    play.forget();
    play.join_as(JoinRequest {
        grant,
        resume: Some((token_of(1), 4)),
        ..join_request(3)
    });
    play.expect(&[
        "c_1 replaced",
        "media unpublish t_3",
        "c_3 resumed p1 seq=4 peers=[p2] tracks=[t_1 p1 Microphone opus, t_2 p2 Microphone opus] \
         chat=[] missed=[]",
    ]);
    play.answer(3);
    play.answer(4);
    play.expect(&["c_3 answer r [t_1@0]", "c_3 answer r [t_1@0]"]);
}

#[test]
fn a_member_that_may_no_longer_receive_gets_a_new_peer_connection() {
    let mut play = Play::call(2);
    let mut grant = Grant::full();
    grant.subscribe = false;
    play.join_as(JoinRequest {
        grant,
        resume: Some((token_of(1), 4)),
        ..join_request(3)
    });
    play.expect(&[
        "c_1 replaced",
        "media remove p1",
        "c_2 5:unpublished t_1 of p1",
        "c_3 resumed p1 seq=5 peers=[p2] tracks=[t_2 p2 Microphone opus] chat=[] \
         missed=[5:unpublished t_1 of p1]",
        "c_3 media lost",
    ]);
    play.offer(3, &[]);
    play.expect(&["media negotiate p1 #3 [] deaf"]);
}

#[test]
fn attributes_are_told_when_they_change_and_never_again() {
    let mut play = Play::call(2);
    play.join_as(JoinRequest {
        display_name: Some("Ada".parse().unwrap()),
        attributes: BTreeMap::from([("team".to_owned(), "blue".to_owned())]),
        resume: Some((token_of(1), 4)),
        ..join_request(3)
    });
    play.expect_told(2, &["5:updated p1(Ada) {\"team\": \"blue\"}"]);
    play.command(3, RoomCommand::SetHand { raised: true });
    play.expect_told(2, &["6:updated p1(Ada)^"]);
    play.disconnect(3);
    play.expect_told(2, &["7:updated p1(Ada)?^"]);
}
