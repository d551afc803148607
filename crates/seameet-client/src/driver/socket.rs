//! A UDP port that takes what the kernel has gathered in one call.

use std::cell::RefCell;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};

use quinn_udp::{RecvMeta, UdpSockRef, UdpSocketState};
use seameet_pipeline::Transmit;
use tokio::io::Interest;
use tokio::net::UdpSocket;

/// What the kernel may queue for a participant: at 10 Mbit/s almost a second. Best effort.
const SOCKET_BUFFER_BYTES: usize = 1 << 20;
/// Room for one gathered receive.
const RECEIVE_BYTES: usize = 1 << 16;
/// Gathered receives in one call.
const BATCH: usize = 8;

thread_local! {
    /// Shared by all participants of a thread: each empties it before the next one runs.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; RECEIVE_BYTES * BATCH]);
}

#[derive(Debug)]
pub(super) struct MediaSocket {
    socket: UdpSocket,
    state: UdpSocketState,
}

impl MediaSocket {
    pub(super) fn bind(local: IpAddr) -> io::Result<Self> {
        let socket = std::net::UdpSocket::bind(SocketAddr::new(local, 0))?;
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        socket.set_nonblocking(true)?;
        // A smaller buffer than asked for only costs packets in bursts.
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), SOCKET_BUFFER_BYTES);
        let socket = UdpSocket::from_std(socket)?;
        Ok(Self { socket, state })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Waits until something may be there; false if it never will.
    pub(super) async fn readable(&self) -> bool {
        self.socket.readable().await.is_ok()
    }

    /// Takes what is there, up to one call's worth.
    pub(super) fn receive(&self, mut take: impl FnMut(SocketAddr, &[u8])) {
        BUFFER.with_borrow_mut(|buffer| {
            let mut metas = [RecvMeta::default(); BATCH];
            let mut chunks = buffer.chunks_exact_mut(RECEIVE_BYTES);
            let mut slices: [IoSliceMut<'_>; BATCH] =
                std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()));
            let received = self.socket.try_io(Interest::READABLE, || {
                self.state
                    .recv(UdpSockRef::from(&self.socket), &mut slices, &mut metas)
            });
            let gathered = metas.iter().zip(&slices).take(received.unwrap_or(0));
            for (meta, slice) in gathered {
                let contents = slice.get(..meta.len).unwrap_or_default();
                for datagram in contents.chunks(meta.stride.max(1)) {
                    take(meta.addr, datagram);
                }
            }
        });
    }

    /// A datagram that cannot be sent is lost, as any other may be.
    pub(super) fn send(&self, transmit: &Transmit) {
        let _ = self
            .socket
            .try_send_to(&transmit.contents, transmit.destination);
    }
}
