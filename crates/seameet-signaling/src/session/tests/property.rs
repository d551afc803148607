//! What holds for every text and every order of inputs.

use std::time::Duration;

use proptest::prelude::*;
use seameet_core::room::Notice;
use seameet_core::{Denial, ErrorCode, RequestError};

use super::play::{JOIN, Play, welcome};
use crate::session::SessionInput;

#[derive(Debug, Clone)]
enum Step {
    Text(String),
    RateLimited(String),
    Binary,
    TooLarge,
    Alive,
    Grant,
    Deny,
    Refuse,
    Notice(Notice),
    Wait(u64),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,60}",
        Just(JOIN.to_owned()),
        prop::sample::select(vec![
            r#"{"type":"leave","id":"1"}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"raise_hand"}"#,
            r#"{"type":"offer","sdp":"","tracks":[]}"#,
            r#"{"type":"chat_message","text":"é"}"#,
            r#"{"type":"view","slots":[{"mid":"é","max_height":1}]}"#,
            r#"{"type":"join","protocol":1,"room_id":"é"}"#,
        ])
        .prop_map(str::to_owned),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let notice = prop::sample::select(vec![
        welcome(),
        Notice::Left,
        Notice::Removed,
        Notice::Replaced,
        Notice::MediaLost,
    ]);
    prop_oneof![
        8 => text().prop_map(Step::Text),
        1 => text().prop_map(Step::RateLimited),
        1 => Just(Step::Binary),
        1 => Just(Step::TooLarge),
        1 => Just(Step::Alive),
        3 => Just(Step::Grant),
        1 => Just(Step::Deny),
        1 => Just(Step::Refuse),
        3 => notice.prop_map(Step::Notice),
        2 => (0_u64..12).prop_map(Step::Wait),
    ]
}

fn play_step(play: &mut Play, step: Step) {
    match step {
        Step::Text(text) => play.say(&text),
        Step::RateLimited(text) => play.input(SessionInput::RateLimited(text)),
        Step::Binary => play.input(SessionInput::Binary),
        Step::TooLarge => play.input(SessionInput::TooLarge),
        Step::Alive => play.input(SessionInput::Alive),
        Step::Grant => play.grant(),
        Step::Deny => play.input(SessionInput::Verdict(Err(Denial::new("no")))),
        Step::Refuse => {
            let error = RequestError::new(ErrorCode::RoomFull, "full");
            play.input(SessionInput::Refused(error));
        }
        Step::Notice(notice) => play.notice(notice),
        Step::Wait(seconds) => play.wait(Duration::from_secs(seconds)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_conversation_has_one_entry_and_one_end(
        steps in prop::collection::vec(step(), 0..40)
    ) {
        let mut play = Play::new();
        for step in steps {
            play_step(&mut play, step);
        }
        let closed = play.is_closed();
        let transcript = play.take();
        let position = |start: &str| transcript.iter().position(|line| line.starts_with(start));
        let count = |start: &str| transcript.iter().filter(|line| line.starts_with(start)).count();
        prop_assert!(count("authorize ") <= 1);
        prop_assert!(count("enter ") <= 1);
        let welcomes = count(r#"send {"type":"ready""#);
        prop_assert!(welcomes <= 1);
        prop_assert_eq!(count("close "), usize::from(closed));
        if closed {
            prop_assert_eq!(position("close "), Some(transcript.len() - 1), "silence after the end");
        }
        // Nobody gets past the hook: no command without an entry, no entry without a verdict.
        for command in ["- ", "1 "] {
            if let Some(asked) = position(command) {
                prop_assert!(position("enter ").is_some_and(|entered| entered < asked));
            }
        }
        if let Some(entered) = position("enter ") {
            prop_assert!(position("authorize ").is_some_and(|authorized| authorized < entered));
        }
    }
}
