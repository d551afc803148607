//! One connection's conversation, without the connection.
//!
//! ```text
//!               join                 Verdict(Ok)              Welcome
//!  AwaitingJoin ────▶ Authorizing ─────────────▶ Entering ─────────────▶ Joined
//!       │                  │ Verdict(Err)            │ Refused             │ left, removed, replaced,
//!       │ deadline,        │ leave                   │                     │ room closed
//!       │ other message    ▼                         ▼                     ▼
//!       └──────────────▶ Closed ◀──────────────────────────────────────────┘
//!                          ▲ from every state: silence, repeated offences, disconnect
//! ```
//!
//! The driver runs the authentication hook, carries commands to the room and notices back, and writes what is to
//! be sent. The session decides what of the client's text is a message, whether it may be said now, and how
//! large it may be. It trusts nothing that the client says about itself.

mod check;
mod close;
mod config;
mod epoch;
mod input;
mod liveness;
mod machine;
mod offences;
mod output;
mod pace;
mod render;
mod turn;

pub use close::CloseReason;
pub use config::{OffencePolicy, OfferPolicy, SessionConfig, SessionLimits, SessionTiming};
pub use input::SessionInput;
pub use machine::Session;
pub use output::{Entry, JoinFacts, SessionOutput};
pub use turn::TurnServer;

#[cfg(test)]
mod tests;
