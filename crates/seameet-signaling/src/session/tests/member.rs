//! What a member says and is told.

use std::sync::Arc;
use std::time::Duration;

use seameet_core::media::{
    Answer, AnsweredTrack, Codec, SlotAssignment, SlotCause, SlotsNeeded, TrackSource,
};
use seameet_core::room::{
    ChatMessage, ConnectionState, LeaveReason, Notice, ParticipantUpdate, RoomEvent,
    SequencedEvent, TrackInfo,
};
use seameet_core::{ErrorCode, MediaKind, RequestError, TrackId};

use super::play::{Play, participant};
use crate::session::SessionInput;

#[test]
fn requests_become_commands() {
    let mut play = Play::joined();
    for (text, command) in [
        (
            r#"{"type":"mute_audio","id":"1"}"#,
            "1 SetSourceMuted { source: Microphone, muted: true }",
        ),
        (
            r#"{"type":"unmute_audio"}"#,
            "- SetSourceMuted { source: Microphone, muted: false }",
        ),
        (
            r#"{"type":"mute_video"}"#,
            "- SetSourceMuted { source: Camera, muted: true }",
        ),
        (
            r#"{"type":"unmute_video"}"#,
            "- SetSourceMuted { source: Camera, muted: false }",
        ),
        (
            r#"{"type":"unpublish","track":"t_4"}"#,
            "- Unpublish { track: TrackId(4) }",
        ),
        (
            r#"{"type":"request_keyframe","track":"t_4"}"#,
            "- RequestKeyframe { track: TrackId(4) }",
        ),
        (r#"{"type":"raise_hand"}"#, "- SetHand { raised: true }"),
        (r#"{"type":"lower_hand"}"#, "- SetHand { raised: false }"),
        (
            r#"{"type":"reaction","reaction":"🎉"}"#,
            r#"- React { reaction: "🎉" }"#,
        ),
        (
            r#"{"type":"set_track","track":"t_1","muted":true,"width":640,"height":360}"#,
            "- SetTrack { track: TrackId(1), muted: Some(true), size: Some((640, 360)), fps: None }",
        ),
        (
            r#"{"type":"view","slots":[{"mid":"5","track":"t_2","max_height":360,"priority":9}]}"#,
            "- SetView(Slots([SlotWish { mid: Mid(5), track: Some(TrackId(2)), max_height: 360, \
             max_fps: None, min_height: None, priority: 9, pinned: false }]))",
        ),
        (
            r#"{"type":"view","slots":[{"mid":"5","max_height":360,"min_height":90,"pinned":true}]}"#,
            "- SetView(Slots([SlotWish { mid: Mid(5), track: None, max_height: 360, \
             max_fps: None, min_height: Some(90), priority: 0, pinned: true }]))",
        ),
        (
            r#"{"type":"view","auto":{"max_video":4}}"#,
            "- SetView(Auto { max_video: 4 })",
        ),
    ] {
        play.say(text);
        play.expect(&[command]);
    }
}

#[test]
fn offers_and_conversation_become_commands() {
    let mut play = Play::joined();
    for (text, command) in [
        (
            r#"{"type":"offer","sdp":"v=0","tracks":[{"mid":"0","source":"microphone"}]}"#,
            "- Offer(OfferRequest { sdp: \"v=0\", tracks: [OfferedTrack { mid: Mid(0), \
             source: Microphone, muted: false, encrypted: false }] })",
        ),
        (
            r#"{"type":"data","topic":"poll","to":"p_00000000000000ff","body":"{}"}"#,
            "- Data { topic: \"poll\", to: Some(ParticipantId(255)), body: \"{}\" }",
        ),
        (
            r#"{"type":"chat_message","text":"hi"}"#,
            r#"- Chat { text: "hi", to: None }"#,
        ),
    ] {
        play.say(text);
        play.expect(&[command]);
    }
}

#[test]
fn candidates_are_checked_and_need_no_room() {
    let mut play = Play::joined();
    let good = "candidate:1 1 udp 2113937151 192.0.2.1 54400 typ host";
    for candidate in [good, "", &format!("a={good}")] {
        play.say(&format!(
            r#"{{"type":"ice_candidate","candidate":"{candidate}","sdp_mid":"0"}}"#
        ));
        play.expect(&[]);
    }
    for candidate in [
        "candidate:1 1 udp",
        "nonsense",
        "1 1 udp 1 192.0.2.1 5 typ host",
    ] {
        play.say(&format!(
            r#"{{"type":"ice_candidate","id":"1","candidate":"{candidate}"}}"#
        ));
        play.expect_error(Some("1"), "bad_candidate");
    }
}

#[test]
fn unusable_ids_and_halves_are_refused() {
    let mut play = Play::joined();
    for (text, code) in [
        (r#"{"type":"unpublish","track":"4"}"#, "unknown_track"),
        (
            r#"{"type":"unpublish","track":"t_99999999999"}"#,
            "unknown_track",
        ),
        (
            r#"{"type":"chat_message","text":"x","to":"bob"}"#,
            "unknown_participant",
        ),
        (
            r#"{"type":"set_track","track":"t_1","width":1}"#,
            "bad_message",
        ),
        (r#"{"type":"view"}"#, "bad_message"),
        (
            r#"{"type":"view","slots":[],"auto":{"max_video":1}}"#,
            "bad_message",
        ),
        (
            r#"{"type":"offer","sdp":"","tracks":[{"mid":"","source":"camera"}]}"#,
            "bad_track",
        ),
        (r#"{"type":"chat_message","text":""}"#, "bad_message"),
    ] {
        play.say(text);
        play.expect_error(None, code);
    }
}

#[test]
fn events_are_told_with_their_number() {
    let mut play = Play::joined();
    let track = TrackInfo {
        id: TrackId::new(3),
        participant: participant(),
        source: TrackSource::ScreenAudio,
        kind: MediaKind::Audio,
        codec: Codec::Opus,
        muted: false,
        encrypted: false,
        size: None,
        fps: None,
    };
    for (event, text) in [
        (
            RoomEvent::TrackPublished(track),
            concat!(
                r#"send {"type":"track_published","seq":9,"track":{"id":"t_3","#,
                r#""participant":"p_0000000000000001","source":"screen_audio","kind":"audio","#,
                r#""codec":"opus","muted":false,"encrypted":false}}"#
            ),
        ),
        (
            RoomEvent::ParticipantUpdated(ParticipantUpdate {
                id: participant(),
                display_name: None,
                attributes: None,
                state: ConnectionState::Connected,
                hand_raised: true,
            }),
            concat!(
                r#"send {"type":"participant_updated","seq":9,"#,
                r#""participant":{"id":"p_0000000000000001","state":"connected","hand":true}}"#
            ),
        ),
        (
            RoomEvent::ParticipantLeft {
                participant: participant(),
                reason: LeaveReason::ConnectionLost,
            },
            concat!(
                r#"send {"type":"participant_left","seq":9,"participant":"p_0000000000000001","#,
                r#""reason":"connection_lost"}"#
            ),
        ),
    ] {
        play.notice(Notice::Event(Arc::new(SequencedEvent { seq: 9, event })));
        play.expect(&[text]);
    }
}

#[test]
fn private_messages_have_no_number() {
    let mut play = Play::joined();
    play.notice(Notice::PrivateChat(Arc::new(ChatMessage {
        id: 5,
        from: participant(),
        display_name: None,
        to: Some(participant()),
        text: "psst".into(),
        at_ms: 3.0,
    })));
    play.expect(&[concat!(
        r#"send {"type":"chat_message","id":"m_5","from":"p_0000000000000001","#,
        r#""to":"p_0000000000000001","text":"psst","at":3.0}"#
    )]);
}

#[test]
fn media_news_are_told() {
    let mut play = Play::joined();
    let mid = "5".parse().unwrap();
    let track = TrackId::new(3);
    for (notice, text) in [
        (
            Notice::Answer {
                request: Some("o".into()),
                answer: Answer {
                    sdp: "v=0".into(),
                    tracks: vec![AnsweredTrack {
                        track,
                        mid,
                        codec: Codec::Vp8,
                    }],
                    fresh: false,
                },
            },
            r#"send {"type":"answer","id":"o","sdp":"v=0","tracks":[{"mid":"5","track":"t_3"}]}"#,
        ),
        (
            Notice::Slots(vec![SlotAssignment {
                mid,
                track: None,
                participant: None,
                layer: None,
                cause: SlotCause::WaitingForKeyframe,
            }]),
            r#"send {"type":"slots","assignments":[{"mid":"5","cause":"waiting_for_keyframe"}]}"#,
        ),
        (
            Notice::SlotsNeeded(SlotsNeeded { audio: 0, video: 2 }),
            r#"send {"type":"request_renegotiation","needed_slots":{"audio":0,"video":2}}"#,
        ),
        (
            Notice::MediaLost,
            r#"send {"type":"media_lost","closed":true}"#,
        ),
        (
            Notice::Error {
                request: Some("o".into()),
                error: RequestError::new(ErrorCode::BadSdp, "no"),
            },
            r#"send {"type":"error","id":"o","code":"bad_sdp","message":"no","retryable":false}"#,
        ),
    ] {
        play.notice(notice);
        play.expect(&[text]);
    }
}

#[test]
fn leaving_is_confirmed_with_its_own_id() {
    let mut play = Play::joined();
    play.say(r#"{"type":"leave","id":"bye"}"#);
    play.expect(&["bye Leave"]);
    play.notice(Notice::Left);
    play.expect(&[r#"send {"type":"left","id":"bye"}"#, "close 1000 left"]);
}

#[test]
fn the_close_code_tells_who_ended_it() {
    for (notice, close) in [
        (Notice::Removed, "close 4003 removed"),
        (Notice::Replaced, "close 4004 replaced"),
    ] {
        let mut play = Play::joined();
        play.notice(notice);
        play.expect(&[close]);
    }
}

#[test]
fn the_server_pings_and_gives_up_on_silence() {
    let mut play = Play::joined();
    play.wait(Duration::from_secs(10));
    play.expect(&["ping"]);
    play.input(SessionInput::Alive);
    play.wait(Duration::from_secs(10));
    play.expect(&["ping"]);
    assert_eq!(play.deadline(), Some(Duration::from_secs(30)));
    play.wait(Duration::from_secs(10));
    play.expect(&["ping"]);
    assert_eq!(play.deadline(), Some(Duration::from_secs(35)));
    play.wait(Duration::from_millis(4_999));
    play.expect(&[]);
    play.wait(Duration::from_millis(1));
    play.expect(&["close 4005 silent"]);
}

#[test]
fn a_clients_ping_is_a_sign_of_life_and_is_answered() {
    let mut play = Play::joined();
    play.wait(Duration::from_secs(24));
    play.take();
    play.say(r#"{"type":"ping","id":"9"}"#);
    play.expect(&[r#"send {"type":"pong","id":"9"}"#]);
    play.wait(Duration::from_secs(24));
    assert!(!play.is_closed());
}
