//! Where a connection is looked at before a worker has it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::driver::addresses::Addresses;
use crate::driver::credentials;
use crate::driver::tcp::first::First;
use crate::driver::tcp::refusal::{Refusals, TcpRefusal};

/// How long a client may take for its first check, and a worker to know it. Clients send it as soon as they are connected.
const PATIENCE: Duration = Duration::from_secs(5);
/// Newcomers that wait for one worker; more are refused. A client tries again by itself.
const NEWCOMER_CAPACITY: usize = 64;
/// Room for a frame and a little of what follows it.
const FIRST_BYTES: usize = 2_048;
/// Media in front of the first check: that of a second, from who sends much.
const MAX_EARLY_BYTES: usize = 512 << 10;
/// What the kernel may keep of a connection, sent and not yet acknowledged: at 200 ms there and back, 10 Mbit/s.
const SEND_BUFFER_BYTES: usize = 128 << 10;
/// What the kernel may keep unsent. All else waits in our queue, where it can be dropped when it is late.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT_BYTES: u32 = 32 << 10;
/// Silence after which the system asks whether the other side is still there.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// A connection that a worker shall look at.
pub(in crate::driver) struct Newcomer {
    pub(in crate::driver) stream: std::net::TcpStream,
    pub(in crate::driver) source: SocketAddr,
    /// The told address that it came to.
    pub(in crate::driver) destination: SocketAddr,
    /// Everything read so far; it begins with a whole frame.
    pub(in crate::driver) bytes: Vec<u8>,
    /// Dropped with the connection.
    pub(in crate::driver) keeper: Box<dyn Send>,
    /// Whether the worker took it.
    pub(in crate::driver) answer: oneshot::Sender<bool>,
}

impl Newcomer {
    /// The connectivity check in the first frame.
    pub(in crate::driver) fn first(&self) -> Option<&[u8]> {
        match First::read(&self.bytes) {
            First::Check { frame, .. } => Some(frame),
            First::Begun | First::Refused | First::Early(_) => None,
        }
    }

    /// What came behind the first frame.
    pub(super) fn rest(&self) -> &[u8] {
        match First::read(&self.bytes) {
            First::Check { rest, .. } => rest,
            First::Begun | First::Refused | First::Early(_) => &[],
        }
    }
}

impl fmt::Debug for Newcomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Newcomer").finish_non_exhaustive()
    }
}

/// The way in for connections.
#[derive(Debug)]
pub(in crate::driver) struct Door {
    addresses: Addresses,
    refusals: Refusals,
}

/// A connection and what was learned of it.
struct Arrived {
    stream: TcpStream,
    source: SocketAddr,
    destination: SocketAddr,
    bytes: Vec<u8>,
    /// The number of the worker that its check names.
    worker: usize,
}

/// The line to one worker's desk.
pub(in crate::driver) fn queue() -> (mpsc::Sender<Newcomer>, mpsc::Receiver<Newcomer>) {
    mpsc::channel(NEWCOMER_CAPACITY)
}

impl Door {
    pub(in crate::driver) fn new(addresses: Addresses) -> Self {
        Self {
            addresses,
            refusals: Refusals::default(),
        }
    }

    /// The addresses that clients are told.
    pub(in crate::driver) fn candidates(&self) -> &[SocketAddr] {
        self.addresses.candidates()
    }

    /// Refused connections by cause.
    pub(in crate::driver) fn refusals(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.refusals.iter()
    }

    /// Takes a connection to the worker that its first check names. Resolves when that worker has it.
    pub(in crate::driver) async fn adopt<'a>(
        &self,
        stream: TcpStream,
        keeper: Box<dyn Send>,
        worker: impl Fn(usize) -> Option<&'a mpsc::Sender<Newcomer>>,
    ) -> Result<(), TcpRefusal> {
        let adopted = async {
            let arrived = self.receive(stream).await?;
            let desk = worker(arrived.worker).ok_or(TcpRefusal::Unknown)?;
            present(arrived, keeper, desk).await
        };
        let adopted = timeout(PATIENCE, adopted).await;
        let result = adopted.unwrap_or(Err(TcpRefusal::TooSlow));
        if let Err(refusal) = result {
            self.count_refusal(refusal);
        }
        result
    }

    pub(in crate::driver) fn count_refusal(&self, refusal: TcpRefusal) {
        self.refusals.count(refusal);
    }

    /// Awaits the first check.
    async fn receive(&self, mut stream: TcpStream) -> Result<Arrived, TcpRefusal> {
        let broken = |_: io::Error| TcpRefusal::Broken;
        let source = canonical(stream.peer_addr().map_err(broken)?);
        let arrived_at = canonical(stream.local_addr().map_err(broken)?);
        let destination = self
            .addresses
            .destination(Some(arrived_at.ip()), arrived_at.is_ipv6())
            .ok_or(TcpRefusal::NotOffered)?;
        tune(&stream);
        let (bytes, worker) = first_check(&mut stream).await?;
        Ok(Arrived {
            stream,
            source,
            destination,
            bytes,
            worker,
        })
    }
}

/// Reads until it is clear what the connection is. Beyond the largest frame it always is, so the memory is bounded.
async fn first_check(stream: &mut TcpStream) -> Result<(Vec<u8>, usize), TcpRefusal> {
    let mut bytes = Vec::with_capacity(FIRST_BYTES);
    let mut early = 0;
    loop {
        match First::read(&bytes) {
            First::Refused => return Err(TcpRefusal::NotMedia),
            First::Check { request, .. } => {
                let worker = credentials::worker(request.server_ufrag);
                let worker = worker.ok_or(TcpRefusal::Unknown)?;
                return Ok((bytes, worker));
            }
            First::Early(length) => {
                early += length;
                if early > MAX_EARLY_BYTES {
                    return Err(TcpRefusal::NotMedia);
                }
                bytes.drain(..length);
                continue;
            }
            First::Begun => {}
        }
        let read = stream.read_buf(&mut bytes).await;
        if !read.is_ok_and(|length| length > 0) {
            return Err(TcpRefusal::Broken);
        }
    }
}

/// Brings a connection to its worker and awaits the answer.
async fn present(
    arrived: Arrived,
    keeper: Box<dyn Send>,
    desk: &mpsc::Sender<Newcomer>,
) -> Result<(), TcpRefusal> {
    let (answer, taken) = oneshot::channel();
    let stream = arrived.stream.into_std().map_err(|_| TcpRefusal::Broken)?;
    let newcomer = Newcomer {
        stream,
        source: arrived.source,
        destination: arrived.destination,
        bytes: arrived.bytes,
        keeper,
        answer,
    };
    desk.try_send(newcomer).map_err(|_| TcpRefusal::Busy)?;
    // A worker that ends takes nobody in.
    match taken.await {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(TcpRefusal::Unknown),
    }
}

/// Best effort: without these the connection is slower, no more.
fn tune(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let socket = SockRef::from(stream);
    let _ = socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE));
    let _ = socket.set_send_buffer_size(SEND_BUFFER_BYTES);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = socket.set_tcp_notsent_lowat(UNSENT_BYTES);
}

/// An IPv4 client of an IPv6 listener has its IPv4 address.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
