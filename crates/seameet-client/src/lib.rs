//! A participant in a seameet room, for programs.
//!
//! ```text
//!   WebSocket text ─▶┌─────────────┐─▶ text to send
//!   datagrams ──────▶│ Participant │─▶ datagrams to send
//!   time ───────────▶└─────────────┘─▶ Event: joined, connected, packets, slots, demand
//! ```
//!
//! [`Participant`] is a machine: it takes what came and the time, and says what to send and what happened. It knows no
//! socket. `driver::connect` (feature `driver`) runs one on a WebSocket and a UDP port.
//!
//! # Map
//!
//! - [`plan`]: what a participant publishes and wants to receive
//! - [`participant`]: the machine
//! - [`machine`]: what a driver runs
//! - [`media`]: packets, formats and tracks
//! - [`endpoint`]: the WebRTC endpoint under it
//! - [`error`]: what goes wrong
//! - `driver`: sockets

#[cfg(feature = "driver")]
pub mod driver;
pub mod endpoint;
pub mod error;
pub mod machine;
pub mod media;
pub mod participant;
pub mod plan;

pub use error::{EndReason, JoinError};
pub use machine::Machine;
pub use participant::{Event, Output, Participant, Scene};
pub use plan::{ParticipantPlan, Publication, Token};
pub use seameet_core::ErrorCode;
