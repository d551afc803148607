//! Chat, data, hands, reactions.

use super::script::{Play, join_request, participant};
use crate::grant::Grant;
use crate::room::{JoinRequest, RoomCommand, RoomConfig};

fn private(text: &str, to: u64) -> RoomCommand {
    RoomCommand::Chat {
        text: text.to_owned(),
        to: Some(participant(to)),
    }
}

fn data(to: Option<u64>) -> RoomCommand {
    RoomCommand::Data {
        topic: "poll".to_owned(),
        to: to.map(participant),
        body: "yes".to_owned(),
    }
}

#[test]
fn late_joiners_read_the_last_messages_to_all() {
    let mut play = Play::with(RoomConfig {
        max_chat_history: 2,
        ..RoomConfig::default()
    });
    play.join(1);
    for text in ["one", "two", "three"] {
        play.chat(1, text);
    }
    play.command(1, private("secret", 1));
    play.forget();
    play.join(2);
    let expected = "welcome p2 seq=5 peers=[p1] tracks=[] \
                    chat=[chat #2 p1 \"two\", chat #3 p1 \"three\"]";
    play.expect_told(2, &[expected]);
}

#[test]
fn a_private_message_reaches_two_and_takes_no_number() {
    let mut play = Play::call(3);
    play.command(1, private("psst", 2));
    play.expect(&[
        "c_2 private chat #1 p1→p2 \"psst\"",
        "c_1 private chat #1 p1→p2 \"psst\"",
    ]);
    play.command(1, private("note to self", 1));
    play.expect(&["c_1 private chat #2 p1→p1 \"note to self\""]);
    play.chat(1, "all");
    play.expect_told(3, &["7:chat #3 p1 \"all\""]);
}

#[test]
fn data_reaches_all_or_one() {
    let mut play = Play::call(2);
    play.command(1, data(None));
    play.expect(&["c_1 5:data p1 poll=yes", "c_2 5:data p1 poll=yes"]);
    play.command(1, data(Some(2)));
    play.expect(&["c_2 private data p1 poll=yes"]);
}

#[test]
fn a_receiver_must_be_in_the_room() {
    let mut play = Play::call(1);
    play.command(1, private("hello?", 9));
    play.command(1, data(Some(9)));
    play.expect(&[
        "c_1 error r unknown_participant",
        "c_1 error r unknown_participant",
    ]);
}

#[test]
fn a_hand_is_raised_once() {
    let mut play = Play::call(1);
    play.command(1, RoomCommand::SetHand { raised: true });
    play.command(1, RoomCommand::SetHand { raised: true });
    play.expect(&["c_1 3:updated p1^"]);
    play.command(1, RoomCommand::SetHand { raised: false });
    play.expect(&["c_1 4:updated p1"]);
}

#[test]
fn reactions_are_events() {
    let mut play = Play::call(2);
    let reaction = "🎉".to_owned();
    play.command(2, RoomCommand::React { reaction });
    play.expect(&["c_1 5:reaction p2 🎉", "c_2 5:reaction p2 🎉"]);
}

#[test]
fn speaking_needs_its_grant() {
    let mut play = Play::call(1);
    play.join_as(JoinRequest {
        grant: Grant::viewer(),
        ..join_request(2)
    });
    play.forget();
    let reaction = "x".to_owned();
    for command in [
        private("a", 1),
        data(None),
        RoomCommand::SetHand { raised: true },
        RoomCommand::React { reaction },
    ] {
        play.command(2, command);
        play.expect(&["c_2 error r not_permitted"]);
    }
}
