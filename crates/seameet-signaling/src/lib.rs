//! The conversation of seameet: what a client and the server say to each other.
//!
//! ```text
//!   text ──▶ wire::decode ──▶ Session ──RoomCommand──▶ room
//!   text ◀── wire types  ◀──        ◀────Notice──────
//! ```
//!
//! # Map
//!
//! - [`wire`]: the versioned messages, their JSON and their TypeScript
//! - [`session`]: one connection's conversation, as a machine
//! - [`outbox`]: what waits for a slow client
//! - [`transport`]: what carries the text
//!
//! Nothing here knows a room's rules or a WebRTC library. `docs/protocol.md` describes the protocol for people.

pub mod outbox;
pub mod session;
pub mod transport;
pub mod wire;
