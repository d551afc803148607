//! Tests with messages that Janus 1.1.2 said to a participant; sessions and handles are made one conversation's.

use serde_json::{Value, json};

use super::super::tests::plan;
use super::*;

const SESSION: &str = include_str!("samples/session.json");
const PUBLISHER: &str = include_str!("samples/publisher.json");
const CREATED: &str = include_str!("samples/created.json");
const EXISTS: &str = include_str!("samples/exists.json");
const JOINED: &str = include_str!("samples/joined.json");
const ANSWERED: &str = include_str!("samples/answered.json");
const SUBSCRIBER: &str = include_str!("samples/subscriber.json");
const ATTACHED: &str = include_str!("samples/attached.json");
const STARTED: &str = include_str!("samples/started.json");
const NEWCOMER: &str = include_str!("samples/newcomer.json");
const UPDATED: &str = include_str!("samples/updated.json");
const FULL: &str = include_str!("samples/full.json");
const MEDIA: &str = include_str!("samples/media.json");

/// A participant and what it said.
struct Talk {
    participant: JanusParticipant,
    said: Vec<Value>,
    events: Vec<Event>,
}

impl Talk {
    fn new(publishes: bool) -> Self {
        let bot = Bot {
            number: 7,
            room: "load-0".to_owned(),
            place: 0,
            publishes,
            joins_after: Duration::ZERO,
        };
        let address = SocketAddr::from(([192, 0, 2, 1], 5_000));
        let participant = JanusParticipant::enter(&bot, &plan(), address).expect("it begins");
        let mut talk = Self {
            participant,
            said: Vec::new(),
            events: Vec::new(),
        };
        talk.drain();
        talk
    }

    fn drain(&mut self) {
        while let Some(output) = self.participant.poll_output() {
            match output {
                Output::Text(text) => self.said.push(serde_json::from_str(&text).expect("JSON")),
                Output::Event(event) => self.events.push(event),
                Output::Transmit(_) => {}
            }
        }
    }

    /// What it says to that.
    fn hears(&mut self, text: &str) -> Vec<Value> {
        let before = self.said.len();
        self.participant.handle_text(Instant::now(), text);
        self.drain();
        self.said.split_off(before)
    }

    fn ended(&self) -> Option<String> {
        self.events.iter().find_map(|event| match event {
            Event::Ended(reason) => Some(reason.to_string()),
            _ => None,
        })
    }

    /// On its way in until it knows its room.
    fn joined(publishes: bool) -> (Self, Vec<Value>) {
        let mut talk = Self::new(publishes);
        assert_eq!(talk.said[0]["janus"], "create");
        for text in [SESSION, PUBLISHER, CREATED] {
            assert_eq!(talk.hears(text).len(), 1, "{text}");
        }
        let said = talk.hears(JOINED);
        (talk, said)
    }
}

#[test]
fn it_finds_its_way_into_a_room_whoever_made_it() {
    let mut talk = Talk::new(false);
    let attach = talk.hears(SESSION).remove(0);
    assert_eq!(attach["janus"], "attach");
    assert_eq!(attach["plugin"], "janus.plugin.videoroom");
    let create = talk.hears(PUBLISHER).remove(0)["body"].take();
    assert_eq!(create["request"], "create");
    assert_eq!(
        (&create["publishers"], &create["bitrate"]),
        (&json!(2), &json!(0))
    );
    let join = talk.hears(EXISTS).remove(0)["body"].take();
    assert_eq!(
        (&join["request"], &join["ptype"]),
        (&json!("join"), &json!("publisher"))
    );
    assert_eq!(join["room"], create["room"]);
    assert_eq!(talk.ended(), None);
}

#[test]
fn who_publishes_offers_and_takes_the_answer() {
    let (mut talk, said) = Talk::joined(true);
    let publish = &said[0];
    assert_eq!(publish["body"]["request"], "publish");
    assert_eq!(publish["jsep"]["type"], "offer");
    let sdp = publish["jsep"]["sdp"].as_str().expect("a description");
    assert!(
        sdp.contains("a=sendonly") && sdp.contains("a=candidate:"),
        "{sdp}"
    );
    // The answer in the sample is to another offer.
    let mids: Vec<_> = sdp
        .lines()
        .filter_map(|line| line.strip_prefix("a=mid:"))
        .collect();
    let answer: Value = serde_json::from_str(ANSWERED).expect("JSON");
    let text = answer["jsep"]["sdp"].as_str().expect("a description");
    let theirs: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("a=mid:"))
        .collect();
    let fitting = text.replace(theirs[0], mids[0]);
    let end = fitting.find("m=video").expect("it has two lines");
    let fitting = fitting[..end].replace(&format!(" {}", theirs[1]), "");
    let mut answer = answer.clone();
    answer["jsep"]["sdp"] = json!(fitting);
    talk.hears(&answer.to_string());
    assert_eq!(talk.ended(), None);
}

#[test]
fn it_asks_for_who_publishes_and_answers_each_offer_one_after_another() {
    let (mut talk, said) = Talk::joined(false);
    assert_eq!(said.len(), 1, "it publishes nothing: {said:?}");
    assert_eq!(said[0]["janus"], "attach");
    let subscribe = talk.hears(SUBSCRIBER).remove(0);
    let feed = subscribe["body"]["streams"][0]["feed"].as_u64();
    assert_eq!(
        (&subscribe["body"]["ptype"], feed.is_some()),
        (&json!("subscriber"), true)
    );
    assert!(
        talk.hears(NEWCOMER).is_empty(),
        "it waits for the first to end"
    );
    let start = talk.hears(ATTACHED).remove(0);
    assert_eq!(start["body"]["request"], "start");
    assert_eq!(start["jsep"]["type"], "answer");
    let sdp = start["jsep"]["sdp"].as_str().expect("a description");
    assert_eq!(sdp.matches("a=recvonly").count(), 2, "{sdp}");
    let more = talk.hears(STARTED).remove(0);
    assert_eq!(more["body"]["request"], "subscribe");
    assert_ne!(more["body"]["streams"][0]["feed"].as_u64(), feed);
    let start = talk.hears(UPDATED).remove(0);
    assert_eq!(start["body"]["request"], "start");
    assert!(talk.hears(STARTED).is_empty());
    assert!(talk.hears(MEDIA).is_empty());
    assert_eq!(talk.ended(), None);
}

#[test]
fn a_refusal_ends_it_and_says_why() {
    let (mut talk, _) = Talk::joined(true);
    talk.hears(FULL);
    let reason = talk.ended().expect("it ended");
    assert!(
        reason.contains("432") && reason.contains("Maximum number"),
        "{reason}"
    );
    assert_eq!(talk.participant.deadline(), None);
    assert!(talk.hears(ATTACHED).is_empty());
}

#[test]
fn what_makes_no_sense_ends_it_and_silence_is_broken() {
    let mut talk = Talk::new(false);
    talk.hears("[]");
    assert!(talk.ended().is_some());
    let mut talk = Talk::new(false);
    talk.hears(SESSION);
    let before = talk.said.len();
    talk.participant.handle_timeout(Instant::now() + KEEP_ALIVE);
    talk.drain();
    assert_eq!(talk.said[before]["janus"], "keepalive");
}

#[test]
fn rooms_have_numbers_that_json_can_carry() {
    let numbers: std::collections::HashSet<_> = (0..1_000)
        .map(|room| room_number(&format!("load-{room}")))
        .collect();
    assert_eq!(numbers.len(), 1_000);
    assert!(numbers.iter().all(|number| *number < 1 << 53));
}
