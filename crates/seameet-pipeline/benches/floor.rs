//! The floor: what the engine, the cipher and the kernel need for a forwarded packet, without anything of ours.
//!
//! One publisher and as many receivers as asked for, each with a real encrypted connection in memory, with feedback and
//! estimation of bandwidth as in a call. Thirty frames a second of equal packets and fifty packets of sound are taken from
//! the publisher, written to every receiver and sent from a socket in trains. Only processor time of the server's part counts, as the thread's own
//! clock tells it. What rooms, selection, numbers and timers cost is what a server adds to this.
//!
//! ```text
//! cargo bench -p seameet-pipeline --bench floor -- --receivers 100 --packets 6 --seconds 10
//! ```
//!
//! Prints one line of JSON: nanoseconds per forwarded packet.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark ends when its set-up fails, and tells its figures"
)]

use std::io::IoSliceMut;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use quinn_udp::{BATCH_SIZE, RecvMeta, UdpSockRef, UdpSocketState};
use rustix::time::{ClockId, clock_gettime};
use str0m::bwe::Bitrate;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

/// Time goes on in these steps, as a server's does.
const TICK: Duration = Duration::from_millis(1);
const FRAME_TICKS: u32 = 33;
/// Deadlines of the pacer this near are served at once, as by the server.
const NEAR: Duration = Duration::from_micros(500);
/// How long connections and estimates settle before anything counts.
const WARM_UP: Duration = Duration::from_secs(4);
const PICTURE: usize = 1_100;
const SOUND: usize = 100;
const SOUND_TICKS: u32 = 20;

struct Options {
    receivers: usize,
    packets: usize,
    seconds: u64,
}

impl Options {
    fn read() -> Self {
        let arguments: Vec<_> = std::env::args().collect();
        let number = |name: &str, default: u64| {
            let place = arguments.iter().position(|argument| argument == name);
            let value = place.and_then(|place| arguments.get(place + 1));
            value.map_or(default, |value| value.parse().unwrap())
        };
        Self {
            receivers: usize::try_from(number("--receivers", 100)).unwrap(),
            packets: usize::try_from(number("--packets", 6)).unwrap(),
            seconds: number("--seconds", 10),
        }
    }
}

/// Both ends of a connection.
struct Pair {
    server: Rtc,
    client: Rtc,
    video: Mid,
    audio: Mid,
    next: Instant,
}

fn address(last: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, last], 5_000))
}

fn config(is_server: bool) -> RtcConfig {
    let config = RtcConfig::new()
        .set_rtp_mode(true)
        .set_ice_lite(is_server)
        .clear_codecs()
        .enable_opus(true, false)
        .enable_vp8(true);
    config.enable_bwe(is_server.then(|| Bitrate::mbps(20)))
}

impl Pair {
    fn new(direction: Direction, now: Instant) -> Self {
        let mut server = config(true).build(now);
        let mut client = config(false).build(now);
        server.add_local_candidate(Candidate::host(address(1), "udp").unwrap());
        client.add_local_candidate(Candidate::host(address(2), "udp").unwrap());
        let mut change = client.sdp_api();
        let audio = change.add_media(MediaKind::Audio, direction, None, None, None);
        let video = change.add_media(MediaKind::Video, direction, None, None, None);
        let (offer, pending) = change.apply().unwrap();
        let answer = server.sdp_api().accept_offer(offer).unwrap();
        client.sdp_api().accept_answer(pending, answer).unwrap();
        Self {
            server,
            client,
            video,
            audio,
            next: now,
        }
    }

    /// Hands a datagram to one side.
    fn carry(rtc: &mut Rtc, now: Instant, from: u8, to: u8, contents: &[u8]) {
        let receive = Receive::new(Protocol::Udp, address(from), address(to), contents).unwrap();
        rtc.handle_input(Input::Receive(now, receive)).unwrap();
    }

    /// Lets the client act. Returns what it sends.
    fn step_client(&mut self, now: Instant, arriving: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        for contents in arriving {
            Self::carry(&mut self.client, now, 1, 2, contents);
            self.drain_client(&mut sent);
        }
        self.client.handle_input(Input::Timeout(now)).unwrap();
        self.drain_client(&mut sent);
        sent
    }

    fn drain_client(&mut self, sent: &mut Vec<Vec<u8>>) {
        loop {
            match self.client.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => sent.push(transmit.contents.to_vec()),
                Output::Event(_) => {}
            }
        }
    }
}

/// What a step of the server's side gave.
#[derive(Default)]
struct Given {
    datagrams: Vec<Vec<u8>>,
    packets: Vec<RtpPacket>,
}

/// Drains the server's side after an input, and serves its pacer.
fn drain(pair: &mut Pair, mut now: Instant, given: &mut Given) {
    let until = now + NEAR;
    loop {
        let before = given.datagrams.len();
        let deadline = loop {
            match pair.server.poll_output().unwrap() {
                Output::Timeout(deadline) => break deadline,
                Output::Transmit(transmit) => given.datagrams.push(transmit.contents.into()),
                Output::Event(Event::RtpPacket(packet)) => given.packets.push(packet),
                Output::Event(_) => {}
            }
        };
        pair.next = deadline;
        if deadline > until || given.datagrams.len() == before {
            return;
        }
        now = deadline.max(now + Duration::from_micros(1));
        pair.server.handle_input(Input::Timeout(now)).unwrap();
    }
}

/// Processor time of this thread.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.cast_unsigned(),
        time.tv_nsec.try_into().unwrap(),
    )
}

#[derive(Default)]
struct Spent {
    receive: Duration,
    send: Duration,
    timers: Duration,
    feedback: Duration,
    kernel: Duration,
}

struct World {
    publisher: Pair,
    receivers: Vec<Pair>,
    /// Datagrams on their way to the server's side of each receiver.
    feedback: Vec<Vec<Vec<u8>>>,
    socket: UdpSocket,
    state: UdpSocketState,
    sink: SocketAddr,
    spent: Spent,
    forwarded: u64,
    picture: Arc<[u8]>,
    sound: Arc<[u8]>,
    /// Of pictures and of sound.
    sequences: [u64; 2],
}

fn timed<T>(spent: &mut Duration, work: impl FnOnce() -> T) -> T {
    let before = thread_time();
    let result = work();
    *spent += thread_time().saturating_sub(before);
    result
}

/// A thread that receives what is sent, as participants would.
fn sink() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let state = UdpSocketState::new(UdpSockRef::from(&socket)).unwrap();
    socket.set_nonblocking(false).unwrap();
    thread::spawn(move || {
        let mut storage = vec![vec![0_u8; 1 << 16]; BATCH_SIZE];
        loop {
            let mut slices: Vec<_> = storage.iter_mut().map(|it| IoSliceMut::new(it)).collect();
            let mut metas = [RecvMeta::default(); BATCH_SIZE];
            let _ = state.recv(UdpSockRef::from(&socket), &mut slices, &mut metas);
        }
    });
    address
}

impl World {
    fn new(receivers: usize, now: Instant) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let state = UdpSocketState::new(UdpSockRef::from(&socket)).unwrap();
        Self {
            publisher: Pair::new(Direction::SendOnly, now),
            receivers: (0..receivers)
                .map(|_| Pair::new(Direction::RecvOnly, now))
                .collect(),
            feedback: vec![Vec::new(); receivers],
            socket,
            state,
            sink: sink(),
            spent: Spent::default(),
            forwarded: 0,
            picture: Arc::from(vec![0x10; PICTURE]),
            sound: Arc::from(vec![0x10; SOUND]),
            sequences: [1_000; 2],
        }
    }

    /// The publisher's client sends what is due.
    fn publish(&mut self, now: Instant, tick: u32, packets: usize) -> Vec<Vec<u8>> {
        if tick.is_multiple_of(FRAME_TICKS) {
            let (mid, payload) = (self.publisher.video, Arc::clone(&self.picture));
            self.write(now, mid, &payload, packets, tick * 90);
        }
        if tick.is_multiple_of(SOUND_TICKS) {
            let (mid, payload) = (self.publisher.audio, Arc::clone(&self.sound));
            self.write(now, mid, &payload, 1, tick * 48);
        }
        self.publisher.step_client(now, &[])
    }

    fn write(&mut self, now: Instant, mid: Mid, payload: &Arc<[u8]>, packets: usize, time: u32) {
        let is_sound = mid == self.publisher.audio;
        let payload_type = if is_sound { 111 } else { 96 };
        let mut api = self.publisher.client.direct_api();
        let Some(stream) = api.stream_tx_by_mid(mid, None) else {
            return;
        };
        for index in 0..packets {
            let sequence = &mut self.sequences[usize::from(is_sound)];
            *sequence += 1;
            let sequence = (*sequence).into();
            let packet = RtpWrite::new(
                payload_type.into(),
                sequence,
                time,
                now,
                Arc::clone(payload),
            );
            let is_last = !is_sound && index + 1 == packets;
            stream.write_rtp(packet.marker(is_last).nackable(!is_sound));
        }
    }

    /// One tick: what the publisher sent is forwarded, what receivers reported is taken in.
    fn tick(&mut self, now: Instant, arriving: &[Vec<u8>]) {
        let mut given = Given::default();
        timed(&mut self.spent.receive, || {
            for contents in arriving {
                Pair::carry(&mut self.publisher.server, now, 2, 1, contents);
                drain(&mut self.publisher, now, &mut given);
            }
        });
        let is_due = self.publisher.next <= now;
        timed(&mut self.spent.timers, || {
            if is_due {
                self.publisher
                    .server
                    .handle_input(Input::Timeout(now))
                    .unwrap();
                drain(&mut self.publisher, now, &mut given);
            }
        });
        let answers = self.publisher.step_client(now, &given.datagrams);
        for contents in answers {
            Pair::carry(&mut self.publisher.server, now, 2, 1, &contents);
            drain(&mut self.publisher, now, &mut Given::default());
        }
        for index in 0..self.receivers.len() {
            self.serve(now, index, &given.packets);
        }
    }

    fn serve(&mut self, now: Instant, index: usize, packets: &[RtpPacket]) {
        let pair = &mut self.receivers[index];
        let mut given = Given::default();
        timed(&mut self.spent.feedback, || {
            for contents in self.feedback[index].drain(..) {
                Pair::carry(&mut pair.server, now, 2, 1, &contents);
                drain(pair, now, &mut given);
            }
        });
        let is_frame = !packets.is_empty();
        let bucket = if is_frame {
            &mut self.spent.send
        } else {
            &mut self.spent.timers
        };
        timed(bucket, || {
            if is_frame {
                let mut api = pair.server.direct_api();
                for packet in packets {
                    let header = &packet.header;
                    let is_sound = packet.payload.len() == SOUND;
                    let mid = if is_sound { pair.audio } else { pair.video };
                    let stream = api.stream_tx_by_mid(mid, None).unwrap();
                    let write = RtpWrite::new(
                        header.payload_type,
                        packet.seq_no,
                        header.timestamp,
                        packet.timestamp,
                        Arc::clone(&packet.payload),
                    );
                    stream.write_rtp(write.marker(header.marker).nackable(!is_sound));
                }
            }
            if is_frame || pair.next <= now {
                pair.server.handle_input(Input::Timeout(now)).unwrap();
                drain(pair, now, &mut given);
            }
        });
        // RFC 5761, section 4: reports have these types.
        let is_media = |contents: &&Vec<u8>| {
            (128..192).contains(&contents[0]) && !(192..224).contains(&contents[1])
        };
        self.forwarded += given.datagrams.iter().filter(is_media).count() as u64;
        timed(&mut self.spent.kernel, || {
            send(&self.socket, &self.state, self.sink, &given.datagrams);
        });
        self.feedback[index] = pair.step_client(now, &given.datagrams);
    }
}

/// Sends datagrams of equal size together.
fn send(socket: &UdpSocket, state: &UdpSocketState, to: SocketAddr, datagrams: &[Vec<u8>]) {
    for train in datagrams.chunk_by(|one, next| one.len() == next.len()) {
        let contents = train.concat();
        let transmit = quinn_udp::Transmit {
            destination: to,
            ecn: None,
            contents: &contents,
            segment_size: (train.len() > 1).then(|| train[0].len()),
            src_ip: None,
        };
        // What the receiver has no room for is lost; it was sent all the same.
        let _ = state.try_send(UdpSockRef::from(socket), &transmit);
    }
}

fn main() {
    let options = Options::read();
    let mut now = Instant::now();
    let mut world = World::new(options.receivers, now);
    let begin = now;
    let end = begin + WARM_UP + Duration::from_secs(options.seconds);
    let mut is_counting = false;
    let mut tick = 0;
    while now < end {
        now += TICK;
        tick += 1;
        if !is_counting && now >= begin + WARM_UP {
            is_counting = true;
            world.spent = Spent::default();
            world.forwarded = 0;
        }
        let arriving = world.publish(now, tick, options.packets);
        world.tick(now, &arriving);
    }
    let packets = world.forwarded.max(1);
    let spent = &world.spent;
    let per_packet =
        |spent: Duration| u64::try_from(spent.as_nanos() / u128::from(packets)).unwrap();
    let parts = [
        ("receive", spent.receive),
        ("send", spent.send),
        ("feedback", spent.feedback),
        ("timers", spent.timers),
        ("kernel", spent.kernel),
    ];
    let total: Duration = parts.iter().map(|(_, spent)| *spent).sum();
    let parts: Vec<_> = parts
        .iter()
        .map(|(name, spent)| format!("\"{name}_ns\":{}", per_packet(*spent)))
        .collect();
    println!(
        "{{\"receivers\":{},\"forwarded\":{packets},\"total_ns\":{},{}}}",
        options.receivers,
        per_packet(total),
        parts.join(",")
    );
}
