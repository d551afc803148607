//! The media plane: who receives which packet, and the threads that carry it.
//!
//! A [`shard::Shard`] is a machine that owns rooms, tracks and peers. Datagrams, commands and time go in; datagrams
//! and events come out. It knows no socket and no clock, so whole calls run in virtual time. The [`driver`] gives
//! each shard a thread and a UDP port. Nothing here can decode what it forwards.
//!
//! ```text
//!   datagram ─▶ Demux ─▶ Peer ─▶ UpTrack ─┬▶ Slot ─▶ Peer ─▶ datagram
//!                                         └▶ Slot ─▶ Peer ─▶ datagram
//! ```
//!
//! # Invariants
//!
//! - A room lives on one shard; forwarding inside it is a function call.
//! - A datagram from an unknown address reaches at most the one peer it names, and its address is learned only
//!   after that peer authenticated it.
//! - Payload is shared, never copied per subscriber, and never read but by `seameet_rtp::inspect`.
//! - A failing peer ends itself; nobody else notices.

pub mod allocator;
pub mod config;
pub mod driver;
pub mod shard;

pub use config::{MediaConfig, ShardConfig};
pub use seameet_pipeline::ENGINE_LOG_TARGET;

pub use driver::{
    BindError, MediaPlane, MediaStats, RoomMedia, TcpRefusal, WorkerGone, speaks_media,
};
