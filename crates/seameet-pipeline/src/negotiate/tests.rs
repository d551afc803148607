//! Tests of offers and answers.

use std::net::SocketAddr;
use std::time::Instant;

use super::*;
use crate::config::{PeerConfig, Role};
use crate::peer::PeerConnection;

fn client() -> PeerConnection {
    let mut config = PeerConfig::new(Role::Client);
    config.local_addresses = vec![SocketAddr::from(([192, 0, 2, 1], 5_000))];
    PeerConnection::new(&config, Instant::now()).unwrap()
}

fn server(max_media_lines: usize) -> PeerConnection {
    let mut config = PeerConfig::new(Role::Server);
    config.local_addresses = vec![SocketAddr::from(([198, 51, 100, 1], 10_000))];
    config.max_media_lines = max_media_lines;
    PeerConnection::new(&config, Instant::now()).unwrap()
}

fn line(kind: MediaKind, direction: LineDirection) -> OfferLine {
    OfferLine::new(kind, direction)
}

#[test]
fn both_sides_agree_on_lines_seen_from_opposite_ends() {
    use LineDirection::{Receive, Send};
    let (mut client, mut server) = (client(), server(8));
    let lines = [
        line(MediaKind::Audio, Send),
        line(MediaKind::Video, Receive),
    ];
    let (sdp, mids) = client.create_offer(&lines).unwrap();
    let accepted = server.accept_offer(Instant::now(), &sdp).unwrap();
    let agreed = client.accept_answer(Instant::now(), &accepted.sdp).unwrap();
    let named = |lines: &[MediaLine]| lines.iter().map(|line| line.mid).collect::<Vec<_>>();
    assert_eq!(named(&accepted.lines), mids);
    assert_eq!(named(&agreed), mids);
    let directions =
        |lines: &[MediaLine]| lines.iter().map(|line| line.direction).collect::<Vec<_>>();
    assert_eq!(directions(&accepted.lines), [Receive, Send]);
    assert_eq!(directions(&agreed), [Send, Receive]);
    assert_eq!(accepted.lines[0].first_codec(), Some(Codec::Opus));
    assert_eq!(accepted.lines[1].first_codec(), Some(Codec::Vp8));
}

#[test]
fn too_many_lines_are_refused_and_the_connection_is_unharmed() {
    let (mut client, mut server) = (client(), server(2));
    let good = vec![line(MediaKind::Audio, LineDirection::Send); 2];
    let (good, _) = client.create_offer(&good).unwrap();
    let many = good.clone() + &"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n".repeat(9);
    let refused = server.accept_offer(Instant::now(), &many).unwrap_err();
    assert!(matches!(
        refused,
        OfferError::TooManyLines {
            lines: 11,
            limit: 2
        }
    ));
    let long = good.clone() + &"a=x\r\n".repeat(MAX_DESCRIPTION_LINES);
    let refused = server.accept_offer(Instant::now(), &long).unwrap_err();
    assert!(matches!(
        refused,
        OfferError::TooLong {
            limit: MAX_DESCRIPTION_LINES,
            ..
        }
    ));
    let refused = server.accept_offer(Instant::now(), "nonsense").unwrap_err();
    assert!(matches!(refused, OfferError::Parse { .. }));
    assert!(server.accept_offer(Instant::now(), &good).is_ok());
}

#[test]
fn an_offer_that_makes_the_engine_panic_is_refused() {
    let mut client = client();
    let (sdp, _) = client
        .create_offer(&vec![line(MediaKind::Video, LineDirection::Receive); 2])
        .unwrap();
    // The first line calls VP8 what the second calls VP9.
    let (head, second) = sdp.rsplit_once("m=video").unwrap();
    let without = |text: &str, numbers: [&str; 2]| -> String {
        let is_kept = |line: &&str| !numbers.iter().any(|number| line.contains(number));
        text.split_inclusive('\n').filter(is_kept).collect()
    };
    let head = without(head, [":98 ", ":99 "]).replace(" 98 99", "");
    let second = without(second, [":96 ", ":99 "]).replace(" 98 99", "");
    let second = second.replace(":98 ", ":96 ");
    let contradictory = format!("{head}m=video{second}");
    let refused = server(8).accept_offer(Instant::now(), &contradictory);
    assert!(
        matches!(refused, Err(OfferError::Apply { .. })),
        "when it is not refused any more, the engine was mended: {refused:?}"
    );
}

#[test]
fn an_answer_without_an_offer_is_refused() {
    let (mut client, mut server) = (client(), server(8));
    let (sdp, _) = client
        .create_offer(&[line(MediaKind::Audio, LineDirection::Send)])
        .unwrap();
    let answer = server.accept_offer(Instant::now(), &sdp).unwrap().sdp;
    assert!(client.accept_answer(Instant::now(), "nonsense").is_err());
    assert!(client.accept_answer(Instant::now(), &answer).is_ok());
    assert!(client.accept_answer(Instant::now(), &answer).is_err());
}

#[test]
fn the_fingerprint_is_found_at_either_level() {
    assert_eq!(
        remote_fingerprint("v=0\r\na=fingerprint:sha-256 AB:CD\r\n"),
        Some("sha-256 AB:CD")
    );
    assert_eq!(
        remote_fingerprint("m=audio\na=fingerprint: sha-1 00\n"),
        Some("sha-1 00")
    );
    assert_eq!(remote_fingerprint("a=fingerprints:no"), None);
    assert_eq!(remote_fingerprint(""), None);
}
