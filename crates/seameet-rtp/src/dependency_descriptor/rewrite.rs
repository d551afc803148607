//! Continuity of the descriptor's numbers across the stretches of one subscriber's slot.
//!
//! Frame numbers count on when [`Munger`](crate::Munger) begins another stretch; within a stretch they keep
//! their gaps, since frames refer to each other by the difference of their numbers. Template ids move out of
//! the way of those of another structure before, and the active decode targets are narrowed to those that the
//! subscriber gets.

use std::collections::VecDeque;
use std::sync::Arc;

use super::structure::TEMPLATE_ID_MASK;
use super::{DependencyDescriptor, Structure, low_bits};
use crate::munge::SegmentId;

/// The fields of a descriptor that differ between subscribers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DescriptorRewrite {
    /// `frame_number`.
    pub frame_number: u16,
    /// What is added to template ids, modulo 64.
    pub template_id_shift: u8,
    /// `active_decode_targets_bitmask`, where it is to be written.
    pub active_decode_targets: Option<u32>,
}

impl DescriptorRewrite {
    pub(super) fn shifted(&self, template_id: u8) -> u8 {
        template_id.wrapping_add(self.template_id_shift) & TEMPLATE_ID_MASK
    }
}

/// Rewrites the descriptors of one subscriber's slot for the slot's whole life.
#[derive(Debug, Clone, Default)]
pub struct DescriptorMunger {
    segments: VecDeque<Segment>,
    /// The highest frame number that went out, extended.
    latest_frame: Option<u64>,
    /// The structure that went out last, and the shift of its ids.
    latest_structure: Option<(Arc<Structure>, u8)>,
    /// The receiver was told of fewer decode targets than the structure has.
    is_narrowed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    id: SegmentId,
    /// What is added to frame numbers, modulo 2^64.
    frame_offset: u64,
    template_id_shift: u8,
}

impl DescriptorMunger {
    /// One that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The new values for a packet of `segment`, as [`Munger::rewrite`](crate::Munger::rewrite) gave it.
    /// `wanted` has a bit for each decode target that the subscriber gets. `None` if the packet must not go
    /// out, because its stretch is forgotten.
    ///
    /// Once a receiver was told of fewer decode targets than the structure has, every packet repeats which
    /// are active, until a structure goes out of which all are. That makes the change as reliable as the
    /// media, at the cost of a few bytes.
    pub fn rewrite(
        &mut self,
        segment: SegmentId,
        descriptor: &DependencyDescriptor,
        wanted: u32,
    ) -> Option<DescriptorRewrite> {
        let segment = self.segment(segment, descriptor)?;
        let frame = descriptor.frame.wrapping_add(segment.frame_offset);
        if self.latest_frame.is_none_or(|latest| frame >= latest) {
            self.latest_frame = Some(frame);
            self.note_structure(descriptor, segment.template_id_shift);
        }
        let all = descriptor.structure().all_decode_targets();
        let active = match descriptor.active_decode_targets() & wanted {
            // Whoever gets none gets no packets either; an empty mask would only confuse.
            0 => descriptor.active_decode_targets(),
            narrowed => narrowed,
        };
        if active != all {
            self.is_narrowed = true;
        } else if descriptor.attaches_structure() {
            self.is_narrowed = false;
        }
        let is_written = self.is_narrowed || descriptor.carries_active;
        Some(DescriptorRewrite {
            frame_number: low_bits(frame),
            template_id_shift: segment.template_id_shift,
            active_decode_targets: is_written.then_some(active),
        })
    }

    /// The segment's state, making it if the segment is newer than all known ones.
    fn segment(&mut self, id: SegmentId, descriptor: &DependencyDescriptor) -> Option<Segment> {
        if self.segments.back().is_none_or(|newest| newest.id < id) {
            let first = match self.latest_frame {
                Some(latest) => latest.wrapping_add(1),
                None => descriptor.frame,
            };
            if self.segments.len() >= MAX_SEGMENTS {
                self.segments.pop_front();
            }
            self.segments.push_back(Segment {
                id,
                frame_offset: first.wrapping_sub(descriptor.frame),
                template_id_shift: self.next_shift(descriptor.structure()),
            });
        }
        self.segments
            .iter()
            .rev()
            .find(|segment| segment.id == id)
            .copied()
    }

    /// A shift by which the ids of a new structure stand behind those of the latest one. Structures that differ in
    /// the size of the picture alone, as the encodings of simulcast do, have the same ids: receivers throw away what
    /// names a template that they do not know, so that the loss of a keyframe's first packet would cost them the
    /// whole keyframe, which they believe to have got.
    fn next_shift(&self, structure: &Arc<Structure>) -> u8 {
        let Some((latest, shift)) = &self.latest_structure else {
            return 0;
        };
        let occupied = latest.template_id_offset().wrapping_add(*shift);
        if latest.has_templates_of(structure) {
            return occupied.wrapping_sub(structure.template_id_offset()) & TEMPLATE_ID_MASK;
        }
        let count = u8::try_from(latest.templates().len()).unwrap_or(TEMPLATE_ID_MASK);
        let free = occupied.wrapping_add(count);
        free.wrapping_sub(structure.template_id_offset()) & TEMPLATE_ID_MASK
    }

    fn note_structure(&mut self, descriptor: &DependencyDescriptor, shift: u8) {
        let structure = descriptor.structure();
        let is_known = self
            .latest_structure
            .as_ref()
            .is_some_and(|(latest, latest_shift)| {
                Arc::ptr_eq(latest, structure) && *latest_shift == shift
            });
        if !is_known {
            self.latest_structure = Some((Arc::clone(structure), shift));
        }
    }
}

/// How many segments are remembered for late packets; the oldest is forgotten.
const MAX_SEGMENTS: usize = 8;
