//! The media machine of one worker.
//!
//! Feed [`Input`]s, then drain [`Shard::poll_output`]. Datagrams and commands only collect work; the first poll
//! after them does it: all packets of a batch are routed before any subscriber is run, so that its packets leave
//! together.

mod allocate;
mod assign;
mod brake;
mod cache;
mod congestion;
mod counters;
mod deliver;
mod demand;
mod demux;
mod downlink;
mod encoding;
mod explain;
mod forward;
mod guard;
mod io;
mod keyframes;
mod layers;
mod negotiate;
mod occupancy;
mod outlet;
mod peer;
mod planner;
mod quality;
mod recovery;
mod room;
mod slot;
mod sound;
mod targets;
mod timers;
mod track;
mod upstream;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use seameet_core::media::{DisconnectReason, MediaCommand, MediaEvent};
use seameet_pipeline::{CloseReason, PeerEvent, Transmit};
use seameet_rtp::EncodingId;
use slotmap::SlotMap;

pub use counters::{Counters, Drop};
pub use io::{Datagram, Endpoint, Input, Negotiation, Output, RoomKey};
pub use negotiate::PreparedPeer;
pub(crate) use negotiate::{parse_offer, refusal};
pub use occupancy::Occupancy;

use crate::config::ShardConfig;
use cache::CacheBudget;
use demux::Demux;
use forward::Arrival;
use guard::Guarded;
use peer::{Life, Peer, PeerKey};
use room::MediaRoom;
use timers::Timers;
use track::{TrackKey, UpTrack};

/// Datagrams queued for sending in one step. A step that makes more drops the newest; retransmission heals it.
const MAX_TRANSMITS: usize = 32_768;
/// Datagrams of one peer in one step: a second of a keyframe-heavy picture, and far more than any honest step.
const MAX_TRANSMITS_PER_STEP: usize = 2_048;
/// Larger datagrams cannot come from an ordinary path and are refused before anything looks into them.
pub const MAX_DATAGRAM: usize = 1_500;

/// See the module documentation.
#[derive(Debug)]
pub struct Shard {
    config: ShardConfig,
    rooms: BTreeMap<RoomKey, MediaRoom>,
    peers: SlotMap<PeerKey, Peer>,
    tracks: SlotMap<TrackKey, UpTrack>,
    demux: Demux,
    timers: Timers,
    /// Peers with something to send or a timer due.
    dirty: VecDeque<PeerKey>,
    /// As long as what the driver feeds between two polls.
    ingress: Vec<(PeerKey, Arrival)>,
    closing: Vec<(PeerKey, DisconnectReason)>,
    /// Peers whose slots' news is to be told; some more than once.
    unannounced: Vec<PeerKey>,
    /// Peers that panicked while others were served; they fail with the next look at them.
    struck: Vec<PeerKey>,
    keyframes_awaited: Vec<(TrackKey, EncodingId)>,
    cache_budget: CacheBudget,
    /// Rooms in which it is to be decided who speaks.
    sounds_due: BTreeSet<(Instant, RoomKey)>,
    /// Subscribers whose slots are to be decided on in this step.
    to_allocate: Vec<PeerKey>,
    /// Tracks of which less or more may be wanted than their publishers were told.
    demands: Vec<TrackKey>,
    transmits: VecDeque<Transmit>,
    /// As long as what one batch of inputs causes; each is polled before the next batch.
    events: VecDeque<(RoomKey, MediaEvent)>,
    counters: Counters,
    next_source: u64,
    /// Starting numbers of outgoing streams; nothing secret.
    random: fastrand::Rng,
    now: Instant,
    /// Something happened since the last run.
    has_work: bool,
}

impl Shard {
    /// A shard without rooms. `seed` decides the starting numbers of outgoing streams.
    pub fn new(config: ShardConfig, seed: u64, now: Instant) -> Self {
        Self {
            cache_budget: CacheBudget::new(config.cache_bytes),
            config,
            rooms: BTreeMap::new(),
            peers: SlotMap::with_key(),
            tracks: SlotMap::with_key(),
            demux: Demux::default(),
            timers: Timers::default(),
            dirty: VecDeque::new(),
            ingress: Vec::new(),
            closing: Vec::new(),
            unannounced: Vec::new(),
            struck: Vec::new(),
            keyframes_awaited: Vec::new(),
            sounds_due: BTreeSet::new(),
            to_allocate: Vec::new(),
            demands: Vec::new(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            counters: Counters::default(),
            next_source: 0,
            random: fastrand::Rng::with_seed(seed),
            now,
            has_work: false,
        }
    }

    /// Feeds one input. Several datagrams may be fed before the outputs are drained.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        self.now = self.now.max(now);
        self.has_work = true;
        match input {
            Input::OpenRoom(room) => {
                self.rooms.entry(room).or_default();
            }
            Input::CloseRoom(room) => self.close_room(room),
            Input::Command(room, command) => self.command(room, command),
            Input::Negotiate(negotiation) => self.negotiate(*negotiation),
            Input::Datagram(datagram) => self.datagram(datagram),
            Input::HungUp(address) => self.hung_up(address),
            Input::Timeout => {}
        }
    }

    /// The next thing to do; [`Output::Timeout`] means drained.
    pub fn poll_output(&mut self) -> Output {
        self.run();
        // Events first: a slot's assignment precedes the media that it announces.
        if let Some((room, event)) = self.events.pop_front() {
            return Output::Event(room, event);
        }
        if let Some(transmit) = self.transmits.pop_front() {
            return Output::Transmit(transmit);
        }
        if let Some(address) = self.demux.poll_hangup() {
            return Output::HangUp(address);
        }
        Output::Timeout(self.deadline())
    }

    /// What happened so far.
    pub fn counters(&self) -> Counters {
        let mut counters = self.counters;
        counters.peers = self.peers.len() as u64;
        counters.rooms = self.rooms.len() as u64;
        counters
    }

    fn deadline(&self) -> Option<Instant> {
        let others = [
            self.keyframe_deadline(),
            self.sound_deadline(),
            self.demand_deadline(),
        ];
        let others = others.into_iter().flatten();
        self.timers.next().into_iter().chain(others).min()
    }

    fn command(&mut self, room: RoomKey, command: MediaCommand) {
        match command {
            MediaCommand::SetMuted { track, muted } => self.set_muted(room, track, muted),
            MediaCommand::Unpublish { track } => self.unpublish(room, track),
            MediaCommand::SetView { participant, view } => self.set_view(room, participant, view),
            MediaCommand::RequestKeyframe { participant, track } => {
                self.request_keyframe_by_id(room, participant, track);
            }
            MediaCommand::Explain {
                participant,
                request,
            } => self.explain(room, participant, request),
            MediaCommand::Remove { participant } => self.remove_participant(room, participant),
            MediaCommand::Negotiate { .. } => {
                tracing::error!("negotiation must come with an endpoint; command ignored");
            }
        }
    }

    fn datagram(&mut self, datagram: Datagram<'_>) {
        self.counters.packets_in += 1;
        self.counters.bytes_in += datagram.contents.len() as u64;
        let Some(key) = self.route(datagram) else {
            return;
        };
        let now = self.now;
        let Some(peer) = self.peers.get_mut(key).filter(|peer| !peer.is_failed()) else {
            return;
        };
        let stepped = guard::step(|| {
            peer.connection.handle_datagram(
                now,
                datagram.protocol,
                datagram.source,
                datagram.destination,
                datagram.contents,
            )
        });
        self.settle(key, stepped);
    }

    /// Does the collected work: routes packets, serves timers, runs every peer that has something to send. What that
    /// causes in turn is done as well.
    fn run(&mut self) {
        if !std::mem::take(&mut self.has_work) {
            return;
        }
        self.poll_keyframes();
        self.poll_sound();
        while let Some(key) = self.timers.pop_due(self.now) {
            self.mark_dirty(key);
        }
        loop {
            self.forward_ingress();
            self.take_news();
            self.allocate_asked();
            while let Some(key) = self.struck.pop() {
                self.fail(key, Guarded::Panicked);
            }
            while let Some(key) = self.dirty.pop_front() {
                self.run_peer(key);
            }
            self.reap();
            self.poll_demands();
            let is_idle = self.dirty.is_empty() && self.ingress.is_empty();
            if is_idle && self.to_allocate.is_empty() {
                return;
            }
        }
    }

    fn run_peer(&mut self, key: PeerKey) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(key).filter(|peer| !peer.is_failed()) else {
            return;
        };
        peer.dirty = false;
        if peer.is_overdue(now) {
            self.closing.push((key, DisconnectReason::ConsentExpired));
            return;
        }
        let stepped = guard::step(|| peer.connection.handle_timeout(now));
        self.settle(key, stepped);
        self.check_congestion(key);
        self.allocate_if_due(key);
    }

    fn mark_dirty(&mut self, key: PeerKey) {
        if let Some(peer) = self.peers.get_mut(key)
            && !std::mem::replace(&mut peer.dirty, true)
        {
            self.dirty.push_back(key);
        }
    }

    /// Takes what a peer's step produced.
    fn settle(&mut self, key: PeerKey, stepped: Guarded) {
        if stepped != Guarded::Done {
            self.fail(key, stepped);
            return;
        }
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let oversize = peer.connection.take_oversize_dropped();
        self.counters.drop_many(Drop::Oversize, oversize);
        let mut left = MAX_TRANSMITS_PER_STEP;
        while let Some(transmit) = peer.connection.poll_transmit() {
            // A peer that provokes more, for example by asking for the same repairs over and over, loses its own.
            if left == 0 {
                self.counters.drop(Drop::SendQueueFull);
                continue;
            }
            left -= 1;
            enqueue(&mut self.transmits, &mut self.counters, transmit);
        }
        let mut news = Vec::new();
        while let Some(event) = peer.connection.poll_event() {
            match Arrival::from_event(event) {
                Ok(arrival) => self.ingress.push((key, arrival)),
                Err(event) => news.push(event),
            }
        }
        self.timers.schedule(key, peer.deadline());
        for event in news {
            self.peer_event(key, &event);
        }
    }

    /// Takes what happened to a peer other than that media came.
    fn peer_event(&mut self, key: PeerKey, event: &PeerEvent) {
        match *event {
            PeerEvent::Connected => self.connected(key),
            PeerEvent::Closed(reason) => self.closing.push((key, disconnect_reason(reason))),
            PeerEvent::KeyframeRequested { mid, .. } => {
                self.counters.keyframe_requests_received += 1;
                self.keyframe_requested(key, mid);
            }
            PeerEvent::Bandwidth { estimate } => self.note_bandwidth(key, estimate),
            PeerEvent::Statistics(statistics) => self.note_statistics(key, statistics),
            PeerEvent::Rtp(_) | PeerEvent::Skipped { .. } | PeerEvent::SenderReport { .. } => {}
        }
    }

    /// Gives a peer up: nobody looks into it any more, and it goes with the next reaping.
    fn fail(&mut self, key: PeerKey, how: Guarded) {
        if let Some(peer) = self.peers.get_mut(key)
            && std::mem::replace(&mut peer.life, Life::Failed) != Life::Failed
        {
            self.counters.peers_failed += u64::from(how == Guarded::Panicked);
            self.closing.push((key, DisconnectReason::Failed));
            self.has_work = true;
        }
    }

    /// Media can flow to and from a peer.
    fn connected(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        peer.life = Life::Connected;
        let participant = peer.participant;
        self.events
            .push_back((peer.room, MediaEvent::Connected { participant }));
        self.want_allocation(key);
        self.feed_peer(key);
    }

    /// Removes peers that closed or failed.
    fn reap(&mut self) {
        while let Some((key, reason)) = self.closing.pop() {
            let Some(peer) = self.peers.get(key) else {
                continue;
            };
            let (room, participant) = (peer.room, peer.participant);
            self.remove_peer(key);
            self.events.push_back((
                room,
                MediaEvent::Disconnected {
                    participant,
                    reason,
                },
            ));
        }
    }
}

/// Queues a datagram for sending, as long as there is room.
fn enqueue(queue: &mut VecDeque<Transmit>, counters: &mut Counters, transmit: Transmit) {
    if queue.len() < MAX_TRANSMITS {
        queue.push_back(transmit);
    } else {
        counters.drop(Drop::SendQueueFull);
    }
}

fn disconnect_reason(reason: CloseReason) -> DisconnectReason {
    match reason {
        CloseReason::ConsentExpired => DisconnectReason::ConsentExpired,
        CloseReason::Closed => DisconnectReason::Closed,
    }
}
