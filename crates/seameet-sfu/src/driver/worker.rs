//! The loop of one media thread: receive, step, send, sleep.

use std::collections::HashMap;
use std::future::pending;
use std::thread;
use std::time::{Duration, Instant};

use seameet_core::media::MediaEvent;
use seameet_pipeline::{Protocol, Transmit};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep_until;

use crate::config::ShardConfig;
use crate::driver::mail::{RoomGone, RoomMail};
use crate::driver::mailbox::WorkerCommand;
use crate::driver::socket::{MediaSocket, Sockets};
use crate::driver::tcp::{Connections, Newcomer, News};
use crate::driver::train::{Coupler, Train};
use crate::shard::{Counters, Datagram, Input, Output, RoomKey, Shard};

/// Batches taken from one socket before the others get their turn.
const BATCHES_PER_TURN: usize = 8;
/// Commands taken before media gets its turn.
const COMMANDS_PER_TURN: usize = 64;
/// What is taken from TCP connections before the sockets get their turn.
const NEWS_PER_TURN: usize = 16;
/// The least time from one turn to the next. What comes meanwhile is taken together: packets of one frame leave in one
/// train, and a busy worker does not wake up for each report of each receiver.
const TURN: Duration = Duration::from_millis(1);
/// How soon a room that was behind is tried again.
const MAIL_RETRY: Duration = Duration::from_millis(5);

/// Runs a worker until it is told to end.
pub(super) fn run(
    sockets: Sockets,
    config: ShardConfig,
    inboxes: Inboxes,
    stats: &watch::Sender<Counters>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime for a media worker");
            return;
        }
    };
    runtime.block_on(async {
        match sockets.attach() {
            Ok(sockets) => Worker::new(sockets, config, inboxes, stats).run().await,
            Err(error) => tracing::error!(%error, "the sockets of a media worker cannot be used"),
        }
    });
}

/// What other threads bring to a worker.
#[derive(Debug)]
pub(super) struct Inboxes {
    pub(super) commands: mpsc::Receiver<WorkerCommand>,
    pub(super) newcomers: mpsc::Receiver<Newcomer>,
}

/// What a worker was woken for.
enum Woken {
    Command(Option<WorkerCommand>),
    Newcomer(Newcomer),
    News(News),
    /// Sockets and timers are looked at anyway.
    Other,
}

struct Worker<'a> {
    shard: Shard,
    sockets: Vec<MediaSocket>,
    couplers: Vec<Coupler>,
    connections: Connections,
    inboxes: Inboxes,
    rooms: HashMap<RoomKey, RoomMail>,
    stats: &'a watch::Sender<Counters>,
    /// What the sockets count; the shard counts the rest.
    counters: Counters,
    ending: bool,
    /// When the last turn began.
    turn: Instant,
    /// Something came soon after each of the last turns, so that it is not worth while to wait for it.
    is_busy: bool,
}

impl<'a> Worker<'a> {
    fn new(
        sockets: Vec<MediaSocket>,
        config: ShardConfig,
        inboxes: Inboxes,
        stats: &'a watch::Sender<Counters>,
    ) -> Self {
        let couplers = sockets
            .iter()
            .map(|socket| Coupler::new(socket.max_segments()))
            .collect();
        Self {
            shard: Shard::new(config, fastrand::u64(..), Instant::now()),
            sockets,
            couplers,
            connections: Connections::new(),
            inboxes,
            rooms: HashMap::new(),
            stats,
            counters: Counters::default(),
            ending: false,
            turn: Instant::now(),
            is_busy: false,
        }
    }

    async fn run(mut self) {
        while !self.ending {
            let deadline = self.drain();
            if self.is_busy {
                self.rest();
            }
            self.wait(deadline).await;
            self.is_busy = self.turn.elapsed() < 2 * TURN;
            self.rest();
            self.turn = Instant::now();
            self.receive();
            self.shard.handle_input(Instant::now(), Input::Timeout);
        }
        self.drain();
    }

    /// Lets the rest of the turn pass. Nobody else needs this thread meanwhile.
    #[expect(
        clippy::disallowed_methods,
        reason = "a worker's thread is its own, and the runtime's timers are no finer than a turn"
    )]
    fn rest(&self) {
        let rest = TURN.saturating_sub(self.turn.elapsed());
        if !rest.is_zero() {
            thread::sleep(rest);
        }
    }

    /// Does what the shard asks; returns when it wants to be woken.
    fn drain(&mut self) -> Option<Instant> {
        self.flush_sockets();
        let deadline = loop {
            match self.shard.poll_output() {
                Output::Transmit(transmit) if transmit.protocol == Protocol::Tcp => {
                    self.connections
                        .send(Instant::now(), transmit, &mut self.counters);
                }
                Output::HangUp(address) => {
                    self.connections
                        .hang_up(Instant::now(), address, &mut self.counters);
                }
                Output::Transmit(transmit) => self.couple(&transmit),
                Output::Event(room, event) => self.tell(room, event),
                Output::Timeout(deadline) => break deadline,
            }
        };
        for family in 0..self.couplers.len() {
            let waiting = self.couplers.get_mut(family).and_then(Coupler::finish);
            if let Some(train) = waiting {
                self.send(family, train);
            }
        }
        self.flush_connections();
        self.stats
            .send_replace(self.shard.counters().plus(&self.counters));
        deadline.into_iter().chain(self.flush_mail()).min()
    }

    /// Adds a datagram to the train of its socket, which leaves when it is full.
    fn couple(&mut self, transmit: &Transmit) {
        let serves = |socket: &MediaSocket| socket.serves(transmit.destination);
        let Some(family) = self.sockets.iter().position(serves) else {
            return;
        };
        let coupler = self.couplers.get_mut(family);
        if let Some(train) = coupler.and_then(|coupler| coupler.push(transmit)) {
            self.send(family, train);
        }
    }

    fn send(&mut self, family: usize, train: Train) {
        let (socket, coupler) = (self.sockets.get_mut(family), self.couplers.get_mut(family));
        if let Some((socket, coupler)) = socket.zip(coupler)
            && let Some(room) = socket.send(train, &mut self.counters)
        {
            coupler.recycle(room);
        }
    }

    /// Sends what the kernel could not take before, and learns what it can take now.
    fn flush_sockets(&mut self) {
        let now = Instant::now();
        for (socket, coupler) in self.sockets.iter_mut().zip(&mut self.couplers) {
            socket.flush(now, &mut self.counters);
            coupler.limit(socket.max_segments());
        }
    }

    fn flush_connections(&mut self) {
        let now = Instant::now();
        for broken in self.connections.flush(now, &mut self.counters) {
            self.shard.handle_input(now, Input::HungUp(broken));
        }
        self.counters.tcp_connections = self.connections.len() as u64;
    }

    /// Never waits: a room that is behind must not hold up media.
    fn tell(&mut self, room: RoomKey, event: MediaEvent) {
        let told = self.rooms.get_mut(&room).map(|mail| mail.push(event));
        if told == Some(Err(RoomGone)) {
            self.close_room(room);
        }
    }

    /// Sends what rooms could not take before. Returns when to try again.
    fn flush_mail(&mut self) -> Option<Instant> {
        let mut gone = Vec::new();
        let mut waits = false;
        for (room, mail) in &mut self.rooms {
            match mail.flush() {
                Ok(()) => waits |= mail.waits(),
                Err(RoomGone) => gone.push(*room),
            }
        }
        for room in gone {
            self.close_room(room);
        }
        waits.then(|| Instant::now() + MAIL_RETRY)
    }

    fn close_room(&mut self, room: RoomKey) {
        self.rooms.remove(&room);
        self.shard
            .handle_input(Instant::now(), Input::CloseRoom(room));
    }

    async fn wait(&mut self, deadline: Option<Instant>) {
        let timer = async {
            match deadline {
                Some(deadline) => sleep_until(deadline.into()).await,
                None => pending().await,
            }
        };
        let mut sockets = self.sockets.iter();
        let (first, second) = (sockets.next(), sockets.next());
        let woken = tokio::select! {
            command = self.inboxes.commands.recv() => Woken::Command(command),
            Some(newcomer) = self.inboxes.newcomers.recv() => Woken::Newcomer(newcomer),
            Some(news) = self.connections.next() => Woken::News(news),
            () = readable(first) => Woken::Other,
            () = readable(second) => Woken::Other,
            () = writable(first) => Woken::Other,
            () = writable(second) => Woken::Other,
            () = timer => Woken::Other,
        };
        match woken {
            Woken::Command(Some(command)) => self.command(command),
            Woken::Command(None) => self.ending = true,
            Woken::Newcomer(newcomer) => self.welcome(newcomer),
            Woken::News(news) => self.hear(&news),
            Woken::Other => {}
        }
    }

    /// Keeps a connection on which a peer authenticates itself, and no other.
    fn welcome(&mut self, newcomer: Newcomer) {
        let (now, source) = (Instant::now(), newcomer.source);
        // One connection at a time has an address; a client whose old one is not yet noticed to be gone tries again.
        if let Some(first) = newcomer.first()
            && !self.shard.knows(Protocol::Tcp, source)
        {
            let datagram = Datagram {
                protocol: Protocol::Tcp,
                source,
                destination: newcomer.destination,
                contents: first,
            };
            self.counters.tcp_frames_in += 1;
            self.shard.handle_input(now, Input::Datagram(datagram));
            if self.shard.knows(Protocol::Tcp, source) {
                self.admit(newcomer);
                return;
            }
        }
        // Who asked may have gone.
        let _ = newcomer.answer.send(false);
    }

    fn admit(&mut self, newcomer: Newcomer) {
        let source = newcomer.source;
        match self.connections.admit(newcomer, &mut self.counters) {
            Ok(news) => self.hear(&news),
            Err(error) => {
                tracing::debug!(%error, "a TCP connection cannot be used");
                self.shard
                    .handle_input(Instant::now(), Input::HungUp(source));
            }
        }
    }

    /// Takes what came on a TCP connection.
    fn hear(&mut self, news: &News) {
        let (now, shard) = (Instant::now(), &mut self.shard);
        let datagram = |datagram: Datagram<'_>| shard.handle_input(now, Input::Datagram(datagram));
        if let Some(ended) = self.connections.hear(news, datagram, &mut self.counters) {
            self.shard.handle_input(now, Input::HungUp(ended));
        }
    }

    fn receive(&mut self) {
        let now = Instant::now();
        for socket in &mut self.sockets {
            let shard = &mut self.shard;
            for _ in 0..BATCHES_PER_TURN {
                let received = socket.receive(|datagram: Datagram<'_>| {
                    shard.handle_input(now, Input::Datagram(datagram));
                });
                if !received {
                    break;
                }
            }
        }
        for _ in 0..NEWS_PER_TURN {
            let Some(news) = self.connections.try_next() else {
                break;
            };
            self.hear(&news);
        }
        for _ in 0..COMMANDS_PER_TURN {
            let Ok(command) = self.inboxes.commands.try_recv() else {
                break;
            };
            self.command(command);
        }
    }

    fn command(&mut self, command: WorkerCommand) {
        let now = Instant::now();
        match command {
            WorkerCommand::OpenRoom { room, events } => {
                self.rooms.insert(room, RoomMail::new(events));
                self.shard.handle_input(now, Input::OpenRoom(room));
            }
            WorkerCommand::CloseRoom(room) => self.close_room(room),
            WorkerCommand::Command(room, command) => {
                self.shard.handle_input(now, Input::Command(room, command));
            }
            WorkerCommand::Negotiate(negotiation) => {
                self.shard.handle_input(now, Input::Negotiate(negotiation));
            }
            WorkerCommand::Shutdown => {
                for room in std::mem::take(&mut self.rooms).into_keys() {
                    self.shard.handle_input(now, Input::CloseRoom(room));
                }
                self.ending = true;
            }
        }
    }
}

/// A spin here would mean a readable socket that gives nothing; the runtime clears readiness on `WouldBlock`.
async fn readable(socket: Option<&MediaSocket>) {
    match socket {
        Some(socket) => socket.readable().await,
        None => pending().await,
    }
}

/// Waits only while something is to be sent.
async fn writable(socket: Option<&MediaSocket>) {
    match socket.filter(|socket| socket.is_congested()) {
        Some(socket) => socket.writable().await,
        None => pending().await,
    }
}
