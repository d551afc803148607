//! RTP mechanisms of seameet: payload inspection, layer selection, rewriting, speaker detection, measurement.
//!
//! Everything here is a plain value or a small machine: packets and the current time come in, decisions come
//! out. The crate knows no socket, no clock and no WebRTC library, and it never decodes media. A packet's
//! payload is opaque; only [`inspect`](mod@inspect) and [`picture_size`] read the prefix that the payload
//! formats document, and [`red`] the headers that it adds itself.
//!
//! ```text
//!   publisher packet ──inspect──▶ PacketInfo ──▶ LayerSelector ─┬─Forward─▶ Munger::rewrite ─▶ subscriber
//!                  └─DescriptorContext──▶ DependencyDescriptor  ├─Drop────▶ Munger::skip
//!                                                               └─Wait
//!   Vp8Munger and DescriptorMunger do for those fields what Munger does for sequence numbers
//! ```
//!
//! # Map
//!
//! - [`seq`]: extending sequence numbers and timestamps that wrap
//! - [`packet`]: a packet as it travels from publisher to subscribers
//! - [`inspect`](mod@inspect): what the clear prefix of a payload tells
//! - [`munge`]: one continuous output stream from changing sources
//! - [`munge_vp8`]: the same for the VP8 payload descriptor
//! - [`keyframe`]: merging and repeating keyframe requests
//! - [`dependency_descriptor`]: frames, layers and decode targets of any codec, told in a header extension
//! - [`select`]: which encoding and which layers a subscriber gets
//! - [`picture_size`]: how large a picture is
//! - [`rate`]: what encodings and layers cost
//! - [`red`]: redundant audio
//! - [`ntp`]: wall-clock time of senders
//! - [`clock`]: one time line for several encodings
//! - [`speaker`]: who is speaking
//! - [`loudest`]: which of many talkers are heard
#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

mod bits;
pub mod clock;
pub mod dependency_descriptor;
pub mod inspect;
pub mod keyframe;
pub mod loudest;
pub mod munge;
pub mod munge_vp8;
pub mod ntp;
pub mod packet;
pub mod picture_size;
pub mod rate;
pub mod red;
mod runs;
pub mod select;
pub mod seq;
pub mod speaker;

pub use clock::PublicationClock;
pub use dependency_descriptor::{DependencyDescriptor, DescriptorContext, DescriptorMunger};
pub use inspect::{PacketInfo, Vp8Info, Vp9Info, Vp9Layer, inspect};
pub use keyframe::KeyframeThrottle;
pub use loudest::LoudestSelector;
pub use munge::{Munger, Rewritten, SegmentId, SourceKey, Start};
pub use munge_vp8::{Vp8Munger, Vp8Rewrite};
pub use ntp::{NtpTime, SenderReport};
pub use packet::{AudioLevel, Orientation, Packet, Payload};
pub use picture_size::PictureSize;
pub use rate::{EncodingMeter, RateMeter};
pub use select::{
    Decision, EncodingId, EncodingMeasure, EncodingOrder, Layer, LayerPacket, LayerSelector,
    Meanwhile, Target,
};
pub use seq::{SequenceUnwrapper, TimestampUnwrapper};
pub use speaker::{Speaker, SpeakerDetector, Speakers};
