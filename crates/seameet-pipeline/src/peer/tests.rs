//! Tests of two endpoints in virtual time, with nothing between them.

mod descriptor;
mod pacing;
mod reach;
mod redundancy;
mod reports;
mod simulcast;

use std::sync::Arc;
use std::time::Duration;

use seameet_core::{Codec, MediaKind};
use seameet_rtp::{Packet, Payload};

use super::*;
use crate::negotiate::{LineDirection, OfferLine};
use crate::packet::{Format, OutgoingPacket};

const VP8: Format = Format {
    codec: Codec::Vp8,
    profile: 0,
};

struct Two {
    now: Instant,
    client: PeerConnection,
    server: PeerConnection,
    mid: Mid,
    /// What the server told.
    events: Vec<PeerEvent>,
}

/// An endpoint's configuration at an address of its own.
fn config(role: Role, host: u8, max_rtp_payload: usize) -> PeerConfig {
    let mut config = PeerConfig::new(role);
    config.local_addresses = vec![SocketAddr::from(([192, 0, 2, host], 5_000))];
    config.max_rtp_payload = max_rtp_payload;
    config
}

impl Two {
    fn connected(client_sends: LineDirection) -> Self {
        Self::agreed(
            &OfferLine::new(MediaKind::Video, client_sends),
            str::to_owned,
        )
    }

    /// A connection with one line, of whose offer the server gets to read what `changed` makes of it.
    fn agreed(line: &OfferLine, changed: impl Fn(&str) -> String) -> Self {
        let server = config(Role::Server, 2, 100);
        Self::configured(&server, line, changed)
    }

    fn configured(server: &PeerConfig, line: &OfferLine, changed: impl Fn(&str) -> String) -> Self {
        Self::between(&config(Role::Client, 1, 1_400), server, line, changed)
    }

    fn between(
        client: &PeerConfig,
        server: &PeerConfig,
        line: &OfferLine,
        changed: impl Fn(&str) -> String,
    ) -> Self {
        let now = Instant::now();
        let mut client = PeerConnection::new(client, now).unwrap();
        let mut server = PeerConnection::new(server, now).unwrap();
        let (offer, mids) = client.create_offer(std::slice::from_ref(line)).unwrap();
        let answer = server.accept_offer(now, &changed(&offer)).unwrap();
        client.accept_answer(now, &answer.sdp).unwrap();
        let mut two = Self {
            now,
            client,
            server,
            mid: mids[0],
            events: Vec::new(),
        };
        two.run_for(Duration::from_secs(2));
        let connected = |event: &PeerEvent| matches!(event, PeerEvent::Connected);
        assert!(two.events.iter().any(connected));
        two.events.clear();
        two
    }

    fn run_for(&mut self, duration: Duration) {
        let end = self.now + duration;
        while self.now < end {
            self.now += Duration::from_millis(10);
            self.client.handle_timeout(self.now).unwrap();
            self.server.handle_timeout(self.now).unwrap();
            carry(self.now, &mut self.client, &mut self.server);
            carry(self.now, &mut self.server, &mut self.client);
            while let Some(event) = self.server.poll_event() {
                self.events.push(event);
            }
        }
    }

    fn send(&mut self, sequence: u16, size: usize) {
        let packet = packet(sequence, size);
        let outgoing = outgoing(&packet, self.now);
        assert!(self.client.write(self.mid, &outgoing));
        self.run_for(Duration::from_millis(20));
    }
}

fn carry(now: Instant, from: &mut PeerConnection, to: &mut PeerConnection) {
    while let Some(datagram) = from.poll_transmit() {
        let (source, destination) = (datagram.source, datagram.destination);
        let (protocol, contents) = (datagram.protocol, &datagram.contents);
        to.handle_datagram(now, protocol, source, destination, contents)
            .unwrap();
    }
}

fn packet(sequence: u16, size: usize) -> Packet {
    Packet {
        sequence: sequence.into(),
        timestamp: u32::from(sequence) * 3_000,
        marker: true,
        audio_level: None,
        orientation: None,
        descriptor: None,
        payload: Payload::from_arc(Arc::from(vec![0x10; size])),
    }
}

fn outgoing(packet: &Packet, wallclock: Instant) -> OutgoingPacket<'_> {
    OutgoingPacket {
        rid: None,
        packet,
        format: VP8,
        sequence: packet.sequence,
        timestamp: packet.timestamp,
        wallclock,
        marker: packet.marker,
        vp8: None,
        descriptor: None,
    }
}

#[test]
fn packets_that_are_not_forwarded_leave_their_number() {
    let mut two = Two::connected(LineDirection::Send);
    for (sequence, size) in [(1, 50), (2, 0), (3, 500), (4, 50)] {
        two.send(sequence, size);
    }
    let told: Vec<_> = two
        .events
        .iter()
        .filter_map(|event| match event {
            PeerEvent::Rtp(received) => Some((received.packet.sequence, received.epoch, true)),
            PeerEvent::Skipped {
                sequence, epoch, ..
            } => Some((*sequence, *epoch, false)),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [(1, 0, true), (2, 0, false), (3, 0, false), (4, 0, true)]
    );
    assert_eq!(two.server.take_oversize_dropped(), 1);
}

#[test]
fn a_keyframe_is_asked_of_who_was_heard_only() {
    let mut two = Two::connected(LineDirection::Send);
    let mid = two.mid;
    assert!(!two.server.request_keyframe(mid, 0));
    two.send(1, 50);
    assert!(two.server.request_keyframe(mid, 0));
    assert!(!two.server.request_keyframe(mid, 1));
    two.run_for(Duration::from_millis(50));
    let asked = std::iter::from_fn(|| two.client.poll_event())
        .filter(|event| matches!(event, PeerEvent::KeyframeRequested { .. }));
    assert_eq!(asked.count(), 1);
}

#[test]
fn what_is_repaired_at_once_is_bounded_however_much_is_asked() {
    let mut two = Two::connected(LineDirection::Receive);
    let (mut sequence, mut asked) = (0, Vec::new());
    for _ in 0..3 {
        for _ in 0..90 {
            sequence += 1;
            let packet = packet(sequence, 90);
            assert!(two.server.write(two.mid, &outgoing(&packet, two.now)));
            two.server.handle_timeout(two.now).unwrap();
            // Most are lost.
            if sequence % 10 == 1 {
                carry(two.now, &mut two.server, &mut two.client);
            }
            while two.server.poll_transmit().is_some() {}
        }
        // The client asks again and again for what it lacks, and all of it reaches the server between two steps.
        for _ in 0..40 {
            two.now += Duration::from_millis(10);
            two.client.handle_timeout(two.now).unwrap();
            asked.extend(std::iter::from_fn(|| two.client.poll_transmit()));
        }
    }
    for datagram in asked {
        let (source, destination) = (datagram.source, datagram.destination);
        let contents = &datagram.contents;
        two.server
            .handle_datagram(two.now, Protocol::Udp, source, destination, contents)
            .unwrap();
    }
    two.server.handle_timeout(two.now).unwrap();
    let repairs = std::iter::from_fn(|| two.server.poll_transmit())
        .filter(|datagram| !crate::peer::reports::is_report(&datagram.contents));
    let repairs = repairs.count();
    assert!(repairs <= 620, "{repairs} repairs of 243 packets");
}
