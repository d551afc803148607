//! A media shard, its clients and the paths between them, in virtual time.
//!
//! ```text
//!   Client ──uplink──▶ NAT ──▶ Shard ──▶ NAT ──downlink──▶ Client
//! ```
//!
//! One seed makes one run, up to the random names that the WebRTC engine draws for itself; these change bytes but
//! not what is lost, delayed or reordered by position.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use seameet_core::media::{MediaCommand, MediaEvent, Offer, RequestId, TrackSource};
use seameet_core::{Codec, TrackId};
use seameet_pipeline::{Certificate, IceCredentials, Transmit};
use seameet_sfu::ShardConfig;
use seameet_sfu::shard::{
    Counters, Datagram, Endpoint, Input, Negotiation, Output, RoomKey, Shard,
};

use crate::client::{Client, ClientPlan};
use crate::clock::Clock;
use crate::link::{Link, LinkConfig};
use crate::rng::Rng;

/// A client of a world, by the order in which they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientId(pub usize);

#[derive(Debug)]
struct Seat {
    client: Client,
    room: RoomKey,
    up: Link<Transmit>,
    down: Link<Transmit>,
}

/// A media shard, its clients and the paths between them.
#[derive(Debug)]
pub struct World {
    clock: Clock,
    rng: Rng,
    shard: Shard,
    server: SocketAddr,
    seats: Vec<Seat>,
    next_track: u32,
    next_request: u64,
    /// Every event that the shard told, in order.
    pub events: Vec<(RoomKey, MediaEvent)>,
    /// Datagrams that the shard sent to an address where nobody is.
    pub strays: Vec<Transmit>,
}

impl World {
    /// An empty world.
    pub fn new(seed: u64) -> Self {
        let clock = Clock::new();
        let server = SocketAddr::from(([198, 51, 100, 1], 10_000));
        let config = ShardConfig {
            candidates: vec![server],
            certificate: Certificate::generate().expect("the system has randomness"),
            video_codecs: vec![Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1],
        };
        Self {
            shard: Shard::new(config, seed, clock.now()),
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

    /// The server's address.
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    /// What the shard counted.
    pub fn counters(&self) -> Counters {
        self.shard.counters()
    }

    /// Opens a room.
    pub fn open_room(&mut self, key: u64) -> RoomKey {
        let room = RoomKey(key);
        self.shard
            .handle_input(self.clock.now(), Input::OpenRoom(room));
        room
    }

    /// Adds a client on a perfect line and lets it offer. It connects as time passes.
    pub fn join(&mut self, room: RoomKey, plan: &ClientPlan) -> ClientId {
        let number = u32::try_from(self.seats.len() + 1).expect("worlds are small");
        let client = Client::new(number, self.clock.now());
        let link = || Link::new(LinkConfig::default(), u64::from(number) << 8);
        let (up, down) = (link(), link());
        self.seats.push(Seat {
            client,
            room,
            up,
            down,
        });
        let id = ClientId(self.seats.len() - 1);
        self.offer(id, plan);
        id
    }

    /// Lets a client offer further lines.
    pub fn offer(&mut self, id: ClientId, plan: &ClientPlan) {
        let now = self.clock.now();
        let first_sequence = u16::try_from(self.rng.below(30_000)).unwrap_or_default();
        let next_track = &mut self.next_track;
        let Some(seat) = self.seats.get_mut(id.0) else {
            return;
        };
        let sdp = seat.client.offer(plan, next_track, first_sequence, now);
        self.negotiate(id, sdp);
    }

    /// Lets a client restart ICE.
    pub fn restart_ice(&mut self, id: ClientId) {
        let sdp = self
            .client_mut(id)
            .connection
            .create_ice_restart()
            .expect("a restart is an offer");
        self.negotiate(id, sdp);
    }

    /// Sends a description as if it were the client's offer.
    pub fn negotiate(&mut self, id: ClientId, sdp: String) {
        self.next_request += 1;
        let Some(seat) = self.seats.get(id.0) else {
            return;
        };
        let negotiation = Negotiation {
            room: seat.room,
            participant: seat.client.participant,
            request: RequestId(self.next_request),
            offer: Offer {
                sdp,
                tracks: seat.client.declarations.clone(),
            },
            subscribe: true,
            endpoint: Endpoint::Credentials(IceCredentials {
                ufrag: format!("server{:06}", self.next_request),
                password: format!("secret{:018}", self.next_request),
            }),
        };
        let input = Input::Negotiate(Box::new(negotiation));
        self.shard.handle_input(self.clock.now(), input);
        self.drain();
    }

    /// Sends a command as the room would.
    pub fn command(&mut self, room: RoomKey, command: MediaCommand) {
        self.shard
            .handle_input(self.clock.now(), Input::Command(room, command));
        self.drain();
    }

    /// Sends a datagram to the server from anywhere.
    pub fn inject(&mut self, source: SocketAddr, contents: &[u8]) {
        let datagram = Datagram {
            source,
            destination: self.server,
            contents,
        };
        self.shard
            .handle_input(self.clock.now(), Input::Datagram(datagram));
        self.drain();
    }

    /// Changes a client's paths.
    pub fn set_links(&mut self, id: ClientId, up: LinkConfig, down: LinkConfig) {
        if let Some(seat) = self.seats.get_mut(id.0) {
            seat.up.set_config(up);
            seat.down.set_config(down);
        }
    }

    /// The client's NAT gives it another address; the former leads nowhere.
    pub fn rebind(&mut self, id: ClientId, mapped: SocketAddr) {
        self.client_mut(id).mapped = mapped;
    }

    /// A client.
    pub fn client(&self, id: ClientId) -> &Client {
        &self.seats.get(id.0).expect("the client joined").client
    }

    /// A client, to be changed.
    pub fn client_mut(&mut self, id: ClientId) -> &mut Client {
        &mut self.seats.get_mut(id.0).expect("the client joined").client
    }

    /// A client's track.
    pub fn track(&self, id: ClientId, source: TrackSource) -> TrackId {
        self.client(id).track(source)
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
        // Nothing in this world is faster than this, and a deadline in the past must not stop time.
        let next = next.max(self.clock.now() + Duration::from_micros(100));
        if next > end {
            self.clock.advance_to(end);
            return false;
        }
        let now = self.clock.advance_to(next);
        self.step_clients(now);
        self.deliver(now);
        self.shard.handle_input(now, Input::Timeout);
        self.drain();
        true
    }

    fn next_at(&mut self) -> Option<Instant> {
        let shard = self.drain();
        let seats = self.seats.iter().flat_map(|seat| {
            let arrivals = [seat.up.next_arrival(), seat.down.next_arrival()];
            arrivals
                .into_iter()
                .flatten()
                .chain([seat.client.deadline()])
        });
        seats.chain(shard).min()
    }

    fn step_clients(&mut self, now: Instant) {
        for seat in &mut self.seats {
            if seat.client.deadline() <= now {
                for transmit in seat.client.step(now) {
                    let size = transmit.contents.len();
                    seat.up.send(now, transmit, size);
                }
            }
        }
    }

    fn deliver(&mut self, now: Instant) {
        for seat in &mut self.seats {
            while let Some(transmit) = seat.up.poll(now) {
                let datagram = Datagram {
                    source: seat.client.mapped,
                    destination: transmit.destination,
                    contents: &transmit.contents,
                };
                self.shard.handle_input(now, Input::Datagram(datagram));
            }
            while let Some(transmit) = seat.down.poll(now) {
                for reply in seat
                    .client
                    .receive(now, transmit.source, &transmit.contents)
                {
                    let size = reply.contents.len();
                    seat.up.send(now, reply, size);
                }
            }
        }
    }

    /// Does what the shard asks. Returns when it wants to be woken.
    fn drain(&mut self) -> Option<Instant> {
        loop {
            match self.shard.poll_output() {
                Output::Transmit(transmit) => self.carry(transmit),
                Output::Event(room, event) => {
                    self.take(&event);
                    self.events.push((room, event));
                }
                Output::Timeout(deadline) => return deadline,
            }
        }
    }

    fn carry(&mut self, transmit: Transmit) {
        let now = self.clock.now();
        let size = transmit.contents.len();
        let to = |seat: &&mut Seat| seat.client.mapped == transmit.destination;
        match self.seats.iter_mut().find(to) {
            Some(seat) => seat.down.send(now, transmit, size),
            None => self.strays.push(transmit),
        }
    }

    /// Plays the signaling: answers and slots reach their client at once.
    fn take(&mut self, event: &MediaEvent) {
        let now = self.clock.now();
        let (MediaEvent::Negotiated { participant, .. }
        | MediaEvent::SlotsAssigned { participant, .. }) = event
        else {
            return;
        };
        let mut seats = self.seats.iter_mut();
        let Some(seat) = seats.find(|seat| seat.client.participant == *participant) else {
            return;
        };
        match event {
            MediaEvent::Negotiated {
                result: Ok(answer), ..
            } => {
                let accepted = seat.client.connection.accept_answer(now, &answer.sdp);
                accepted.expect("the answer fits the offer");
            }
            MediaEvent::SlotsAssigned { assignments, .. } => {
                seat.client
                    .slots
                    .extend(assignments.iter().map(|slot| (slot.mid, *slot)));
            }
            _ => {}
        }
    }
}
