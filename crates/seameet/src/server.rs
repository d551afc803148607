//! The server as the program that embeds it sees it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use seameet_core::{ParticipantId, RoomId};
use seameet_sfu::MediaPlane;
use tokio::time::timeout;

use crate::assembly::Assembled;
use crate::builder::SeaMeetServerBuilder;
use crate::error::RunError;
use crate::events::EventStream;
use crate::listener::{Listener, serve};
use crate::rooms::RoomMail;
use crate::shared::Shared;

/// What members are told when the server ends, and when they may try again, in seconds.
const FAREWELL: (&str, u32) = ("the server is shutting down", 2);

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
        let listener = Listener::new(socket, self.router, shared.limits.clone());
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
    media: Arc<MediaPlane>,
    grace: Duration,
}

impl ServerHandle {
    pub(crate) fn new(shared: Arc<Shared>, media: Arc<MediaPlane>, grace: Duration) -> Self {
        Self {
            shared,
            media,
            grace,
        }
    }

    /// The UDP ports of the media workers, in their order.
    pub fn udp_ports(&self) -> Vec<u16> {
        self.media.udp_ports()
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
    /// joined. Resolves when all of it is done, for whoever asked first and for everybody else who asks.
    pub async fn shutdown(&self) {
        self.shared.shutdown.begin();
        let (reason, retry_after) = FAREWELL;
        self.shared.directory.close(reason, Some(retry_after)).await;
        if timeout(self.grace, self.shared.tasks.ended())
            .await
            .is_err()
        {
            tracing::warn!(grace = ?self.grace, "some connections did not end in time");
        }
        self.media.shutdown().await;
    }

    async fn write_to(&self, room: &RoomId, letter: RoomMail) -> bool {
        match self.shared.directory.find(room) {
            Some(mailbox) => mailbox.send(letter).await.is_ok(),
            None => false,
        }
    }
}
