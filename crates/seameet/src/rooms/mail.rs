//! What connections and the operator send to rooms.

use std::net::IpAddr;
use std::sync::Arc;

use seameet_core::room::{JoinRequest, RoomCommand, RoomOverview};
use seameet_core::{ConnectionId, ParticipantId};
use tokio::sync::mpsc::error::{SendError, TrySendError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::inquiry::Explained;
use super::line::LineSender;

/// Letters that wait for a room. When it is full the sender waits, and so its client's socket is not read: a room
/// that cannot keep up slows its own members down.
const MAILBOX: usize = 256;
/// Bytes of commands that wait for a room, about; the sender waits beyond it as well. Without it a mailbox full of
/// session descriptions would hold sixty megabytes.
const MAILBOX_BYTES: u32 = 2 * 1024 * 1024;

/// Where a room is reached.
#[derive(Debug, Clone)]
pub(crate) struct Mailbox {
    letters: mpsc::Sender<Letter>,
    space: Arc<Semaphore>,
}

/// Mail with the space that it takes.
#[derive(Debug)]
pub(crate) struct Letter {
    mail: RoomMail,
    _space: Option<OwnedSemaphorePermit>,
}

impl Letter {
    /// Takes the mail out and gives the space back.
    pub(crate) fn open(self) -> RoomMail {
        self.mail
    }
}

impl Mailbox {
    /// Waits for space.
    ///
    /// # Errors
    ///
    /// The mail comes back when the room has ended.
    pub(crate) async fn send(&self, mail: RoomMail) -> Result<(), SendError<RoomMail>> {
        let space = match mail.weight() {
            0 => None,
            bytes => {
                let space = Arc::clone(&self.space).acquire_many_owned(bytes).await;
                let Ok(space) = space else {
                    return Err(SendError(mail));
                };
                Some(space)
            }
        };
        let letter = Letter {
            mail,
            _space: space,
        };
        let sent = self.letters.send(letter).await;
        sent.map_err(|SendError(letter)| SendError(letter.open()))
    }

    /// Sends mail that takes no space, if there is a place for it now.
    pub(crate) fn try_send(&self, mail: RoomMail) -> Result<(), TrySendError<RoomMail>> {
        let letter = Letter { mail, _space: None };
        self.letters.try_send(letter).map_err(|error| match error {
            TrySendError::Full(letter) => TrySendError::Full(letter.open()),
            TrySendError::Closed(letter) => TrySendError::Closed(letter.open()),
        })
    }

    /// Whether the room has ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.letters.is_closed()
    }
}

/// What a room can be told by connections and by the operator.
#[derive(Debug)]
pub(crate) enum RoomMail {
    /// A connection wants in.
    Join(Join),
    /// A member asks for something.
    Command {
        /// The member's connection.
        connection: ConnectionId,
        /// The client's own request id.
        request: Option<String>,
        /// What it asks.
        command: RoomCommand,
    },
    /// A connection is gone.
    Disconnected {
        /// Which.
        connection: ConnectionId,
    },
    /// The operator removes a participant.
    Remove {
        /// Whom.
        participant: ParticipantId,
    },
    /// The operator asks why a participant sees what it sees.
    Explain {
        /// Whose view is to be explained.
        participant: ParticipantId,
        /// The way back.
        reply: oneshot::Sender<Explained>,
    },
    /// The operator asks who is in.
    Describe {
        /// The way back.
        reply: oneshot::Sender<RoomOverview>,
    },
    /// The operator closes the room.
    Close {
        /// Shown to the members.
        reason: String,
        /// When to try again, in seconds.
        retry_after: Option<u32>,
    },
}

/// A join with the way back.
#[derive(Debug)]
pub(crate) struct Join {
    pub(crate) request: Box<JoinRequest>,
    pub(crate) line: LineSender,
    /// Whom a room that opens for this join counts for; `None` when the address is not known.
    pub(crate) subscriber: Option<IpAddr>,
}

impl RoomMail {
    /// Bytes of what a client may make large, never more than the mailbox holds.
    fn weight(&self) -> u32 {
        let bytes = match self {
            Self::Command { command, .. } => match command {
                RoomCommand::Offer(offer) => offer.sdp.len(),
                RoomCommand::Chat { text, .. } => text.len(),
                RoomCommand::Data { topic, body, .. } => topic.len() + body.len(),
                _ => 0,
            },
            _ => 0,
        };
        u32::try_from(bytes).unwrap_or(u32::MAX).min(MAILBOX_BYTES)
    }
}

pub(super) fn mailbox() -> (Mailbox, mpsc::Receiver<Letter>) {
    let (letters, receiver) = mpsc::channel(MAILBOX);
    // A room that ended drops its letters, which gives their space back, so who waits for it hears that it ended.
    let space = Arc::new(Semaphore::new(MAILBOX_BYTES as usize));
    (Mailbox { letters, space }, receiver)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use seameet_core::room::OfferRequest;

    use super::*;

    fn offer() -> RoomMail {
        RoomMail::Command {
            connection: ConnectionId::new(1),
            request: None,
            command: RoomCommand::Offer(OfferRequest {
                sdp: "a".repeat(256 * 1024),
                tracks: Vec::new(),
            }),
        }
    }

    #[tokio::test]
    async fn offers_wait_for_space_and_smaller_mail_passes() {
        let (mailbox, mut letters) = mailbox();
        let sent_at_once = || mailbox.send(offer()).now_or_never().is_some();
        assert_eq!((0..100).take_while(|_| sent_at_once()).count(), 8);
        let connection = ConnectionId::new(1);
        let small = RoomMail::Disconnected { connection };
        mailbox.try_send(small).unwrap();

        let first = letters.recv().await.unwrap();
        assert!(!sent_at_once());
        drop(first.open());
        assert!(sent_at_once());
    }

    #[tokio::test]
    async fn who_waits_for_space_hears_that_the_room_ended() {
        let (mailbox, letters) = mailbox();
        while mailbox.send(offer()).now_or_never().is_some() {}
        let waiting = tokio::spawn({
            let mailbox = mailbox.clone();
            async move { mailbox.send(offer()).await.is_err() }
        });
        tokio::task::yield_now().await;
        drop(letters);
        assert!(waiting.await.unwrap());
    }
}
