//! From the first message to `ready`.

use std::time::Duration;

use seameet_core::room::Notice;
use seameet_core::{Denial, ErrorCode, RequestError};

use super::play::{JOIN, Play, welcome};
use crate::session::{SessionConfig, SessionInput, TurnServer};
use crate::wire::{IceServer, Secret};

fn join(rest: &str) -> String {
    format!(r#"{{"type":"join","id":"j","protocol":1,"room_id":"lab"{rest}}}"#)
}

#[test]
fn a_granted_join_is_answered_with_ready() {
    let mut play = Play::with(SessionConfig {
        ice_servers: vec![IceServer {
            urls: vec!["turn:turn.example".into()],
            username: Some("u".into()),
            credential: Some(Secret::new("c")),
        }],
        ..SessionConfig::default()
    });
    play.say(&join(r#","display_name":" Zoë ","token":"hunter2""#));
    play.expect(&[r#"authorize lab name=Some("Zoë") token=Some("hunter2") resume=None"#]);
    play.grant();
    play.expect(&["enter lab token=None"]);
    play.notice(welcome());
    play.expect(&[concat!(
        r#"send {"type":"ready","id":"j","protocol":1,"participant":"p_0000000000000001","#,
        r#""room":{"id":"lab","seq":1,"started_at":1000.0},"peers":[],"tracks":[],"chat":[],"#,
        r#""ice_servers":[{"urls":["turn:turn.example"],"username":"u","credential":"c"}],"#,
        r#""resume":{"token":"07070707070707070707070707070707","ttl_ms":20000.0},"#,
        r#""limits":{"message_bytes":65536,"sdp_bytes":262144,"sdp_lines":8000,"#,
        r#""chat_chars":4000,"topic_chars":64,"data_bytes":16384,"reaction_chars":16,"#,
        r#""tracks":8,"slots":64},"grants":{"publish_microphone":true,"publish_camera":true,"#,
        r#""publish_screen":true,"subscribe":true,"chat":true,"data":true},"resumed":false}"#,
    )]);
}

#[test]
fn turn_credentials_are_made_for_the_participant_when_it_is_in() {
    let mut play = Play::with(SessionConfig {
        turn_servers: vec![TurnServer {
            urls: vec!["turn:turn.example".into()],
            secret: Secret::new("north"),
            ttl: Duration::from_secs(3600),
        }],
        ..SessionConfig::default()
    });
    play.wait(Duration::from_secs(9));
    play.say(JOIN);
    play.grant();
    play.take();
    play.notice(welcome());
    let ready = play.take().join("");
    // 2026-01-01 01:00:09. The password is that of OpenSSL for this name and the secret `north`.
    let made = concat!(
        r#""ice_servers":[{"urls":["turn:turn.example"],"#,
        r#""username":"1767229209:p_0000000000000001","#,
        r#""credential":"8CC1edcaeQ+gKntwz4k0f8uu9fg="}]"#
    );
    assert!(ready.contains(made), "{ready}");
    assert!(!ready.contains("north"));
}

#[test]
fn a_denied_join_is_told_why_and_closed() {
    let mut play = Play::new();
    play.say(JOIN);
    play.input(SessionInput::Verdict(Err(Denial::new("wrong password"))));
    let transcript = play.take();
    assert_eq!(
        transcript[1..],
        [
            r#"send {"type":"error","id":"j","code":"auth_rejected","message":"wrong password","retryable":false}"#,
            "close 4002 refused"
        ]
    );
    play.grant();
    play.expect(&[]);
}

#[test]
fn a_refusal_of_the_room_is_passed_on() {
    let mut play = Play::new();
    play.say(JOIN);
    play.grant();
    play.take();
    let error = RequestError::new(ErrorCode::RoomFull, "full");
    play.input(SessionInput::Refused(error));
    play.expect(&[
        r#"send {"type":"error","id":"j","code":"room_full","message":"full","retryable":true}"#,
        "close 4002 refused",
    ]);
}

#[test]
fn silence_before_the_join_ends_after_ten_seconds() {
    let mut play = Play::new();
    assert_eq!(play.deadline(), Some(Duration::from_secs(10)));
    play.wait(Duration::from_millis(9_999));
    play.expect(&[]);
    play.wait(Duration::from_millis(1));
    play.expect(&[
        r#"send {"type":"error","code":"join_timeout","message":"no join came in time","retryable":false}"#,
        "close 4001 join_timeout",
    ]);
    assert_eq!(play.deadline(), None);
}

#[test]
fn a_pong_does_not_stand_in_for_a_join() {
    let mut play = Play::new();
    play.wait(Duration::from_secs(9));
    play.input(SessionInput::Alive);
    play.wait(Duration::from_secs(1));
    assert!(play.is_closed());
}

#[test]
fn nothing_but_a_join_opens_a_conversation() {
    for (text, code) in [
        (r#"{"type":"leave","id":"1"}"#, "join_required"),
        (r#"{"type":"ping","id":"1"}"#, "join_required"),
        (
            r#"{"type":"chat_message","id":"1","text":"hi"}"#,
            "join_required",
        ),
        (r#"{"type":"dance","id":"1"}"#, "unknown_type"),
        (r#"{"type":"join","id":"1","room_id":"lab"}"#, "bad_message"),
    ] {
        let mut play = Play::new();
        play.say(text);
        let transcript = play.take();
        assert!(
            transcript[0].contains(&format!(r#""id":"1","code":"{code}""#)),
            "{transcript:?}"
        );
        assert_eq!(transcript[1..], ["close 4000 join_required"]);
    }
}

#[test]
fn a_join_is_checked_before_anybody_is_asked() {
    let many: Vec<_> = (0..17).map(|n| format!(r#""a{n}":"x""#)).collect();
    let many = format!(r#","attributes":{{{}}}"#, many.join(","));
    let long_name = format!(r#","display_name":"{}""#, "ö".repeat(65));
    let long_key = format!(r#","attributes":{{"{}":"x"}}"#, "k".repeat(33));
    let long_value = format!(r#","attributes":{{"k":"{}"}}"#, "é".repeat(257));
    let heavy: Vec<_> = (0..9)
        .map(|n| format!(r#""a{n}":"{}""#, "x".repeat(250)))
        .collect();
    let heavy = format!(r#","attributes":{{{}}}"#, heavy.join(","));
    for (rest, code) in [
        (long_name.as_str(), "bad_display_name"),
        (r#","display_name":"  ""#, "bad_display_name"),
        (r#","display_name":"a\nb""#, "bad_display_name"),
        (many.as_str(), "too_large"),
        (long_key.as_str(), "too_large"),
        (long_value.as_str(), "too_large"),
        (heavy.as_str(), "too_large"),
        (r#","attributes":{"":"x"}"#, "bad_message"),
        (r#","client":{"name":"","version":"1"}"#, "bad_message"),
        (r#","resume":{"token":"zz","seq":1}"#, "resume_rejected"),
        (
            r#","resume":{"token":"+7070707070707070707070707070707","seq":1}"#,
            "resume_rejected",
        ),
    ] {
        let mut play = Play::new();
        play.say(&join(rest));
        let transcript = play.take();
        assert!(
            transcript[0].contains(&format!(r#""id":"j","code":"{code}""#)),
            "{transcript:?}"
        );
        assert_eq!(transcript[1..], ["close 4002 refused"]);
    }
}

#[test]
fn rooms_have_plain_names_and_one_protocol_is_spoken() {
    let long = "a".repeat(65);
    for (room, protocol, code) in [
        ("", 1, "bad_room_id"),
        ("a b", 1, "bad_room_id"),
        ("../etc", 1, "bad_room_id"),
        ("räume", 1, "bad_room_id"),
        (long.as_str(), 1, "bad_room_id"),
        ("lab", 2, "unsupported_protocol"),
        ("lab", 0, "unsupported_protocol"),
    ] {
        let mut play = Play::new();
        play.say(&format!(
            r#"{{"type":"join","protocol":{protocol},"room_id":"{room}"}}"#
        ));
        let transcript = play.take();
        assert!(
            transcript[0].contains(&format!(r#""code":"{code}""#)),
            "{transcript:?}"
        );
    }
}

#[test]
fn a_resume_is_handed_to_the_room() {
    let mut play = Play::new();
    let token = "07070707070707070707070707070707";
    play.say(&join(&format!(
        r#","resume":{{"token":"{token}","seq":17}}"#
    )));
    play.expect(&["authorize lab name=None token=None resume=Some(17)"]);
}

#[test]
fn multi_byte_names_pass_unharmed() {
    let mut play = Play::new();
    let name = "👩‍👩‍👧‍👦ñé漢字";
    play.say(&join(&format!(r#","display_name":"{name}""#)));
    assert!(play.take()[0].contains("漢字"));
    let full = "漢".repeat(64);
    let mut play = Play::new();
    play.say(&join(&format!(r#","display_name":"{full}""#)));
    assert!(play.take()[0].starts_with("authorize"));
}

#[test]
fn whoever_waits_for_ready_waits() {
    let mut play = Play::new();
    play.say(JOIN);
    play.take();
    play.say(r#"{"type":"chat_message","id":"1","text":"hi"}"#);
    play.expect_error(Some("1"), "join_required");
    play.say(r#"{"type":"ping","id":"2"}"#);
    play.expect(&[r#"send {"type":"pong","id":"2"}"#]);
    play.grant();
    play.take();
    play.say(r#"{"type":"raise_hand"}"#);
    play.expect_error(None, "join_required");
    play.notice(welcome());
    assert!(play.take()[0].starts_with(r#"send {"type":"ready""#));
}

#[test]
fn leaving_works_at_any_time() {
    let mut play = Play::new();
    play.say(JOIN);
    play.take();
    play.say(r#"{"type":"leave","id":"1"}"#);
    play.expect(&[r#"send {"type":"left","id":"1"}"#, "close 1000 left"]);

    let mut play = Play::new();
    play.say(JOIN);
    play.grant();
    play.say(r#"{"type":"leave","id":"1"}"#);
    play.take();
    play.notice(welcome());
    assert_eq!(play.take()[1..], ["1 Leave"]);
    play.notice(Notice::Left);
    play.expect(&[r#"send {"type":"left","id":"1"}"#, "close 1000 left"]);
}

#[test]
fn what_comes_after_the_end_is_ignored() {
    let mut play = Play::new();
    play.say(JOIN);
    play.input(SessionInput::Disconnected);
    play.take();
    play.grant();
    play.notice(welcome());
    play.say(JOIN);
    play.wait(Duration::from_secs(100));
    play.expect(&[]);
}

#[test]
fn a_room_may_close_before_it_welcomes() {
    let mut play = Play::new();
    play.say(JOIN);
    play.grant();
    play.take();
    play.notice(Notice::RoomClosing {
        reason: "maintenance".into(),
        retry_after: None,
    });
    play.expect(&[
        r#"send {"type":"room_closing","reason":"maintenance"}"#,
        "close 1001 room_closing",
    ]);
}
