//! The same behaviour is asked of every transport.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use futures_util::SinkExt as _;

use super::{Disconnected, Received, Transport, WebSocket, memory_pair, websocket_config};

const LIMIT: usize = 1000;

async fn websocket_pair() -> (WebSocket<DuplexStream>, WebSocket<DuplexStream>) {
    let (server, client) = raw_pair().await;
    (WebSocket::new(server), WebSocket::new(client))
}

async fn raw_pair() -> (WebSocketStream<DuplexStream>, WebSocketStream<DuplexStream>) {
    let (left, right) = tokio::io::duplex(64 * 1024);
    let config = Some(websocket_config(LIMIT));
    (
        WebSocketStream::from_raw_socket(left, Role::Server, config).await,
        WebSocketStream::from_raw_socket(right, Role::Client, config).await,
    )
}

async fn texts_pass_in_order(mut left: impl Transport, mut right: impl Transport) {
    for text in ["one", "zwei ✓", ""] {
        left.send(text.to_owned()).await.unwrap();
    }
    for text in ["one", "zwei ✓", ""] {
        assert_eq!(right.receive().await, Received::Text(text.to_owned()));
    }
    right.send("back".to_owned()).await.unwrap();
    assert_eq!(left.receive().await, Received::Text("back".to_owned()));
}

async fn a_ping_is_a_sign_of_life_for_both(mut left: impl Transport, mut right: impl Transport) {
    left.ping().await.unwrap();
    assert_eq!(right.receive().await, Received::Alive);
    // A WebSocket sends its pong with the next read or write, before or after what is written.
    right.send("x".to_owned()).await.unwrap();
    let received = [left.receive().await, left.receive().await];
    assert!(received.contains(&Received::Alive), "{received:?}");
    assert!(received.contains(&Received::Text("x".to_owned())));
}

async fn a_large_message_ends_reading(mut left: impl Transport, mut right: impl Transport) {
    left.send("a".repeat(LIMIT)).await.unwrap();
    assert_eq!(right.receive().await, Received::Text("a".repeat(LIMIT)));
    left.send("a".repeat(LIMIT + 1)).await.unwrap();
    assert_eq!(right.receive().await, Received::TooLarge);
    assert_eq!(right.receive().await, Received::Closed { code: None });
}

async fn a_close_carries_its_code(mut left: impl Transport, mut right: impl Transport) {
    let mut seen = None;
    let reading = async {
        seen = Some(right.receive().await);
        // A WebSocket answers the close with its next read, and then waits for the end of the stream.
        right.receive().await;
        std::future::pending::<()>().await;
    };
    let reason = "é".repeat(200);
    tokio::select! {
        () = left.close(4004, &reason) => {}
        () = reading => {}
    }
    let seen = match seen {
        Some(seen) => seen,
        None => right.receive().await,
    };
    assert_eq!(seen, Received::Closed { code: Some(4004) });
    assert_eq!(left.send("late".to_owned()).await, Err(Disconnected));
}

async fn a_lost_side_is_noticed(mut left: impl Transport, right: impl Transport) {
    drop(right);
    assert_eq!(left.receive().await, Received::Closed { code: None });
}

/// Makes a test of a behaviour for each transport.
macro_rules! for_every_transport {
    ($($behaviour:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $behaviour() {
                let (left, right) = super::memory_pair(super::LIMIT);
                super::$behaviour(left, right).await;
            })+
        }
        mod websocket {
            $(#[tokio::test]
            async fn $behaviour() {
                let (left, right) = super::websocket_pair().await;
                super::$behaviour(left, right).await;
            })+
        }
    };
}

for_every_transport!(
    texts_pass_in_order,
    a_ping_is_a_sign_of_life_for_both,
    a_large_message_ends_reading,
    a_close_carries_its_code,
    a_lost_side_is_noticed,
);

/// A message that a slow line needs a minute for, longer than any single wait.
#[tokio::test(start_paused = true)]
async fn a_long_message_passes_over_a_slow_line_as_it_is() {
    const BYTES_PER_SECOND: usize = 16 * 1024;
    let text = "slow ✓ ".repeat(120_000);
    let (left, line) = tokio::io::duplex(4096);
    let (line_end, right) = tokio::io::duplex(4096);
    tokio::spawn(carry_slowly(line, line_end, BYTES_PER_SECOND));
    let config = Some(websocket_config(text.len()));
    let left = WebSocketStream::from_raw_socket(left, Role::Server, config).await;
    let right = WebSocketStream::from_raw_socket(right, Role::Client, config).await;
    let (mut left, mut right) = (WebSocket::new(left), WebSocket::new(right));

    let began = tokio::time::Instant::now();
    let (sent, received) = tokio::join!(left.send(text.clone()), right.receive());
    sent.unwrap();
    assert_eq!(received, Received::Text(text));
    assert!(began.elapsed() > Duration::from_secs(30));
}

async fn carry_slowly(mut from: DuplexStream, mut to: DuplexStream, bytes_per_second: usize) {
    let mut buffer = vec![0; bytes_per_second];
    while let Ok(bytes @ 1..) = from.read(&mut buffer).await {
        let share = u32::try_from(bytes_per_second / bytes).unwrap();
        tokio::time::sleep(Duration::from_secs(1) / share).await;
        to.write_all(buffer.get(..bytes).unwrap()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_side_that_takes_nothing_is_given_up() {
    let (left, _right) = websocket_pair().await;
    let mut left = left;
    assert_eq!(left.send("a".repeat(1 << 20)).await, Err(Disconnected));
}

#[tokio::test]
async fn binary_messages_are_told_without_their_content() {
    let (server, mut client) = raw_pair().await;
    client
        .send(Message::Binary(vec![1, 2, 3].into()))
        .await
        .unwrap();
    assert_eq!(WebSocket::new(server).receive().await, Received::Binary);
}
