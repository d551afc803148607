//! What an `on_connection` hook can do, and what it cannot.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use seameet::{Connection, Denial, Disconnected, Received, SeaMeetServer, Transport};
use serde_json::json;

use crate::support::{TestServer, loopback, open_builder};

/// Notes the texts that pass.
#[derive(Debug)]
struct Recorder {
    inner: Connection,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Transport for Recorder {
    async fn receive(&mut self) -> Received {
        let received = self.inner.receive().await;
        if let Received::Text(text) = &received {
            self.heard.lock().unwrap().push(text.clone());
        }
        received
    }

    async fn send(&mut self, text: String) -> Result<(), Disconnected> {
        self.inner.send(text).await
    }

    async fn ping(&mut self) -> Result<(), Disconnected> {
        self.inner.ping().await
    }

    async fn close(&mut self, code: u16, reason: &str) {
        self.inner.close(code, reason).await;
    }
}

#[tokio::test]
async fn a_hook_may_wrap_the_connection() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&heard);
    let builder = open_builder().on_connection(move |inner, handler| {
        let heard = Arc::clone(&notes);
        async move { handler.handle(Recorder { inner, heard }).await }
    });
    let server = TestServer::start(builder);
    let (mut ada, _) = server.join("lobby").await;
    assert!(ada.is_served().await);
    assert_eq!(heard.lock().unwrap().len(), 2);
}

/// A connection that breaks with a last word that the server has not read yet.
#[derive(Debug)]
struct Torn {
    inner: Connection,
    broken: Arc<AtomicBool>,
    last_words: Option<String>,
    noticed: bool,
}

impl Transport for Torn {
    async fn receive(&mut self) -> Received {
        if self.noticed {
            return match self.last_words.take() {
                Some(text) => Received::Text(text),
                None => Received::Closed { code: None },
            };
        }
        self.inner.receive().await
    }

    async fn send(&mut self, text: String) -> Result<(), Disconnected> {
        if self.broken.load(Ordering::SeqCst) {
            self.noticed = true;
            return Err(Disconnected);
        }
        self.inner.send(text).await
    }

    async fn ping(&mut self) -> Result<(), Disconnected> {
        self.inner.ping().await
    }

    async fn close(&mut self, code: u16, reason: &str) {
        self.inner.close(code, reason).await;
    }
}

#[tokio::test]
async fn a_leave_is_heard_although_a_write_fails_before_it_is_read() {
    let broken = Arc::new(AtomicBool::new(false));
    let line = Arc::clone(&broken);
    let builder = open_builder().on_connection(move |inner, handler| {
        let broken = Arc::clone(&line);
        async move {
            if inner.headers().contains_key("x-torn") {
                let last_words = Some(r#"{"type":"leave"}"#.to_owned());
                let noticed = false;
                let transport = Torn {
                    inner,
                    broken,
                    last_words,
                    noticed,
                };
                handler.handle(transport).await;
            } else {
                handler.handle(inner).await;
            }
        }
    });
    let server = TestServer::start(builder);
    let (mut ada, _) = server.join("lobby").await;
    let mut bob = server.try_connect(&[("x-torn", "yes")]).await.unwrap();
    bob.join("lobby").await;
    // The server only waits for members that have said something.
    bob.send(&json!({ "type": "raise_hand" })).await;
    ada.expect("participant_updated").await;
    broken.store(true, Ordering::SeqCst);
    ada.send(&json!({ "type": "raise_hand" })).await;
    let left = ada.expect("participant_left").await;
    assert_eq!(left["reason"], "left");
}

#[tokio::test]
async fn a_hook_may_turn_a_client_away_and_speak_for_itself() {
    let builder = open_builder().on_connection(|mut connection, handler| async move {
        if connection.headers().contains_key("x-banned") {
            let _ = connection.send("{\"type\":\"go_away\"}".to_owned()).await;
            connection.close(4999, "banned").await;
        } else {
            handler.handle(connection).await;
        }
    });
    let server = TestServer::start(builder);
    let mut eve = server.try_connect(&[("x-banned", "yes")]).await.unwrap();
    eve.expect("go_away").await;
    assert_eq!(eve.expect_close().await, 4999);
    let (mut ada, _) = server.join("lobby").await;
    assert!(ada.is_served().await);
}

#[tokio::test]
async fn a_hook_does_not_get_past_authentication() {
    let builder = loopback(SeaMeetServer::builder())
        .allow_unlimited_rates()
        .on_authenticate(|_, _, _| async { Err(Denial::new("closed")) })
        .on_connection(|connection, handler| async move { handler.handle(connection).await });
    let server = TestServer::start(builder);
    let mut eve = server.connect().await;
    eve.send(&json!({ "type": "join", "protocol": 1, "room_id": "vault" }))
        .await;
    assert_eq!(eve.expect_error().await, "auth_rejected");
}

#[tokio::test]
async fn a_hook_that_panics_loses_its_connection_alone() {
    let builder = open_builder().on_connection(|connection, handler| async move {
        assert!(
            !connection.headers().contains_key("x-poison"),
            "the test asked for it"
        );
        assert!(connection.peer_address().is_some());
        handler.handle(connection).await;
    });
    let server = TestServer::start(builder);
    let (mut ada, _) = server.join("lobby").await;
    let mut eve = server.try_connect(&[("x-poison", "yes")]).await.unwrap();
    let ended = futures_util::StreamExt::next(&mut eve.socket).await;
    assert!(!matches!(ended, Some(Ok(_))), "{ended:?}");
    assert!(ada.is_served().await);
}
