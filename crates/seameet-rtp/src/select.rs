//! Which packets of a track a subscriber gets: encodings of simulcast, and layers within an encoding.
//!
//! ```text
//!                     ┌─ other encoding ─▶ Wait, until the target's keyframe starts
//!   LayerPacket ──────┤
//!                     └─ current one ────▶ StreamFilter ─┬─▶ Forward
//!                                          (layers)      └─▶ Drop
//! ```
//!
//! An allocator says which encoding and layers are wanted ([`LayerSelector::set_target`]); the selector gets
//! there without ever forwarding a frame whose references it left out. Encodings are changed at a keyframe of
//! the new one, after the current frame has ended. Layers are dropped with the next frame and added where the
//! stream says that it is possible. Which encoding is the better one is told by [`EncodingOrder`].

mod order;
mod simulcast;
mod svc;

pub use order::{EncodingMeasure, EncodingOrder};
pub use simulcast::LayerSelector;

use crate::dependency_descriptor::DependencyDescriptor;
use crate::inspect::PacketInfo;

/// Which of a track's encodings. The number is the publisher's and says nothing about quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EncodingId(pub u8);

/// Layers within an encoding: those up to and including these are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layer {
    /// Spatial layer, 0 being the smallest picture.
    pub spatial: u8,
    /// Temporal layer, 0 being the lowest frame rate.
    pub temporal: u8,
}

impl Layer {
    /// The least that can be decoded.
    pub const BASE: Self = Self {
        spatial: 0,
        temporal: 0,
    };
    /// All that there is.
    pub const TOP: Self = Self {
        spatial: u8::MAX,
        temporal: u8::MAX,
    };

    /// Whether it lies within `limit` in both dimensions.
    pub fn is_within(self, limit: Self) -> bool {
        self.spatial <= limit.spatial && self.temporal <= limit.temporal
    }
}

/// What a subscriber is to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// The encoding.
    pub encoding: EncodingId,
    /// Its layers.
    pub layer: Layer,
}

/// What happens to a picture that is more than wanted, until what is wanted can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meanwhile {
    /// It goes on unchanged: the way up.
    Keep,
    /// It goes on with as few layers as possible: the way down.
    Reduce,
    /// It ends with the current frame: the way down when the subscriber's line is full.
    Stop,
}

/// What there is to know about a packet in order to choose.
#[derive(Debug, Clone, Copy)]
pub struct LayerPacket<'a> {
    /// Which encoding it belongs to.
    pub encoding: EncodingId,
    /// RTP timestamp, which all packets of a picture share.
    pub timestamp: u32,
    /// RTP marker bit: the picture's last packet.
    pub marker: bool,
    /// What its payload's prefix tells.
    pub info: &'a PacketInfo,
    /// Its dependency descriptor, if it has one. What that tells comes before what the payload tells, which
    /// may be encrypted.
    pub descriptor: Option<&'a DependencyDescriptor>,
}

impl LayerPacket<'_> {
    /// A decoder may start at this packet.
    pub fn is_keyframe_start(&self) -> bool {
        match self.descriptor {
            Some(descriptor) => descriptor.is_keyframe_start(),
            None => self.info.keyframe_start,
        }
    }
}

/// What to do with a packet for one subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It goes out.
    Forward {
        /// The marker bit to send: set also where what is left of a picture ends earlier than the picture.
        marker: bool,
        /// What goes out from here on does not continue what went out before: call
        /// [`Munger::pause`](crate::Munger::pause) first.
        begins: bool,
    },
    /// It is left out on purpose: [`Munger::skip`](crate::Munger::skip) closes the gap.
    Drop,
    /// It is of no stream that goes out now. It may still belong into a gap of one that did, which
    /// [`Munger::late`](crate::Munger::late) tells.
    Wait,
}

#[cfg(test)]
mod tests;
