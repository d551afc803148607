//! One RTP stream of an encoder: a simulcast encoding, or all layers in one.

use std::sync::Arc;
use std::time::Duration;

use seameet_core::{Codec, Rid};
use seameet_rtp::dependency_descriptor::Structure;
use seameet_rtp::{Packet, Payload};

use super::plan::{EncodingPlan, Scheme, VideoPlan};
use super::rate::RateControl;
use super::stamp::Stamp;
use super::{av1, h264, vp8, vp9};
use crate::rng::Rng;

/// Largest payload of a packet in bytes, as browsers have it.
const MAX_PAYLOAD: usize = 1_150;
const CLOCK_RATE: u64 = 90_000;

/// One RTP stream.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) rid: Option<Rid>,
    /// Encodes; a stream that starts again starts with a keyframe.
    is_active: bool,
    keyframe_wanted: bool,
    /// Its place among the encodings.
    encoding: u8,
    codec: Codec,
    layers: Vec<EncodingPlan>,
    rates: Vec<RateControl>,
    temporal_layers: u8,
    structure: Option<Arc<Structure>>,
    sender: u32,
    sequence: u64,
    first_timestamp: u32,
    next_frame: u32,
    picture: u16,
    tl0: u8,
    /// The next picture's place in the group of four.
    position: u8,
    /// The last frame of each spatial and temporal layer.
    last: [[Option<u32>; 3]; 3],
    frames: u64,
}

/// When a picture is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// Since the world began.
    pub(super) captured: Duration,
    /// Since the encoder began.
    pub(super) elapsed: Duration,
}

impl Stream {
    /// The streams of a plan, the worst first. Numbers and timestamps begin anywhere.
    pub(super) fn all(plan: &VideoPlan, sender: u32, rng: &mut Rng) -> Vec<Self> {
        match plan.scheme {
            Scheme::Layers => vec![Self::new(plan, 0, plan.encodings.clone(), sender, rng)],
            Scheme::Simulcast => (0..)
                .zip(&plan.encodings)
                .map(|(place, encoding)| Self::new(plan, place, vec![*encoding], sender, rng))
                .collect(),
        }
    }

    fn new(
        plan: &VideoPlan,
        encoding: u8,
        layers: Vec<EncodingPlan>,
        sender: u32,
        rng: &mut Rng,
    ) -> Self {
        let rate = |layer: &EncodingPlan| RateControl::new(layer.bitrate, plan.fps, rng.fork());
        let rates = layers.iter().map(rate).collect();
        let structure = (plan.codec == Codec::Av1).then(|| av1::structure(&layers));
        Self {
            rid: layers.first().and_then(|layer| layer.rid),
            is_active: true,
            keyframe_wanted: true,
            encoding,
            codec: plan.codec,
            rates,
            temporal_layers: plan.temporal_layers,
            structure: structure.flatten(),
            layers,
            sender,
            sequence: rng.below(30_000),
            first_timestamp: u32::try_from(rng.below(1 << 32)).unwrap_or_default(),
            next_frame: u32::try_from(rng.below(60_000)).unwrap_or_default(),
            picture: u16::try_from(rng.below(0x8000)).unwrap_or_default(),
            tl0: u8::try_from(rng.below(256)).unwrap_or_default(),
            position: 0,
            last: [[None; 3]; 3],
            frames: 0,
        }
    }

    /// Starts or stops encoding.
    pub(super) fn set_active(&mut self, active: bool) {
        self.keyframe_wanted |= active && !self.is_active;
        self.is_active = active;
    }

    pub(super) fn is_active(&self) -> bool {
        self.is_active
    }

    pub(super) fn want_keyframe(&mut self) {
        self.keyframe_wanted = true;
    }

    pub(super) fn wants_keyframe(&self) -> bool {
        self.is_active && self.keyframe_wanted
    }

    /// How many pictures it made.
    pub(super) fn pictures(&self) -> u64 {
        self.frames
    }

    /// The packets of the next picture.
    pub(super) fn encode(&mut self, moment: Moment) -> Vec<Packet> {
        if !self.is_active {
            return Vec::new();
        }
        let keyframe = std::mem::take(&mut self.keyframe_wanted);
        if keyframe {
            self.position = 0;
            self.last = [[None; 3]; 3];
        }
        let temporal = self.temporal();
        self.picture = (self.picture + 1) & 0x7FFF;
        self.tl0 = self.tl0.wrapping_add(u8::from(temporal == 0));
        self.frames += 1;
        let mut packets = Vec::new();
        for spatial in 0..u8::try_from(self.layers.len()).unwrap_or_default() {
            let stamp = self.frame(spatial, temporal, keyframe, moment.captured);
            packets.append(&mut self.packetize(stamp, keyframe, moment.elapsed));
        }
        if let Some(last) = packets.last_mut() {
            last.marker = true;
        }
        self.position = (self.position + 1) % 4;
        packets
    }

    fn temporal(&self) -> u8 {
        match (self.temporal_layers, self.position) {
            (1, _) | (_, 0) => 0,
            (_, 2) => 1,
            _ => 2,
        }
    }

    /// The frame of one spatial layer, without its place in packets.
    fn frame(&mut self, spatial: u8, temporal: u8, keyframe: bool, captured: Duration) -> Stamp {
        let (layer, below) = (usize::from(spatial), usize::from(spatial).wrapping_sub(1));
        let last = |layer: usize, temporal: usize| self.last.get(layer)?.get(temporal).copied()?;
        let reference = match (keyframe, self.position) {
            (true, _) => last(below, 0),
            // Behind the middle of the group it is the middle that is shown last.
            (false, 3) if temporal == 2 => last(layer, 1),
            (false, _) => last(layer, 0),
        };
        let number = self.next_frame;
        self.next_frame += 1;
        if let Some(slot) = self
            .last
            .get_mut(layer)
            .and_then(|layer| layer.get_mut(usize::from(temporal)))
        {
            *slot = Some(number);
        }
        let size = self.layers.get(layer);
        Stamp {
            sender: self.sender,
            encoding: self.encoding,
            spatial,
            temporal,
            frame: number,
            index: 0,
            count: 1,
            keyframe: keyframe && spatial == 0,
            width: size.map_or(0, |size| size.width),
            height: size.map_or(0, |size| size.height),
            captured,
            reference,
        }
    }

    fn packetize(&mut self, mut stamp: Stamp, key_picture: bool, elapsed: Duration) -> Vec<Packet> {
        let share = match (self.temporal_layers, stamp.temporal) {
            (1, _) => 1.0,
            (_, 0) => 1.6,
            _ => 0.8,
        };
        let rate = self.rates.get_mut(usize::from(stamp.spatial));
        let bytes = rate.map_or(0, |rate| rate.frame_bytes(key_picture, share));
        let parts = bytes.div_ceil(MAX_PAYLOAD).max(1);
        // The parameter sets of H.264 have a packet of their own in front.
        let extra = usize::from(self.codec == Codec::H264 && stamp.keyframe);
        stamp.count = u16::try_from(parts + extra).unwrap_or(u16::MAX);
        (0..stamp.count)
            .map(|index| {
                stamp.index = index;
                let is_small = extra == 1 && index == 0;
                let size = if is_small { 0 } else { bytes / parts };
                self.packet(&stamp, key_picture, elapsed, size)
            })
            .collect()
    }

    fn packet(
        &mut self,
        stamp: &Stamp,
        key_picture: bool,
        elapsed: Duration,
        size: usize,
    ) -> Packet {
        let rest = size.saturating_sub(MAX_PREFIX).max(Stamp::LENGTH + 4);
        let is_sync = stamp.temporal == 1 || stamp.temporal == 2 && self.position == 1;
        let mut bytes = match self.codec {
            Codec::Vp9 => vp9::prefix(stamp, self.picture, self.tl0, key_picture, &self.layers),
            Codec::H264 => h264::prefix(stamp, rest),
            Codec::Av1 => av1::prefix(stamp),
            Codec::Vp8 | Codec::Opus => vp8::prefix(stamp, self.picture, self.tl0, is_sync),
        };
        let prefix = bytes.len();
        stamp.write(&mut bytes);
        bytes.resize(prefix + rest, 0xA5);
        let structure = self.structure.as_ref();
        let descriptor =
            structure.and_then(|it| av1::descriptor(it, stamp, self.position, key_picture));
        let sequence = self.sequence;
        self.sequence += 1;
        Packet {
            sequence,
            timestamp: self.timestamp(elapsed),
            marker: false,
            payload: Payload::from_arc(Arc::from(bytes)),
            audio_level: None,
            orientation: None,
            descriptor: descriptor.map(Arc::from),
        }
    }

    fn timestamp(&self, elapsed: Duration) -> u32 {
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        let ticks = micros.saturating_mul(CLOCK_RATE) / 1_000_000;
        let [.., a, b, c, d] = ticks.to_be_bytes();
        self.first_timestamp
            .wrapping_add(u32::from_be_bytes([a, b, c, d]))
    }
}

/// About what a prefix takes, so that sizes come out as planned.
const MAX_PREFIX: usize = 12;
