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
//!
//! Nothing here knows a room's rules or a WebRTC library. `docs/protocol.md` describes the protocol for people.

pub mod session;
pub mod wire;
