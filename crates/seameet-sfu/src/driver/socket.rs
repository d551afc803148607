//! One UDP port in both families, with batched receive and segmented send.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use quinn_udp::{BATCH_SIZE, RecvMeta, UdpSockRef, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::Interest;
use tokio::net::UdpSocket;

use crate::driver::BindError;
use crate::driver::addresses::{self, Addresses};
use crate::driver::train::Train;
use crate::shard::{Counters, Datagram, Drop};

/// What the kernel may queue for us; at 100 Mbit/s this is a third of a second. Best effort.
const SOCKET_BUFFER_BYTES: usize = 4 << 20;
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
        })
    }

    pub(super) async fn readable(&self) {
        // An error shows up again in the receive, which logs it.
        let _ = self.socket.readable().await;
    }

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
                    source: meta.addr,
                    destination,
                    contents,
                });
            }
        }
        true
    }

    /// Sends a train. When the kernel's buffer is full the train is dropped: late media is worthless, and what
    /// matters is retransmitted.
    pub(super) fn send(&self, train: &Train, counters: &mut Counters) {
        let transmit = quinn_udp::Transmit {
            destination: train.destination,
            ecn: None,
            contents: &train.contents,
            segment_size: (train.segments > 1).then_some(train.segment_size),
            src_ip: self.addresses.source(train.source.ip()),
        };
        let sent = self.socket.try_io(Interest::WRITABLE, || {
            self.state
                .try_send(UdpSockRef::from(&self.socket), &transmit)
        });
        match sent {
            Ok(()) => {
                counters.packets_out += train.segments as u64;
                counters.bytes_out += train.contents.len() as u64;
            }
            Err(error) => {
                let full = error.kind() == io::ErrorKind::WouldBlock;
                let cause = if full {
                    Drop::SocketFull
                } else {
                    Drop::SocketError
                };
                (0..train.segments).for_each(|_| counters.drop(cause));
                tracing::trace!(%error, "UDP send failed");
            }
        }
    }
}
