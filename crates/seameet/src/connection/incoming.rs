//! A client's connection as an `on_connection` hook sees it.

use std::net::SocketAddr;

use axum::http::HeaderMap;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use seameet_signaling::transport::{Disconnected, Received, Transport, WebSocket};

/// A client's open WebSocket. Its origin was checked and it has its place under the connection limits; the participant
/// behind it is unknown until the default handler has let it join.
#[derive(Debug)]
pub struct Connection {
    pub(crate) socket: WebSocket<TokioIo<Upgraded>>,
    pub(crate) peer_address: Option<SocketAddr>,
    pub(crate) headers: HeaderMap,
}

impl Connection {
    /// Where the client connects from, when the application that embeds the server tells it. Behind a reverse proxy
    /// it is the proxy's address.
    pub fn peer_address(&self) -> Option<SocketAddr> {
        self.peer_address
    }

    /// The headers of the request that opened the WebSocket.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

impl Transport for Connection {
    async fn receive(&mut self) -> Received {
        self.socket.receive().await
    }

    async fn send(&mut self, text: String) -> Result<(), Disconnected> {
        self.socket.send(text).await
    }

    async fn ping(&mut self) -> Result<(), Disconnected> {
        self.socket.ping().await
    }

    async fn close(&mut self, code: u16, reason: &str) {
        self.socket.close(code, reason).await;
    }
}
