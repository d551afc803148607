//! A media plane behind a TCP listener, and endpoints that speak to it.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use seameet_core::media::{
    MediaCommand, MediaEvent, Offer, RequestId, TrackDeclaration, TrackSource,
};
use seameet_core::{Codec, MediaKind, Mid, ParticipantId, TrackId};
use seameet_pipeline::{
    Format, LineDirection, OfferLine, OutgoingPacket, PeerConfig, PeerConnection, PeerEvent,
    Protocol, Role,
};
use seameet_rtp::{Packet, Payload};
use seameet_sfu::{MediaConfig, MediaPlane, RoomMedia};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc::Receiver;
use tokio::time::{sleep_until, timeout};

/// Everything here takes milliseconds; this only ends a test that hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A media plane whose connections are accepted.
pub(crate) struct TcpPlane {
    pub(crate) media: Arc<MediaPlane>,
    pub(crate) address: SocketAddr,
    /// Each connection that is open has a clone.
    keeper: Arc<()>,
}

impl TcpPlane {
    pub(crate) async fn start(ip: IpAddr) -> Self {
        Self::start_with(ip, |_| {}).await
    }

    pub(crate) async fn start_with(ip: IpAddr, configure: impl FnOnce(&mut MediaConfig)) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = MediaConfig::default();
        config.udp_port = 0;
        config.public_ips = vec![ip];
        config.tcp_listener = Some(address);
        configure(&mut config);
        // Ports of several workers are neighbours; the system gives single ones.
        let media = Arc::new(MediaPlane::bind(&config).unwrap());
        let keeper = Arc::new(());
        let (plane, kept) = (Arc::clone(&media), Arc::clone(&keeper));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (plane, keeper) = (Arc::clone(&plane), Arc::clone(&kept));
                tokio::spawn(async move { plane.adopt(stream, keeper).await });
            }
        });
        Self {
            media,
            address,
            keeper,
        }
    }

    /// Awaits that exactly so many connections are open.
    pub(crate) async fn kept_are(&self, connections: usize) {
        let settled = async {
            // Ours and that of the accept loop.
            while Arc::strong_count(&self.keeper) != connections + 2 {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, settled).await.unwrap();
    }
}

/// An endpoint with one microphone and one slot, on one TCP connection at a time.
pub(crate) struct Endpoint {
    pub(crate) participant: ParticipantId,
    pub(crate) stream: TcpStream,
    /// What was read of a frame that is not whole.
    begun: Vec<u8>,
    /// The candidate that it told.
    address: SocketAddr,
    server: SocketAddr,
    connection: PeerConnection,
    microphone: Mid,
    number: u8,
    sent: u64,
    pub(crate) connected: bool,
    pub(crate) heard: Vec<u8>,
    /// The server said goodbye.
    pub(crate) closed: bool,
    /// The connection was closed.
    pub(crate) hung_up: bool,
    /// What its datagrams were meant for.
    pub(crate) protocols: HashSet<Protocol>,
    pub(crate) server_ufrag: String,
}

impl Endpoint {
    pub(crate) async fn join(
        number: u8,
        plane: &TcpPlane,
        room: &RoomMedia,
        events: &mut Receiver<MediaEvent>,
    ) -> Self {
        let socket = match plane.address {
            SocketAddr::V4(_) => TcpSocket::new_v4().unwrap(),
            SocketAddr::V6(_) => TcpSocket::new_v6().unwrap(),
        };
        socket.bind((plane.address.ip(), 0).into()).unwrap();
        let address = socket.local_addr().unwrap();
        let mut config = PeerConfig::new(Role::Client);
        config.tcp_addresses = vec![address];
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
        let answer = negotiate(participant, offer, room, events).await;
        connection.accept_answer(Instant::now(), &answer).unwrap();
        Self {
            participant,
            stream: socket.connect(plane.address).await.unwrap(),
            begun: Vec::new(),
            address,
            server: plane.address,
            connection,
            microphone: mids[0],
            number,
            sent: 0,
            connected: false,
            heard: Vec::new(),
            closed: false,
            hung_up: false,
            protocols: HashSet::new(),
            server_ufrag: attribute(&answer, "a=ice-ufrag:"),
        }
    }

    /// Leaves the connection for another one.
    pub(crate) async fn connect(&mut self, plane: &TcpPlane) {
        self.stream = TcpStream::connect(plane.address).await.unwrap();
        self.begun.clear();
        self.hung_up = false;
    }

    /// Sends a packet whose payload is the endpoint's number.
    pub(crate) fn speak(&mut self) {
        self.sent += 1;
        let packet = Packet {
            sequence: self.sent,
            timestamp: u32::try_from(self.sent).unwrap() * 960,
            marker: false,
            payload: Payload::from_arc([self.number; 80].into()),
            audio_level: None,
            orientation: None,
            descriptor: None,
        };
        let outgoing = OutgoingPacket {
            packet: &packet,
            format: Format {
                codec: Codec::Opus,
                profile: 0,
            },
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            wallclock: Instant::now(),
            marker: packet.marker,
            rid: None,
            vp8: None,
            descriptor: None,
        };
        assert!(self.connection.write(self.microphone, &outgoing));
    }

    /// Carries datagrams until the next timer or arrival.
    pub(crate) async fn step(&mut self) {
        self.connection.handle_timeout(Instant::now()).unwrap();
        self.send().await;
        let mut bytes = [0; 4_096];
        tokio::select! {
            read = self.stream.read(&mut bytes), if !self.hung_up => match read {
                Ok(length) if length > 0 => self.receive(&bytes[..length]),
                _ => self.hung_up = true,
            },
            () = sleep_until(self.connection.deadline().into()) => {}
        }
        while let Some(event) = self.connection.poll_event() {
            match event {
                PeerEvent::Connected => self.connected = true,
                PeerEvent::Rtp(received) => self.heard.push(received.packet.payload.shared()[0]),
                PeerEvent::Closed(_) => self.closed = true,
                _ => {}
            }
        }
    }

    async fn send(&mut self) {
        while let Some(transmit) = self.connection.poll_transmit() {
            self.protocols.insert(transmit.protocol);
            let frame = framed(&transmit.contents);
            // A closed connection shows up in the next read.
            let _ = self.stream.write_all(&frame).await;
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.begun.extend(bytes);
        while let Some((header, rest)) = self.begun.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes(*header));
            if rest.len() < length {
                return;
            }
            let now = Instant::now();
            let datagram = &rest[..length];
            self.connection
                .handle_datagram(now, Protocol::Tcp, self.server, self.address, datagram)
                .unwrap();
            self.begun.drain(..2 + length);
        }
    }
}

async fn negotiate(
    participant: ParticipantId,
    offer: Offer,
    room: &RoomMedia,
    events: &mut Receiver<MediaEvent>,
) -> String {
    let negotiate = MediaCommand::Negotiate {
        participant,
        request: RequestId(1),
        offer,
        subscribe: true,
    };
    room.send(negotiate).await.unwrap();
    loop {
        let event = timeout(PATIENCE, events.recv()).await.unwrap().unwrap();
        if let MediaEvent::Negotiated { result, .. } = event {
            break result.unwrap().sdp;
        }
    }
}

fn attribute(sdp: &str, name: &str) -> String {
    let value = sdp.lines().find_map(|line| line.strip_prefix(name));
    value.unwrap().to_owned()
}

pub(crate) fn framed(datagram: &[u8]) -> Vec<u8> {
    let length = u16::try_from(datagram.len()).unwrap();
    [&length.to_be_bytes(), datagram].concat()
}

/// A framed connectivity check to this name that nobody authenticated.
pub(crate) fn check(ufrag: &str) -> Vec<u8> {
    let username = format!("{ufrag}:client");
    let padded = username.len().next_multiple_of(4);
    let mut message = vec![0, 1];
    message.extend(u16::try_from(4 + padded).unwrap().to_be_bytes());
    message.extend([0x21, 0x12, 0xA4, 0x42]);
    message.extend([7; 12]);
    message.extend([0, 6]);
    message.extend(u16::try_from(username.len()).unwrap().to_be_bytes());
    message.extend(username.as_bytes());
    message.resize(20 + 4 + padded, 0);
    framed(&message)
}

pub(crate) async fn drive(
    a: &mut Endpoint,
    b: &mut Endpoint,
    done: impl Fn(&Endpoint, &Endpoint) -> bool,
) {
    let whole = async {
        while !done(a, b) {
            tokio::select! { () = a.step() => {}, () = b.step() => {} }
        }
    };
    timeout(PATIENCE, whole).await.unwrap();
}

pub(crate) async fn drive_one(endpoint: &mut Endpoint, done: impl Fn(&Endpoint) -> bool) {
    let whole = async {
        while !done(endpoint) {
            endpoint.step().await;
        }
    };
    timeout(PATIENCE, whole).await.unwrap();
}

/// Both speak until each heard so many packets more.
pub(crate) async fn talk(a: &mut Endpoint, b: &mut Endpoint, packets: usize) {
    drive(a, b, |a, b| a.connected && b.connected).await;
    let (a_goal, b_goal) = (a.heard.len() + packets, b.heard.len() + packets);
    let end = Instant::now() + PATIENCE;
    while a.heard.len() < a_goal || b.heard.len() < b_goal {
        assert!(
            Instant::now() < end,
            "{} and {}",
            a.heard.len(),
            b.heard.len()
        );
        a.speak();
        b.speak();
        // What is on its way while a connection breaks is lost; the next packets are not.
        let limit = Instant::now() + Duration::from_millis(20);
        drive(a, b, |_, _| Instant::now() > limit).await;
    }
}
