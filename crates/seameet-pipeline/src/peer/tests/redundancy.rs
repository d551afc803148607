//! Opus with redundancy passes as it is.

use super::*;

fn audio_between(by_client: bool, by_server: bool) -> Two {
    let mut client = config(Role::Client, 1, 1_400);
    client.redundant_audio = by_client;
    let mut server = config(Role::Server, 2, 1_400);
    server.redundant_audio = by_server;
    let line = OfferLine::new(MediaKind::Audio, LineDirection::Send);
    Two::between(&client, &server, &line, str::to_owned)
}

#[test]
fn redundant_audio_arrives_as_it_was_sent() {
    let mut two = audio_between(true, true);
    assert_eq!(
        two.server.lines()[0].formats,
        [Format::OPUS, Format::OPUS_RED]
    );
    for (sequence, format) in [(1, Format::OPUS_RED), (2, Format::OPUS)] {
        let mut packet = packet(sequence, 50);
        // One frame, named by the payload type of both sides.
        let bytes = [[111].as_slice(), &[7; 49]].concat();
        packet.payload = Payload::from_arc(Arc::from(bytes));
        let mut outgoing = outgoing(&packet, two.now);
        outgoing.format = format;
        assert!(two.client.write(two.mid, &outgoing));
        two.run_for(Duration::from_millis(20));
        let arrived = two.events.drain(..).find_map(|event| match event {
            PeerEvent::Rtp(received) => Some(received),
            _ => None,
        });
        let arrived = arrived.unwrap();
        assert_eq!(arrived.format, format);
        assert_eq!(arrived.packet.payload, packet.payload);
    }
}

#[test]
fn redundancy_needs_both_sides() {
    for (by_client, by_server) in [(true, false), (false, true), (false, false)] {
        let two = audio_between(by_client, by_server);
        assert_eq!(two.server.lines()[0].formats, [Format::OPUS]);
        assert!(two.client.can_send(two.mid, Format::OPUS));
        assert!(!two.client.can_send(two.mid, Format::OPUS_RED));
    }
}

#[test]
fn an_answer_lists_redundancy_first_as_browsers_want_it() {
    let mut config = config(Role::Server, 2, 1_400);
    config.redundant_audio = true;
    let now = Instant::now();
    let mut server = PeerConnection::new(&config, now).unwrap();
    let offer = include_str!("../../negotiate/fixtures/chromium.sdp");
    let answer = server.accept_offer(now, offer).unwrap();
    let line = answer.sdp.lines().find(|line| line.starts_with("m=audio"));
    assert!(line.unwrap().ends_with("SAVPF 63 111"), "{line:?}");
    assert!(answer.lines[0].formats.contains(&Format::OPUS_RED));
}

#[test]
fn frames_are_named_by_the_receivers_payload_type() {
    let mut two = audio_between(true, true);
    let frame = |byte: u8| Payload::from_arc(Arc::from([byte; 10]));
    let sent = |payload_type| {
        let before = frame(1);
        seameet_rtp::red::build_red(payload_type, &[(960, &before)], &frame(2)).unwrap()
    };
    let mut packet = packet(1, 50);
    packet.payload = sent(97);
    let mut outgoing = outgoing(&packet, two.now);
    outgoing.format = Format::OPUS_RED;
    assert!(two.client.write(two.mid, &outgoing));
    two.run_for(Duration::from_millis(20));
    let arrived = two.events.drain(..).find_map(|event| match event {
        PeerEvent::Rtp(received) => Some(received.packet.payload),
        _ => None,
    });
    assert_eq!(arrived, Some(sent(111)));
}
