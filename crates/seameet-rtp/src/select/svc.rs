//! Choosing layers within one encoding, by whatever its packets tell.
//!
//! | told by | temporal layers | spatial layers |
//! |---|---|---|
//! | dependency descriptor | yes | yes |
//! | VP9 payload descriptor | yes | yes |
//! | VP8 payload descriptor | yes | – |
//! | H.264, AV1 without a descriptor | – | – |
//!
//! Decisions are made once for a frame, with its first packet, and hold for late packets of it.

mod decode_target;
mod frames;
mod vp8;
mod vp9;

use decode_target::DecodeTargetFilter;
use vp8::Vp8Filter;
use vp9::Vp9Filter;

use super::{Layer, LayerPacket, Meanwhile};

/// Whether a packet belongs to the layers that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It does. The marker tells that nothing more of its picture does.
    Forward { marker: bool },
    /// It does not, or cannot be decoded from what went out.
    Drop,
}

/// The layers of one encoding.
#[derive(Debug, Clone)]
pub(super) enum StreamFilter {
    /// Nothing tells layers apart.
    Whole,
    /// VP8's payload descriptor does.
    Vp8(Vp8Filter),
    /// VP9's payload descriptor does.
    Vp9(Vp9Filter),
    /// The dependency descriptor does.
    DecodeTargets(Box<DecodeTargetFilter>),
}

impl StreamFilter {
    /// Begins with the first packet of a keyframe.
    pub(super) fn begin(packet: &LayerPacket<'_>) -> Self {
        if let Some(descriptor) = packet.descriptor {
            Self::DecodeTargets(Box::new(DecodeTargetFilter::begin(descriptor)))
        } else if packet.info.vp9.is_some() {
            Self::Vp9(Vp9Filter::default())
        } else if packet.info.vp8.is_some() {
            Self::Vp8(Vp8Filter::default())
        } else {
            Self::Whole
        }
    }

    /// Decides on a packet. A packet that lacks what the others have is not withheld.
    pub(super) fn select(
        &mut self,
        packet: &LayerPacket<'_>,
        limit: Layer,
        meanwhile: Meanwhile,
    ) -> Verdict {
        let verdict = match self {
            Self::Whole => None,
            Self::Vp8(filter) => filter.select(packet, limit),
            Self::Vp9(filter) => filter.select(packet, limit),
            Self::DecodeTargets(filter) => filter.select(packet, limit, meanwhile),
        };
        verdict.unwrap_or(Verdict::Forward {
            marker: packet.marker,
        })
    }

    /// The layers that go out.
    pub(super) fn layer(&self) -> Layer {
        match self {
            Self::Whole => Layer::TOP,
            Self::Vp8(filter) => filter.layer(),
            Self::Vp9(filter) => filter.layer(),
            Self::DecodeTargets(filter) => filter.layer(),
        }
    }

    /// Whether layers within `limit` can only be had with a keyframe.
    pub(super) fn needs_keyframe(&self, limit: Layer) -> bool {
        match self {
            Self::Whole | Self::Vp8(_) => false,
            Self::Vp9(filter) => filter.needs_keyframe(limit),
            Self::DecodeTargets(filter) => filter.needs_keyframe(),
        }
    }

    /// A mask of the decode targets that can be decoded from what goes out.
    pub(super) fn decode_targets(&self) -> u32 {
        match self {
            Self::DecodeTargets(filter) => filter.decodable_targets(),
            Self::Whole | Self::Vp8(_) | Self::Vp9(_) => u32::MAX,
        }
    }
}
