//! What a test does to a world.

use std::net::SocketAddr;

use seameet_core::media::{
    Answer, Explanation, MediaCommand, MediaEvent, Offer, RequestId, TrackSource, View,
};
use seameet_core::{ParticipantId, RequestError, TrackId};
use seameet_pipeline::IceCredentials;
use seameet_sfu::shard::{Datagram, Endpoint, Input, Negotiation, RoomKey};

use crate::client::{Client, ClientPlan};
use crate::link::{Link, LinkConfig, Loss};
use crate::world::{ClientId, Seat, World};

impl World {
    /// Opens a room.
    pub fn open_room(&mut self, key: u64) -> RoomKey {
        let room = RoomKey(key);
        self.shard
            .handle_input(self.clock.now(), Input::OpenRoom(room));
        room
    }

    /// Closes a room.
    pub fn close_room(&mut self, room: RoomKey) {
        self.shard
            .handle_input(self.clock.now(), Input::CloseRoom(room));
        self.drain();
    }

    /// Adds a client on a perfect line and lets it offer. It connects as time passes.
    pub fn join(&mut self, room: RoomKey, plan: &ClientPlan) -> ClientId {
        let number = self.seats.len() + 1;
        self.join_as(room, ParticipantId::from_random(number as u64), plan)
    }

    /// As [`join`](Self::join), with a chosen participant.
    pub fn join_as(
        &mut self,
        room: RoomKey,
        participant: ParticipantId,
        plan: &ClientPlan,
    ) -> ClientId {
        let number = u32::try_from(self.seats.len() + 1).expect("worlds are small");
        let mut client = Client::new(number, plan, self.epoch(), self.clock.now());
        client.participant = participant;
        let seed = self.rng.number();
        self.seats.push(Seat {
            client,
            room,
            up: Link::new(LinkConfig::default(), seed),
            down: Link::new(LinkConfig::default(), !seed),
            captured: None,
        });
        let id = ClientId(self.seats.len() - 1);
        self.offer(id, plan);
        id
    }

    /// Lets a client begin a new peer connection, from another port, with new tracks.
    pub fn reconnect(&mut self, id: ClientId, plan: &ClientPlan) {
        let now = self.clock.now();
        let client = self.client_mut(id);
        client.address.set_port(client.address.port() + 1);
        client.mapped.set_port(client.mapped.port() + 1);
        client.restart(plan, now);
        self.offer(id, plan);
    }

    /// Lets a client offer further lines.
    pub fn offer(&mut self, id: ClientId, plan: &ClientPlan) {
        let sdp = self.prepare_offer(id, plan);
        self.negotiate(id, sdp);
    }

    /// A client's offer with further lines, not sent yet.
    pub fn prepare_offer(&mut self, id: ClientId, plan: &ClientPlan) -> String {
        let now = self.clock.now();
        let first_sequence = u16::try_from(self.rng.below(30_000)).unwrap_or_default();
        let seat = self.seats.get_mut(id.0).expect("the client joined");
        seat.client
            .offer(plan, &mut self.next_track, first_sequence, now)
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

    /// Sends a description as if it were the client's offer. Returns what the server said to it.
    pub fn negotiate(&mut self, id: ClientId, sdp: String) -> Option<Result<Answer, RequestError>> {
        let seat = self.seat(id);
        let offer = Offer {
            sdp,
            tracks: seat.client.declarations.clone(),
        };
        let (room, participant) = (seat.room, seat.client.participant);
        let subscribe = seat.client.may_subscribe;
        self.negotiate_as(room, participant, offer, subscribe)
    }

    /// Sends an offer of any participant. Returns what the server said to it.
    pub fn negotiate_as(
        &mut self,
        room: RoomKey,
        participant: ParticipantId,
        offer: Offer,
        subscribe: bool,
    ) -> Option<Result<Answer, RequestError>> {
        self.next_request += 1;
        let negotiation = Negotiation {
            room,
            participant,
            request: RequestId(self.next_request),
            offer,
            subscribe,
            endpoint: Endpoint::Credentials(IceCredentials {
                ufrag: format!("server{:06}", self.next_request),
                password: format!("secret{:018}", self.next_request),
            }),
        };
        let input = Input::Negotiate(Box::new(negotiation));
        let before = self.events.len();
        self.shard.handle_input(self.clock.now(), input);
        self.drain();
        let mut told = self.events.get(before..)?.iter();
        told.find_map(|told| match &told.event {
            MediaEvent::Negotiated { result, .. } => Some(result.clone()),
            _ => None,
        })
    }

    /// Sends a command as the room would.
    pub fn command(&mut self, room: RoomKey, command: MediaCommand) {
        self.shard
            .handle_input(self.clock.now(), Input::Command(room, command));
        self.drain();
    }

    /// Sends a command in one batch with the datagrams of the next moment, as a busy worker takes them.
    pub fn command_amid_arrivals(&mut self, room: RoomKey, command: MediaCommand) {
        let next = self.next_at().unwrap_or(self.clock.now());
        let now = self.clock.advance_to(next);
        self.step_clients(now);
        self.deliver(now);
        self.shard.handle_input(now, Input::Command(room, command));
        self.drain();
    }

    /// Takes a participant out of its room, as after a leave. Its endpoint is not told.
    pub fn leave(&mut self, id: ClientId) {
        let participant = self.client(id).participant;
        self.command(self.room_of(id), MediaCommand::Remove { participant });
    }

    /// Lets a client end its connection by itself.
    pub fn hang_up(&mut self, id: ClientId) {
        let now = self.clock.now();
        let seat = self.seat_mut(id);
        let farewell = seat.client.hang_up(now);
        seat.send(now, farewell);
    }

    /// Stops or starts forwarding a client's track.
    pub fn set_muted(&mut self, id: ClientId, source: TrackSource, muted: bool) {
        let track = self.track(id, source);
        self.command(self.room_of(id), MediaCommand::SetMuted { track, muted });
    }

    /// Says what a client wants to see.
    pub fn set_view(&mut self, id: ClientId, view: View) {
        let participant = self.client(id).participant;
        self.command(
            self.room_of(id),
            MediaCommand::SetView { participant, view },
        );
    }

    /// Sends a datagram to the server from anywhere.
    pub fn inject(&mut self, source: SocketAddr, contents: &[u8]) {
        let datagram = Datagram {
            protocol: seameet_pipeline::Protocol::Udp,
            source,
            destination: self.server,
            contents,
        };
        self.shard
            .handle_input(self.clock.now(), Input::Datagram(datagram));
        self.drain();
    }

    /// Sends many datagrams to the server in one batch.
    pub fn inject_batch(&mut self, source: SocketAddr, batch: &[Vec<u8>]) {
        for contents in batch {
            let datagram = Datagram {
                protocol: seameet_pipeline::Protocol::Udp,
                source,
                destination: self.server,
                contents,
            };
            self.shard
                .handle_input(self.clock.now(), Input::Datagram(datagram));
        }
        self.drain();
    }

    /// Asks the server why a client sees what it sees, and returns what it said at once.
    pub fn explain(&mut self, id: ClientId) -> Option<Explanation> {
        self.next_request += 1;
        let command = MediaCommand::Explain {
            participant: self.client(id).participant,
            request: RequestId(self.next_request),
        };
        self.client_mut(id).explained = None;
        self.command(self.room_of(id), command);
        self.client_mut(id).explained.take()
    }

    /// Changes a client's path from the server.
    pub fn set_downlink(&mut self, id: ClientId, down: LinkConfig) {
        self.seat_mut(id).down.set_config(down);
    }

    /// Changes a client's path to the server.
    pub fn set_uplink(&mut self, id: ClientId, up: LinkConfig) {
        self.seat_mut(id).up.set_config(up);
    }

    /// Begins to look for the longest wait on a client's paths anew.
    pub fn forget_waits(&mut self, id: ClientId) {
        let seat = self.seat_mut(id);
        seat.up.forget_wait();
        seat.down.forget_wait();
    }

    /// Changes a client's paths.
    pub fn set_links(&mut self, id: ClientId, up: LinkConfig, down: LinkConfig) {
        let seat = self.seat_mut(id);
        seat.up.set_config(up);
        seat.down.set_config(down);
    }

    /// Nothing gets through to a client or from it any more.
    pub fn silence(&mut self, id: ClientId) {
        let dead = LinkConfig {
            loss: Loss::Random(1.0),
            ..LinkConfig::default()
        };
        self.set_links(id, dead, dead);
    }

    /// The client's NAT gives it another address; the former leads nowhere.
    pub fn rebind(&mut self, id: ClientId, mapped: SocketAddr) {
        self.client_mut(id).mapped = mapped;
    }

    /// Listens to what a client sends from here on.
    pub fn start_capture(&mut self, id: ClientId) {
        self.seat_mut(id).captured = Some(Vec::new());
    }

    /// Every datagram that the client sent since [`start_capture`](Self::start_capture).
    pub fn captured(&self, id: ClientId) -> &[Vec<u8>] {
        self.seat(id).captured.as_deref().unwrap_or_default()
    }

    /// A client's track.
    pub fn track(&self, id: ClientId, source: TrackSource) -> TrackId {
        self.client(id).track(source)
    }
}
