//! What can happen to a session.

use seameet_core::room::Notice;
use seameet_core::{Denial, Grant, RequestError};

/// Everything that can happen to a session.
#[derive(Debug, Clone)]
pub enum SessionInput {
    /// A text message arrived.
    Text(String),
    /// A text message arrived that the rate check does not let pass. Its content is not obeyed, only its request
    /// id is repeated in the error.
    RateLimited(String),
    /// A binary message arrived; the protocol has none.
    Binary,
    /// A message was larger than the transport reads; nothing can be read after it.
    TooLarge,
    /// A sign of life without content, such as a WebSocket pong.
    Alive,
    /// The answer to [`SessionOutput::Authorize`](super::SessionOutput::Authorize).
    Verdict(Result<Grant, Denial>),
    /// The room or the server refused the entry.
    Refused(RequestError),
    /// The room tells something.
    Notice(Box<Notice>),
    /// The transport is gone.
    Disconnected,
    /// Only time passed.
    Timeout,
}
