//! The loop of one media thread: receive, step, send, sleep.

use std::collections::HashMap;
use std::future::pending;
use std::time::Instant;

use seameet_core::media::MediaEvent;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep_until;

use crate::config::ShardConfig;
use crate::driver::mailbox::WorkerCommand;
use crate::driver::socket::{MediaSocket, Sockets};
use crate::driver::train::{Coupler, Train};
use crate::shard::{Counters, Datagram, Input, Output, RoomKey, Shard};

/// Batches taken from one socket before the others get their turn.
const BATCHES_PER_TURN: usize = 8;
/// Commands taken before media gets its turn.
const COMMANDS_PER_TURN: usize = 64;

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
    rooms: HashMap<RoomKey, mpsc::Sender<MediaEvent>>,
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
        let deadline = loop {
            match self.shard.poll_output() {
                Output::Transmit(transmit) => {
                    let family = self
                        .sockets
                        .iter()
                        .position(|socket| socket.serves(transmit.destination));
                    let coupler = family.and_then(|index| self.couplers.get_mut(index));
                    if let Some(train) = coupler.and_then(|coupler| coupler.push(transmit)) {
                        self.send(&train);
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
            self.send(&train);
        }
        self.stats
            .send_replace(self.shard.counters().plus(&self.counters));
        deadline
    }

    fn send(&mut self, train: &Train) {
        if let Some(socket) = self
            .sockets
            .iter()
            .find(|socket| socket.serves(train.destination))
        {
            socket.send(train, &mut self.counters);
        }
    }

    /// Never waits: a room that is behind must not hold up media.
    fn tell(&mut self, room: RoomKey, event: MediaEvent) {
        let Some(events) = self.rooms.get(&room) else {
            return;
        };
        if let Err(mpsc::error::TrySendError::Full(_)) = events.try_send(event) {
            tracing::error!(
                room = room.0,
                "a room does not take its media events; one is lost"
            );
        }
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
                self.rooms.insert(room, events);
                self.shard.handle_input(now, Input::OpenRoom(room));
            }
            WorkerCommand::CloseRoom(room) => {
                self.shard.handle_input(now, Input::CloseRoom(room));
                self.rooms.remove(&room);
            }
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
