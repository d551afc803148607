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

    /// The worker has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

pub(super) fn channel() -> (Mailbox, mpsc::Receiver<WorkerCommand>) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    (Mailbox(sender), receiver)
}
