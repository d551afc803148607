//! The way every connection takes, with or without an `on_connection` hook.

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
}

impl DefaultHandler {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Serves the client until it leaves or is gone.
    pub async fn handle(self, mut transport: impl Transport) {
        drive(&mut transport, &self.shared).await;
    }
}

/// Serves a connection with the hook, if there is one.
pub(crate) async fn serve(connection: Connection, shared: Arc<Shared>) {
    let hook = shared.on_connection.clone();
    let handler = DefaultHandler::new(shared);
    match hook {
        Some(hook) => {
            if hook.run((connection, handler)).await.is_err() {
                tracing::error!("on_connection panicked; its connection is closed");
            }
        }
        None => handler.handle(connection).await,
    }
}
