//! A virtual world for tests of seameet: nothing here waits, sleeps or draws true randomness.
//!
//! # Map
//!
//! - [`clock`]: time that moves only when a test moves it
//! - [`report`]: the page that shows what quality comes to
//! - [`rng`]: random decisions that a seed repeats
//! - [`link`]: a network path with delay, loss, reordering and a bottleneck
//! - [`media`]: synthetic sound and pictures that tell who sent them
//! - [`client`]: a scripted participant with a real WebRTC endpoint
//! - [`oracle`]: what must be true of everything that was received
//! - [`decoder`]: what can be shown of what was received, and when
//! - [`scenarios`]: the scenes that quality is judged by
//! - [`stage`]: scenes in which quality is measured
//! - [`timeline`]: what somebody saw
//! - [`video`]: a synthetic encoder with simulcast and layers
//! - [`world`]: a media shard, its clients and the paths between them, in virtual time

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a world that cannot be built is a failed test"
)]

pub mod client;
pub mod clock;
pub mod decoder;
pub mod link;
pub mod media;
pub mod oracle;
pub mod report;
pub mod rng;
pub mod scenarios;
pub mod stage;
pub mod timeline;
pub mod video;
pub mod world;

pub use client::{Client, ClientPlan, Seen};
pub use clock::Clock;
pub use decoder::{Decoder, Fault};
pub use link::{BurstLoss, Link, LinkConfig, LinkStats, Loss, Reorder};
pub use media::{Picture, Publisher, Voice};
pub use rng::Rng;
pub use stage::{Sight, Stage};
pub use timeline::{Shown, Span, Timeline};
pub use video::{Encoder, VideoPlan};
pub use world::{ClientId, Told, World};
