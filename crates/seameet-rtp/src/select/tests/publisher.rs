//! Publishers whose packets a selector is fed with.

use crate::dependency_descriptor::DependencyDescriptor;
use crate::inspect::{Vp8Info, Vp9Info, Vp9Layer};

use super::*;

/// A packet as a publisher sent it.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) encoding: EncodingId,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) info: PacketInfo,
    pub(super) descriptor: Option<DependencyDescriptor>,
}

impl Sent {
    pub(super) fn packet(&self) -> LayerPacket<'_> {
        LayerPacket {
            encoding: self.encoding,
            timestamp: self.timestamp,
            marker: self.marker,
            info: &self.info,
            descriptor: self.descriptor.as_ref(),
        }
    }

    fn new(encoding: EncodingId, timestamp: u32) -> Self {
        Self {
            encoding,
            timestamp,
            marker: true,
            info: PacketInfo::default(),
            descriptor: None,
        }
    }

    /// The first of the frame's packets, all of which look like this one's frame.
    pub(super) fn first(mut self) -> Self {
        self.marker = false;
        if let Some(vp9) = &mut self.info.vp9 {
            vp9.ends_layer_frame = false;
        }
        if let Some(descriptor) = &mut self.descriptor {
            descriptor.ends_frame = false;
        }
        self
    }

    /// The last of the frame's packets.
    pub(super) fn last(mut self) -> Self {
        self.info.keyframe_start = false;
        self.info.frame_start = Some(false);
        if let Some(vp9) = &mut self.info.vp9 {
            vp9.starts_layer_frame = false;
        }
        if let Some(descriptor) = &mut self.descriptor {
            descriptor.starts_frame = false;
        }
        self
    }

    /// Both halves of a frame.
    pub(super) fn halves(self) -> [Self; 2] {
        [self.clone().first(), self.last()]
    }
}

/// A frame without layers, in one packet.
pub(super) fn plain(encoding: EncodingId, timestamp: u32, is_keyframe: bool) -> Sent {
    let mut sent = Sent::new(encoding, timestamp);
    sent.info.keyframe_start = is_keyframe;
    sent
}

/// A VP8 frame in one packet.
pub(super) fn vp8(encoding: EncodingId, timestamp: u32, temporal_id: u8, is_sync: bool) -> Sent {
    let mut sent = Sent::new(encoding, timestamp);
    sent.info.vp8 = Some(Vp8Info {
        temporal_id: Some(temporal_id),
        is_layer_sync: is_sync,
        ..Vp8Info::default()
    });
    sent
}

/// A VP8 keyframe in one packet.
pub(super) fn vp8_key(encoding: EncodingId, timestamp: u32) -> Sent {
    let mut sent = vp8(encoding, timestamp, 0, false);
    sent.info.keyframe_start = true;
    sent
}

/// One spatial layer's frame of a VP9 picture, in one packet. The highest of `layer_count` has the marker.
pub(super) fn vp9(timestamp: u32, layer: Vp9Layer, is_keyframe: bool, layer_count: u8) -> Sent {
    let mut sent = Sent::new(LOW, timestamp);
    sent.info.keyframe_start = is_keyframe && layer.spatial_id == 0;
    sent.info.vp9 = Some(Vp9Info {
        is_inter_picture: !is_keyframe,
        starts_layer_frame: true,
        ends_layer_frame: true,
        layer: Some(layer),
        ..Vp9Info::default()
    });
    sent.marker = layer.spatial_id + 1 == layer_count;
    sent
}

/// A frame with a dependency descriptor, in one packet. The payload itself tells nothing.
pub(super) fn described(timestamp: u32, descriptor: DependencyDescriptor, is_last: bool) -> Sent {
    let mut sent = Sent::new(LOW, timestamp);
    sent.descriptor = Some(descriptor);
    sent.marker = is_last;
    sent
}

/// A selector in virtual time.
pub(super) struct Bench {
    pub(super) selector: LayerSelector,
    pub(super) now: Instant,
}

impl Bench {
    pub(super) fn new(target: impl Into<Option<Target>>) -> Self {
        let mut bench = Self {
            selector: LayerSelector::new(),
            now: Instant::now(),
        };
        bench.wish(target, Meanwhile::Keep);
        bench
    }

    pub(super) fn wish(&mut self, target: impl Into<Option<Target>>, meanwhile: Meanwhile) {
        self.selector.set_target(target.into(), meanwhile);
    }

    pub(super) fn wait(&mut self, millis: u64) {
        self.now += Duration::from_millis(millis);
    }

    pub(super) fn send(&mut self, sent: &Sent) -> Decision {
        self.selector.select(self.now, &sent.packet())
    }

    pub(super) fn send_all<const N: usize>(&mut self, sent: [Sent; N]) -> [Decision; N] {
        sent.map(|sent| self.send(&sent))
    }

    pub(super) fn is_forwarded(&mut self, sent: &Sent) -> bool {
        matches!(self.send(sent), Decision::Forward { .. })
    }
}
