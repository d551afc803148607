//! `docs/protocol.md` says what the code does.

#![expect(clippy::expect_used, reason = "a failed expectation is the report")]

use std::collections::BTreeSet;

use seameet_core::ErrorCode;
use seameet_signaling::session::CloseReason;
use seameet_signaling::wire::{DecodeLimits, decode_client, decode_server, typescript};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../../docs/protocol.md");

/// The JSON examples with this marker.
fn examples(marker: &str) -> Vec<&'static str> {
    let fence = format!("```json {marker}\n");
    let blocks: Vec<_> = DOCUMENT
        .split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().expect("a closed block"))
        .collect();
    assert!(blocks.len() > 10, "the document lost its {marker} examples");
    blocks
}

fn type_of(example: &str) -> String {
    let value: Value = serde_json::from_str(example).expect(example);
    value["type"].as_str().expect(example).to_owned()
}

/// An example decodes, and encodes to itself: it has no field that the protocol does not know.
#[track_caller]
fn assert_same(example: &str, encoded: Value) {
    let example: Value = serde_json::from_str(example).expect(example);
    assert_eq!(with_floats(example), with_floats(encoded));
}

/// JSON has one kind of number, serde has three.
fn with_floats(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64()),
        Value::Array(items) => items.into_iter().map(with_floats).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, with_floats(value)))
            .collect(),
        other => other,
    }
}

/// The message types of a generated union, which cannot forget one.
fn types_in(union: &str) -> BTreeSet<String> {
    let module = typescript();
    let start = format!("export type {union} =");
    let declaration = module.split(&start).nth(1).expect(union);
    let end = declaration.find("\n\n").unwrap_or(declaration.len());
    declaration[..end]
        .split("{ \"type\": \"")
        .skip(1)
        .map(|rest| rest.split('"').next().expect("a type").to_owned())
        .collect()
}

#[test]
fn every_client_example_is_a_message_and_every_message_has_one() {
    let mut shown = BTreeSet::new();
    for example in examples("client") {
        let message = decode_client(example, &DecodeLimits::server_side()).expect(example);
        assert_same(example, serde_json::to_value(message).expect(example));
        shown.insert(type_of(example));
    }
    let all = types_in("ClientMessage");
    assert_eq!(all.len(), 18);
    assert_eq!(shown, all);
}

#[test]
fn every_server_example_is_a_message_and_every_message_has_one() {
    let mut shown = BTreeSet::new();
    for example in examples("server") {
        let message = decode_server(example, &DecodeLimits::client_side()).expect(example);
        assert_same(example, serde_json::to_value(message).expect(example));
        shown.insert(type_of(example));
    }
    let mut all = types_in("ServerMessage");
    all.extend(types_in("RoomEvent"));
    assert_eq!(all.len(), 21);
    assert_eq!(shown, all);
}

#[test]
fn no_example_escapes_the_test() {
    let fences = DOCUMENT
        .lines()
        .filter(|line| line.starts_with("```json"))
        .count();
    assert_eq!(fences, examples("client").len() + examples("server").len());
}

#[test]
fn every_error_code_has_its_row() {
    for code in ErrorCode::ALL {
        let row = DOCUMENT
            .lines()
            .find(|line| line.starts_with(&format!("| `{code}` |")))
            .unwrap_or_else(|| panic!("{code} is not documented"));
        let retryable = if code.is_retryable() {
            "| yes |"
        } else {
            "| no |"
        };
        assert!(row.ends_with(retryable), "{row}");
    }
}

#[test]
fn every_close_code_has_its_row() {
    for reason in CloseReason::ALL {
        let start = format!("| {} | `{}` |", reason.code(), reason.as_str());
        assert!(DOCUMENT.contains(&start), "{start} is not documented");
    }
}
