//! What the listener does with clients that say nothing.

use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::*;
use crate::shutdown::{Shutdown, Tasks};

const PATIENCE: Duration = Duration::from_secs(30);

/// A listener whose patience with headers is short, and its address.
async fn impatient(limits: ConnectionLimits) -> std::net::SocketAddr {
    impatient_with(Router::new(), limits).await
}

async fn impatient_with(router: Router, limits: ConnectionLimits) -> std::net::SocketAddr {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    let mut listener = Listener::new(socket, router, limits);
    listener.header_timeout = Duration::from_millis(50);
    listener.write_timeout = Duration::from_millis(50);
    // The sender stays with the task, so that nothing ends it.
    let shutdown = Shutdown::new();
    tokio::spawn(async move { serve(listener, shutdown.ending(), Tasks::new()).await });
    address
}

async fn assert_closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest))
        .await
        .expect("the listener closes the connection")
        .unwrap();
}

#[tokio::test]
async fn a_silent_connection_is_closed_and_its_place_given_back() {
    let limits = ConnectionLimits::new(1, 1);
    let address = impatient(limits.clone()).await;
    let mut silent = TcpStream::connect(address).await.unwrap();
    assert_closed(&mut silent).await;
    assert_free(&limits).await;
}

/// Awaits a place.
async fn assert_free(limits: &ConnectionLimits) {
    let free = async {
        while limits.acquire(None).is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, free).await.expect("the place comes back");
}

#[tokio::test]
async fn a_client_that_asks_for_much_and_reads_nothing_loses_its_place() {
    let limits = ConnectionLimits::new(1, 1);
    // More than the buffers of any kernel take.
    let large = || async { vec![0_u8; 64 << 20] };
    let router = Router::new().route("/large", axum::routing::get(large));
    let address = impatient_with(router, limits.clone()).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    // The answer began, so the connection has its place; nothing more is read.
    idle.read_exact(&mut [0; 8]).await.unwrap();
    assert_free(&limits).await;
}

#[tokio::test]
async fn a_connection_that_is_kept_alive_for_nothing_is_closed() {
    let address = impatient(ConnectionLimits::new(1, 1)).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    assert_closed(&mut idle).await;
}

#[tokio::test]
async fn a_connection_that_dawdles_over_its_headers_is_closed() {
    let address = impatient(ConnectionLimits::new(10, 10)).await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /ws HTTP/1.1\r\nhost:").await.unwrap();
    assert_closed(&mut slow).await;
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let address = impatient(ConnectionLimits::new(10, 10)).await;
    let mut greedy = TcpStream::connect(address).await.unwrap();
    let endless = format!("GET / HTTP/1.1\r\nx: {}", "a".repeat(MAX_HEADER_BYTES));
    greedy.write_all(endless.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = timeout(PATIENCE, greedy.read_to_string(&mut answer)).await;
    read.expect("the listener answers").unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}
