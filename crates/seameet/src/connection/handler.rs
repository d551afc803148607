//! The way every connection takes, with or without an `on_connection` hook.

use std::net::IpAddr;
use std::sync::Arc;

use super::driver::drive;
use super::incoming::Connection;
use crate::shared::Shared;
use seameet_signaling::transport::Transport;

/// Lets one connection take part in rooms. It is the only way to a room, and on that way authentication, rate check
/// and limits apply.
#[derive(Debug)]
pub struct DefaultHandler {
    shared: Arc<Shared>,
    /// Not asked of the transport, which a hook may have replaced.
    address: Option<IpAddr>,
}

impl DefaultHandler {
    pub(crate) fn new(shared: Arc<Shared>, address: Option<IpAddr>) -> Self {
        Self { shared, address }
    }

    /// Serves the client until it leaves or is gone.
    pub async fn handle(self, mut transport: impl Transport) {
        drive(&mut transport, &self.shared, self.address).await;
    }
}

/// Serves a connection with the hook, if there is one.
pub(crate) async fn serve(connection: Connection, shared: Arc<Shared>) {
    let hook = shared.on_connection.clone();
    let handler = DefaultHandler::new(shared, connection.peer_address.map(|address| address.ip()));
    match hook {
        Some(hook) => {
            if hook.run((connection, handler)).await.is_err() {
                tracing::error!("on_connection panicked; its connection is closed");
            }
        }
        None => handler.handle(connection).await,
    }
}
