//! Media over TCP on the port of signaling: for clients whose network lets no UDP through.

use seameet::{SeaMeetServer, TcpRefusal, speaks_media};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use crate::media::{Caller, step_until};
use crate::support::{TestServer, open_builder, soon};
use crate::wire::Wire;

/// The answer to one request on a connection of its own.
async fn get(server: &TestServer, path: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    soon("an answer", read).await.unwrap();
    answer
}

#[tokio::test]
async fn who_has_tcp_alone_and_who_has_udp_hear_each_other() {
    let server = TestServer::open();
    let mut ada = Caller::join_by(&server, "one", 1, Wire::tcp(server.address).await).await;
    let mut bob = Caller::join(&server, "one", 2).await;
    step_until(&mut ada, &mut bob, "sound", |ada, bob| {
        ada.heard.len() >= 5 && bob.heard.len() >= 5
    })
    .await;
    assert_eq!((ada.senders(), bob.senders()), (vec![2], vec![1]));
    assert!(get(&server, "/livez").await.starts_with("HTTP/1.1 200 "));
    server.handle.shutdown().await;
    ada.signaling.expect("room_closing").await;
}

#[tokio::test]
async fn one_number_serves_both_protocols() {
    // The system gives a UDP port that is most likely free for TCP too; else the next one is.
    let server = loop {
        let probe = UdpSocket::bind(("0.0.0.0", 0)).await.unwrap();
        let port = probe.local_addr().unwrap().port();
        drop(probe);
        let builder = open_builder().ws_addr(([127, 0, 0, 1], port).into());
        if let Ok(server) = builder.udp_port(port).build() {
            assert_eq!(
                (server.tcp_port(), server.udp_ports()),
                (Some(port), vec![port])
            );
            break TestServer::run(server);
        }
    };
    let mut ada = Caller::join_by(&server, "one", 1, Wire::tcp(server.address).await).await;
    let mut bob = Caller::join(&server, "one", 2).await;
    step_until(&mut ada, &mut bob, "sound", |ada, bob| {
        ada.heard.len() >= 5 && bob.heard.len() >= 5
    })
    .await;
}

#[tokio::test]
async fn the_port_told_may_be_another_or_none() {
    let other = open_builder().tcp_port(443).build().unwrap();
    assert_eq!(other.tcp_port(), Some(443));
    let none = open_builder().tcp_port(0).build().unwrap();
    assert_eq!(none.tcp_port(), None);
    let (_router, handle) = open_builder().into_router().unwrap();
    assert_eq!(handle.tcp_port(), None, "there is no listener of ours");
}

/// Ends when the server closes the connection.
async fn closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    // What was not read makes it a reset.
    let _ = soon("the end", stream.read_to_end(&mut rest)).await;
    assert!(rest.is_empty());
}

#[tokio::test]
async fn strangers_on_the_media_side_do_not_hinder_http() {
    let server = TestServer::open();
    for words in [&[0, 0][..], &[5; 3_000], &[0, 100, 0, 1, 9]] {
        let mut stranger = TcpStream::connect(server.address).await.unwrap();
        stranger.write_all(words).await.unwrap();
        closed(stranger).await;
    }
    let (mut client, _) = server.join("one").await;
    assert!(client.is_served().await);
}

#[tokio::test]
async fn one_address_has_few_connections_that_did_not_authenticate() {
    let server = TestServer::open();
    let mut begun = Vec::new();
    for _ in 0..32 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&[0]).await.unwrap();
        begun.push(stream);
    }
    // Those before may not be looked at yet; then one of these is the one too many.
    let mut more = TcpStream::connect(server.address).await.unwrap();
    more.write_all(&[0]).await.unwrap();
    begun.push(more);
    let ends: Vec<_> = begun
        .into_iter()
        .map(|stream| Box::pin(closed(stream)))
        .collect();
    soon("one is refused", futures_util::future::select_all(ends)).await;
    // HTTP has its own places.
    assert!(get(&server, "/livez").await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn an_application_that_listens_itself_brings_its_connections() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = SeaMeetServer::builder();
    let server = crate::support::loopback(server)
        .allow_unauthenticated_joins()
        .allow_unlimited_rates()
        .tcp_port(address.port())
        .build()
        .unwrap();
    let server = TestServer::run(server);
    let handle = server.handle.clone();
    let bringing = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut first = [0];
        stream.peek(&mut first).await.unwrap();
        assert!(speaks_media(first[0]));
        handle.adopt_media(stream).await
    });
    let mut ada = Caller::join_by(&server, "one", 1, Wire::tcp(address).await).await;
    let mut bob = Caller::join(&server, "one", 2).await;
    step_until(&mut ada, &mut bob, "sound", |_, bob| bob.heard.len() >= 5).await;
    assert_eq!(bringing.await.unwrap(), Ok(()));

    server.handle.shutdown().await;
    let late = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let _client = TcpStream::connect(late.local_addr().unwrap())
        .await
        .unwrap();
    let (stream, _) = late.accept().await.unwrap();
    let refused = server.handle.adopt_media(stream).await;
    assert_eq!(refused, Err(TcpRefusal::Broken));
}
