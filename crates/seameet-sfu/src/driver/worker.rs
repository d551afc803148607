//! The loop of one media thread: receive, step, send, sleep.

use std::collections::HashMap;
use std::future::pending;
use std::time::{Duration, Instant};

use seameet_core::media::MediaEvent;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep_until;

use crate::config::ShardConfig;
use crate::driver::mail::{RoomGone, RoomMail};
use crate::driver::mailbox::WorkerCommand;
use crate::driver::socket::{MediaSocket, Sockets};
use crate::driver::train::{Coupler, Train};
use crate::shard::{Counters, Datagram, Input, Output, RoomKey, Shard};

/// Batches taken from one socket before the others get their turn.
const BATCHES_PER_TURN: usize = 8;
/// Commands taken before media gets its turn.
const COMMANDS_PER_TURN: usize = 64;
/// How soon a room that was behind is tried again.
const MAIL_RETRY: Duration = Duration::from_millis(5);

/// Runs a worker until it is told to end.
pub(super) fn run(
    sockets: Sockets,
    config: ShardConfig,
    inbox: mpsc::Receiver<WorkerCommand>,
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
            Ok(sockets) => Worker::new(sockets, config, inbox, stats).run().await,
            Err(error) => tracing::error!(%error, "the sockets of a media worker cannot be used"),
        }
    });
}

struct Worker<'a> {
    shard: Shard,
    sockets: Vec<MediaSocket>,
    couplers: Vec<Coupler>,
    inbox: mpsc::Receiver<WorkerCommand>,
    rooms: HashMap<RoomKey, RoomMail>,
    stats: &'a watch::Sender<Counters>,
    /// What the sockets count; the shard counts the rest.
    counters: Counters,
    ending: bool,
}

impl<'a> Worker<'a> {
    fn new(
        sockets: Vec<MediaSocket>,
        config: ShardConfig,
        inbox: mpsc::Receiver<WorkerCommand>,
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
            inbox,
            rooms: HashMap::new(),
            stats,
            counters: Counters::default(),
            ending: false,
        }
    }

    async fn run(mut self) {
        while !self.ending {
            let deadline = self.drain();
            self.wait(deadline).await;
            self.receive();
            self.shard.handle_input(Instant::now(), Input::Timeout);
        }
        self.drain();
    }

    /// Does what the shard asks; returns when it wants to be woken.
    fn drain(&mut self) -> Option<Instant> {
        self.flush_sockets();
        let deadline = loop {
            match self.shard.poll_output() {
                Output::Transmit(transmit) => {
                    let family = self
                        .sockets
                        .iter()
                        .position(|socket| socket.serves(transmit.destination));
                    let coupler = family.and_then(|index| self.couplers.get_mut(index));
                    if let Some(train) = coupler.and_then(|coupler| coupler.push(transmit)) {
                        self.send(train);
                    }
                }
                Output::Event(room, event) => self.tell(room, event),
                Output::Timeout(deadline) => break deadline,
            }
        };
        let waiting: Vec<_> = self
            .couplers
            .iter_mut()
            .filter_map(Coupler::finish)
            .collect();
        for train in waiting {
            self.send(train);
        }
        self.stats
            .send_replace(self.shard.counters().plus(&self.counters));
        deadline.into_iter().chain(self.flush_mail()).min()
    }

    fn send(&mut self, train: Train) {
        let mut sockets = self.sockets.iter_mut();
        if let Some(socket) = sockets.find(|socket| socket.serves(train.destination)) {
            socket.send(Instant::now(), train, &mut self.counters);
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
        let command = tokio::select! {
            command = self.inbox.recv() => Some(command),
            () = readable(first) => None,
            () = readable(second) => None,
            () = writable(first) => None,
            () = writable(second) => None,
            () = timer => None,
        };
        match command {
            Some(Some(command)) => self.command(command),
            Some(None) => self.ending = true,
            None => {}
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
        for _ in 0..COMMANDS_PER_TURN {
            let Ok(command) = self.inbox.try_recv() else {
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
