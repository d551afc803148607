//! Clients that do what no client should.

use std::time::Duration;

use futures_util::SinkExt as _;
use seameet::{SeaMeetServer, SeaMeetServerBuilder, Timing};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{TestServer, loopback, open_builder, soon};

#[tokio::test]
async fn a_message_of_ten_megabytes_is_refused_unread_and_others_do_not_notice() {
    let server = TestServer::open();
    let (mut ada, _) = server.join("lobby").await;
    let (mut eve, _) = server.join("lobby").await;
    let huge = json!({ "type": "chat_message", "text": "a".repeat(10 << 20) });
    eve.send(&huge).await;
    assert_eq!(eve.expect_error().await, "too_large");
    assert_eq!(eve.expect_close().await, 1009);

    ada.expect("participant_joined").await;
    assert_eq!(
        ada.expect("participant_left").await["reason"],
        "connection_lost"
    );
    assert!(ada.is_served().await);
}

#[tokio::test]
async fn a_message_just_over_the_limit_is_refused_and_the_connection_goes_on() {
    let server = TestServer::open();
    let (mut eve, ready) = server.join("lobby").await;
    let limit = usize::try_from(ready["limits"]["message_bytes"].as_u64().unwrap()).unwrap();
    let long = json!({ "type": "chat_message", "text": "a".repeat(limit) });
    eve.send(&long).await;
    assert_eq!(eve.expect_error().await, "too_large");
    assert!(eve.is_served().await);
}

#[tokio::test]
async fn a_session_description_of_ten_thousand_lines_is_refused() {
    let server = TestServer::open();
    let (mut eve, _) = server.join("lobby").await;
    let sdp = "a=x\r\n".repeat(10_000);
    eve.send(&json!({ "type": "offer", "sdp": sdp, "tracks": [] }))
        .await;
    assert_eq!(eve.expect_error().await, "too_large");
    assert!(eve.is_served().await);
}

#[tokio::test]
async fn a_binary_message_is_refused_and_the_connection_goes_on() {
    let server = TestServer::open();
    let (mut eve, _) = server.join("lobby").await;
    eve.send_raw(Message::Binary(vec![0; 100].into())).await;
    assert_eq!(eve.expect_error().await, "bad_message");
    assert!(eve.is_served().await);
}

#[tokio::test]
async fn who_does_not_stop_is_closed() {
    let server = TestServer::open();
    let (mut eve, _) = server.join("lobby").await;
    for _ in 0..10 {
        eve.send_raw(Message::text("{")).await;
    }
    assert_eq!(eve.expect_close().await, 1008);
}

#[tokio::test]
async fn who_floods_with_pings_is_closed() {
    let server = TestServer::open();
    let (mut eve, _) = server.join("lobby").await;
    for _ in 0..200 {
        // The server may have closed already.
        let _ = eve.socket.send(Message::Ping(vec![0; 100].into())).await;
    }
    assert_eq!(eve.expect_close().await, 1008);
}

#[tokio::test]
async fn a_name_of_many_bytes_per_character_is_taken_whole_or_refused() {
    let server = TestServer::open();
    let join = |name: String| json!({ "type": "join", "protocol": 1, "room_id": "r", "display_name": name });
    let mut ada = server.connect().await;
    ada.send(&join("ж".repeat(64))).await;
    ada.expect("ready").await;
    let mut eve = server.connect().await;
    eve.send(&join("ж".repeat(65))).await;
    assert_eq!(eve.expect_error().await, "bad_display_name");
}

#[tokio::test]
async fn silent_connections_keep_nobody_out() {
    let server = TestServer::open();
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(server.address).await.unwrap());
    }
    let (mut ada, _) = server.join("lobby").await;
    assert!(ada.is_served().await);
    drop(silent);
}

#[tokio::test]
async fn who_does_not_join_in_time_is_closed() {
    let timing = Timing {
        join_timeout: Duration::from_millis(50),
        ..Timing::default()
    };
    let server = TestServer::start(open_builder().timing(timing));
    let mut eve = server.connect().await;
    assert_eq!(eve.expect_error().await, "join_timeout");
    assert_eq!(eve.expect_close().await, 4001);
}

#[tokio::test]
async fn who_gives_no_sign_of_life_is_closed_and_may_resume() {
    let timing = Timing {
        silence_timeout: Duration::from_millis(200),
        // Without pings the client's library has nothing to answer.
        ping_interval: Duration::from_secs(3600),
        ..Timing::default()
    };
    let server = TestServer::start(open_builder().timing(timing));
    let (mut ada, ready) = server.join("lobby").await;
    ada.send(&json!({ "type": "raise_hand" })).await;
    ada.expect("participant_updated").await;
    assert_eq!(ada.expect_close().await, 4005);
    let mut ada = server.connect().await;
    let resume = json!({ "token": ready["resume"]["token"], "seq": 0 });
    ada.send(&json!({ "type": "join", "protocol": 1, "room_id": "lobby", "resume": resume }))
        .await;
    assert_eq!(
        ada.expect("ready").await["participant"],
        ready["participant"]
    );
}

#[tokio::test]
async fn one_address_gets_its_share_of_connections_and_places_come_back() {
    let server = TestServer::start(open_builder().max_connections_per_address(2));
    let (ada, _) = server.join("lobby").await;
    let (_bob, _) = server.join("lobby").await;
    assert_refused_by_close(&server).await;
    drop(ada);
    // The place is free when the server noticed; until then it refuses.
    let back = async {
        loop {
            if let Ok(mut client) = server.try_connect(&[]).await {
                client.join("lobby").await;
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    soon("a free place", Box::pin(back)).await;
}

#[tokio::test]
async fn the_total_of_connections_is_bounded() {
    let server = TestServer::start(open_builder().max_connections(1));
    let (_ada, _) = server.join("lobby").await;
    assert_refused_by_close(&server).await;
}

/// A connection over a limit is closed before anything is read from it.
async fn assert_refused_by_close(server: &TestServer) {
    let mut over = TcpStream::connect(server.address).await.unwrap();
    let mut byte = [0];
    let read = soon("the close", over.read(&mut byte)).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
}

async fn status_for_origin(builder: SeaMeetServerBuilder, origin: &str) -> u16 {
    let server = TestServer::start(builder);
    let origin = origin.replace("{host}", &server.address.to_string());
    match server.try_connect(&[("origin", &origin)]).await {
        Ok(_) => 101,
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_name_that_was_pointed_at_an_open_server_is_refused_and_the_answer_says_what_to_set() {
    let server = TestServer::start(
        loopback(SeaMeetServer::builder())
            .allow_unauthenticated_joins()
            .allow_unlimited_rates(),
    );
    let rebound = [
        ("host", "rebound.example:8080"),
        ("origin", "http://rebound.example:8080"),
    ];
    let Err(Error::Http(response)) = server.try_connect(&rebound).await else {
        panic!("a rebound page must not connect");
    };
    assert_eq!(response.status().as_u16(), 403);
    let text = String::from_utf8_lossy(response.body().as_deref().unwrap_or_default()).into_owned();
    assert!(text.contains("allowed_origins"), "{text}");

    let locked = TestServer::open();
    assert!(locked.try_connect(&rebound).await.is_ok());
}

#[tokio::test]
async fn pages_of_other_hosts_may_not_connect_unless_listed() {
    let listed = || open_builder().allowed_origins(["https://app.example.org"]);
    assert_eq!(
        status_for_origin(open_builder(), "http://{host}").await,
        101
    );
    assert_eq!(
        status_for_origin(open_builder(), "https://evil.example").await,
        403
    );
    assert_eq!(
        status_for_origin(listed(), "https://app.example.org").await,
        101
    );
    assert_eq!(
        status_for_origin(listed(), "https://evil.example").await,
        403
    );
}
