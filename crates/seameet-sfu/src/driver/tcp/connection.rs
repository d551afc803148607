//! One connection: a task awaits what comes, the worker writes.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::driver::tcp::frame::{Decoder, FrameTooLong};
use crate::driver::tcp::frame_queue::FrameQueue;
use crate::shard::{Counters, Drop as Cause};

/// A client renews its consent at least every six seconds (RFC 7675, section 5.1); who is silent for longer is gone.
const IDLE: Duration = Duration::from_secs(30);
/// A line that took nothing for so long is dead.
const STUCK: Duration = Duration::from_secs(10);
/// Read at once: a few hundred datagrams of a client that means to keep us busy.
const READ_BYTES: usize = 8 << 10;

/// What a connection's tasks tell the worker. The remote address and the number name the connection; another one may have
/// the address by then.
#[derive(Debug)]
pub(in crate::driver) struct News {
    pub(super) remote: SocketAddr,
    pub(super) number: u64,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Read(Vec<u8>),
    Writable,
    Ended,
}

/// The connection is of no use any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// One connection.
pub(super) struct Connection {
    remote: SocketAddr,
    pub(super) number: u64,
    /// The told address that the client connected to.
    pub(super) destination: SocketAddr,
    stream: Arc<TcpStream>,
    decoder: Decoder,
    queue: FrameQueue,
    /// The line takes nothing since then.
    stuck: Option<Instant>,
    news: mpsc::Sender<News>,
    _reader: Task,
    /// Awaits that the line takes something.
    writer: Option<Task>,
    /// Its place among all connections.
    _keeper: Box<dyn Send>,
}

/// Ends with its owner.
#[derive(Debug)]
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What a connection is made of.
pub(super) struct Parts {
    pub(super) remote: SocketAddr,
    pub(super) number: u64,
    pub(super) destination: SocketAddr,
    pub(super) stream: TcpStream,
    pub(super) keeper: Box<dyn Send>,
}

impl Connection {
    /// Begins to read, on the current runtime.
    pub(super) fn start(parts: Parts, news: mpsc::Sender<News>) -> Self {
        let Parts {
            remote,
            number,
            destination,
            stream,
            keeper,
        } = parts;
        let stream = Arc::new(stream);
        let reader = tokio::spawn(read(Arc::clone(&stream), remote, number, news.clone()));
        Self {
            remote,
            number,
            destination,
            stream,
            decoder: Decoder::default(),
            queue: FrameQueue::default(),
            stuck: None,
            news,
            _reader: Task(reader),
            writer: None,
            _keeper: keeper,
        }
    }

    /// Takes bytes as they came and hands on the datagrams in them.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        datagram: impl FnMut(&[u8]),
    ) -> Result<(), FrameTooLong> {
        self.decoder.push(bytes, datagram)
    }

    /// Queues a datagram; [`flush`](Self::flush) writes it.
    pub(super) fn push(&mut self, now: Instant, contents: Vec<u8>, counters: &mut Counters) {
        if !self.queue.push(now, contents) {
            counters.drop(Cause::TcpFull);
        }
    }

    /// The line takes something again.
    pub(super) fn writable(&mut self) {
        self.writer = None;
    }

    /// Writes what the line takes.
    pub(super) fn flush(&mut self, now: Instant, counters: &mut Counters) -> Result<(), Broken> {
        counters.drop_many(Cause::TcpLate, self.queue.expire(now));
        while !self.queue.is_empty() {
            match self.stream.try_write_vectored(&self.queue.parts()) {
                Ok(written) => {
                    self.stuck = None;
                    let frames = self.queue.advance(written);
                    counters.packets_out += frames;
                    counters.tcp_frames_out += frames;
                    counters.bytes_out += written as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return self.wait(now),
                Err(error) => {
                    tracing::debug!(%error, "TCP write failed");
                    return Err(Broken);
                }
            }
        }
        Ok(())
    }

    fn wait(&mut self, now: Instant) -> Result<(), Broken> {
        let since = *self.stuck.get_or_insert(now);
        if now.saturating_duration_since(since) > STUCK {
            return Err(Broken);
        }
        if self.writer.is_none() {
            let (stream, news) = (Arc::clone(&self.stream), self.news.clone());
            let writable = News {
                remote: self.remote,
                number: self.number,
                what: What::Writable,
            };
            self.writer = Some(Task(tokio::spawn(async move {
                // An error shows up again in the write.
                let _ = stream.writable().await;
                // A worker that is gone needs no news.
                let _ = news.send(writable).await;
            })));
        }
        Ok(())
    }
}

/// Reads until the end. The worker takes chunk by chunk; when it is behind, so is the line.
async fn read(stream: Arc<TcpStream>, remote: SocketAddr, number: u64, news: mpsc::Sender<News>) {
    let tell = async |what| {
        let told = news.send(News {
            remote,
            number,
            what,
        });
        told.await.is_ok()
    };
    while let Ok(Ok(())) = timeout(IDLE, stream.readable()).await {
        let mut bytes = Vec::with_capacity(READ_BYTES);
        match stream.try_read_buf(&mut bytes) {
            Ok(0) => break,
            Ok(_) if tell(What::Read(bytes)).await => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Ok(_) | Err(_) => break,
        }
    }
    tell(What::Ended).await;
}
