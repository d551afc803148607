//! What carries a test client's datagrams.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use seameet_pipeline::{PeerConfig, PeerConnection, Protocol, Transmit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

/// One way to the server, and no other.
pub(crate) enum Wire {
    Udp(UdpSocket),
    /// A connection to the server's listener and what was read of a frame that is not whole.
    Tcp(TcpStream, Vec<u8>),
}

impl Wire {
    pub(crate) async fn udp() -> Self {
        Self::Udp(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap())
    }

    pub(crate) async fn tcp(server: SocketAddr) -> Self {
        Self::Tcp(TcpStream::connect(server).await.unwrap(), Vec::new())
    }

    fn address(&self) -> SocketAddr {
        match self {
            Self::Udp(socket) => socket.local_addr().unwrap(),
            Self::Tcp(stream, _) => stream.local_addr().unwrap(),
        }
    }

    /// Tells the endpoint of this way alone.
    pub(crate) fn configure(&self, config: &mut PeerConfig) {
        match self {
            Self::Udp(_) => config.local_addresses = vec![self.address()],
            Self::Tcp(..) => config.tcp_addresses = vec![self.address()],
        }
    }

    pub(crate) async fn send(&mut self, transmit: Transmit) {
        match self {
            Self::Udp(socket) => {
                assert_eq!(transmit.protocol, Protocol::Udp);
                let sent = socket.send_to(&transmit.contents, transmit.destination);
                sent.await.unwrap();
            }
            Self::Tcp(stream, _) => {
                assert_eq!(transmit.protocol, Protocol::Tcp);
                let length = u16::try_from(transmit.contents.len()).unwrap();
                let frame = [&length.to_be_bytes(), transmit.contents.as_slice()].concat();
                stream.write_all(&frame).await.unwrap();
            }
        }
    }

    /// Hands what comes next to the endpoint. Cancel safe.
    pub(crate) async fn receive(&mut self, connection: &mut PeerConnection) {
        let here = self.address();
        let mut bytes = [0; 4_096];
        match self {
            Self::Udp(socket) => {
                let (length, source) = socket.recv_from(&mut bytes).await.unwrap();
                let (now, datagram) = (Instant::now(), &bytes[..length]);
                connection
                    .handle_datagram(now, Protocol::Udp, source, here, datagram)
                    .unwrap();
            }
            Self::Tcp(stream, begun) => {
                let server = stream.peer_addr().unwrap();
                let length = stream.read(&mut bytes).await.unwrap();
                assert!(length > 0, "the server hung up");
                begun.extend(&bytes[..length]);
                while let Some((header, rest)) = begun.split_first_chunk() {
                    let length = usize::from(u16::from_be_bytes(*header));
                    let Some(datagram) = rest.get(..length) else {
                        break;
                    };
                    let now = Instant::now();
                    connection
                        .handle_datagram(now, Protocol::Tcp, server, here, datagram)
                        .unwrap();
                    begun.drain(..2 + length);
                }
            }
        }
    }
}
