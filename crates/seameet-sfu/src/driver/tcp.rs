//! Media over TCP: for clients whose network lets no UDP through.
//!
//! ```text
//!   accepted ─▶ first frame is a check that names a worker ─▶ that worker's shard authenticates it ─▶ a connection of its peer
//!       └────────── anything else, or nothing in time ─────────────────┴─▶ closed
//! ```
//!
//! Datagrams travel in frames of RFC 4571: a length of two bytes and the datagram. A client connects to the address that
//! it was told as a passive candidate (RFC 6544) and says who it is with its first connectivity check.

mod connection;
mod connections;
mod door;
mod first;
mod frame;
mod frame_queue;
mod refusal;

#[cfg(test)]
mod tests;

pub(super) use connections::{Connections, News};
pub(super) use door::{Door, Newcomer, queue};
pub use first::speaks_media;
pub use refusal::TcpRefusal;
