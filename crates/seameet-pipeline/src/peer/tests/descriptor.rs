//! The dependency descriptor on its way in and out.

use seameet_rtp::dependency_descriptor::DEPENDENCY_DESCRIPTOR_URI;

use super::*;

fn without_descriptor(offer: &str) -> String {
    let is_kept = |line: &&str| !line.contains(DEPENDENCY_DESCRIPTOR_URI);
    offer.split_inclusive('\n').filter(is_kept).collect()
}

fn video(direction: LineDirection) -> OfferLine {
    OfferLine::new(MediaKind::Video, direction)
}

/// Sends a packet with each of these descriptors and returns those that arrive.
fn exchange(
    from: &mut PeerConnection,
    to: &mut PeerConnection,
    mid: Mid,
    now: Instant,
    sent: &[&[u8]],
) -> Vec<Option<Vec<u8>>> {
    for (sequence, descriptor) in (1..).zip(sent) {
        let packet = packet(sequence, 50);
        let mut outgoing = outgoing(&packet, now);
        outgoing.descriptor = Some(descriptor);
        assert!(from.write(mid, &outgoing));
    }
    from.handle_timeout(now).unwrap();
    carry(now, from, to);
    let packets = std::iter::from_fn(|| to.poll_event()).filter_map(|event| match event {
        PeerEvent::Rtp(received) => Some(received.packet.descriptor),
        _ => None,
    });
    packets
        .map(|descriptor| descriptor.map(|bytes| bytes.to_vec()))
        .collect()
}

#[test]
fn descriptors_of_every_length_arrive_as_they_were_sent() {
    let longest = [7; 255];
    let sent: [&[u8]; 5] = [&[1, 2, 3], &[4; 16], &[5; 17], &[6; 200], &longest];
    let expected = sent.map(|descriptor| Some(descriptor.to_vec()));
    let two = &mut Two::connected(LineDirection::Send);
    let arrived = exchange(&mut two.client, &mut two.server, two.mid, two.now, &sent);
    assert_eq!(arrived, expected);
    let two = &mut Two::connected(LineDirection::Receive);
    let arrived = exchange(&mut two.server, &mut two.client, two.mid, two.now, &sent);
    assert_eq!(arrived, expected);
}

#[test]
fn who_did_not_agree_on_descriptors_gets_none() {
    let line = video(LineDirection::Receive);
    let two = &mut Two::agreed(&line, without_descriptor);
    let sent: [&[u8]; 2] = [&[1, 2, 3], &[5; 17]];
    let arrived = exchange(&mut two.server, &mut two.client, two.mid, two.now, &sent);
    assert_eq!(arrived, [None, None]);
}

#[test]
fn a_packet_that_would_burst_the_engines_buffer_with_its_descriptor_is_refused() {
    let server = config(Role::Server, 2, usize::MAX);
    let line = video(LineDirection::Receive);
    let mut two = Two::configured(&server, &line, str::to_owned);
    let descriptor = [7; 256];
    for (payload, described, fits) in [
        (ENGINE_MAX_RTP_PAYLOAD - 255, 255, true),
        (ENGINE_MAX_RTP_PAYLOAD - 254, 255, false),
        (100, 256, false),
    ] {
        let packet = packet(1, payload);
        let mut outgoing = outgoing(&packet, two.now);
        outgoing.descriptor = Some(&descriptor[..described]);
        assert_eq!(two.server.write(two.mid, &outgoing), fits);
    }
    two.server.handle_timeout(two.now).unwrap();
    assert_eq!(two.server.take_oversize_dropped(), 2);
}
