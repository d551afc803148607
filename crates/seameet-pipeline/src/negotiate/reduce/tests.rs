//! Tests of what the engine gets to read, with offers as browsers make them.

use std::net::SocketAddr;
use std::time::Instant;

use super::*;
use crate::config::{PeerConfig, Role};
use crate::negotiate::LineDirection;
use crate::negotiate::LineDirection::{Receive, Send};
use crate::peer::PeerConnection;

const CHROMIUM: &str = include_str!("../fixtures/chromium.sdp");
const FIREFOX: &str = include_str!("../fixtures/firefox.sdp");

fn server() -> PeerConnection {
    let mut config = PeerConfig::new(Role::Server);
    config.local_addresses = vec![SocketAddr::from(([198, 51, 100, 1], 10_000))];
    PeerConnection::new(&config, Instant::now()).unwrap()
}

fn lines<'a>(sdp: &'a str, prefix: &str) -> Vec<&'a str> {
    sdp.lines()
        .filter(|line| line.starts_with(prefix))
        .collect()
}

fn assert_answered(offer: &str, directions: &[LineDirection]) {
    let accepted = server().accept_offer(Instant::now(), offer).unwrap();
    let agreed: Vec<_> = accepted.lines.iter().map(|line| line.direction).collect();
    assert_eq!(agreed, directions);
    for kept in ["a=mid:", "a=group:BUNDLE"] {
        assert_eq!(lines(&accepted.sdp, kept), lines(offer, kept), "{kept}");
    }
    for gone in ["a=simulcast", "a=rid", "rtp-stream-id"] {
        assert!(offer.contains(gone));
        assert!(!accepted.sdp.contains(gone), "{gone}");
    }
}

#[test]
fn a_browser_that_offers_simulcast_is_answered_with_one_encoding() {
    assert_answered(CHROMIUM, &[Receive, Receive, Send, Receive]);
    assert_answered(FIREFOX, &[Receive, Receive, Send]);
}

#[test]
fn of_a_browsers_offer_all_else_stays_as_it_was() {
    for offer in [CHROMIUM, FIREFOX] {
        let left_out = ["a=candidate:", "a=simulcast:", "a=rid:", "a=ssrc"];
        let kept = |line: &&str| !left_out.iter().any(|prefix| line.starts_with(prefix));
        let expected: String = offer.split_inclusive('\n').filter(kept).collect();
        assert_eq!(reduced(offer), expected);
    }
}

#[test]
fn a_client_whose_packets_do_not_name_their_line_announces_one_stream_and_its_repairs() {
    let is_name = |line: &&str| line.starts_with("a=extmap:") && line.contains("sdes:mid");
    let nameless: String = FIREFOX
        .split_inclusive('\n')
        .filter(|line| !is_name(line))
        .collect();
    let kept = [
        "a=ssrc:3001 cname:{8c5d}",
        "a=ssrc:4001 cname:{8c5d}",
        "a=ssrc:4002 cname:{8c5d}",
        "a=ssrc-group:FID 4001 4002",
        "a=ssrc:5001 cname:{8c5d}",
    ];
    assert_eq!(lines(&reduced(&nameless), "a=ssrc"), kept);
}

#[test]
fn groups_of_other_meanings_and_sizes_are_left_out() {
    let line = "m=video 9 UDP/TLS/RTP/SAVPF 96\n";
    let streams = "a=ssrc:1 cname:a\na=ssrc:2 cname:a\n";
    let main = "a=ssrc:1 cname:a\n";
    for group in ["SIM 1 2", "FID 1", "FID 1 2 3", "FID 3 2", "", "FID"] {
        let offer = format!("{line}a=ssrc-group:{group}\n{streams}");
        assert_eq!(reduced(&offer), format!("{line}{main}"), "{group}");
    }
    let offer = format!("{line}a=ssrc-group:fid 1 2\n{streams}");
    assert_eq!(reduced(&offer), offer);
}

#[test]
fn any_text_is_reduced_without_harm() {
    for text in [
        "",
        "\n",
        "m=",
        "a=ssrc:",
        "m=\na=ssrc:\na=ssrc-group:",
        "a=extmap:",
    ] {
        assert!(reduced(text).len() <= text.len());
    }
}
