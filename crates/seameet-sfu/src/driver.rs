//! Threads and sockets for shards.
//!
//! Each worker is one thread with a single-threaded runtime, one UDP port and one [`Shard`](crate::shard::Shard).
//! What crosses threads are values in bounded mailboxes: commands in, events out.

mod addresses;
mod credentials;
mod mail;
mod mailbox;
mod room;
mod send_queue;
mod socket;
mod tcp;
mod train;
mod worker;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use seameet_core::media::MediaEvent;
use seameet_pipeline::Certificate;
use seameet_pipeline::config::GenerateCertificateError;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, Semaphore, mpsc, watch};

pub use crate::shard::Counters as MediaStats;
pub use mailbox::WorkerGone;
pub use room::RoomMedia;
pub use tcp::{TcpRefusal, speaks_media};

use crate::config::{MediaConfig, ShardConfig};
use crate::shard::RoomKey;
use addresses::Addresses;
use mailbox::{Mailbox, WorkerCommand};
use room::Courier;
use socket::Sockets;
use tcp::{Door, Newcomer};
use worker::Inboxes;

/// Events that a room may be behind before the worker begins to merge them.
const ROOM_EVENT_CAPACITY: usize = 1_024;

/// Why the media plane cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The UDP port is taken or not allowed.
    #[error("cannot bind UDP {address}: {source}")]
    Socket {
        /// What was asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The ports of the workers go beyond 65,535.
    #[error("{workers} workers do not fit above UDP port {udp_port}")]
    PortRange {
        /// The first port.
        udp_port: u16,
        /// How many follow.
        workers: usize,
    },
    /// There is no address that a client could be told.
    #[error("this host has no address to tell clients; set public_ip")]
    NoAddress,
    /// No certificate could be made.
    #[error(transparent)]
    Certificate(#[from] GenerateCertificateError),
    /// No thread or runtime could be made.
    #[error("cannot start a media worker: {0}")]
    Thread(#[source] io::Error),
}

/// The running media plane.
#[derive(Debug)]
pub struct MediaPlane {
    workers: Vec<Worker>,
    next_room: AtomicU64,
    /// How many session descriptions may be worked on at once.
    processors: Arc<Semaphore>,
    /// The way in for media over TCP.
    door: Door,
}

#[derive(Debug)]
struct Worker {
    number: usize,
    mailbox: Mailbox,
    newcomers: mpsc::Sender<Newcomer>,
    config: Arc<ShardConfig>,
    udp_port: u16,
    stats: watch::Receiver<MediaStats>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl MediaPlane {
    /// Binds the sockets and starts the workers.
    ///
    /// # Errors
    ///
    /// When a port is taken, this host has no address, or the system refuses a thread.
    pub fn bind(config: &MediaConfig) -> Result<Self, BindError> {
        let door = Door::new(Addresses::of_listener(config));
        let codecs = config.video_codecs.clone();
        let mut shard = ShardConfig::new(Vec::new(), Certificate::generate()?, codecs);
        shard.tcp_candidates = door.candidates().to_vec();
        let workers = (0..config.workers.get())
            .map(|index| start(config, shard.clone(), index))
            .collect::<Result<_, _>>()?;
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Ok(Self {
            workers,
            next_room: AtomicU64::new(1),
            processors: Arc::new(Semaphore::new(processors)),
            door,
        })
    }

    /// The UDP ports in use, one per worker.
    pub fn udp_ports(&self) -> Vec<u16> {
        self.workers.iter().map(|worker| worker.udp_port).collect()
    }

    /// The addresses that clients are told for media over TCP; none when it is not offered.
    pub fn tcp_candidates(&self) -> &[SocketAddr] {
        self.door.candidates()
    }

    /// Takes over a TCP connection whose first byte [speaks media](speaks_media); nothing may have been read from it.
    /// Resolves when a participant authenticated itself on it. `keeper` is dropped when the connection ends, or at once
    /// if it is refused.
    ///
    /// # Errors
    ///
    /// When it is nobody's, or nothing came in time; it is closed then.
    pub async fn adopt(
        &self,
        stream: TcpStream,
        keeper: impl Send + 'static,
    ) -> Result<(), TcpRefusal> {
        let worker = |number: usize| self.workers.get(number).map(|worker| &worker.newcomers);
        self.door.adopt(stream, Box::new(keeper), worker).await
    }

    /// Counts a connection that was refused before it came here.
    pub fn count_refusal(&self, refusal: TcpRefusal) {
        self.door.count_refusal(refusal);
    }

    /// How many TCP connections were refused, by cause.
    pub fn tcp_refusals(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.door.refusals()
    }

    /// The UDP addresses that clients are told.
    pub fn candidates(&self) -> Vec<SocketAddr> {
        self.workers
            .iter()
            .flat_map(|worker| worker.config.candidates.clone())
            .collect()
    }

    /// Opens a room on the worker with the fewest peers. It closes when the [`RoomMedia`] is dropped.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn open_room(&self) -> (RoomMedia, mpsc::Receiver<MediaEvent>) {
        let room = RoomKey(self.next_room.fetch_add(1, Ordering::Relaxed));
        let (events, receiver) = mpsc::channel(ROOM_EVENT_CAPACITY);
        let cost = |worker: &&Worker| {
            let stats = *worker.stats.borrow();
            // Peers come after their room, so a rush of new rooms is seen in the number of couriers.
            let rooms = Arc::strong_count(&worker.config) as u64;
            (worker.mailbox.is_closed(), stats.peers.max(rooms), rooms)
        };
        let Some(worker) = self.workers.iter().min_by_key(cost) else {
            unreachable!("the number of workers is not zero");
        };
        let courier = Courier {
            room,
            mailbox: worker.mailbox.clone(),
            worker: worker.number,
            config: Arc::clone(&worker.config),
            events,
            processors: Arc::clone(&self.processors),
            codecs: HashMap::new(),
            known: HashMap::new(),
        };
        (RoomMedia::open(courier), receiver)
    }

    /// Whether every worker lives. A server with a dead worker refuses calls for no visible reason and is better
    /// restarted.
    pub fn is_healthy(&self) -> bool {
        self.workers
            .iter()
            .all(|worker| !worker.mailbox.is_closed())
    }

    /// Totals of all workers.
    pub fn stats(&self) -> MediaStats {
        self.workers
            .iter()
            .fold(MediaStats::default(), |sum, worker| {
                sum.plus(&worker.stats.borrow())
            })
    }

    /// Closes every room, says goodbye to every peer and ends the threads.
    pub async fn shutdown(&self) {
        for worker in &self.workers {
            // A worker that is gone already needs no telling.
            let _ = worker.mailbox.send(WorkerCommand::Shutdown).await;
        }
        for worker in &self.workers {
            if let Some(thread) = worker.thread.lock().await.take()
                && let Ok(Err(_)) = tokio::task::spawn_blocking(move || thread.join()).await
            {
                tracing::error!("a media worker had panicked");
            }
        }
    }
}

fn start(
    config: &MediaConfig,
    mut shard_config: ShardConfig,
    index: usize,
) -> Result<Worker, BindError> {
    let workers = config.workers.get();
    let range = BindError::PortRange {
        udp_port: config.udp_port,
        workers,
    };
    let port = match config.udp_port {
        0 => 0,
        first => u16::try_from(index)
            .ok()
            .and_then(|index| first.checked_add(index))
            .ok_or(range)?,
    };
    let sockets = Sockets::bind(port, &config.public_ips)?;
    shard_config.candidates = sockets.candidates().to_vec();
    let udp_port = sockets.port();
    let (mailbox, commands) = mailbox::channel();
    let (newcomers, newcomers_inbox) = tcp::queue();
    let (stats_sender, stats) = watch::channel(MediaStats::default());
    let inboxes = Inboxes {
        commands,
        newcomers: newcomers_inbox,
    };
    let for_thread = shard_config.clone();
    let thread = std::thread::Builder::new()
        .name(format!("media-{index}"))
        .spawn(move || worker::run(sockets, for_thread, inboxes, &stats_sender))
        .map_err(BindError::Thread)?;
    tracing::info!(worker = index, udp_port, "media worker started");
    Ok(Worker {
        number: index,
        mailbox,
        newcomers,
        config: Arc::new(shard_config),
        udp_port,
        stats,
        thread: Mutex::new(Some(thread)),
    })
}
