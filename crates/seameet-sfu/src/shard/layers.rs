//! The choices of quality that a track offers.

use std::time::Instant;

use seameet_core::media::{SlotLayer, TrackSource};
use seameet_rtp::{EncodingId, Layer, PictureSize, Target};

use crate::shard::encoding::UpEncoding;
use crate::shard::track::UpTrack;

/// Of a camera's temporal layers, as many are offered where a smaller picture is to be had as well: a quarter of the
/// frame rate at full size is worth less than a smaller picture that moves.
const CAMERA_TEMPORAL_STEPS: usize = 2;

/// A choice of quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LayerOption {
    /// What to aim for.
    pub(super) target: Target,
    /// Pixels, where the stream tells.
    pub(super) height: Option<u32>,
    pub(super) width: Option<u32>,
    /// Frames per second, as measured over the last second.
    pub(super) fps: u32,
    /// What it may be expected to take, in bits per second.
    pub(super) bitrate: u64,
    /// Packets came lately, or the publisher is able to send it at once.
    pub(super) is_live: bool,
}

impl UpTrack {
    /// The choices from the worst to the best: by size, then by frame rate. Walking down from the best, a screen
    /// loses all the frame rate that it can before it becomes smaller, a camera not more than half of it.
    pub(super) fn options(&self, now: Instant) -> Vec<LayerOption> {
        let mut options = Vec::new();
        for encoding in self.ranked() {
            for (spatial, is_top) in spatial_layers(encoding) {
                let is_smallest = options.is_empty();
                let temporal = temporal_layers(encoding, spatial);
                let skipped = match self.source {
                    TrackSource::Camera if !is_smallest => {
                        temporal.len().saturating_sub(CAMERA_TEMPORAL_STEPS)
                    }
                    _ => 0,
                };
                for (temporal, is_highest) in temporal.into_iter().skip(skipped) {
                    let layer = Layer {
                        spatial: if is_top { u8::MAX } else { spatial },
                        temporal: if is_highest { u8::MAX } else { temporal },
                    };
                    options.push(self.option(now, encoding, layer));
                }
            }
        }
        options
    }

    /// Whether an encoding's packets come, or would at once if they were wanted.
    pub(super) fn is_live(&self, encoding: EncodingId, now: Instant) -> bool {
        self.encoding(encoding)
            .zip(self.last_packet())
            .is_some_and(|(encoding, newest)| encoding.is_live(now, newest))
    }

    /// A layer in the words of the protocol, with limits above what there is taken back to that.
    pub(super) fn describe(&self, encoding: EncodingId, layer: Layer) -> Option<SlotLayer> {
        let rank = self.order.rank(encoding)?;
        let known = self.encoding(encoding)?;
        let within = |choice: &Layer| choice.is_within(layer);
        let layer = known.meter.layers().filter(within).last();
        let layer = layer.unwrap_or(Layer::BASE);
        Some(SlotLayer {
            encoding: u8::try_from(rank).unwrap_or(u8::MAX),
            spatial: layer.spatial,
            temporal: layer.temporal,
            size: known
                .meter
                .size(layer.spatial)
                .map(|size| (size.width, size.height)),
        })
    }

    fn ranked(&self) -> impl Iterator<Item = &UpEncoding> {
        let ids = self.order.encodings().iter();
        ids.filter_map(|id| self.encoding(*id))
    }

    fn option(&self, now: Instant, encoding: &UpEncoding, layer: Layer) -> LayerOption {
        let size = encoding.meter.size(layer.spatial);
        let fps = encoding.meter.frame_rate(now, layer);
        let measured = encoding.meter.expected(now, layer);
        let typical = size.map_or(0, |size| typical(self.source, size));
        LayerOption {
            target: Target {
                encoding: encoding.id,
                layer,
            },
            height: size.map(|size| size.height),
            width: size.map(|size| size.width),
            fps: u32::try_from(fps).unwrap_or(u32::MAX),
            bitrate: if encoding.meter.is_young(now, layer) {
                measured.max(typical)
            } else {
                measured
            },
            is_live: self.is_live(encoding.id, now),
        }
    }
}

/// What a picture of a size usually takes, in bits per second. The first packets tell nothing: who chose by them would
/// choose the largest picture, whose first frame alone may be more than a line takes in a second.
fn typical(source: TrackSource, size: PictureSize) -> u64 {
    let pixels = u64::from(size.width).saturating_mul(u64::from(size.height));
    // Frames per second at 0.07 bits for each of their pixels.
    let frames = match source {
        TrackSource::Screen => 5,
        _ => 30,
    };
    pixels.saturating_mul(frames).saturating_mul(7) / 100
}

/// The spatial layers of an encoding; a flag tells the highest. Those that a keyframe announced count before their
/// first packet.
fn spatial_layers(encoding: &UpEncoding) -> Vec<(u8, bool)> {
    let mut layers: Vec<u8> = encoding.meter.layers().map(|layer| layer.spatial).collect();
    let announced = u8::try_from(encoding.meter.sizes().len()).unwrap_or(u8::MAX);
    layers.extend(0..announced);
    layers.sort_unstable();
    layers.dedup();
    if layers.is_empty() {
        layers.push(0);
    }
    let top = layers.last().copied();
    layers
        .into_iter()
        .map(|layer| (layer, Some(layer) == top))
        .collect()
}

/// The temporal layers that go with a spatial layer; a flag tells the highest.
fn temporal_layers(encoding: &UpEncoding, spatial: u8) -> Vec<(u8, bool)> {
    let of = |layer: &Layer| layer.spatial == spatial;
    let mut layers: Vec<u8> = encoding
        .meter
        .layers()
        .filter(of)
        .map(|layer| layer.temporal)
        .collect();
    layers.sort_unstable();
    layers.dedup();
    if layers.is_empty() {
        layers.push(0);
    }
    let top = layers.last().copied();
    layers
        .into_iter()
        .map(|layer| (layer, Some(layer) == top))
        .collect()
}
