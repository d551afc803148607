//! Tests of receiving lightly from a whole endpoint, in virtual time.

use std::net::SocketAddr;
use std::sync::Arc;

use seameet_core::{Codec, MediaKind, Mid};
use seameet_rtp::{Packet, Payload};

use super::*;
use crate::{
    Format, LineDirection, OfferLine, OutgoingPacket, PeerConfig, PeerConnection, PeerEvent,
    PeerStatistics, Role, Transmit,
};

const VP8: Format = Format {
    codec: Codec::Vp8,
    profile: 0,
};

/// A server that sends pictures, and who receives them lightly.
struct Line {
    now: Instant,
    client: PeerConnection,
    server: PeerConnection,
    light: LightReceiver,
    mid: Mid,
    sequence: u64,
    arrivals: Vec<Arrival>,
    lost: Vec<Vec<u8>>,
    events: Vec<PeerEvent>,
}

fn config(role: Role, host: u8) -> PeerConfig {
    let mut config = PeerConfig::new(role);
    config.local_addresses = vec![SocketAddr::from(([192, 0, 2, host], 5_000))];
    config.light = role == Role::Client;
    config.bandwidth = (role == Role::Server).then_some(300_000);
    config
}

fn take(now: Instant, to: &mut PeerConnection, datagram: &Transmit) {
    let (source, destination) = (datagram.source, datagram.destination);
    to.handle_datagram(
        now,
        datagram.protocol,
        source,
        destination,
        &datagram.contents,
    )
    .unwrap();
}

impl Line {
    fn connected() -> Self {
        let mut now = Instant::now();
        let mut client = PeerConnection::new(&config(Role::Client, 1), now).unwrap();
        let mut server = PeerConnection::new(&config(Role::Server, 2), now).unwrap();
        let line = OfferLine::new(MediaKind::Video, LineDirection::Receive);
        let (offer, mids) = client.create_offer(&[line]).unwrap();
        let answer = server.accept_offer(now, &offer).unwrap();
        client.accept_answer(now, &answer.sdp).unwrap();
        assert!(client.receive_lightly(now).is_none(), "nobody shook hands");
        for _ in 0..200 {
            now += Duration::from_millis(10);
            client.handle_timeout(now).unwrap();
            server.handle_timeout(now).unwrap();
            while let Some(datagram) = client.poll_transmit() {
                take(now, &mut server, &datagram);
            }
            while let Some(datagram) = server.poll_transmit() {
                take(now, &mut client, &datagram);
            }
        }
        Self {
            now,
            light: client.receive_lightly(now).unwrap(),
            client,
            server,
            mid: mids[0],
            sequence: 0,
            arrivals: Vec::new(),
            lost: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Ten milliseconds in which one packet is sent; `lost` says which datagrams are lost.
    fn step(&mut self, lost: impl Fn(u64) -> bool) {
        self.now += Duration::from_millis(10);
        self.sequence += 1;
        let mut payload = vec![0x10; 500];
        payload.extend_from_slice(&self.sequence.to_be_bytes());
        let packet = Packet {
            sequence: self.sequence,
            timestamp: u32::try_from(self.sequence * 900).unwrap(),
            marker: self.sequence.is_multiple_of(2),
            audio_level: None,
            orientation: None,
            descriptor: None,
            payload: Payload::from_arc(Arc::from(payload)),
        };
        let outgoing = OutgoingPacket {
            rid: None,
            packet: &packet,
            format: VP8,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            marker: packet.marker,
            wallclock: self.now,
            vp8: None,
            descriptor: None,
        };
        assert!(self.server.write(self.mid, &outgoing));
        self.carry(lost);
    }

    fn carry(&mut self, lost: impl Fn(u64) -> bool) {
        self.server.handle_timeout(self.now).unwrap();
        self.client.handle_timeout(self.now).unwrap();
        while let Some(datagram) = self.server.poll_transmit() {
            if !is_media(&datagram.contents) {
                take(self.now, &mut self.client, &datagram);
            } else if lost(self.sequence) {
                self.lost.push(datagram.contents);
            } else {
                let arrival = self.light.handle_datagram(self.now, &datagram.contents);
                self.arrivals.extend(arrival);
            }
        }
        let from_client = std::iter::from_fn(|| self.client.poll_transmit());
        let mut sent: Vec<_> = from_client
            .filter(|datagram| !is_control(&datagram.contents))
            .collect();
        let reports = self.light.handle_timeout(self.now).into_iter();
        sent.extend(reports.map(|contents| Transmit {
            protocol: crate::Protocol::Udp,
            source: SocketAddr::from(([192, 0, 2, 1], 5_000)),
            destination: SocketAddr::from(([192, 0, 2, 2], 5_000)),
            contents,
        }));
        for datagram in sent {
            take(self.now, &mut self.server, &datagram);
        }
        self.events
            .extend(std::iter::from_fn(|| self.server.poll_event()));
    }

    fn statistics(&self) -> Vec<PeerStatistics> {
        let told = self.events.iter().filter_map(|event| match event {
            PeerEvent::Statistics(statistics) => Some(*statistics),
            _ => None,
        });
        told.collect()
    }
}

#[test]
fn every_packet_is_counted_and_one_of_each_frame_is_opened() {
    let mut line = Line::connected();
    for _ in 0..100 {
        line.step(|_| false);
    }
    let media: Vec<_> = line.arrivals.iter().filter(|it| it.is_media).collect();
    // The pacer holds some back for a moment.
    assert!(media.len() > 80, "{}", media.len());
    let first = media[0].sequence;
    for (number, arrival) in (1..).zip(&media) {
        assert_eq!(arrival.sequence, first + number - 1);
        assert_eq!(arrival.bytes, 508);
        let expected = match number % 2 {
            0 => Opened::Ending(number.to_be_bytes()),
            _ => Opened::Untried,
        };
        assert_eq!(arrival.opened, expected, "{number}");
    }
}

#[test]
fn what_was_changed_on_the_way_is_not_authentic() {
    let mut line = Line::connected();
    for _ in 0..50 {
        line.step(|_| true);
    }
    assert!(line.arrivals.is_empty());
    let is_marked = |contents: &&mut Vec<u8>| contents[1] & 0x80 != 0;
    let changed = line.lost.iter_mut().filter(is_marked).take(2);
    let mut opened = Vec::new();
    for (number, contents) in changed.enumerate() {
        // One bit of one of them.
        contents[100] ^= u8::from(number == 1);
        opened.extend(line.light.handle_datagram(line.now, contents));
    }
    assert!(matches!(opened[0].opened, Opened::Ending(_)), "{opened:?}");
    assert_eq!(opened[1].opened, Opened::Failed);
}

#[test]
fn the_sender_learns_how_much_is_lost_and_how_long_a_round_takes() {
    let mut line = Line::connected();
    for _ in 0..1_000 {
        line.step(|sequence| sequence % 10 == 3);
    }
    let told = line.statistics();
    let last = told[told.len() - 1];
    let around_tenth = 60..=140;
    let reported = told.iter().rev().find_map(|it| it.reported_loss_permille);
    assert!(around_tenth.contains(&reported.unwrap()), "{reported:?}");
    let sent = last.sent_loss_permille.unwrap();
    assert!(around_tenth.contains(&sent), "{last:?}");
    assert!(last.is_transport_rtt, "{last:?}");
    assert!(last.rtt.unwrap() < Duration::from_millis(300), "{last:?}");
}

#[test]
fn the_senders_estimate_grows_with_what_gets_through() {
    let mut line = Line::connected();
    for _ in 0..1_500 {
        line.step(|_| false);
    }
    let estimates = line.events.iter().filter_map(|event| match event {
        PeerEvent::Bandwidth { estimate } => Some(*estimate),
        _ => None,
    });
    let best = estimates.max().unwrap();
    assert!(best > 400_000, "{best}");
}
