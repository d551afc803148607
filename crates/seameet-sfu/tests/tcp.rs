//! Media over TCP alone: endpoints that know no UDP hear each other, lose their connections and come back, and strangers
//! get nowhere.
#![expect(clippy::unwrap_used, reason = "a failed expectation is the report")]

mod over_tcp;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroUsize;

use seameet_core::media::MediaCommand;
use seameet_pipeline::Protocol;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use over_tcp::{Endpoint, PATIENCE, TcpPlane, drive, drive_one, talk};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[tokio::test]
async fn two_endpoints_hear_each_other_over_tcp_and_ipv4() {
    Box::pin(hear_each_other(LOOPBACK)).await;
}

#[tokio::test]
async fn two_endpoints_hear_each_other_over_tcp_and_ipv6() {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.is_err() {
        eprintln!("this host has no IPv6; nothing was tested");
        return;
    }
    Box::pin(hear_each_other(Ipv6Addr::LOCALHOST.into())).await;
}

async fn hear_each_other(ip: IpAddr) {
    let plane = TcpPlane::start(ip).await;
    assert_eq!(plane.media.tcp_candidates(), [plane.address]);
    let (room, mut events) = plane.media.open_room();
    let mut a = Endpoint::join(1, &plane, &room, &mut events).await;
    let mut b = Endpoint::join(2, &plane, &room, &mut events).await;
    talk(&mut a, &mut b, 20).await;
    assert!(a.heard.iter().all(|who| *who == 2) && b.heard.iter().all(|who| *who == 1));
    let stats = plane.media.stats();
    assert_eq!((stats.tcp_connections, stats.tcp_accepted), (2, 2));
    assert_eq!(
        stats.packets_in, stats.tcp_frames_in,
        "nothing came over UDP"
    );
    assert_eq!(
        stats.packets_out, stats.tcp_frames_out,
        "nothing left over UDP"
    );
    plane.media.shutdown().await;
    drive(&mut a, &mut b, |a, b| a.closed && b.closed).await;
}

#[tokio::test]
async fn an_endpoint_whose_connection_broke_comes_back_on_another() {
    let plane = TcpPlane::start(LOOPBACK).await;
    let (room, mut events) = plane.media.open_room();
    let mut a = Endpoint::join(1, &plane, &room, &mut events).await;
    let mut b = Endpoint::join(2, &plane, &room, &mut events).await;
    talk(&mut a, &mut b, 5).await;
    for _ in 0..3 {
        a.connect(&plane).await;
        talk(&mut a, &mut b, 5).await;
    }
    let stats = plane.media.stats();
    assert_eq!((stats.peers, stats.tcp_accepted), (2, 5));
    plane.kept_are(2).await;
}

#[tokio::test]
async fn a_frame_that_no_datagram_fills_costs_the_connection_and_no_more() {
    let plane = TcpPlane::start(LOOPBACK).await;
    let (room, mut events) = plane.media.open_room();
    let mut a = Endpoint::join(1, &plane, &room, &mut events).await;
    let mut b = Endpoint::join(2, &plane, &room, &mut events).await;
    talk(&mut a, &mut b, 5).await;
    a.stream.write_all(&[0xff; 64]).await.unwrap();
    drive_one(&mut a, |a| a.hung_up).await;
    a.connect(&plane).await;
    talk(&mut a, &mut b, 5).await;
    plane.kept_are(2).await;
}

#[tokio::test]
async fn the_connection_of_who_is_removed_is_closed_after_the_farewell() {
    let plane = TcpPlane::start(LOOPBACK).await;
    let (room, mut events) = plane.media.open_room();
    let mut a = Endpoint::join(1, &plane, &room, &mut events).await;
    let mut b = Endpoint::join(2, &plane, &room, &mut events).await;
    talk(&mut a, &mut b, 5).await;
    let participant = a.participant;
    room.send(MediaCommand::Remove { participant })
        .await
        .unwrap();
    drive(&mut a, &mut b, |a, _| a.hung_up).await;
    assert!(a.closed, "the farewell came before the end");
    plane.kept_are(1).await;
}

#[tokio::test]
async fn each_check_finds_the_worker_of_its_peer() {
    let workers = NonZeroUsize::new(3).unwrap();
    let plane = TcpPlane::start_with(LOOPBACK, |config| config.workers = workers).await;
    let mut rooms = Vec::new();
    for number in 1..=3 {
        let (room, mut events) = plane.media.open_room();
        let mut endpoint = Endpoint::join(number, &plane, &room, &mut events).await;
        drive_one(&mut endpoint, |endpoint| endpoint.connected).await;
        rooms.push((room, events, endpoint));
    }
    assert_eq!(plane.media.stats().tcp_accepted, 3);
}

/// How often connections were refused for this cause.
fn refused(plane: &TcpPlane, cause: &str) -> u64 {
    let mut counts = plane.media.tcp_refusals();
    counts.find(|(name, _)| *name == cause).unwrap().1
}

/// Says this and expects to be refused for that cause.
async fn assert_refused(plane: &TcpPlane, words: &[u8], cause: &str) {
    let before = refused(plane, cause);
    let mut stranger = TcpStream::connect(plane.address).await.unwrap();
    stranger.write_all(words).await.unwrap();
    // A connection that is closed with something unread is reset.
    let closed = timeout(PATIENCE, stranger.read(&mut [0])).await.unwrap();
    assert!(!closed.is_ok_and(|length| length > 0), "{cause}");
    // Whoever closes it may be quicker than whoever counts.
    let counted = async {
        while refused(plane, cause) == before {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, counted).await.unwrap();
    assert_eq!(refused(plane, cause), before + 1, "{cause}");
}

#[tokio::test]
async fn strangers_are_refused_and_counted_by_cause() {
    let plane = TcpPlane::start(LOOPBACK).await;
    let (room, mut events) = plane.media.open_room();
    let mut a = Endpoint::join(1, &plane, &room, &mut events).await;
    drive_one(&mut a, |a| a.connected).await;
    assert_refused(&plane, b"GET / HTTP/1.1\r\n\r\n", "not_media").await;
    assert_refused(&plane, &[0, 100, 0, 2], "not_media").await;
    let check = over_tcp::check("nobody");
    assert_refused(&plane, &check, "unknown").await;
    // The right name without its secret, on any worker.
    let name = a.server_ufrag.clone();
    assert_refused(&plane, &over_tcp::check(&name), "unknown").await;
    let elsewhere = format!("zzz{}", &name[3..]);
    assert_refused(&plane, &over_tcp::check(&elsewhere), "unknown").await;
    plane.kept_are(1).await;
    assert_eq!(plane.media.stats().tcp_accepted, 1);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_finish_the_first_check_is_refused_in_time() {
    let plane = TcpPlane::start(LOOPBACK).await;
    let check = over_tcp::check("nobody");
    assert_refused(&plane, &check[..30], "too_slow").await;
}

#[tokio::test]
async fn without_a_listener_no_tcp_address_is_told_and_no_connection_is_taken() {
    let plane = TcpPlane::start_with(LOOPBACK, |config| config.tcp_listener = None).await;
    assert!(plane.media.tcp_candidates().is_empty());
    assert_refused(&plane, &over_tcp::check("nobody"), "not_offered").await;
}

#[tokio::test]
async fn what_an_endpoint_sends_over_tcp_is_no_udp() {
    let plane = TcpPlane::start(LOOPBACK).await;
    let (room, mut events) = plane.media.open_room();
    let mut a = Endpoint::join(1, &plane, &room, &mut events).await;
    drive_one(&mut a, |a| a.connected).await;
    assert!(
        a.protocols
            .iter()
            .all(|protocol| *protocol == Protocol::Tcp)
    );
}
