//! How a server ends.

use serde_json::json;

use crate::support::{TestServer, open_builder, soon};

#[tokio::test]
async fn members_are_told_and_the_server_ends() {
    let server = TestServer::open();
    let (mut ada, _) = server.join("one").await;
    let (mut bob, _) = server.join("two").await;
    let mut visitor = server.connect().await;
    let (handle, address) = (server.handle.clone(), server.address);

    let running = server.begin_stop();
    for member in [&mut ada, &mut bob] {
        let closing = member.expect("room_closing").await;
        assert_eq!(closing["reason"], "the server is shutting down");
        assert!(closing["retry_after"].as_u64().is_some());
        assert_eq!(member.expect_close().await, 1001);
    }
    assert_eq!(visitor.expect_close().await, 1001);
    soon("the end", running).await.unwrap().unwrap();
    assert!(handle.rooms().is_empty());
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn the_handle_ends_a_server_that_runs() {
    let server = open_builder().build().unwrap();
    let handle = server.handle();
    let mut events = server.events();
    let running = tokio::spawn(server.run());
    // Whoever asks again waits for the same end.
    soon("both ends", async {
        tokio::join!(handle.shutdown(), handle.shutdown())
    })
    .await;
    soon("the run", running).await.unwrap().unwrap();
    drop(handle);
    assert_eq!(soon("the end of events", events.next()).await, None);
}

#[tokio::test]
async fn the_operator_closes_one_room() {
    let server = TestServer::open();
    let (mut ada, _) = server.join("one").await;
    let (mut bob, _) = server.join("two").await;
    assert!(
        server
            .handle
            .close_room(&"one".parse().unwrap(), "that was it")
            .await
    );
    assert!(
        !server
            .handle
            .close_room(&"three".parse().unwrap(), "")
            .await
    );
    assert_eq!(ada.expect("room_closing").await["reason"], "that was it");
    assert_eq!(ada.expect_close().await, 1001);
    bob.send(&json!({ "type": "chat_message", "text": "still here" }))
        .await;
    assert_eq!(bob.expect("chat_message").await["text"], "still here");
}
