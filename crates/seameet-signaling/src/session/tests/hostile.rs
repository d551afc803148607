//! Clients that mean harm, or have a bug that looks like it.

use std::time::Duration;

use seameet_core::room::Notice;
use seameet_core::{ErrorCode, RequestError};

use super::play::{JOIN, Play};
use crate::session::SessionInput;

#[test]
fn a_second_join_is_refused_and_changes_nothing() {
    let mut play = Play::joined();
    play.say(r#"{"type":"join","id":"2","protocol":1,"room_id":"secret","token":"x"}"#);
    play.expect_error(Some("2"), "already_joined");
    play.say(r#"{"type":"chat_message","text":"where am I?"}"#);
    play.expect(&[r#"- Chat { text: "where am I?", to: None }"#]);
    let mut play = Play::new();
    play.say(JOIN);
    play.take();
    play.say(JOIN);
    play.expect_error(Some("j"), "already_joined");
    play.grant();
    play.expect(&["enter lab token=None"]);
}

#[test]
fn a_forged_sender_is_not_read() {
    let mut play = Play::joined();
    play.say(r#"{"type":"chat_message","text":"x","from":"p_00000000000000ff","participant":"p_00000000000000ff"}"#);
    play.expect(&[r#"- Chat { text: "x", to: None }"#]);
    play.say(r#"{"type":"leave","participant":"p_00000000000000ff"}"#);
    play.expect(&["- Leave"]);
}

#[test]
fn ten_megabytes_are_refused() {
    let mut play = Play::joined();
    let huge = "a".repeat(10 * 1024 * 1024);
    play.say(&format!(
        r#"{{"type":"chat_message","id":"1","text":"{huge}"}}"#
    ));
    play.expect_error(None, "too_large");
    play.say(&huge);
    play.expect_error(None, "too_large");
    play.input(SessionInput::TooLarge);
    let transcript = play.take();
    assert!(transcript[0].contains(r#""code":"too_large""#));
    assert_eq!(transcript[1..], ["close 1009 too_large"]);
}

#[test]
fn parts_over_a_limit_are_named() {
    let mut play = Play::joined();
    let lines = "a=x\\r\\n".repeat(10_000);
    play.say(&format!(
        r#"{{"type":"offer","id":"1","sdp":"{lines}","tracks":[]}}"#
    ));
    play.expect(&[concat!(
        r#"send {"type":"error","id":"1","code":"too_large","#,
        r#""message":"sdp lines: 10000, at most 8000 are allowed","retryable":false}"#
    )]);
    let track = r#"{"mid":"0","source":"camera"}"#;
    let tracks = [track; 9].join(",");
    let slot = r#"{"mid":"0","max_height":1}"#;
    let slots = [slot; 65].join(",");
    for text in [
        format!(
            r#"{{"type":"offer","sdp":"{}","tracks":[]}}"#,
            "a".repeat(262_145)
        ),
        format!(r#"{{"type":"offer","sdp":"","tracks":[{tracks}]}}"#),
        format!(r#"{{"type":"view","slots":[{slots}]}}"#),
        format!(r#"{{"type":"chat_message","text":"{}"}}"#, "é".repeat(4001)),
        format!(
            r#"{{"type":"data","topic":"t","body":"{}"}}"#,
            "a".repeat(16_385)
        ),
        format!(
            r#"{{"type":"data","topic":"{}","body":""}}"#,
            "é".repeat(65)
        ),
        format!(r#"{{"type":"reaction","reaction":"{}"}}"#, "é".repeat(17)),
    ] {
        play.say(&text);
        play.expect_error(None, "too_large");
    }
}

#[test]
fn what_just_fits_is_taken() {
    let mut play = Play::joined();
    for text in [
        format!(
            r#"{{"type":"offer","sdp":"{}","tracks":[]}}"#,
            "a".repeat(262_144)
        ),
        format!(
            r#"{{"type":"offer","sdp":"{}","tracks":[]}}"#,
            "a\\r\\n".repeat(8000)
        ),
        format!(
            r#"{{"type":"chat_message","text":"{}"}}"#,
            "漢".repeat(4000)
        ),
        format!(
            r#"{{"type":"data","topic":"{}","body":"{}"}}"#,
            "é".repeat(64),
            "a".repeat(16_384)
        ),
        format!(r#"{{"type":"reaction","reaction":"{}"}}"#, "é".repeat(16)),
    ] {
        play.say(&text);
        assert!(play.take()[0].starts_with("- "), "a command");
    }
}

#[test]
fn binary_frames_are_refused() {
    let mut play = Play::joined();
    play.input(SessionInput::Binary);
    play.expect_error(None, "bad_message");
    let mut play = Play::new();
    play.input(SessionInput::Binary);
    assert_eq!(play.take()[1..], ["close 4000 join_required"]);
}

#[test]
fn malformed_json_is_refused() {
    let mut play = Play::joined();
    let deep = format!(r#"{{"type":"ping","x":{}"#, "[".repeat(30_000));
    for text in [
        "",
        "hello",
        r#"{"type":"ping""#,
        r#"{"type":"ping","type":"leave"}"#,
        deep.as_str(),
    ] {
        play.say(text);
        play.expect_error(None, "bad_message");
    }
}

#[test]
fn repeated_offences_end_the_connection() {
    let mut play = Play::joined();
    for _ in 0..9 {
        play.say("nonsense");
    }
    assert!(!play.is_closed());
    play.take();
    play.input(SessionInput::Binary);
    let transcript = play.take();
    assert_eq!(transcript[1..], ["close 1008 offences"]);
    play.say(r#"{"type":"chat_message","text":"x"}"#);
    play.expect(&[]);
}

#[test]
fn old_offences_are_forgiven() {
    let mut play = Play::joined();
    for _ in 0..40 {
        play.say("nonsense");
        play.wait(Duration::from_secs(7));
    }
    assert!(!play.is_closed());
}

#[test]
fn refusals_by_the_room_and_unknown_types_are_no_offence() {
    let mut play = Play::joined();
    for _ in 0..50 {
        play.say(r#"{"type":"dance"}"#);
        play.expect_error(None, "unknown_type");
        play.say(r#"{"type":"unpublish","track":"t_1"}"#);
        play.take();
    }
    assert!(!play.is_closed());
}

fn offer(id: u32) -> String {
    format!(r#"{{"type":"offer","id":"{id}","sdp":"","tracks":[]}}"#)
}

#[test]
fn offers_have_a_rate_of_their_own() {
    let mut play = Play::joined();
    for id in 0..8 {
        play.say(&offer(id));
        assert!(play.take()[0].starts_with(&format!("{id} Offer")));
    }
    play.say(&offer(8));
    play.expect_error(Some("8"), "rate_limited");
    play.say(r#"{"type":"chat_message","text":"x"}"#);
    play.expect(&[r#"- Chat { text: "x", to: None }"#]);
    play.wait(Duration::from_millis(499));
    play.say(&offer(9));
    play.expect_error(Some("9"), "rate_limited");
    play.wait(Duration::from_millis(1));
    play.say(&offer(10));
    assert!(play.take()[0].starts_with("10 Offer"));
    play.say(&offer(11));
    play.expect_error(Some("11"), "rate_limited");
}

#[test]
fn a_rested_client_gets_its_burst_and_no_more() {
    let mut play = Play::joined();
    for _ in 0..3 {
        play.input(SessionInput::Alive);
        play.wait(Duration::from_secs(20));
    }
    play.take();
    for id in 0..8 {
        play.say(&offer(id));
        assert!(play.take()[0].starts_with(&format!("{id} Offer")));
    }
    play.say(&offer(8));
    play.expect_error(Some("8"), "rate_limited");
}

#[test]
fn offers_that_are_refused_again_and_again_end_the_connection() {
    for code in [ErrorCode::BadSdp, ErrorCode::BadTrack, ErrorCode::TooLarge] {
        let mut play = Play::joined();
        let refused = || Notice::Error {
            request: Some("1".to_owned()),
            error: RequestError::new(code, "no"),
        };
        for _ in 0..9 {
            play.notice(refused());
            play.expect_error(Some("1"), code.as_str());
        }
        play.notice(refused());
        assert_eq!(play.take()[1..], ["close 1008 offences"]);
    }
    let mut play = Play::joined();
    for _ in 0..50 {
        play.notice(Notice::Error {
            request: None,
            error: RequestError::new(ErrorCode::UnknownTrack, "it just went"),
        });
    }
    assert!(!play.is_closed());
}

#[test]
fn whoever_is_too_fast_is_told_and_then_closed() {
    let mut play = Play::joined();
    for _ in 0..9 {
        let text = r#"{"type":"chat_message","id":"7","text":"x"}"#.to_owned();
        play.input(SessionInput::RateLimited(text));
        play.expect_error(Some("7"), "rate_limited");
    }
    play.input(SessionInput::RateLimited("nonsense".to_owned()));
    assert_eq!(play.take()[1..], ["close 1008 offences"]);
}

#[test]
fn who_talks_too_much_may_still_leave() {
    let mut play = Play::joined();
    let text = r#"{"type":"leave","id":"7"}"#.to_owned();
    play.input(SessionInput::RateLimited(text));
    assert_eq!(play.take(), ["7 Leave"]);
}
