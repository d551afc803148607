//! Who is let in, and how fast one may talk.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use seameet::rate::{self, Quota};
use seameet::{Denial, Grant, SeaMeetServer, ServerEvent, Token, Verdict};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{TestServer, loopback, open_builder};

const SECRET: &str = "open-sesame-7f3a";

fn locked() -> seameet::SeaMeetServerBuilder {
    loopback(SeaMeetServer::builder())
        .on_rate_check(|_| async { true })
        .on_authenticate(|_, room, token: Option<Token>| async move {
            match token {
                Some(token) if token.matches(SECRET) => Ok(Grant::full()),
                Some(_) => Err(Denial::new(format!("wrong token for {room}"))),
                None => Err(Denial::new("no token")),
            }
        })
}

fn join_with(token: &str) -> serde_json::Value {
    json!({ "type": "join", "protocol": 1, "room_id": "vault", "token": token, "id": "j" })
}

#[tokio::test]
async fn the_hook_decides_by_room_and_token() {
    let mut server = TestServer::start(locked());
    let mut ada = server.connect().await;
    ada.send(&join_with(SECRET)).await;
    ada.expect("ready").await;

    let mut eve = server.connect().await;
    eve.send(&join_with("mellon")).await;
    let error = eve.expect("error").await;
    assert_eq!(error["code"], "auth_rejected");
    assert_eq!(error["message"], "wrong token for vault");
    assert_eq!(error["id"], "j");
    assert_eq!(eve.expect_close().await, 4002);
    let reason = server
        .next_event(|event| match event {
            ServerEvent::AuthRejected { reason, .. } => Some(reason),
            _ => None,
        })
        .await;
    assert_eq!(reason, "wrong token for vault");
}

#[tokio::test]
async fn a_resume_passes_the_hook_too() {
    let server = TestServer::start(locked());
    let mut ada = server.connect().await;
    ada.send(&join_with(SECRET)).await;
    let ready = ada.expect("ready").await;
    drop(ada);
    let mut thief = server.connect().await;
    let resume = json!({ "token": ready["resume"]["token"], "seq": 0 });
    thief
        .send(&json!({ "type": "join", "protocol": 1, "room_id": "vault", "resume": resume }))
        .await;
    assert_eq!(thief.expect_error().await, "auth_rejected");
}

/// The hook sees a fresh id each time, so somebody must tell it who came back.
#[tokio::test]
async fn a_resume_tells_which_id_the_hook_was_asked_about() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&asked);
    let builder = open_builder().on_authenticate(move |participant, _, _| {
        notes.lock().unwrap().push(participant);
        async { Ok(Grant::full()) }
    });
    let mut server = TestServer::start(builder);
    let (mut ada, ready) = server.join("lobby").await;
    // Only who said something is awaited.
    ada.send(&json!({ "type": "raise_hand" })).await;
    ada.expect("participant_updated").await;
    drop(ada);
    let mut ada = server.connect().await;
    let resume = json!({ "token": ready["resume"]["token"], "seq": 0 });
    ada.send(&json!({ "type": "join", "protocol": 1, "room_id": "lobby", "resume": resume }))
        .await;
    assert_eq!(ada.expect("ready").await["resumed"], true);
    let (participant, asked_as) = server
        .next_event(|event| match event {
            ServerEvent::PeerResumed {
                participant,
                asked_as,
                ..
            } => Some((participant, asked_as)),
            _ => None,
        })
        .await;
    assert_eq!(*asked.lock().unwrap(), [participant, asked_as]);
    assert_eq!(participant.to_string(), ready["participant"]);
}

async fn verdict_of<F, Fut>(hook: F) -> String
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Verdict> + Send + 'static,
{
    let builder = loopback(SeaMeetServer::builder())
        .hook_timeout(Duration::from_millis(50))
        .allow_unlimited_rates()
        .on_authenticate(move |_, _, _| hook());
    let server = TestServer::start(builder);
    let mut client = server.connect().await;
    client.send(&join_with("any")).await;
    client.expect_error().await
}

#[tokio::test]
async fn a_hook_that_does_not_answer_denies() {
    assert_eq!(verdict_of(std::future::pending).await, "auth_rejected");
}

#[tokio::test]
async fn a_hook_that_panics_denies() {
    assert_eq!(
        verdict_of(|| async { panic!("bug in the hook") }).await,
        "auth_rejected"
    );
}

#[tokio::test]
async fn a_grant_is_checked_for_every_message() {
    let builder = loopback(SeaMeetServer::builder())
        .allow_unlimited_rates()
        .on_authenticate(|_, _, _| async { Ok(Grant::viewer()) });
    let server = TestServer::start(builder);
    let (mut viewer, ready) = server.join("lobby").await;
    assert_eq!(ready["grants"]["chat"], false);
    viewer
        .send(&json!({ "type": "chat_message", "text": "hello" }))
        .await;
    assert_eq!(viewer.expect_error().await, "not_permitted");
}

#[tokio::test]
async fn who_talks_too_fast_is_told_and_others_are_heard() {
    let quota = Quota::per_second(1).burst(3);
    let mut server = TestServer::start(open_builder().on_rate_check(rate::per_participant(quota)));
    let (mut ada, _) = server.join("lobby").await;
    let (mut eve, ready) = server.join("lobby").await;
    for _ in 0..4 {
        eve.send(&json!({ "type": "raise_hand", "id": "again" }))
            .await;
    }
    let error = eve.expect("error").await;
    assert_eq!(
        (&error["code"], &error["id"]),
        (&json!("rate_limited"), &json!("again"))
    );
    assert_eq!(error["retryable"], true);
    let limited = server
        .next_event(|event| match event {
            ServerEvent::RateLimited { participant } => Some(participant),
            _ => None,
        })
        .await;
    assert_eq!(limited.to_string(), ready["participant"]);
    assert!(ada.is_served().await);
}

/// Whoever connects anew is a new participant for the rate check, so joins are counted by address.
#[tokio::test]
async fn joining_again_and_again_is_limited_by_address_and_refused_joins_and_resumes_count() {
    let builder = locked().joins_per_address(Quota::per_second(1).burst(3));
    let server = TestServer::start(builder);
    let (mut ada, mut eve) = (server.connect().await, server.connect().await);
    ada.send(&join_with(SECRET)).await;
    ada.expect("ready").await;
    eve.send(&join_with("mellon")).await;
    assert_eq!(eve.expect_error().await, "auth_rejected");

    let mut thief = server.connect().await;
    let resume = json!({ "token": "0".repeat(32), "seq": 0 });
    thief
        .send(&json!({ "type": "join", "protocol": 1, "room_id": "vault", "token": SECRET, "resume": resume }))
        .await;
    assert_eq!(thief.expect_error().await, "resume_rejected");

    // The quota gives one back each second, so of many at once somebody is refused.
    let mut answers = Vec::new();
    for _ in 0..20 {
        let mut client = server.connect().await;
        client.send(&join_with(SECRET)).await;
        answers.push(client.next().await.unwrap());
    }
    let refused = answers.iter().find(|answer| answer["type"] == "error");
    let refused = refused.expect("somebody is refused");
    assert_eq!(
        (&refused["code"], &refused["retryable"]),
        (&json!("rate_limited"), &json!(true))
    );
    assert!(ada.is_served().await);
}

#[tokio::test]
async fn a_clinic_behind_one_address_comes_back_at_once() {
    let server = TestServer::open();
    let mut staff = Vec::new();
    for number in 0..50 {
        staff.push(server.join(&format!("room-{}", number % 5)).await);
    }
}

#[tokio::test]
async fn a_rate_check_that_panics_refuses_the_message_and_nothing_else() {
    let builder = open_builder().on_rate_check(|_| async { panic!("bug in the hook") });
    let server = TestServer::start(builder);
    let mut client = server.connect().await;
    client.send(&join_with("any")).await;
    assert_eq!(client.expect_error().await, "rate_limited");
}

#[tokio::test]
async fn tokens_do_not_reach_the_log_at_any_level() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .finish();
    // For the whole process: a subscriber of one thread may miss what other tests' threads were first to log.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let server = TestServer::start(locked());
    let mut ada = server.connect().await;
    ada.send(&join_with(SECRET)).await;
    let ready = ada.expect("ready").await;
    let mut eve = server.connect().await;
    eve.send(&join_with("wrong-token-99")).await;
    eve.expect_close().await;
    let mut bob = server.connect().await;
    bob.send(&json!({ "type": "nonsense", "token": "misplaced-token-1" }))
        .await;
    bob.expect_close().await;

    let text = log.text();
    assert!(
        text.contains("auth_rejected"),
        "the log was not captured: {text}"
    );
    let resume = ready["resume"]["token"].as_str().unwrap();
    // A room's name is an invitation.
    let mut told = text.lines().filter(|line| line.contains("vault"));
    assert!(told.all(|line| line.contains("DEBUG") || line.contains("TRACE")));
    assert!(text.contains("peer_connected"), "{text}");
    for secret in [SECRET, "wrong-token-99", "misplaced-token-1", resume] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}

#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
