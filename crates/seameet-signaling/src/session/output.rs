//! What a session asks of its driver.

use std::collections::BTreeMap;
use std::time::Instant;

use seameet_core::room::RoomCommand;
use seameet_core::{DisplayName, Grant, ResumeToken, RoomId};

use super::CloseReason;
use crate::wire::{ClientInfo, Secret};

/// Everything a session can ask of its driver.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionOutput {
    /// Ask the authentication hook, then feed [`SessionInput::Verdict`](super::SessionInput::Verdict).
    Authorize(Box<JoinFacts>),
    /// Enter the room. From here until the end the driver owes the room a word when the connection is gone.
    Enter(Box<Entry>),
    /// Ask the room.
    Command {
        /// The client's request id.
        request: Option<String>,
        /// What it asks.
        command: RoomCommand,
    },
    /// Send this text.
    Send(String),
    /// Send a WebSocket ping.
    Ping,
    /// Send what is waiting, then close the transport. Nothing follows.
    Close(CloseReason),
    /// Nothing more to do until then; feed [`SessionInput::Timeout`](super::SessionInput::Timeout).
    Timeout(Option<Instant>),
}

/// Who wants in where, as the client says. Within limits, otherwise unproven.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinFacts {
    /// The room.
    pub room: RoomId,
    /// What the participant wants to be called.
    pub display_name: Option<DisplayName>,
    /// Free facts about it.
    pub attributes: BTreeMap<String, String>,
    /// The proof for the authentication hook.
    pub token: Option<Secret>,
    /// The secret of an earlier connection and the last sequence number seen there.
    pub resume: Option<(ResumeToken, u32)>,
    /// Which software the client is.
    pub client: Option<ClientInfo>,
}

/// A join that passed authentication.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Who wants in where. The token is gone: it served its purpose.
    pub facts: JoinFacts,
    /// What the participant may do.
    pub grant: Grant,
}
