//! Layers of any codec by the dependency descriptor (AV1 RTP specification 1.0, appendix A).
//!
//! Of the decode targets within the limit, the best one is chosen that can be decoded from what went out:
//! its chain is unbroken, or the frame is a point to switch at. A frame of it then goes out if all frames that
//! it refers to did. A frame that never came counts as one that did: its packets are being asked for again,
//! and the receiver sees the gap.
//!
//! The choice is made once for a picture, since a picture that has ended for the receiver cannot grow.

use std::sync::Arc;

use super::frames::{FrameLog, Pictures};
use super::{Layer, LayerPacket, Meanwhile, Verdict};
use crate::dependency_descriptor::{DecodeTarget, DependencyDescriptor, Indication, Structure};

/// The decode target that goes out.
#[derive(Debug, Clone)]
pub(in crate::select) struct DecodeTargetFilter {
    structure: Arc<Structure>,
    /// `None` while nothing that is wanted can be decoded.
    current: Option<u8>,
    /// What goes out has not the spatial layer that is wanted.
    needs_keyframe: bool,
    frames: FrameLog,
    /// The decode target of each recent picture.
    pictures: Pictures<Option<u8>>,
}

impl DecodeTargetFilter {
    /// Begins with the first packet of a keyframe.
    pub(super) fn begin(descriptor: &DependencyDescriptor) -> Self {
        Self {
            structure: Arc::clone(descriptor.structure()),
            current: None,
            needs_keyframe: false,
            frames: FrameLog::new(descriptor.frame),
            pictures: Pictures::default(),
        }
    }

    pub(super) fn select(
        &mut self,
        packet: &LayerPacket<'_>,
        limit: Layer,
        meanwhile: Meanwhile,
    ) -> Option<Verdict> {
        let descriptor = packet.descriptor?;
        let chosen = self.pictures.get(packet.timestamp).unwrap_or_else(|| {
            if self.pictures.is_newest(packet.timestamp) {
                self.choose(descriptor, limit, meanwhile);
            }
            self.pictures.insert(packet.timestamp, self.current);
            self.current
        });
        let is_kept = self.frames.get(descriptor.frame).unwrap_or_else(|| {
            let is_part = |target| descriptor.indication(target) != Indication::NotPresent;
            chosen.is_some_and(is_part) && self.has_references(descriptor)
        });
        self.frames.set(descriptor.frame, is_kept);
        if !is_kept {
            return Some(Verdict::Drop);
        }
        let targets = descriptor.structure().decode_targets();
        let is_last = chosen
            .and_then(|target| targets.get(usize::from(target)))
            .is_some_and(|target| {
                descriptor.ends_frame && descriptor.spatial_id() == target.spatial_id
            });
        Some(Verdict::Forward {
            marker: packet.marker || is_last,
        })
    }

    pub(super) fn layer(&self) -> Layer {
        self.current
            .map_or(Layer::BASE, |target| self.layer_of(target))
    }

    pub(super) fn needs_keyframe(&self) -> bool {
        self.needs_keyframe
    }

    /// Those whose frames are all among the current one's.
    pub(super) fn decodable_targets(&self) -> u32 {
        let Some(current) = self.current else {
            return u32::MAX;
        };
        let is_part = |target: &u8| {
            let mut templates = self.structure.templates().iter();
            templates.all(|template| {
                template.indications.get(*target) == Indication::NotPresent
                    || template.indications.get(current) != Indication::NotPresent
            })
        };
        let targets = (0..self.structure.decode_target_count()).filter(is_part);
        let bit = |target: u8| 1_u32.checked_shl(u32::from(target)).unwrap_or_default();
        targets.fold(0, |mask, target| mask | bit(target))
    }

    fn choose(&mut self, descriptor: &DependencyDescriptor, limit: Layer, meanwhile: Meanwhile) {
        if !Arc::ptr_eq(&self.structure, descriptor.structure()) {
            self.structure = Arc::clone(descriptor.structure());
        }
        let mut targets: Vec<(Layer, u8)> = (0..self.structure.decode_target_count())
            .filter(|target| descriptor.is_active(*target))
            .map(|target| (self.layer_of(target), target))
            .collect();
        targets.sort_unstable();
        let fitting = targets
            .iter()
            .rev()
            .filter(|(layer, _)| layer.is_within(limit));
        // Where even the least is too much, it is wanted all the same: the limit is above none.
        let wanted: Vec<(Layer, u8)> = match fitting.copied().collect::<Vec<_>>() {
            fitting if fitting.is_empty() => targets.first().copied().into_iter().collect(),
            fitting => fitting,
        };
        let is_decodable = |(_, target): &&(Layer, u8)| self.is_decodable(*target, descriptor);
        let reached = wanted.iter().find(is_decodable);
        let remaining = || {
            targets
                .iter()
                .find(is_decodable)
                .filter(|_| meanwhile != Meanwhile::Stop)
        };
        let chosen = reached.or_else(remaining).copied();
        let spatial = |choice: Option<&(Layer, u8)>| choice.map(|(layer, _)| layer.spatial);
        self.needs_keyframe = spatial(chosen.as_ref()) != spatial(wanted.first());
        self.current = chosen.map(|(_, target)| target);
    }

    /// Whether a decode target can be decoded, from this frame on, out of what went out.
    fn is_decodable(&self, target: u8, descriptor: &DependencyDescriptor) -> bool {
        let switches = || {
            descriptor.indication(target) == Indication::Switch && self.has_references(descriptor)
        };
        let chain = self.structure.decode_targets().get(usize::from(target));
        let Some(chain) = chain.and_then(|target: &DecodeTarget| target.chain) else {
            return self.current == Some(target) || switches();
        };
        let is_intact = match descriptor.chain_diff(chain) {
            Some(0) => true,
            Some(diff) => self.went_out(descriptor.frame, u64::from(diff)),
            None => false,
        };
        is_intact || switches()
    }

    fn has_references(&self, descriptor: &DependencyDescriptor) -> bool {
        let mut diffs = descriptor.frame_diffs().iter();
        diffs.all(|diff| self.went_out(descriptor.frame, u64::from(*diff)))
    }

    /// Whether the frame that is `diff` before `frame` went out, or will.
    fn went_out(&self, frame: u64, diff: u64) -> bool {
        self.frames.get(frame.saturating_sub(diff)) != Some(false)
    }

    fn layer_of(&self, target: u8) -> Layer {
        let target = self.structure.decode_targets().get(usize::from(target));
        target.map_or(Layer::BASE, |target| Layer {
            spatial: target.spatial_id,
            temporal: target.temporal_id,
        })
    }
}
