//! What connections and the operator send to rooms.

use std::net::IpAddr;

use seameet_core::room::{JoinRequest, RoomCommand};
use seameet_core::{ConnectionId, ParticipantId};
use tokio::sync::mpsc;

use super::line::LineSender;

/// Letters that wait for a room. When it is full the sender waits, and so its client's socket is not read: a room
/// that cannot keep up slows its own members down.
const MAILBOX: usize = 256;

/// Where a room is reached.
pub(crate) type Mailbox = mpsc::Sender<RoomMail>;

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

pub(super) fn mailbox() -> (Mailbox, mpsc::Receiver<RoomMail>) {
    mpsc::channel(MAILBOX)
}
