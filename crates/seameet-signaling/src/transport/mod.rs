//! What carries the conversation: text messages in order, with a bound on their size.
//!
//! The session machine knows no transport; a driver reads from one into the machine and writes what the machine
//! asks. Feature `transport` brings an in-memory pair for tests, feature `tungstenite` the
//! WebSocket.

#[cfg(feature = "transport")]
mod memory;
#[cfg(feature = "tungstenite")]
mod websocket;

use std::fmt;

#[cfg(feature = "transport")]
pub use memory::{MemoryTransport, memory_pair};
#[cfg(feature = "tungstenite")]
pub use websocket::{ConnectError, WebSocket, websocket_config};

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A text message.
    Text(String),
    /// A binary message; the protocol has none, so its content is not kept.
    Binary,
    /// A message that is longer than the transport reads. Nothing can be read after it.
    TooLarge,
    /// A sign of life without content, such as a WebSocket pong.
    Alive,
    /// The other side is gone.
    Closed {
        /// With which close code, when it said so.
        code: Option<u16>,
    },
}

/// The other side is gone or takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the other side of the transport is gone")]
pub struct Disconnected;

/// Carries the messages of one conversation.
pub trait Transport: Send + fmt::Debug {
    /// Awaits what comes next. Cancel safe: a future that is dropped loses nothing.
    fn receive(&mut self) -> impl Future<Output = Received> + Send;

    /// Sends one text message.
    fn send(&mut self, text: String) -> impl Future<Output = Result<(), Disconnected>> + Send;

    /// Asks for a sign of life.
    fn ping(&mut self) -> impl Future<Output = Result<(), Disconnected>> + Send;

    /// Says why and ends.
    fn close(&mut self, code: u16, reason: &str) -> impl Future<Output = ()> + Send;
}

#[cfg(test)]
#[cfg(feature = "tungstenite")]
mod tests;
