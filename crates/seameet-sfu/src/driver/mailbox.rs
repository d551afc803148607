//! What other threads may ask of a worker.

use seameet_core::media::{MediaCommand, MediaEvent};
use tokio::sync::mpsc;

use crate::shard::{Negotiation, RoomKey};

/// Commands a worker may be behind. Senders wait: control is reliable and slows down its source.
const CAPACITY: usize = 1_024;

/// What other threads may ask of a worker.
#[derive(Debug)]
pub(super) enum WorkerCommand {
    OpenRoom {
        room: RoomKey,
        events: mpsc::Sender<MediaEvent>,
    },
    CloseRoom(RoomKey),
    Command(RoomKey, MediaCommand),
    Negotiate(Box<Negotiation>),
    Shutdown,
}

/// The worker has ended; media is impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the media worker has ended")]
pub struct WorkerGone;

/// The sending side of a worker's mailbox.
#[derive(Debug, Clone)]
pub(super) struct Mailbox(mpsc::Sender<WorkerCommand>);

impl Mailbox {
    pub(super) async fn send(&self, command: WorkerCommand) -> Result<(), WorkerGone> {
        self.0.send(command).await.map_err(|_| WorkerGone)
    }

    /// For places that cannot wait. Returns the command when the mailbox is full.
    pub(super) fn try_send(&self, command: WorkerCommand) -> Result<(), Option<WorkerCommand>> {
        self.0.try_send(command).map_err(|error| match error {
            mpsc::error::TrySendError::Full(command) => Some(command),
            mpsc::error::TrySendError::Closed(_) => None,
        })
    }
}

pub(super) fn channel() -> (Mailbox, mpsc::Receiver<WorkerCommand>) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    (Mailbox(sender), receiver)
}
