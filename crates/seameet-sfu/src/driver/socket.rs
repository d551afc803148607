//! One UDP port in both families, with batched receive and segmented send.

use std::collections::HashSet;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Instant;

use quinn_udp::{BATCH_SIZE, RecvMeta, UdpSockRef, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::Interest;
use tokio::net::UdpSocket;

use crate::driver::BindError;
use crate::driver::addresses::{self, Addresses};
use crate::driver::send_queue::SendQueue;
use crate::driver::train::Train;
use crate::shard::{Counters, Datagram, Drop};

/// What the kernel may queue for us; at 100 Mbit/s this is a third of a second. Best effort.
const SOCKET_BUFFER_BYTES: usize = 4 << 20;
/// Receivers remembered because the kernel would not segment for them; all are forgotten beyond.
const MAX_UNSEGMENTED: usize = 1_024;
/// Room for one coalesced receive.
const RECEIVE_BYTES: usize = 1 << 16;

/// The bound sockets of one worker, not yet attached to a runtime.
#[derive(Debug)]
pub(super) struct Sockets {
    ipv4: Option<std::net::UdpSocket>,
    ipv6: Option<std::net::UdpSocket>,
    port: u16,
    addresses: Addresses,
}

impl Sockets {
    /// Binds `port` in both families, or in the one that this host has.
    pub(super) fn bind(port: u16, public_ips: &[IpAddr]) -> Result<Self, BindError> {
        let wildcard = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
        let refuse = |source| BindError::Socket {
            address: wildcard,
            source,
        };
        let ipv4 = bind(wildcard).map_err(refuse)?;
        let port = ipv4.local_addr().map_err(refuse)?.port();
        let ipv6 = bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)))
            .inspect_err(|error| tracing::info!(%error, "no IPv6 for media"))
            .ok();
        let addresses = Addresses::new(public_ips, &addresses::local_ips(), port, ipv6.is_some());
        if addresses.candidates().is_empty() {
            return Err(BindError::NoAddress);
        }
        Ok(Self {
            ipv4: Some(ipv4),
            ipv6,
            port,
            addresses,
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn candidates(&self) -> &[SocketAddr] {
        self.addresses.candidates()
    }

    /// Attaches the sockets to the current runtime.
    pub(super) fn attach(self) -> io::Result<Vec<MediaSocket>> {
        let Self {
            ipv4,
            ipv6,
            addresses,
            ..
        } = self;
        ipv4.into_iter()
            .map(|socket| (socket, false))
            .chain(ipv6.map(|socket| (socket, true)))
            .map(|(socket, ipv6)| MediaSocket::new(socket, ipv6, addresses.clone()))
            .collect()
    }
}

fn bind(address: SocketAddr) -> io::Result<std::net::UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    // A smaller buffer than asked for only costs packets in bursts.
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(SOCKET_BUFFER_BYTES);
    if let Ok(granted) = socket.send_buffer_size()
        && granted < SOCKET_BUFFER_BYTES
    {
        tracing::info!(
            granted,
            wanted = SOCKET_BUFFER_BYTES,
            "the system limits the UDP send buffer (net.core.wmem_max); bursts may lose packets"
        );
    }
    socket.bind(&address.into())?;
    Ok(socket.into())
}

/// A socket of one family on the worker's runtime.
#[derive(Debug)]
pub(super) struct MediaSocket {
    socket: UdpSocket,
    state: UdpSocketState,
    ipv6: bool,
    addresses: Addresses,
    buffer: Vec<u8>,
    queue: SendQueue,
    /// Receivers to which the kernel would not segment.
    unsegmented: HashSet<SocketAddr>,
}

impl MediaSocket {
    fn new(socket: std::net::UdpSocket, ipv6: bool, addresses: Addresses) -> io::Result<Self> {
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        let socket = UdpSocket::from_std(socket)?;
        let buffer = vec![0; RECEIVE_BYTES * BATCH_SIZE];
        Ok(Self {
            socket,
            state,
            ipv6,
            addresses,
            buffer,
            queue: SendQueue::default(),
            unsegmented: HashSet::new(),
        })
    }

    pub(super) async fn readable(&self) {
        // An error shows up again in the receive, which logs it.
        let _ = self.socket.readable().await;
    }

    pub(super) async fn writable(&self) {
        // An error shows up again in the send, which counts it.
        let _ = self.socket.writable().await;
    }

    /// What one call may carry now; the library lowers it when the kernel refuses.
    pub(super) fn max_segments(&self) -> usize {
        self.state.max_gso_segments()
    }

    pub(super) fn serves(&self, destination: SocketAddr) -> bool {
        destination.is_ipv6() == self.ipv6
    }

    /// Receives one batch. Returns false when there was nothing.
    pub(super) fn receive(&mut self, mut take: impl FnMut(Datagram<'_>)) -> bool {
        let mut metas = [RecvMeta::default(); BATCH_SIZE];
        let mut chunks = self.buffer.chunks_exact_mut(RECEIVE_BYTES);
        let mut slices: [IoSliceMut<'_>; BATCH_SIZE] =
            std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()));
        let received = self.socket.try_io(Interest::READABLE, || {
            self.state
                .recv(UdpSockRef::from(&self.socket), &mut slices, &mut metas)
        });
        let count = match received {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
            Err(error) => {
                tracing::debug!(%error, "UDP receive failed");
                return false;
            }
        };
        for (meta, slice) in metas.iter().zip(&slices).take(count) {
            let Some(destination) = self.addresses.destination(meta.dst_ip, self.ipv6) else {
                continue;
            };
            let contents = slice.get(..meta.len).unwrap_or_default();
            for contents in contents.chunks(meta.stride.max(1)) {
                take(Datagram {
                    protocol: seameet_pipeline::Protocol::Udp,
                    source: meta.addr,
                    destination,
                    contents,
                });
            }
        }
        true
    }

    /// Sends a train, or keeps it for a moment when the kernel's buffer is full. Gives back its room if it left.
    pub(super) fn send(&mut self, mut train: Train, counters: &mut Counters) -> Option<Vec<u8>> {
        if self.queue.is_empty() && self.try_train(&train, counters) {
            return Some(train.contents);
        }
        // Its room was made for the longest of trains.
        train.contents.shrink_to_fit();
        if let Some(train) = self.queue.push(Instant::now(), train) {
            counters.drop_many(Drop::SocketFull, train.segments as u64);
            return Some(train.contents);
        }
        None
    }

    /// Sends what waits, as far as the kernel takes it.
    pub(super) fn flush(&mut self, now: Instant, counters: &mut Counters) {
        loop {
            let late = |train: &Train| {
                counters.drop_many(Drop::SocketFull, train.segments as u64);
            };
            let Some((since, train)) = self.queue.pop(now, late) else {
                return;
            };
            if !self.try_train(&train, counters) {
                self.queue.push_front(since, train);
                return;
            }
        }
    }

    /// Trains wait for the kernel.
    pub(super) fn is_congested(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Hands a train to the kernel. Returns false when the kernel's buffer is full.
    fn try_train(&mut self, train: &Train, counters: &mut Counters) -> bool {
        if train.segments > 1 && !self.unsegmented.contains(&train.destination) {
            match self.try_send(train, &train.contents, Some(train.segment_size)) {
                Ok(()) => count(counters, train.segments, train.contents.len()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                Err(error) => {
                    // Some drivers and routes refuse segmentation; single datagrams may still pass.
                    tracing::debug!(%error, "segmented send failed; going on with single datagrams");
                    self.remember_unsegmented(train.destination);
                    self.send_singly(train, counters);
                }
            }
            return true;
        }
        if train.segments > 1 {
            self.send_singly(train, counters);
            return true;
        }
        match self.try_send(train, &train.contents, None) {
            Ok(()) => count(counters, 1, train.contents.len()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
            Err(error) => {
                tracing::trace!(%error, "UDP send failed");
                counters.drop(Drop::SocketError);
            }
        }
        true
    }

    fn send_singly(&self, train: &Train, counters: &mut Counters) {
        for datagram in train.contents.chunks(train.segment_size.max(1)) {
            match self.try_send(train, datagram, None) {
                Ok(()) => count(counters, 1, datagram.len()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    counters.drop(Drop::SocketFull);
                }
                Err(_) => counters.drop(Drop::SocketError),
            }
        }
    }

    fn remember_unsegmented(&mut self, destination: SocketAddr) {
        if self.unsegmented.len() >= MAX_UNSEGMENTED {
            self.unsegmented.clear();
        }
        self.unsegmented.insert(destination);
    }

    fn try_send(
        &self,
        train: &Train,
        contents: &[u8],
        segment_size: Option<usize>,
    ) -> io::Result<()> {
        let transmit = quinn_udp::Transmit {
            destination: train.destination,
            ecn: None,
            contents,
            segment_size,
            src_ip: self.addresses.source(train.source.ip()),
        };
        self.socket.try_io(Interest::WRITABLE, || {
            self.state
                .try_send(UdpSockRef::from(&self.socket), &transmit)
        })
    }
}

fn count(counters: &mut Counters, datagrams: usize, bytes: usize) {
    counters.packets_out += datagrams as u64;
    counters.bytes_out += bytes as u64;
}
