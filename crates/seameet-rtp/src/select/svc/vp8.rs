//! Temporal layers of VP8 (RFC 7741, section 4.2).
//!
//! A layer can be left with any frame, since no lower layer refers to it. The next higher one can be joined
//! at a frame of it that refers to the lowest layer alone (bit Y), one layer at a time: a frame of the layer
//! after next may have this bit too, but what follows it may refer to frames in between that did not go out.

use super::frames::Pictures;
use super::{Layer, LayerPacket, Verdict};
use crate::inspect::PacketInfo;

/// The temporal layers that go out.
#[derive(Debug, Clone, Default)]
pub(in crate::select) struct Vp8Filter {
    temporal: u8,
    /// Whether each recent picture goes out.
    pictures: Pictures<bool>,
}

impl Vp8Filter {
    pub(super) fn select(&mut self, packet: &LayerPacket<'_>, limit: Layer) -> Option<Verdict> {
        let info = packet.info.vp8?;
        let is_kept = self.pictures.get(packet.timestamp).unwrap_or_else(|| {
            let temporal_id = info.temporal_id.unwrap_or_default();
            if self.pictures.is_newest(packet.timestamp) {
                self.move_within(limit, temporal_id, packet.info);
            }
            let is_kept = temporal_id <= self.temporal;
            self.pictures.insert(packet.timestamp, is_kept);
            is_kept
        });
        let forward = Verdict::Forward {
            marker: packet.marker,
        };
        Some(if is_kept { forward } else { Verdict::Drop })
    }

    fn move_within(&mut self, limit: Layer, temporal_id: u8, info: &PacketInfo) {
        let is_sync = info.vp8.is_some_and(|vp8| vp8.is_layer_sync);
        let is_next = temporal_id == self.temporal.saturating_add(1);
        self.temporal = if info.keyframe_start {
            limit.temporal
        } else if is_sync && is_next && temporal_id <= limit.temporal {
            temporal_id
        } else {
            self.temporal.min(limit.temporal)
        };
    }

    pub(super) fn layer(&self) -> Layer {
        Layer {
            spatial: 0,
            temporal: self.temporal,
        }
    }
}
