//! The connections of one worker.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use seameet_pipeline::{Protocol, Transmit};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::driver::tcp::Newcomer;
use crate::driver::tcp::connection::{Connection, Parts, What};
use crate::shard::{Counters, Datagram, Drop};

pub(in crate::driver) use crate::driver::tcp::connection::News;

/// Chunks that the worker may be behind; then connections are read no further and their senders slow down.
const NEWS_CAPACITY: usize = 64;

/// The connections of one worker, by their far ends. Each belongs to a peer that authenticated itself on it, so their
/// number is bounded by that of the addresses a peer may have.
pub(in crate::driver) struct Connections {
    open: HashMap<SocketAddr, Connection>,
    /// Something was queued for these.
    touched: HashSet<SocketAddr>,
    news: mpsc::Sender<News>,
    inbox: mpsc::Receiver<News>,
    next_number: u64,
}

impl Connections {
    pub(in crate::driver) fn new() -> Self {
        let (news, inbox) = mpsc::channel(NEWS_CAPACITY);
        Self {
            open: HashMap::new(),
            touched: HashSet::new(),
            news,
            inbox,
            next_number: 0,
        }
    }

    pub(in crate::driver) fn len(&self) -> usize {
        self.open.len()
    }

    /// What happened on a connection. Cancel safe.
    pub(in crate::driver) async fn next(&mut self) -> Option<News> {
        self.inbox.recv().await
    }

    /// What happened already.
    pub(in crate::driver) fn try_next(&mut self) -> Option<News> {
        self.inbox.try_recv().ok()
    }

    /// Takes an authenticated connection in. Returns what was read behind its first frame.
    pub(in crate::driver) fn admit(
        &mut self,
        newcomer: Newcomer,
        counters: &mut Counters,
    ) -> io::Result<News> {
        let (remote, number) = (newcomer.source, self.next_number);
        let news = News {
            remote,
            number,
            what: What::Read(newcomer.rest().to_vec()),
        };
        let parts = Parts {
            remote,
            number,
            destination: newcomer.destination,
            stream: TcpStream::from_std(newcomer.stream)?,
            keeper: newcomer.keeper,
        };
        self.next_number += 1;
        counters.tcp_accepted += 1;
        self.open
            .insert(remote, Connection::start(parts, self.news.clone()));
        // Who asked may have gone.
        let _ = newcomer.answer.send(true);
        Ok(news)
    }

    /// Hands on the datagrams in bytes that were read. Returns the far end if the connection ended.
    pub(in crate::driver) fn hear(
        &mut self,
        news: &News,
        mut datagram: impl FnMut(Datagram<'_>),
        counters: &mut Counters,
    ) -> Option<SocketAddr> {
        let remote = news.remote;
        let is_this = |connection: &&mut Connection| connection.number == news.number;
        let connection = self.open.get_mut(&remote).filter(is_this)?;
        let destination = connection.destination;
        let goes_on = match &news.what {
            What::Read(bytes) => {
                let taken = connection.take(bytes, |contents| {
                    counters.tcp_frames_in += 1;
                    datagram(Datagram {
                        protocol: Protocol::Tcp,
                        source: remote,
                        destination,
                        contents,
                    });
                });
                if taken.is_err() {
                    counters.drop(Drop::Oversize);
                }
                taken.is_ok()
            }
            What::Writable => {
                connection.writable();
                self.touched.insert(remote);
                true
            }
            What::Ended => false,
        };
        if goes_on {
            return None;
        }
        self.open.remove(&remote);
        Some(remote)
    }

    /// Queues a datagram for its connection.
    pub(in crate::driver) fn send(
        &mut self,
        now: Instant,
        transmit: Transmit,
        counters: &mut Counters,
    ) {
        match self.open.get_mut(&transmit.destination) {
            Some(connection) => {
                self.touched.insert(transmit.destination);
                connection.push(now, transmit.contents, counters);
            }
            None => counters.drop(Drop::TcpGone),
        }
    }

    /// Writes what was queued. Returns the far ends of connections that broke.
    pub(in crate::driver) fn flush(
        &mut self,
        now: Instant,
        counters: &mut Counters,
    ) -> Vec<SocketAddr> {
        let mut broken = Vec::new();
        for remote in self.touched.drain() {
            let flushed = self
                .open
                .get_mut(&remote)
                .map(|connection| connection.flush(now, counters));
            if let Some(Err(_)) = flushed {
                self.open.remove(&remote);
                broken.push(remote);
            }
        }
        broken
    }

    /// Closes a connection, after the farewell that may be queued for it.
    pub(in crate::driver) fn hang_up(
        &mut self,
        now: Instant,
        remote: SocketAddr,
        counters: &mut Counters,
    ) {
        if let Some(mut connection) = self.open.remove(&remote) {
            // Whatever the line does not take now, nobody waits for.
            let _ = connection.flush(now, counters);
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("open", &self.open.len())
            .finish_non_exhaustive()
    }
}
