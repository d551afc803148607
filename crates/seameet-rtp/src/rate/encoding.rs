//! What each choice of layers within an encoding costs.

use std::time::{Duration, Instant};

use super::RateMeter;
use crate::dependency_descriptor::{DependencyDescriptor, Indication};
use crate::picture_size::PictureSize;
use crate::select::{Layer, LayerPacket};
use crate::seq::is_later;

/// Measures an encoding and the choices of layers in it: decode targets where the packets have dependency
/// descriptors, else every layer that was seen together with all below it.
#[derive(Debug, Clone, Default)]
pub struct EncodingMeter {
    total: RateMeter,
    /// In the order of their layers. Bounded: layers beyond the bound are counted in the total alone.
    choices: Vec<Choice>,
    sizes: Vec<PictureSize>,
    last_packet: Option<Instant>,
    last_timestamp: Option<u32>,
}

/// A layer with all that it needs.
#[derive(Debug, Clone)]
struct Choice {
    layer: Layer,
    meter: RateMeter,
    /// When the layer itself was last sent.
    last_sent: Instant,
    last_timestamp: Option<u32>,
}

impl EncodingMeter {
    /// One that has measured nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A packet came, with a payload of so many bytes.
    pub fn record(&mut self, now: Instant, packet: &LayerPacket<'_>, bytes: usize) {
        let begins_frame = begins(&mut self.last_timestamp, packet.timestamp);
        self.total.record(now, bytes, begins_frame);
        self.last_packet = Some(now);
        if let Some(descriptor) = packet.descriptor {
            self.record_described(now, packet.timestamp, descriptor, bytes);
        } else if let Some(layer) = layer_of(packet) {
            self.record_layer(now, packet.timestamp, layer, bytes);
        }
    }

    /// The sizes of the spatial layers, from the lowest, as a keyframe told. An empty list changes nothing.
    pub fn set_sizes(&mut self, sizes: &[PictureSize]) {
        if !sizes.is_empty() {
            self.sizes = sizes.to_vec();
        }
    }

    /// The picture size of a spatial layer, or of the highest one below it.
    pub fn size(&self, spatial: u8) -> Option<PictureSize> {
        let layer = self.sizes.get(usize::from(spatial)).or(self.sizes.last());
        layer.copied()
    }

    /// The sizes of the spatial layers that are known, from the lowest.
    pub fn sizes(&self) -> &[PictureSize] {
        &self.sizes
    }

    /// The encoding begins another stream, whose timestamps have nothing to do with those before. What was
    /// measured stays.
    pub fn restart(&mut self) {
        self.last_timestamp = None;
        for choice in &mut self.choices {
            choice.last_timestamp = None;
        }
    }

    /// Bits per second over the last second.
    pub fn bitrate(&self, now: Instant) -> u64 {
        self.total.bitrate(now)
    }

    /// Frames per second over the last second, for the best choice within `limit`.
    pub fn frame_rate(&self, now: Instant, limit: Layer) -> u64 {
        self.meter(limit).frame_rate(now)
    }

    /// What the best choice within `limit` may be expected to take, in bits per second.
    pub fn cost(&self, limit: Layer) -> u64 {
        self.meter(limit).cost()
    }

    /// As [`cost`](Self::cost), but a burst that nothing followed is spread over the silence behind it.
    pub fn expected(&self, now: Instant, limit: Layer) -> u64 {
        self.meter(limit).expected(now)
    }

    /// Whether what was measured of the best choice within `limit` says little yet.
    pub fn is_young(&self, now: Instant, limit: Layer) -> bool {
        self.meter(limit).is_young(now)
    }

    /// How long nothing has come; `None` if nothing ever did. A still screen and a paused encoding look alike.
    pub fn idle(&self, now: Instant) -> Option<Duration> {
        self.last_packet
            .map(|last| now.saturating_duration_since(last))
    }

    /// The choices that are being sent, from the lowest. Silence of the whole encoding ends none of them.
    pub fn layers(&self) -> impl Iterator<Item = Layer> {
        let is_sent = |choice: &&Choice| {
            let last_packet = self.last_packet.unwrap_or(choice.last_sent);
            last_packet.saturating_duration_since(choice.last_sent) < PRESENCE
        };
        self.choices
            .iter()
            .filter(is_sent)
            .map(|choice| choice.layer)
    }

    /// How many choices were ever sent.
    pub fn choices(&self) -> usize {
        self.choices.len()
    }

    fn meter(&self, limit: Layer) -> &RateMeter {
        let within = |choice: &&Choice| choice.layer.is_within(limit);
        let best = self
            .choices
            .iter()
            .rev()
            .find(within)
            .or(self.choices.first());
        best.map_or(&self.total, |choice| &choice.meter)
    }

    fn record_described(
        &mut self,
        now: Instant,
        timestamp: u32,
        descriptor: &DependencyDescriptor,
        bytes: usize,
    ) {
        if descriptor.attaches_structure() {
            let sizes = descriptor.structure().resolutions();
            self.set_sizes(sizes);
        }
        for (target, decode_target) in (0..).zip(descriptor.structure().decode_targets()) {
            if !descriptor.is_active(target) {
                continue;
            }
            let layer = Layer {
                spatial: decode_target.spatial_id,
                temporal: decode_target.temporal_id,
            };
            if let Some(choice) = self.choice(now, layer) {
                choice.last_sent = now;
                if descriptor.indication(target) != Indication::NotPresent {
                    choice.record(now, timestamp, bytes);
                }
            }
        }
    }

    fn record_layer(&mut self, now: Instant, timestamp: u32, layer: Layer, bytes: usize) {
        if let Some(choice) = self.choice(now, layer) {
            choice.last_sent = now;
        }
        let with_it = self
            .choices
            .iter_mut()
            .filter(|choice| layer.is_within(choice.layer));
        for choice in with_it {
            choice.record(now, timestamp, bytes);
        }
    }

    /// The choice of a layer, made if need be with what is known of the best one below it.
    fn choice(&mut self, now: Instant, layer: Layer) -> Option<&mut Choice> {
        let place = match self
            .choices
            .binary_search_by_key(&layer, |choice| choice.layer)
        {
            Ok(place) => place,
            Err(_) if self.choices.len() >= MAX_CHOICES => return None,
            Err(place) => {
                let mut below = self.choices.iter().rev();
                let below = below.find(|choice| choice.layer.is_within(layer));
                let choice = Choice {
                    layer,
                    meter: below.map(|choice| choice.meter.clone()).unwrap_or_default(),
                    last_sent: now,
                    last_timestamp: below.and_then(|choice| choice.last_timestamp),
                };
                self.choices.insert(place, choice);
                place
            }
        };
        self.choices.get_mut(place)
    }
}

impl Choice {
    fn record(&mut self, now: Instant, timestamp: u32, bytes: usize) {
        let begins_frame = begins(&mut self.last_timestamp, timestamp);
        self.meter.record(now, bytes, begins_frame);
    }
}

/// Whether a timestamp is a new picture's. Late packets begin none.
fn begins(last: &mut Option<u32>, timestamp: u32) -> bool {
    let is_new = last.is_none_or(|last| is_later(timestamp, last));
    if is_new {
        *last = Some(timestamp);
    }
    is_new
}

/// The layer that the payload's prefix tells; `None` if it tells none.
fn layer_of(packet: &LayerPacket<'_>) -> Option<Layer> {
    if let Some(vp9) = packet.info.vp9 {
        let layer = vp9.layer?;
        return Some(Layer {
            spatial: layer.spatial_id,
            temporal: layer.temporal_id,
        });
    }
    let temporal = packet.info.vp8?.temporal_id?;
    Some(Layer {
        spatial: 0,
        temporal,
    })
}

/// More choices than any encoder makes.
const MAX_CHOICES: usize = 32;
/// A layer is no longer sent if others have been for so long.
const PRESENCE: Duration = Duration::from_secs(3);
