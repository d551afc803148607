//! A publisher's packet with all that was found out about it, once for all subscribers.

use std::time::Instant;

use seameet_pipeline::ReceivedPacket;
use seameet_rtp::{DependencyDescriptor, EncodingId, LayerPacket, PacketInfo, SourceKey};

/// A publisher's packet with all that was found out about it. Cloning shares the media bytes.
#[derive(Debug, Clone)]
pub(super) struct UpPacket {
    pub(super) received: ReceivedPacket,
    /// The stream that it belongs to: another one for each epoch of an encoding.
    pub(super) stream: SourceKey,
    pub(super) info: PacketInfo,
    pub(super) descriptor: Option<DependencyDescriptor>,
    /// A stretch may begin with it. Not so with a keyframe that comes so late that what follows it was passed by.
    pub(super) may_begin: bool,
}

impl UpPacket {
    pub(super) fn encoding(&self) -> EncodingId {
        EncodingId(self.received.encoding)
    }

    pub(super) fn sequence(&self) -> u64 {
        self.received.packet.sequence
    }

    pub(super) fn timestamp(&self) -> u32 {
        self.received.packet.timestamp
    }

    pub(super) fn arrival(&self) -> Instant {
        self.received.arrival
    }

    /// What a selector wants to know.
    pub(super) fn layers(&self) -> LayerPacket<'_> {
        LayerPacket {
            encoding: self.encoding(),
            timestamp: self.timestamp(),
            marker: self.received.packet.marker,
            info: &self.info,
            descriptor: self.descriptor.as_ref(),
        }
    }

    /// A decoder may start at this packet.
    pub(super) fn is_keyframe_start(&self) -> bool {
        self.layers().is_keyframe_start()
    }
}
