//! Coming and going.

use std::time::Duration;

use super::script::{Play, join_request, participant};
use crate::room::{JoinRequest, RoomCommand, RoomConfig, RoomInput};

fn small_room() -> Play {
    Play::with(RoomConfig {
        max_members: 2,
        ..RoomConfig::default()
    })
}

#[test]
fn a_member_learns_the_room_and_the_room_learns_of_the_member() {
    let mut play = Play::new();
    play.join(1);
    play.expect(&[
        "c_1 welcome p1 seq=1 peers=[] tracks=[] chat=[]",
        "joined p1",
    ]);
    play.join_as(JoinRequest {
        display_name: Some("Zoë".parse().unwrap()),
        ..join_request(2)
    });
    play.expect(&[
        "c_1 2:joined p2(Zoë)",
        "c_2 welcome p2 seq=2 peers=[p1] tracks=[] chat=[]",
        "joined p2",
    ]);
}

#[test]
fn peers_are_listed_in_the_order_in_which_they_came() {
    let mut play = Play::new();
    for connection in [9, 3, 7, 1] {
        play.join(connection);
    }
    play.expect_told(
        1,
        &["welcome p1 seq=4 peers=[p9, p3, p7] tracks=[] chat=[]"],
    );
}

#[test]
fn a_full_room_refuses_and_counts_those_who_reconnect() {
    let mut play = small_room();
    play.join(1);
    play.join(2);
    play.chat(2, "hello");
    play.disconnect(2);
    play.forget();
    play.join(3);
    play.expect(&["c_3 refused room_full"]);
    assert_eq!(play.members(), 2);
}

#[test]
fn a_resume_needs_no_free_place() {
    let mut play = small_room();
    play.join(1);
    play.join(2);
    play.chat(2, "hello");
    play.disconnect(2);
    play.forget();
    play.resume(3, 2, 3);
    play.expect_told(
        3,
        &["resumed p2 seq=5 peers=[p1] tracks=[] chat=[] missed=[4:updated p2?, 5:updated p2]"],
    );
}

#[test]
fn a_second_join_of_one_connection_changes_nothing() {
    let mut play = Play::call(2);
    play.join_as(JoinRequest {
        participant: participant(5),
        ..join_request(1)
    });
    play.expect(&["c_1 refused already_joined"]);
    play.chat(1, "still me");
    play.expect_told(2, &["5:chat #1 p1 \"still me\""]);
}

#[test]
fn a_minted_id_that_is_taken_is_refused_not_shared() {
    let mut play = Play::call(1);
    play.join_as(JoinRequest {
        participant: participant(1),
        ..join_request(2)
    });
    play.expect(&["c_2 refused internal"]);
}

#[test]
fn a_lost_member_is_awaited_and_then_gone() {
    let mut play = Play::call(2);
    play.disconnect(1);
    play.expect(&["c_2 5:updated p1?"]);
    play.wait(Duration::from_millis(19_999));
    play.expect(&[]);
    play.wait(Duration::from_millis(1));
    play.expect(&[
        "c_2 6:unpublished t_1 of p1",
        "media remove p1",
        "c_2 7:left p1 ConnectionLost",
        "left p1 ConnectionLost",
    ]);
    assert_eq!(play.deadline, None);
}

#[test]
fn whoever_never_said_a_word_is_not_awaited() {
    let mut play = small_room();
    play.join(1);
    for ghost in 2..9 {
        play.join(ghost);
        play.disconnect(ghost);
        assert_eq!(play.members(), 1);
    }
    play.join(9);
    play.forget();
    play.disconnect(9);
    play.expect(&[
        "media remove p9",
        "c_1 17:left p9 ConnectionLost",
        "left p9 ConnectionLost",
    ]);
    play.resume(21, 9, 16);
    play.expect(&["c_21 refused resume_rejected"]);
}

#[test]
fn leaving_takes_the_tracks_along_and_the_last_one_ends_the_room() {
    let mut play = Play::call(2);
    play.command(1, RoomCommand::Leave);
    play.expect(&[
        "c_1 goodbye",
        "c_2 5:unpublished t_1 of p1",
        "media remove p1",
        "c_2 6:left p1 Left",
        "left p1 Left",
    ]);
    play.command(2, RoomCommand::Leave);
    play.expect(&["c_2 goodbye", "media remove p2", "left p2 Left", "ended"]);
    play.join(3);
    play.expect(&["c_3 refused overloaded"]);
}

#[test]
fn a_refused_first_join_ends_the_room() {
    let mut play = Play::new();
    play.resume(1, 7, 0);
    play.expect(&["c_1 refused resume_rejected", "ended"]);
}

#[test]
fn removal_kills_the_resume_token() {
    let mut play = Play::call(2);
    let participant = participant(1);
    play.input(RoomInput::Remove { participant });
    play.expect(&[
        "c_1 removed",
        "c_2 5:unpublished t_1 of p1",
        "media remove p1",
        "c_2 6:left p1 Removed",
        "left p1 Removed",
    ]);
    play.resume(3, 1, 4);
    play.expect(&["c_3 refused resume_rejected"]);
    play.input(RoomInput::Remove { participant });
    play.expect(&[]);
}

#[test]
fn leaving_and_expiry_kill_the_resume_token() {
    let mut play = Play::call(3);
    play.command(1, RoomCommand::Leave);
    play.disconnect(2);
    play.wait(Duration::from_secs(20));
    play.forget();
    play.resume(4, 1, 0);
    play.resume(5, 2, 0);
    play.expect(&["c_4 refused resume_rejected", "c_5 refused resume_rejected"]);
}

#[test]
fn closing_tells_everyone_who_can_be_told() {
    let mut play = Play::call(2);
    play.disconnect(2);
    play.forget();
    play.input(RoomInput::Close {
        reason: "maintenance".to_owned(),
        retry_after: Some(30),
    });
    play.expect(&[
        "c_1 closing maintenance Some(30)",
        "media remove p1",
        "left p1 RoomClosed",
        "media remove p2",
        "left p2 RoomClosed",
        "ended",
    ]);
    assert_eq!(play.deadline, None);
}

#[test]
fn strangers_and_former_members_are_not_heard() {
    let mut play = Play::call(2);
    play.command(1, RoomCommand::Leave);
    play.forget();
    play.chat(1, "ghost");
    play.chat(77, "stranger");
    play.disconnect(1);
    play.disconnect(77);
    play.expect(&[]);
}
