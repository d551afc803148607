//! A virtual world for tests of seameet: nothing here waits, sleeps or draws true randomness.
//!
//! # Map
//!
//! - [`clock`]: time that moves only when a test moves it
//! - [`rng`]: random decisions that a seed repeats
//! - [`link`]: a network path with delay, loss, reordering and a bottleneck

pub mod clock;
pub mod link;
pub mod rng;

pub use clock::Clock;
pub use link::{BurstLoss, Link, LinkConfig, LinkStats, Loss, Reorder};
pub use rng::Rng;
