//! A virtual world for tests of seameet: nothing here waits, sleeps or draws true randomness.
//!
//! # Map
//!
//! - [`clock`]: time that moves only when a test moves it
//! - [`rng`]: random decisions that a seed repeats
//! - [`link`]: a network path with delay, loss, reordering and a bottleneck
//! - [`media`]: synthetic sound and pictures that tell who sent them
//! - [`client`]: a scripted participant with a real WebRTC endpoint
//! - [`oracle`]: what must be true of everything that was received
//! - [`world`]: a media shard, its clients and the paths between them, in virtual time

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a world that cannot be built is a failed test"
)]

pub mod client;
pub mod clock;
pub mod link;
pub mod media;
pub mod oracle;
pub mod rng;
pub mod world;

pub use client::{Client, ClientPlan, Seen};
pub use clock::Clock;
pub use link::{BurstLoss, Link, LinkConfig, LinkStats, Loss, Reorder};
pub use media::{Picture, Publisher};
pub use rng::Rng;
pub use world::{ClientId, Told, World};
