//! The connection driver: one task per WebSocket drives the session machine.
//!
//! ```text
//!   socket ─Received─▶ Session ─Authorize─▶ on_authenticate ─Verdict─▶ Session ─Enter─▶ room
//!          ◀──Send───          ◀───────────────── News ───────────────────────────────── room
//! ```

mod admission;
mod budget;
mod driver;
mod handler;
mod incoming;
mod message_type;
mod seat;

pub use handler::DefaultHandler;
pub use incoming::Connection;

pub(crate) use handler::serve;
