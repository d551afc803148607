//! What receiving costs: a whole endpoint beside a light receiver, in memory and without sockets.
//!
//! ```text
//! cargo run --release -p seameet-pipeline --example receive_cost
//! ```
//!
//! One endpoint sends pictures of eight packets of 1,100 bytes, thirty in a second of virtual time, and the datagrams are
//! taken by an endpoint or by a light receiver, with what both send back. The fastest of many rounds counts, so that other
//! work on the machine disturbs little.

use std::error::Error;
use std::io::{Write as _, stdout};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seameet_core::{Codec, MediaKind, Mid};
use seameet_pipeline::light::is_media;
use seameet_pipeline::{
    Format, LightReceiver, LineDirection, OfferLine, OutgoingPacket, PeerConfig, PeerConnection,
    Role, Transmit,
};
use seameet_rtp::{Packet, Payload};

/// Frames of a round, packets of a frame, bytes of a packet.
const FRAMES: u64 = 30;
const PACKETS: u64 = 8;
const BYTES: usize = 1_100;
/// Rounds of each kind.
const ROUNDS: usize = 60;

const VP8: Format = Format {
    codec: Codec::Vp8,
    profile: 0,
};

/// A sender and a receiver that have shaken hands.
struct Line {
    now: Instant,
    sender: PeerConnection,
    receiver: PeerConnection,
    mid: Mid,
    sequence: u64,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

fn config(role: Role, host: u8) -> PeerConfig {
    let mut config = PeerConfig::new(role);
    config.local_addresses = vec![SocketAddr::from(([192, 0, 2, host], 5_000))];
    config.light = role == Role::Client;
    config
}

fn take(now: Instant, to: &mut PeerConnection, datagram: &Transmit) -> Outcome<()> {
    let (source, destination) = (datagram.source, datagram.destination);
    let contents = &datagram.contents;
    Ok(to.handle_datagram(now, datagram.protocol, source, destination, contents)?)
}

impl Line {
    fn connected() -> Outcome<Self> {
        let now = Instant::now();
        let mut receiver = PeerConnection::new(&config(Role::Client, 1), now)?;
        let mut sender = PeerConnection::new(&config(Role::Server, 2), now)?;
        let line = OfferLine::new(MediaKind::Video, LineDirection::Receive);
        let (offer, mids) = receiver.create_offer(&[line])?;
        let answer = sender.accept_offer(now, &offer)?;
        receiver.accept_answer(now, &answer.sdp)?;
        let mut line = Self {
            now,
            sender,
            receiver,
            mid: mids.into_iter().next().ok_or("no line")?,
            sequence: 0,
        };
        for _ in 0..200 {
            line.now += Duration::from_millis(10);
            line.sender.handle_timeout(line.now)?;
            line.receiver.handle_timeout(line.now)?;
            line.carry_back()?;
            for datagram in line.sent() {
                take(line.now, &mut line.receiver, &datagram)?;
            }
        }
        Ok(line)
    }

    fn sent(&mut self) -> Vec<Transmit> {
        std::iter::from_fn(|| self.sender.poll_transmit()).collect()
    }

    fn carry_back(&mut self) -> Outcome<()> {
        while let Some(datagram) = self.receiver.poll_transmit() {
            take(self.now, &mut self.sender, &datagram)?;
        }
        Ok(())
    }

    /// The datagrams of the next frame.
    fn frame(&mut self) -> Outcome<Vec<Transmit>> {
        self.now += Duration::from_millis(33);
        for place in 1..=PACKETS {
            self.sequence += 1;
            let packet = Packet {
                sequence: self.sequence,
                timestamp: u32::try_from(self.sequence / PACKETS * 3_000)?,
                marker: place == PACKETS,
                audio_level: None,
                orientation: None,
                descriptor: None,
                payload: Payload::from_arc(Arc::from(vec![0x10; BYTES])),
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
            self.sender.write(self.mid, &outgoing);
        }
        self.sender.handle_timeout(self.now)?;
        Ok(self.sent())
    }

    /// One round with a whole endpoint.
    fn whole(&mut self) -> Outcome<(Duration, usize)> {
        let (mut spent, mut packets) = (Duration::ZERO, 0);
        for _ in 0..FRAMES {
            let datagrams = self.frame()?;
            let begin = Instant::now();
            for datagram in &datagrams {
                take(self.now, &mut self.receiver, datagram)?;
                while self.receiver.poll_event().is_some() {}
            }
            self.receiver.handle_timeout(self.now)?;
            spent += begin.elapsed();
            packets += datagrams.iter().filter(|it| is_media(&it.contents)).count();
            self.carry_back()?;
        }
        Ok((spent, packets))
    }

    /// One round with a light receiver.
    fn light(&mut self, light: &mut LightReceiver) -> Outcome<(Duration, usize)> {
        let (mut spent, mut packets) = (Duration::ZERO, 0);
        for _ in 0..FRAMES {
            let datagrams = self.frame()?;
            let begin = Instant::now();
            for datagram in datagrams.iter().filter(|it| is_media(&it.contents)) {
                packets += usize::from(
                    light
                        .handle_datagram(self.now, &datagram.contents)
                        .is_some(),
                );
            }
            let reports = light.handle_timeout(self.now);
            spent += begin.elapsed();
            for contents in reports {
                let from = SocketAddr::from(([192, 0, 2, 1], 5_000));
                let to = SocketAddr::from(([192, 0, 2, 2], 5_000));
                let protocol = seameet_pipeline::Protocol::Udp;
                self.sender
                    .handle_datagram(self.now, protocol, from, to, &contents)?;
            }
        }
        Ok((spent, packets))
    }
}

/// Nanoseconds for each packet of the fastest round.
fn fastest(mut round: impl FnMut() -> Outcome<(Duration, usize)>) -> Outcome<u128> {
    let mut best = u128::MAX;
    for _ in 0..ROUNDS {
        let (spent, packets) = round()?;
        best = best.min(spent.as_nanos() / u128::try_from(packets.max(1))?);
    }
    Ok(best)
}

fn main() -> Outcome<()> {
    let mut line = Line::connected()?;
    let whole = fastest(|| line.whole())?;
    let mut line = Line::connected()?;
    let mut light = line
        .receiver
        .receive_lightly(line.now)
        .ok_or("no secrets")?;
    let lightly = fastest(|| line.light(&mut light))?;
    writeln!(stdout(), "a whole endpoint   {whole:>6} ns for each packet")?;
    writeln!(
        stdout(),
        "a light receiver   {lightly:>6} ns for each packet"
    )?;
    Ok(())
}
