//! Decoding: what is taken, and how precisely the rest is refused.

use proptest::prelude::*;
use seameet_core::ErrorCode;

use super::*;

fn limits() -> DecodeLimits {
    DecodeLimits::server_side()
}

/// The code, the repeated id and the explanation of a refusal.
fn refusal(text: &str) -> (ErrorCode, Option<String>, String) {
    let rejected = decode_client(text, &limits()).expect_err(text);
    let explanation = rejected.to_string();
    (rejected.error.code(), rejected.id, explanation)
}

fn explanation(text: &str) -> String {
    refusal(text).2
}

#[test]
fn a_message_is_read_with_its_id_and_without_unknown_fields() {
    let text =
        r#"{"type":"chat_message","id":"7","text":"hi","from":"p_0000000000000001","x":[1]}"#;
    let body = ClientBody::ChatMessage(SendChat {
        text: "hi".into(),
        to: None,
    });
    let id = Some("7".into());
    assert_eq!(
        decode_client(text, &limits()),
        Ok(ClientMessage { id, body })
    );
}

#[test]
fn a_wrong_field_is_named_with_its_path() {
    assert_eq!(
        explanation(r#"{"type":"offer","sdp":"v=0","tracks":[{"mid":"0","source":"tuba"}]}"#),
        "offer: tracks[0].source: unknown variant `tuba`, expected one of `microphone`, `camera`, \
         `screen`, `screen_audio`"
    );
    assert_eq!(
        explanation(r#"{"type":"chat_message"}"#),
        "chat_message: missing field `text`"
    );
    assert_eq!(
        explanation(r#"{"type":"view","slots":[{"mid":"3","max_height":-1}]}"#),
        "view: slots[0].max_height: invalid value: integer `-1`, expected u32"
    );
}

#[test]
fn a_refusal_repeats_the_id_once_it_is_known() {
    let (code, id, _) = refusal(r#"{"id":"a","type":"unpublish","track":5}"#);
    assert_eq!((code, id), (ErrorCode::BadMessage, Some("a".into())));
    let (code, id, text) = refusal(r#"{"id":"b","type":"dance"}"#);
    assert_eq!((code, id), (ErrorCode::UnknownType, Some("b".into())));
    assert_eq!(text, r#"there is no message type "dance""#);
    assert_eq!(refusal(r#"{"id":"c"}"#).1, Some("c".into()));
}

#[test]
fn a_duplicate_key_is_refused_at_any_depth() {
    assert_eq!(
        explanation(r#"{"type":"leave","type":"ping"}"#),
        "not acceptable JSON: the key \"type\" appears twice at line 1 column 22"
    );
    let nested = r#"{"type":"offer","sdp":"","tracks":[{"mid":"0","mid":"1"}]}"#;
    assert!(explanation(nested).contains("\"mid\" appears twice"));
}

#[test]
fn nesting_and_population_are_bounded() {
    let deep = format!(
        r#"{{"type":"ping","x":{}{}}}"#,
        "[".repeat(50),
        "]".repeat(50)
    );
    assert!(explanation(&deep).contains("nested too deeply"));
    let wide = format!(r#"{{"type":"ping","x":[{}0]}}"#, "0,".repeat(5000));
    assert!(explanation(&wide).contains("too many values"));
    let bottomless = "[".repeat(60_000);
    assert!(explanation(&bottomless).contains("nested too deeply"));
}

#[test]
fn only_an_offer_may_be_large() {
    let sdp = "a".repeat(100 * 1024);
    let offer = format!(r#"{{"type":"offer","sdp":"{sdp}","tracks":[]}}"#);
    assert!(decode_client(&offer, &limits()).is_ok());
    let chat = format!(r#"{{"type":"chat_message","id":"1","text":"{sdp}"}}"#);
    let (code, id, text) = refusal(&chat);
    assert_eq!((code, id), (ErrorCode::TooLarge, Some("1".into())));
    assert!(text.ends_with("at most 65536 are allowed"), "{text}");
    let huge = format!(r#"{{"type":"offer","sdp":"{}"}}"#, "a".repeat(400 * 1024));
    assert_eq!(refusal(&huge).0, ErrorCode::TooLarge);
}

#[test]
fn what_is_not_an_object_with_a_type_is_refused() {
    for text in ["[]", "null", "7", "{}", r#"{"type":7}"#, r#"{"type":null}"#] {
        assert_eq!(refusal(text).0, ErrorCode::BadMessage, "{text}");
    }
    for text in [
        "",
        "{",
        "hello",
        "{} {}",
        r#"{"type":"ping",}"#,
        "\u{feff}{}",
    ] {
        assert!(
            explanation(text).starts_with("not acceptable JSON"),
            "{text}"
        );
    }
}

#[test]
fn a_request_id_is_a_short_text() {
    let long = format!(r#"{{"type":"ping","id":"{}"}}"#, "é".repeat(65));
    assert!(explanation(&long).contains("1 to 64 characters"));
    let fits = format!(r#"{{"type":"ping","id":"{}"}}"#, "é".repeat(64));
    assert!(decode_client(&fits, &limits()).is_ok());
    assert_eq!(
        refusal(r#"{"type":"ping","id":7}"#).0,
        ErrorCode::BadMessage
    );
    assert_eq!(
        refusal(r#"{"type":"ping","id":""}"#).0,
        ErrorCode::BadMessage
    );
}

#[test]
fn explanations_stay_short_and_survive_multi_byte_text() {
    let kind = "💥".repeat(10_000);
    assert!(
        explanation(&format!(r#"{{"type":"{kind}"}}"#))
            .chars()
            .count()
            < 100
    );
    let source = "é".repeat(10_000);
    let text =
        format!(r#"{{"type":"offer","sdp":"","tracks":[{{"mid":"0","source":"{source}"}}]}}"#);
    assert!(explanation(&text).chars().count() < 250);
    let key = "ü".repeat(5000);
    let twice = format!(r#"{{"{key}":1,"{key}":2}}"#);
    assert!(explanation(&twice).chars().count() < 250);
}

#[test]
fn secrets_do_not_print() {
    let text = r#"{"type":"join","protocol":1,"room_id":"a","token":"hunter2",
        "resume":{"token":"hunter2","seq":3}}"#;
    let message = decode_client(text, &limits()).unwrap();
    assert!(!format!("{message:?}").contains("hunter2"));
    assert!(serde_json::to_string(&message).unwrap().contains("hunter2"));
}

#[test]
fn an_unknown_error_code_stays_readable_for_an_old_client() {
    let text = r#"{"type":"error","code":"from_the_future","message":"m","retryable":true}"#;
    let Ok(ServerMessage::Error(error)) = decode_server(text, &DecodeLimits::client_side()) else {
        panic!("an error message");
    };
    assert_eq!((error.code, error.retryable), (ErrorCode::Internal, true));
}

#[test]
fn the_generated_types_are_committed() {
    let committed = include_str!("../../../../frontend/packages/protocol/src/generated.ts");
    assert_eq!(typescript(), committed, "run `cargo xtask codegen`");
}

/// JSON that looks like the protocol, with holes and wrong values.
fn almost_a_message() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec![
        "join",
        "offer",
        "view",
        "data",
        "set_track",
        "ping",
        "x",
    ]);
    let field = prop::sample::select(vec![
        "id", "type", "sdp", "tracks", "slots", "auto", "track", "text", "to", "room_id",
    ]);
    let value = prop::sample::select(vec![
        "null",
        "1",
        "-1",
        "1e999",
        "\"\"",
        "\"t_1\"",
        "[]",
        "[{}]",
        "{}",
        "[[[[]]]]",
        "{\"mid\":\"0\"}",
    ]);
    let fields = prop::collection::vec((field, value), 0..6);
    (kind, fields).prop_map(|(kind, fields)| {
        let rest = fields.iter().fold(String::new(), |rest, (name, value)| {
            rest + ",\"" + name + "\":" + value
        });
        format!("{{\"type\":\"{kind}\"{rest}}}")
    })
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}") {
        let _ = decode_client(&text, &limits());
        let _ = decode_server(&text, &limits());
    }

    #[test]
    fn near_misses_never_panic_and_explain_themselves(text in almost_a_message()) {
        match decode_client(&text, &limits()) {
            Ok(message) => { let _ = message.body.into_command(); }
            Err(rejected) => prop_assert!(!rejected.to_string().is_empty()),
        }
    }
}
