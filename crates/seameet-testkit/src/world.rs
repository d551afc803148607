//! A media shard, its clients and the paths between them, in virtual time.
//!
//! ```text
//!   Client ──uplink──▶ NAT ──▶ Shard ──▶ NAT ──downlink──▶ Client
//! ```
//!
//! One seed makes one run, up to the random names that the WebRTC engine draws for itself; these change bytes but
//! not what is lost, delayed or reordered by position. This file lets time pass; [`script`] holds what tests do.

mod measured;
mod script;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use seameet_core::Codec;
use seameet_core::media::MediaEvent;
use seameet_pipeline::{Certificate, Transmit};
use seameet_sfu::ShardConfig;
use seameet_sfu::config::FIRST_ESTIMATE;
use seameet_sfu::shard::{Counters, Datagram, Input, Occupancy, Output, RoomKey, Shard};

use crate::client::Client;
use crate::clock::Clock;
use crate::link::{Link, LinkStats};
use crate::rng::Rng;

pub use measured::Around;

/// A client of a world, by the order in which they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientId(pub usize);

/// Something that the shard told a room.
#[derive(Debug, Clone)]
pub struct Told {
    /// When.
    pub at: Instant,
    /// Which room.
    pub room: RoomKey,
    /// What.
    pub event: MediaEvent,
}

/// A datagram on its way to a client.
#[derive(Debug, Clone)]
struct Downstream {
    transmit: Transmit,
    /// How many slot assignments the client had been told when it left the server.
    told: usize,
}

#[derive(Debug)]
struct Seat {
    client: Client,
    room: RoomKey,
    up: Link<Transmit>,
    down: Link<Downstream>,
    /// What the client sent, if a test listens.
    captured: Option<Vec<Vec<u8>>>,
}

/// A media shard, its clients and the paths between them.
#[derive(Debug)]
pub struct World {
    clock: Clock,
    rng: Rng,
    shard: Shard,
    /// Nothing in this world is faster than this.
    grain: Duration,
    /// What is around the server's work.
    around: Option<Around>,
    /// Datagrams of media that the server sent so far.
    pub media_sent: u64,
    server: SocketAddr,
    seats: Vec<Seat>,
    next_track: u32,
    next_request: u64,
    /// Every event that the shard told, in order.
    pub events: Vec<Told>,
    /// Datagrams that the shard sent to an address where nobody is.
    pub strays: Vec<Transmit>,
}

impl World {
    /// An empty world in which the server takes every line for unlimited: for tests of what is forwarded.
    pub fn new(seed: u64) -> Self {
        Self::with_estimate(seed, None)
    }

    /// An empty world in which the server estimates what each line takes, beginning with what a server does by default.
    pub fn adaptive(seed: u64) -> Self {
        Self::with_estimate(seed, Some(FIRST_ESTIMATE))
    }

    fn with_estimate(seed: u64, first_estimate: Option<u64>) -> Self {
        let clock = Clock::new();
        let server = SocketAddr::from(([198, 51, 100, 1], 10_000));
        let mut config = ShardConfig::new(
            vec![server],
            Certificate::generate().expect("the system has randomness"),
            vec![Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1],
        );
        config.first_estimate = first_estimate;
        Self {
            shard: Shard::new(config, seed, clock.now()),
            grain: Duration::from_micros(100),
            around: None,
            media_sent: 0,
            clock,
            rng: Rng::from_seed(seed),
            server,
            seats: Vec::new(),
            next_track: 0,
            next_request: 0,
            events: Vec::new(),
            strays: Vec::new(),
        }
    }

    /// Now.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// When the world began.
    pub fn epoch(&self) -> Instant {
        self.clock.start()
    }

    /// The server's address.
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// What the shard counted.
    pub fn counters(&self) -> Counters {
        self.shard.counters()
    }

    /// How much the shard holds.
    pub fn occupancy(&self) -> Occupancy {
        self.shard.occupancy()
    }

    /// Every client.
    pub fn clients(&self) -> impl Iterator<Item = (ClientId, &Client)> {
        self.seats
            .iter()
            .enumerate()
            .map(|(index, seat)| (ClientId(index), &seat.client))
    }

    /// A client.
    pub fn client(&self, id: ClientId) -> &Client {
        &self.seat(id).client
    }

    /// A client, to be changed.
    pub fn client_mut(&mut self, id: ClientId) -> &mut Client {
        &mut self.seat_mut(id).client
    }

    /// The room that a client is in.
    pub fn room_of(&self, id: ClientId) -> RoomKey {
        self.seat(id).room
    }

    /// What happened on a client's paths, to the server and from it.
    pub fn link_stats(&self, id: ClientId) -> (LinkStats, LinkStats) {
        let seat = self.seat(id);
        (seat.up.stats(), seat.down.stats())
    }

    fn seat(&self, id: ClientId) -> &Seat {
        self.seats.get(id.0).expect("the client joined")
    }

    fn seat_mut(&mut self, id: ClientId) -> &mut Seat {
        self.seats.get_mut(id.0).expect("the client joined")
    }

    /// Lets time pass.
    pub fn run_for(&mut self, duration: Duration) {
        let end = self.clock.now() + duration;
        while self.step_until(end) {}
    }

    /// Lets time pass until `done`, at most `limit`. Returns whether it came true.
    pub fn run_until(&mut self, limit: Duration, mut done: impl FnMut(&Self) -> bool) -> bool {
        let end = self.clock.now() + limit;
        while !done(self) {
            if !self.step_until(end) {
                return done(self);
            }
        }
        true
    }

    /// Lets time pass until every client is connected.
    pub fn connect(&mut self) {
        let connected = |world: &Self| world.seats.iter().all(|seat| seat.client.connected);
        assert!(
            self.run_until(Duration::from_secs(10), connected),
            "every client connects"
        );
    }

    /// One step to whatever comes next. False when that is after `end`; then time stands at `end`.
    fn step_until(&mut self, end: Instant) -> bool {
        let next = self.next_at().unwrap_or(end);
        // A deadline in the past must not stop time.
        let next = next.max(self.clock.now() + self.grain);
        if next > end {
            self.clock.advance_to(end);
            return false;
        }
        let now = self.clock.advance_to(next);
        self.step_clients(now);
        self.deliver(now);
        self.feed(now, Input::Timeout);
        self.drain();
        true
    }

    fn next_at(&mut self) -> Option<Instant> {
        let shard = self.drain();
        let seats = self.seats.iter().flat_map(|seat| {
            let arrivals = [seat.up.next_arrival(), seat.down.next_arrival()];
            arrivals.into_iter().flatten().chain(seat.client.deadline())
        });
        seats.chain(shard).min()
    }

    fn step_clients(&mut self, now: Instant) {
        for seat in &mut self.seats {
            if seat
                .client
                .deadline()
                .is_some_and(|deadline| deadline <= now)
            {
                let transmits = seat.client.step(now);
                seat.send(now, transmits);
            }
        }
    }

    fn deliver(&mut self, now: Instant) {
        let around = self.around;
        for seat in &mut self.seats {
            while let Some(transmit) = seat.up.poll(now) {
                let datagram = Datagram {
                    protocol: transmit.protocol,
                    source: seat.client.mapped,
                    destination: transmit.destination,
                    contents: &transmit.contents,
                };
                measured::feed(&mut self.shard, around, now, Input::Datagram(datagram));
            }
            while let Some(Downstream { transmit, told }) = seat.down.poll(now) {
                if seat.client.has_failed() {
                    continue;
                }
                let replies = seat.client.receive(now, &transmit, told);
                seat.send(now, replies);
            }
        }
    }

    /// Does what the shard asks. Returns when it wants to be woken.
    fn drain(&mut self) -> Option<Instant> {
        loop {
            match measured::poll(&mut self.shard, self.around) {
                Output::Transmit(transmit) => self.carry(transmit),
                Output::Event(room, event) => {
                    self.take(room, &event);
                    let at = self.clock.now();
                    // Asked for often by those that measure, and of no interest later.
                    if !matches!(event, MediaEvent::Explained { .. }) {
                        self.events.push(Told { at, room, event });
                    }
                }
                // Clients of the world speak UDP.
                Output::HangUp(_) => {}
                Output::Timeout(deadline) => return deadline,
            }
        }
    }

    fn carry(&mut self, transmit: Transmit) {
        let now = self.clock.now();
        let size = transmit.contents.len();
        // RTP has a second byte below 192 or above 223, RTCP between (RFC 5761, section 4).
        let is_media = matches!(
            transmit.contents.get(..2),
            Some([128..=191, 0..=191 | 224..=255])
        );
        self.media_sent += u64::from(is_media);
        let to = |seat: &&mut Seat| seat.client.mapped == transmit.destination;
        match self.seats.iter_mut().find(to) {
            Some(seat) => {
                let told = seat.client.told.len();
                seat.down.send(now, Downstream { transmit, told }, size);
            }
            None => self.strays.push(transmit),
        }
    }

    /// Plays the signaling: answers, slots and demand reach their client at once.
    fn take(&mut self, room: RoomKey, event: &MediaEvent) {
        let now = self.clock.now();
        let (MediaEvent::Negotiated { participant, .. }
        | MediaEvent::SlotsAssigned { participant, .. }
        | MediaEvent::DemandChanged { participant, .. }
        | MediaEvent::Explained { participant, .. }) = event
        else {
            return;
        };
        let mut seats = self.seats.iter_mut();
        let Some(seat) =
            seats.find(|seat| seat.room == room && seat.client.participant == *participant)
        else {
            return;
        };
        match event {
            MediaEvent::Negotiated {
                result: Ok(answer), ..
            } => {
                if let Err(error) = seat.client.connection.accept_answer(now, &answer.sdp) {
                    seat.client.refused_answers.push(error.to_string());
                }
            }
            MediaEvent::SlotsAssigned { assignments, .. } => seat.client.assign(assignments),
            MediaEvent::DemandChanged {
                track, encodings, ..
            } => seat.client.set_demand(now, *track, encodings),
            MediaEvent::Explained { explanation, .. } => {
                seat.client.explained = explanation.as_deref().cloned();
            }
            _ => {}
        }
    }
}

impl Seat {
    fn send(&mut self, now: Instant, transmits: Vec<Transmit>) {
        for transmit in transmits {
            if let Some(captured) = &mut self.captured {
                captured.push(transmit.contents.clone());
            }
            let size = transmit.contents.len();
            self.up.send(now, transmit, size);
        }
    }
}
