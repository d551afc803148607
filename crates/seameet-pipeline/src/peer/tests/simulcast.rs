//! Several encodings of one line.

use super::*;

fn rids(names: &[&str]) -> Vec<Rid> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn simulcast(names: &[&str]) -> OfferLine {
    OfferLine {
        encodings: rids(names),
        ..OfferLine::new(MediaKind::Video, LineDirection::Send)
    }
}

impl Two {
    fn simulcast(names: &[&str]) -> Self {
        Self::agreed(&simulcast(names), str::to_owned)
    }

    fn write_encoding(&mut self, rid: &str, sequence: u16) -> bool {
        let packet = packet(sequence, 50);
        let mut outgoing = outgoing(&packet, self.now);
        outgoing.rid = Some(rid.parse().unwrap());
        self.client.write(self.mid, &outgoing)
    }

    /// The encodings of the packets that the server told of since the last call.
    fn arrived(&mut self) -> Vec<(u8, u64)> {
        self.run_for(Duration::from_millis(20));
        let told = std::mem::take(&mut self.events);
        let packets = told.into_iter().filter_map(|event| match event {
            PeerEvent::Rtp(received) => Some((received.encoding, received.packet.sequence)),
            _ => None,
        });
        packets.collect()
    }
}

#[test]
fn each_encoding_arrives_under_a_number_that_names_it_for_good() {
    let mut two = Two::simulcast(&["q", "h", "f"]);
    assert_eq!(two.server.lines()[0].encodings, rids(&["q", "h", "f"]));
    assert_eq!(two.client.lines()[0].encodings, rids(&["q", "h", "f"]));
    // Not in the order of the offer.
    for (sequence, rid) in [(1, "f"), (2, "q"), (3, "h"), (4, "f")] {
        assert!(two.write_encoding(rid, sequence));
    }
    let mut arrived = two.arrived();
    arrived.sort_by_key(|(_, sequence)| *sequence);
    assert_eq!(arrived, [(2, 1), (0, 2), (1, 3), (2, 4)]);
    let names = [0, 1, 2].map(|encoding| two.server.encoding_name(two.mid, encoding));
    let names: Vec<_> = names.into_iter().flatten().collect();
    assert_eq!(names, rids(&["q", "h", "f"]));
    assert_eq!(two.server.encoding_name(two.mid, 3), None);
    // The packets have long stopped to name them.
    two.run_for(Duration::from_secs(10));
    assert!(two.write_encoding("h", 5));
    assert_eq!(two.arrived(), [(1, 5)]);
}

#[test]
fn a_further_offer_leaves_the_numbers() {
    let mut two = Two::simulcast(&["q", "h"]);
    assert!(two.write_encoding("h", 1));
    assert_eq!(two.arrived(), [(1, 1)]);
    let more = [OfferLine::new(MediaKind::Audio, LineDirection::Send)];
    let (offer, _) = two.client.create_offer(&more).unwrap();
    let answer = two.server.accept_offer(two.now, &offer).unwrap();
    assert_eq!(answer.lines[0].encodings, rids(&["q", "h"]));
    two.client.accept_answer(two.now, &answer.sdp).unwrap();
    for (sequence, rid) in [(2, "h"), (1, "q")] {
        assert!(two.write_encoding(rid, sequence));
    }
    let mut arrived = two.arrived();
    arrived.sort_unstable();
    assert_eq!(arrived, [(0, 1), (1, 2)]);
}

#[test]
fn an_encoding_that_was_not_agreed_on_is_not_sent() {
    let mut two = Two::simulcast(&["q", "h"]);
    assert!(!two.write_encoding("f", 1));
    let packet = packet(1, 50);
    assert!(!two.client.write(two.mid, &outgoing(&packet, two.now)));
    let mut plain = Two::connected(LineDirection::Send);
    assert!(!plain.write_encoding("q", 1));
    assert!(plain.client.lines()[0].encodings.is_empty());
}

/// A client that means three encodings where the server has agreed on what `changed` left of them.
fn deceived(changed: impl Fn(&str) -> String) -> Two {
    let now = Instant::now();
    let mut client = PeerConnection::new(&config(Role::Client, 1, 1_400), now).unwrap();
    let mut server = PeerConnection::new(&config(Role::Server, 2, 100), now).unwrap();
    let line = simulcast(&["q", "h", "f"]);
    let (offer, mids) = client.create_offer(&[line]).unwrap();
    let answer = server.accept_offer(now, &changed(&offer)).unwrap().sdp;
    let is_kept = |line: &&str| !line.starts_with("a=rid") && !line.starts_with("a=simulcast");
    let kept: String = answer.split_inclusive('\n').filter(is_kept).collect();
    let all = "a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n";
    client.accept_answer(now, &(kept + all)).unwrap();
    let mut two = Two {
        now,
        client,
        server,
        mid: mids[0],
        events: Vec::new(),
    };
    two.run_for(Duration::from_secs(2));
    two
}

fn assert_only(two: &mut Two, expected: &[(u8, u64)]) {
    for (sequence, rid) in [(1, "q"), (2, "h"), (3, "f")] {
        assert!(two.write_encoding(rid, sequence));
    }
    assert_eq!(two.arrived(), expected);
    for rid in rids(&["h", "f"]).into_iter().map(convert::engine_rid) {
        let engine_mid = convert::engine_mid(two.mid);
        let mut api = two.server.rtc.direct_api();
        let stream = api.stream_rx_by_mid(engine_mid, Some(rid));
        assert!(stream.is_none(), "the engine keeps a stream of {rid}");
    }
}

#[test]
fn encodings_that_only_packets_name_arrive_nowhere_and_leave_nothing() {
    let one = |offer: &str| offer.replace("simulcast:send q;h;f", "simulcast:send q");
    assert_only(&mut deceived(one), &[(0, 1)]);
    let none = |offer: &str| offer.replace("a=simulcast", "a=nothing");
    assert_only(&mut deceived(none), &[]);
}

#[test]
fn a_keyframe_is_asked_of_one_encoding() {
    let mut two = Two::simulcast(&["q", "h", "f"]);
    for (sequence, rid) in [(1, "q"), (2, "h"), (3, "f")] {
        assert!(two.write_encoding(rid, sequence));
    }
    two.run_for(Duration::from_millis(20));
    for encoding in [1, 0, 2] {
        assert!(two.server.request_keyframe(two.mid, encoding));
        two.run_for(Duration::from_millis(50));
        let told = std::iter::from_fn(|| two.client.poll_event());
        let asked = told.filter_map(|event| match event {
            PeerEvent::KeyframeRequested { rid, .. } => Some(rid),
            _ => None,
        });
        let asked: Vec<_> = asked.collect();
        assert_eq!(asked, [two.server.encoding_name(two.mid, encoding)]);
    }
    assert!(!two.server.request_keyframe(two.mid, 3));
}

#[test]
fn a_receiver_never_learns_the_publishers_names() {
    let mut publisher = Two::simulcast(&["qqqqqqqq", "h"]);
    assert!(publisher.write_encoding("qqqqqqqq", 1));
    publisher.run_for(Duration::from_millis(20));
    let received = publisher.events.iter().find_map(|event| match event {
        PeerEvent::Rtp(received) => Some(received.packet.clone()),
        _ => None,
    });
    let received = received.unwrap();
    let mut subscriber = Two::connected(LineDirection::Receive);
    let outgoing = outgoing(&received, subscriber.now);
    assert!(subscriber.server.write(subscriber.mid, &outgoing));
    subscriber.server.handle_timeout(subscriber.now).unwrap();
    let sent: Vec<_> = std::iter::from_fn(|| subscriber.server.poll_transmit())
        .filter(|datagram| stream_of(&datagram.contents).is_some())
        .collect();
    assert!(!sent.is_empty());
    // Headers are sent in the clear.
    let leaks = |contents: &[u8]| contents.windows(8).any(|part| part == b"qqqqqqqq");
    assert!(!sent.iter().any(|datagram| leaks(&datagram.contents)));
}
