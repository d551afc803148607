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

fn assert_answered(offer: &str, directions: &[LineDirection], encodings: &[&str]) {
    let accepted = server().accept_offer(Instant::now(), offer).unwrap();
    let agreed: Vec<_> = accepted.lines.iter().map(|line| line.direction).collect();
    assert_eq!(agreed, directions);
    for kept in ["a=mid:", "a=group:BUNDLE"] {
        assert_eq!(lines(&accepted.sdp, kept), lines(offer, kept), "{kept}");
    }
    let agreed = accepted.lines.iter().map(|line| &line.encodings);
    let agreed: Vec<_> = agreed.filter(|encodings| !encodings.is_empty()).collect();
    let names: Vec<_> = agreed[0].iter().map(Rid::as_str).collect();
    assert_eq!((agreed.len(), names), (1, encodings.to_vec()));
    let answered = format!("a=simulcast:recv {}", encodings.join(";"));
    assert_eq!(lines(&accepted.sdp, "a=simulcast"), [answered]);
    let described: Vec<_> = encodings
        .iter()
        .map(|rid| format!("a=rid:{rid} recv"))
        .collect();
    assert_eq!(lines(&accepted.sdp, "a=rid"), described);
}

#[test]
fn a_browser_that_offers_simulcast_is_answered_with_its_encodings() {
    assert_answered(
        CHROMIUM,
        &[Receive, Receive, Send, Receive],
        &["q", "h", "f"],
    );
    assert_answered(FIREFOX, &[Receive, Receive, Send], &["h", "l"]);
}

#[test]
fn of_a_browsers_offer_all_else_stays_as_it_was() {
    let is_simulcast = |line: &str| line.starts_with("a=simulcast:") || line.starts_with("a=rid:");
    for offer in [CHROMIUM, FIREFOX] {
        let kept = |line: &&str| {
            let left_out = ["a=candidate:", "a=ssrc"];
            !is_simulcast(line) && !left_out.iter().any(|prefix| line.starts_with(prefix))
        };
        let expected: String = offer.split_inclusive('\n').filter(kept).collect();
        let reduced = reduced(offer);
        let (simulcast, rest): (Vec<_>, Vec<_>) = reduced
            .split_inclusive('\n')
            .partition(|line| is_simulcast(line));
        assert_eq!(rest.concat(), expected);
        let lines: Vec<_> = offer.lines().filter(|line| is_simulcast(line)).collect();
        let kept: Vec<_> = simulcast.iter().map(|line| line.trim_end()).collect();
        assert_eq!(kept, lines);
    }
}

/// A line that offers simulcast, with what follows it.
fn simulcast_line(kind: &str, rest: &str) -> String {
    format!(
        "m={kind} 9 UDP/TLS/RTP/SAVPF 96\na=mid:0\n\
         a=extmap:4 {LINE_NAME_EXTENSION}\na=extmap:10 {ENCODING_NAME_EXTENSION}\n{rest}"
    )
}

#[test]
fn simulcast_is_bounded_and_written_in_one_way() {
    let rids = ["a", "b", "c", "d", "e", "no-t", "123456789"]
        .map(|rid| format!("a=rid:{rid} send max-width=9\n"))
        .concat();
    for (offered, answered) in [
        ("send a;b;c", Some("a;b;c")),
        ("send c;~a", Some("c;a")),
        ("recv x send a,b;c", Some("a;c")),
        ("send a;a;b;c;d;e", Some("a;b;c;d")),
        ("send no-t;123456789;;unknown;b", Some("b")),
        ("send no-t", None),
        ("recv a;b", None),
        ("send", None),
        ("", None),
    ] {
        let rest = format!("a=sendonly\n{rids}a=simulcast:{offered}\n");
        let reduced = reduced(&simulcast_line("video", &rest));
        let written = answered.map(|names| format!("a=simulcast:send {names}"));
        let written: Vec<_> = written.iter().map(String::as_str).collect();
        assert_eq!(lines(&reduced, "a=simulcast"), written, "{offered}");
        let names = answered.iter().flat_map(|names| names.split(';'));
        let described: Vec<_> = names.map(|rid| format!("a=rid:{rid} send")).collect();
        assert_eq!(lines(&reduced, "a=rid"), described);
    }
}

#[test]
fn only_a_line_that_sends_video_and_names_its_packets_has_simulcast() {
    let rest = "a=sendonly\na=rid:a send\na=simulcast:send a\n";
    let good = simulcast_line("video", rest);
    assert!(reduced(&good).contains("a=simulcast:send a\r\n"));
    for bad in [
        simulcast_line("audio", rest),
        good.replace("sendonly", "sendrecv"),
        good.replace("sendonly", "recvonly"),
        good.replace(":sdes:mid", ":sdes:other"),
        good.replace(":sdes:rtp-stream-id", ":sdes:other"),
        good.replace("a=rid:a send", "a=rid:a recv"),
        good.replace("a=rid:a send", "a=rid:ab send"),
    ] {
        assert!(!reduced(&bad).contains("a=simulcast"), "{bad}");
        assert!(!reduced(&bad).contains("a=rid"), "{bad}");
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
        "a=simulcast:",
        "a=simulcast:send a\na=rid:a send",
    ] {
        assert!(reduced(text).len() <= text.len());
    }
}
