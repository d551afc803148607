//! A synthetic video encoder: simulcast or layers, keyframes that weigh as keyframes do, and packets whose clear
//! prefix is what each codec's payload format prescribes.
//!
//! ```text
//!   VideoPlan ─▶ Encoder ─┬─ Stream (one per simulcast encoding, or one with all layers) ─▶ frames ─▶ packets
//!                         │        ▲ keyframe wanted, started, stopped
//!      demand, limits, keyframe requests
//! ```
//!
//! Behind its prefix each packet carries a [`Stamp`]: the truth about the frame that it is a part of. A decoder model
//! reads it and can tell what a real decoder would only show as a broken picture.

mod av1;
mod encoder;
mod h264;
mod plan;
mod rate;
mod stamp;
mod stream;
mod vp8;
mod vp9;

pub use encoder::{EncodedPacket, Encoder};
pub use plan::{Content, EncodingPlan, Scheme, VideoPlan};
pub use stamp::Stamp;
pub(crate) use vp8::read_tl0;

#[cfg(test)]
mod tests;
