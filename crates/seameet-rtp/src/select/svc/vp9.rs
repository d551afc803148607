//! Spatial and temporal layers of VP9 (RFC 9628, section 4.2).
//!
//! All spatial layers up to the highest one go out, even those that are needed at keyframes only, so that a
//! layer can be left with any picture. A higher spatial layer is joined at a keyframe: where a picture has
//! ended already for the receiver, with the marker bit, nothing of it can follow.
//!
//! Temporal layers are joined in the two ways that the bit U is used: on a picture that goes out anyway it
//! says that what follows, in all higher layers, refers to nothing before it (as the RFC has it); on the first
//! picture of the next layer it says that this one refers to lower layers only (as libwebrtc sends it).

use super::frames::Pictures;
use super::{Layer, LayerPacket, Verdict};
use crate::inspect::Vp9Layer;

/// The layers that go out.
#[derive(Debug, Clone, Default)]
pub(in crate::select) struct Vp9Filter {
    spatial: u8,
    temporal: u8,
    pictures: Pictures<Picture>,
    /// How many pictures there were, and the number of the last one with each spatial layer.
    picture_count: u64,
    last_with: [Option<u64>; 8],
}

/// What was decided on a picture.
#[derive(Debug, Clone, Copy)]
struct Picture {
    is_kept: bool,
    /// The highest spatial layer of it that goes out.
    spatial: u8,
}

impl Vp9Filter {
    pub(super) fn select(&mut self, packet: &LayerPacket<'_>, limit: Layer) -> Option<Verdict> {
        let info = packet.info.vp9?;
        let layer = info.layer.unwrap_or_default();
        let is_keyframe = !info.is_inter_picture && layer.spatial_id == 0;
        let picture = self
            .pictures
            .get(packet.timestamp)
            .unwrap_or_else(|| self.decide(packet.timestamp, layer, is_keyframe, limit));
        if let Some(last) = self.last_with.get_mut(usize::from(layer.spatial_id)) {
            *last = Some(self.picture_count);
        }
        if !picture.is_kept || layer.spatial_id > picture.spatial {
            return Some(Verdict::Drop);
        }
        let is_last = info.ends_layer_frame && layer.spatial_id == picture.spatial;
        Some(Verdict::Forward {
            marker: packet.marker || is_last,
        })
    }

    pub(super) fn layer(&self) -> Layer {
        Layer {
            spatial: self.spatial,
            temporal: self.temporal,
        }
    }

    /// Whether the stream has higher spatial layers within `limit` than those that go out.
    pub(super) fn needs_keyframe(&self, limit: Layer) -> bool {
        let present = (0..).zip(&self.last_with).filter(|(_, last)| {
            last.is_some_and(|last| self.picture_count.saturating_sub(last) < PRESENCE)
        });
        let highest = present.map(|(spatial, _)| spatial).max().unwrap_or(0_u8);
        self.spatial < highest.min(limit.spatial)
    }

    fn decide(
        &mut self,
        timestamp: u32,
        layer: Vp9Layer,
        is_keyframe: bool,
        limit: Layer,
    ) -> Picture {
        if self.pictures.is_newest(timestamp) {
            self.picture_count = self.picture_count.saturating_add(1);
            self.move_within(limit, layer, is_keyframe);
        }
        let picture = Picture {
            is_kept: layer.temporal_id <= self.temporal,
            spatial: self.spatial,
        };
        self.pictures.insert(timestamp, picture);
        picture
    }

    fn move_within(&mut self, limit: Layer, layer: Vp9Layer, is_keyframe: bool) {
        if is_keyframe {
            self.spatial = limit.spatial;
            self.temporal = limit.temporal;
            return;
        }
        self.spatial = self.spatial.min(limit.spatial);
        self.temporal = self.temporal.min(limit.temporal);
        if !layer.is_switching_up_point {
            return;
        }
        if layer.temporal_id <= self.temporal {
            self.temporal = limit.temporal;
        } else if layer.temporal_id == self.temporal.saturating_add(1) {
            self.temporal = layer.temporal_id.min(limit.temporal);
        }
    }
}

/// A spatial layer counts as sent while one of so many pictures had it.
const PRESENCE: u64 = 60;
