//! A connection's place in a room.

use seameet_core::ConnectionId;
use tokio::sync::mpsc::error::TrySendError;

use crate::rooms::{LineReceiver, Mailbox, RoomMail};

/// A connection's place in a room. Dropping it, in whatever way the connection ends, tells the room.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) connection: ConnectionId,
    pub(super) mailbox: Mailbox,
    pub(super) line: LineReceiver,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let connection = self.connection;
        let Err(TrySendError::Full(letter)) =
            self.mailbox.try_send(RoomMail::Disconnected { connection })
        else {
            return;
        };
        // The room is behind. Waiting is for a task; without a runtime the process is ending anyway.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let mailbox = self.mailbox.clone();
            runtime.spawn(async move {
                let _ = mailbox.send(letter).await;
            });
        }
    }
}
