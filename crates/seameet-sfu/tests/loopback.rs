//! The media plane on real sockets: two endpoints on loopback hear each other, and a shutdown says goodbye.
#![expect(clippy::unwrap_used, reason = "a failed expectation is the report")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use seameet_core::media::{
    MediaCommand, MediaEvent, Offer, RequestId, TrackDeclaration, TrackSource,
};
use seameet_core::{Codec, MediaKind, Mid, ParticipantId, TrackId};
use seameet_pipeline::{
    Format, LineDirection, OfferLine, OutgoingPacket, PeerConfig, PeerConnection, PeerEvent, Role,
};
use seameet_rtp::{Packet, Payload};
use seameet_sfu::{MediaConfig, MediaPlane, RoomMedia};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::Receiver;
use tokio::time::{sleep_until, timeout};

/// Everything here takes milliseconds; this only ends a test that hangs.
const PATIENCE: Duration = Duration::from_secs(20);

struct Endpoint {
    participant: ParticipantId,
    socket: UdpSocket,
    address: SocketAddr,
    connection: PeerConnection,
    microphone: Mid,
    sent: u64,
    connected: bool,
    heard: Vec<u8>,
    closed: bool,
    /// The port of the candidate in the answer.
    server_port: u16,
}

impl Endpoint {
    async fn join(
        number: u8,
        ip: IpAddr,
        room: &RoomMedia,
        events: &mut Receiver<MediaEvent>,
    ) -> Self {
        let socket = UdpSocket::bind((ip, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let mut config = PeerConfig::new(Role::Client);
        config.local_addresses = vec![address];
        let mut connection = PeerConnection::new(&config, Instant::now()).unwrap();
        let line = |direction| OfferLine::new(MediaKind::Audio, direction);
        let lines = [line(LineDirection::Send), line(LineDirection::Receive)];
        let (sdp, mids) = connection.create_offer(&lines).unwrap();
        let participant = ParticipantId::from_random(u64::from(number));
        let track = TrackDeclaration {
            track: TrackId::new(u32::from(number)),
            mid: mids[0],
            source: TrackSource::Microphone,
            muted: false,
        };
        let offer = Offer {
            sdp,
            tracks: vec![track],
        };
        let request = RequestId(1);
        let negotiate = MediaCommand::Negotiate {
            participant,
            request,
            offer,
            subscribe: true,
        };
        room.send(negotiate).await.unwrap();
        let answer = loop {
            let event = timeout(PATIENCE, events.recv()).await.unwrap().unwrap();
            if let MediaEvent::Negotiated { result, .. } = event {
                break result.unwrap();
            }
        };
        assert_eq!(answer.tracks.len(), 1);
        connection
            .accept_answer(Instant::now(), &answer.sdp)
            .unwrap();
        let microphone = mids[0];
        Self {
            participant,
            socket,
            address,
            connection,
            microphone,
            sent: 0,
            connected: false,
            heard: Vec::new(),
            closed: false,
            server_port: candidate_port(&answer.sdp),
        }
    }

    /// Sends a packet whose payload is the endpoint's number.
    fn speak(&mut self, number: u8) {
        self.sent += 1;
        let packet = Packet {
            sequence: self.sent,
            timestamp: u32::try_from(self.sent).unwrap() * 960,
            marker: false,
            payload: Payload::from_arc([number; 80].into()),
            audio_level: None,
            orientation: None,
            descriptor: None,
        };
        let outgoing = OutgoingPacket {
            rid: None,
            packet: &packet,
            format: Format {
                codec: Codec::Opus,
                profile: 0,
            },
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            wallclock: Instant::now(),
            marker: packet.marker,
            vp8: None,
            descriptor: None,
        };
        assert!(self.connection.write(self.microphone, &outgoing));
    }

    /// Carries datagrams until the next timer or arrival.
    async fn step(&mut self) {
        self.connection.handle_timeout(Instant::now()).unwrap();
        while let Some(transmit) = self.connection.poll_transmit() {
            let _ = self
                .socket
                .send_to(&transmit.contents, transmit.destination)
                .await;
        }
        let mut buffer = [0; 2_000];
        tokio::select! {
            received = self.socket.recv_from(&mut buffer) => {
                // The system reports a closed port of the server as an error of the next receive.
                if let Ok((length, source)) = received {
                    let bytes = &buffer[..length];
                    let now = Instant::now();
                    self.connection.handle_datagram(now, seameet_pipeline::Protocol::Udp, source, self.address, bytes).unwrap();
                }
            }
            () = sleep_until(self.connection.deadline().into()) => {}
        }
        while let Some(event) = self.connection.poll_event() {
            match event {
                PeerEvent::Connected => self.connected = true,
                PeerEvent::Rtp(received) => {
                    self.heard.push(received.packet.payload.shared()[0]);
                }
                PeerEvent::Closed(_) => self.closed = true,
                _ => {}
            }
        }
    }
}

fn candidate_port(sdp: &str) -> u16 {
    let candidate = sdp
        .lines()
        .find(|line| line.starts_with("a=candidate:"))
        .unwrap();
    candidate.split(' ').nth(5).unwrap().parse().unwrap()
}

async fn drive(a: &mut Endpoint, b: &mut Endpoint, done: impl Fn(&Endpoint, &Endpoint) -> bool) {
    let whole = async {
        while !done(a, b) {
            tokio::select! { () = a.step() => {}, () = b.step() => {} }
        }
    };
    timeout(PATIENCE, whole).await.unwrap();
}

#[tokio::test]
async fn two_endpoints_hear_each_other_over_ipv4_and_are_told_the_end() {
    Box::pin(hear_each_other(Ipv4Addr::LOCALHOST.into())).await;
}

#[tokio::test]
async fn two_endpoints_hear_each_other_over_ipv6_and_are_told_the_end() {
    if UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).await.is_err() {
        eprintln!("this host has no IPv6; nothing was tested");
        return;
    }
    Box::pin(hear_each_other(Ipv6Addr::LOCALHOST.into())).await;
}

/// A server that tells clients one address, and two clients of that family.
async fn hear_each_other(ip: IpAddr) {
    let mut config = MediaConfig::default();
    config.udp_port = 0;
    config.public_ips = vec![ip];
    let plane = MediaPlane::bind(&config).unwrap();
    let told = SocketAddr::new(ip, plane.udp_ports()[0]);
    assert_eq!(plane.candidates(), [told]);
    let (room, mut events) = plane.open_room();
    let mut a = Endpoint::join(1, ip, &room, &mut events).await;
    let mut b = Endpoint::join(2, ip, &room, &mut events).await;
    drive(&mut a, &mut b, |a, b| a.connected && b.connected).await;
    for _ in 0..200 {
        a.speak(1);
        b.speak(2);
        let (a_before, b_before) = (a.heard.len(), b.heard.len());
        // The server may learn of a connection a moment after the client; its first packets may be too early.
        let limit = Instant::now() + Duration::from_millis(100);
        let heard = |a: &Endpoint, b: &Endpoint| {
            a.heard.len() > a_before && b.heard.len() > b_before || Instant::now() > limit
        };
        drive(&mut a, &mut b, heard).await;
        if a.heard.len() > 20 && b.heard.len() > 20 {
            break;
        }
    }
    assert!(a.heard.len() > 20 && b.heard.len() > 20);
    assert!(
        a.heard.iter().all(|who| *who == 2),
        "nobody hears themselves"
    );
    assert!(
        b.heard.iter().all(|who| *who == 1),
        "nobody hears themselves"
    );
    assert_ne!(a.participant, b.participant);
    assert_eq!(plane.stats().peers, 2);
    assert!(plane.stats().packets_out > 40);
    plane.shutdown().await;
    drive(&mut a, &mut b, |a, b| a.closed && b.closed).await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_that_names_it() {
    let taken = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let mut config = MediaConfig::default();
    config.udp_port = taken.local_addr().unwrap().port();
    config.public_ips = vec![Ipv4Addr::LOCALHOST.into()];
    let error = MediaPlane::bind(&config).unwrap_err().to_string();
    assert!(error.contains(&config.udp_port.to_string()), "{error}");
}

#[tokio::test]
async fn each_worker_has_its_port_and_rooms_spread_over_them() {
    let mut config = MediaConfig::default();
    // Two free neighbours are found by trying.
    let plane = (0..50)
        .find_map(|_| {
            let probe = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
            config.udp_port = probe.local_addr().unwrap().port();
            config.workers = NonZeroUsize::new(2).unwrap();
            config.public_ips = vec![Ipv4Addr::LOCALHOST.into()];
            drop(probe);
            MediaPlane::bind(&config).ok()
        })
        .unwrap();
    assert_eq!(plane.udp_ports(), [config.udp_port, config.udp_port + 1]);
    let ip = Ipv4Addr::LOCALHOST.into();
    let mut ports = Vec::new();
    let mut rooms = Vec::new();
    for number in 1..=2 {
        let (room, mut events) = plane.open_room();
        let endpoint = Endpoint::join(number, ip, &room, &mut events).await;
        ports.push(endpoint.server_port);
        rooms.push((room, events, endpoint));
    }
    ports.sort_unstable();
    assert_eq!(ports, plane.udp_ports());
    assert!(plane.is_healthy());
    plane.shutdown().await;
    assert!(!plane.is_healthy());
}

/// Offers a camera with these codecs and returns the one that the server wants.
async fn wanted_codec(
    number: u8,
    codecs: &[Codec],
    room: &RoomMedia,
    events: &mut Receiver<MediaEvent>,
) -> Codec {
    let mut config = PeerConfig::new(Role::Client);
    config.video_codecs = codecs.to_vec();
    let mut connection = PeerConnection::new(&config, Instant::now()).unwrap();
    let (kind, direction) = (MediaKind::Video, LineDirection::Send);
    let (sdp, mids) = connection
        .create_offer(&[OfferLine::new(kind, direction)])
        .unwrap();
    let track = TrackDeclaration {
        track: TrackId::new(u32::from(number)),
        mid: mids[0],
        source: TrackSource::Camera,
        muted: false,
    };
    let negotiate = MediaCommand::Negotiate {
        participant: ParticipantId::from_random(u64::from(number)),
        request: RequestId(1),
        offer: Offer {
            sdp,
            tracks: vec![track],
        },
        subscribe: true,
    };
    room.send(negotiate).await.unwrap();
    loop {
        let event = timeout(PATIENCE, events.recv()).await.unwrap().unwrap();
        if let MediaEvent::Negotiated { result, .. } = event {
            break result.unwrap().tracks[0].codec;
        }
    }
}

#[tokio::test]
async fn a_new_member_is_asked_for_a_codec_that_all_others_can_show() {
    let mut config = MediaConfig::default();
    config.udp_port = 0;
    config.public_ips = vec![Ipv4Addr::LOCALHOST.into()];
    config.video_codecs = vec![Codec::Av1, Codec::Vp9, Codec::Vp8];
    let plane = MediaPlane::bind(&config).unwrap();
    let all = [Codec::Vp8, Codec::Vp9, Codec::Av1];
    let (room, mut events) = plane.open_room();
    assert_eq!(wanted_codec(1, &all, &room, &mut events).await, Codec::Av1);
    let vp8 = [Codec::Vp8];
    assert_eq!(wanted_codec(2, &vp8, &room, &mut events).await, Codec::Vp8);
    assert_eq!(wanted_codec(3, &all, &room, &mut events).await, Codec::Vp8);
    let participant = ParticipantId::from_random(2);
    room.send(MediaCommand::Remove { participant })
        .await
        .unwrap();
    assert_eq!(wanted_codec(4, &all, &room, &mut events).await, Codec::Av1);
    plane.shutdown().await;
}
