//! The server as the program that embeds it sees it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use seameet_core::{ParticipantId, RoomId};
use seameet_sfu::TcpRefusal;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::assembly::Assembled;
use crate::builder::SeaMeetServerBuilder;
use crate::error::RunError;
use crate::events::EventStream;
use crate::listener::{Listener, serve};
use crate::rooms::RoomMail;
use crate::shared::Shared;

/// What members are told when the server ends, and when they may try again, in seconds.
const FAREWELL: (&str, u32) = ("the server is shutting down", 2);

/// This part of the grace, its end, belongs to the media threads.
const MEDIA_SHARE: u32 = 5;

/// A server whose sockets are bound. [`run`](Self::run) serves clients.
#[derive(Debug)]
pub struct SeaMeetServer {
    socket: std::net::TcpListener,
    local_address: SocketAddr,
    router: Router,
    handle: ServerHandle,
}

impl SeaMeetServer {
    /// Starts setting a server up.
    pub fn builder() -> SeaMeetServerBuilder {
        SeaMeetServerBuilder::default()
    }

    pub(crate) fn new(
        socket: std::net::TcpListener,
        local_address: SocketAddr,
        assembled: Assembled,
    ) -> Self {
        Self {
            socket,
            local_address,
            router: assembled.router,
            handle: assembled.handle,
        }
    }

    /// Where clients connect; tells the port when `ws_addr` left it open.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_address
    }

    /// The UDP ports of the media workers, in their order.
    pub fn udp_ports(&self) -> Vec<u16> {
        self.handle.udp_ports()
    }

    /// The TCP port that clients are told for media; `None` when they are told none.
    pub fn tcp_port(&self) -> Option<u16> {
        self.handle.tcp_port()
    }

    /// Everything that happens from now on.
    pub fn events(&self) -> EventStream {
        self.handle.events()
    }

    /// Looks at the running server and ends it.
    pub fn handle(&self) -> ServerHandle {
        self.handle.clone()
    }

    /// Serves clients until [`ServerHandle::shutdown`] is called.
    ///
    /// # Errors
    ///
    /// [`RunError`] when the sockets cannot be driven.
    pub async fn run(self) -> Result<(), RunError> {
        self.run_until(std::future::pending()).await
    }

    /// Serves clients until `shutdown` resolves or [`ServerHandle::shutdown`] is called, and then ends cleanly: no new
    /// connection, a farewell to every member, a grace for it to arrive, the media threads joined.
    ///
    /// # Errors
    ///
    /// [`RunError`] when the sockets cannot be driven.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) -> Result<(), RunError> {
        let socket = tokio::net::TcpListener::from_std(self.socket).map_err(RunError::Listener)?;
        let shared = Arc::clone(&self.handle.shared);
        let mut listener = Listener::new(socket, self.router, shared.limits.clone());
        listener.media = Some(shared.media_door.clone());
        let accepting = serve(listener, shared.shutdown.ending(), shared.tasks.clone());
        tokio::select! {
            () = accepting => {}
            () = shutdown => {}
        }
        self.handle.shutdown().await;
        Ok(())
    }
}

/// Looks at a running server and ends it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ServerHandle {
    pub(crate) shared: Arc<Shared>,
    grace: Duration,
}

impl ServerHandle {
    pub(crate) fn new(shared: Arc<Shared>, grace: Duration) -> Self {
        Self { shared, grace }
    }

    /// The UDP ports of the media workers, in their order.
    pub fn udp_ports(&self) -> Vec<u16> {
        self.shared.media.udp_ports()
    }

    /// The TCP port that clients are told for media; `None` when they are told none.
    pub fn tcp_port(&self) -> Option<u16> {
        let told = self.shared.media.tcp_candidates();
        told.first().map(SocketAddr::port)
    }

    /// Takes over a connection that carries media, for applications that listen by themselves: one whose first byte
    /// [speaks media](crate::speaks_media), of which nothing has been read. It resolves within seconds, when a participant
    /// authenticated itself on the connection; from then on the media threads have it. Clients connect when
    /// [`tcp_port`](SeaMeetServerBuilder::tcp_port) is set.
    ///
    /// # Errors
    ///
    /// When the connection is nobody's, the server ends, or too many begin or are open at once. It is closed then.
    pub async fn adopt_media(&self, stream: TcpStream) -> Result<(), TcpRefusal> {
        let address = stream.peer_addr().map_err(|_| TcpRefusal::Broken)?.ip();
        let permit = self.shared.limits.acquire(address);
        let permit = permit.map_err(|_| TcpRefusal::Busy)?;
        let mut ending = self.shared.shutdown.ending();
        tokio::select! {
            taken = self.shared.media_door.take(stream, address, permit) => taken,
            () = ending.wait() => Err(TcpRefusal::Broken),
        }
    }

    /// Everything that happens from now on.
    pub fn events(&self) -> EventStream {
        self.shared.events.subscribe()
    }

    /// The names of the open rooms, in no order.
    pub fn rooms(&self) -> Vec<RoomId> {
        self.shared.directory.names()
    }

    /// Closes a room and tells its members why. False when there is no such room.
    pub async fn close_room(&self, room: &RoomId, reason: impl Into<String>) -> bool {
        let letter = RoomMail::Close {
            reason: reason.into(),
            retry_after: None,
        };
        self.write_to(room, letter).await
    }

    /// Removes a participant from a room; its resume token dies with it. False when there is no such room.
    pub async fn remove_participant(&self, room: &RoomId, participant: ParticipantId) -> bool {
        self.write_to(room, RoomMail::Remove { participant }).await
    }

    /// Ends the server: no new connection, a farewell to every member, a grace for it to arrive, the media threads
    /// joined. It takes no longer than the grace, whatever hangs. Resolves when all of it is done, for whoever asked first and for everybody else who asks.
    pub async fn shutdown(&self) {
        let end = Instant::now() + self.grace;
        self.shared.shutdown.begin();
        if timeout_at(end - self.grace / MEDIA_SHARE, self.part())
            .await
            .is_err()
        {
            tracing::warn!(grace = ?self.grace, "some rooms or connections did not end in time");
        }
        if timeout_at(end, self.shared.media.shutdown()).await.is_err() {
            tracing::warn!(grace = ?self.grace, "the media threads did not end in time");
        }
    }

    /// Says goodbye and awaits the end of every room and connection.
    async fn part(&self) {
        let (reason, retry_after) = FAREWELL;
        self.shared.directory.close(reason, Some(retry_after)).await;
        self.shared.tasks.ended().await;
    }

    async fn write_to(&self, room: &RoomId, letter: RoomMail) -> bool {
        match self.shared.directory.find(room) {
            Some(mailbox) => mailbox.send(letter).await.is_ok(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test]
    async fn a_room_that_hangs_does_not_keep_the_server_from_its_end() {
        let server = SeaMeetServer::builder()
            .ws_addr((Ipv4Addr::LOCALHOST, 0).into())
            .udp_port(0)
            .public_ip(Ipv4Addr::LOCALHOST.into())
            .allow_unauthenticated_joins()
            .allow_unlimited_rates()
            .shutdown_grace(Duration::from_millis(500))
            .build()
            .unwrap();
        let room = "stuck".parse().unwrap();
        let _letters = server.handle.shared.directory.insert_stuck(room);
        let patience = Instant::now() + Duration::from_secs(30);
        let ended = timeout_at(patience, server.handle().shutdown()).await;
        assert!(ended.is_ok(), "the grace was not kept");
    }
}
