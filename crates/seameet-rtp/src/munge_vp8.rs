//! Continuity of the VP8 payload descriptor's counters across the stretches of one subscriber's slot.
//!
//! Receivers take a jump of the picture id for a loss, and one backwards for an old frame. So picture id,
//! `TL0PICIDX` and `KEYIDX` count on when [`Munger`](crate::Munger) begins another stretch, and frames that
//! are left out on purpose leave no gap. All packets of a frame get the same values, in whichever order they
//! come. The payload itself is not touched: the engine patches the few bytes while it serialises.

use std::collections::VecDeque;

use crate::inspect::Vp8Info;
use crate::munge::SegmentId;
use crate::runs::RunMap;
use crate::seq::nearest;

/// The new values of the fields that the packet has; each is as wide as the one it replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vp8Rewrite {
    /// `PictureID`.
    pub picture_id: Option<u16>,
    /// `TL0PICIDX`.
    pub tl0_pic_idx: Option<u8>,
    /// `KEYIDX`.
    pub key_idx: Option<u8>,
}

/// Rewrites the VP8 descriptors of one subscriber's slot for the slot's whole life.
#[derive(Debug, Clone, Default)]
pub struct Vp8Munger {
    /// `None` until the first picture id, which goes out as it came.
    pictures: Option<RunMap<SegmentId>>,
    segments: VecDeque<Segment>,
    latest_tl0_pic_idx: Option<u8>,
    latest_key_idx: Option<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    id: SegmentId,
    /// The highest picture id, extended beyond its width.
    highest_picture: Option<u64>,
    tl0_offset: Option<u8>,
    key_offset: Option<u8>,
}

impl Vp8Munger {
    /// One that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The new values for a packet of `segment`, as [`Munger::rewrite`](crate::Munger::rewrite) gave it. `None`
    /// if the packet must not go out: its frame was left out, or its stretch is forgotten.
    pub fn rewrite(&mut self, segment: SegmentId, info: &Vp8Info) -> Option<Vp8Rewrite> {
        let index = self.segment_index(segment)?;
        let picture_id = match info.picture_id {
            None => None,
            Some(picture_id) => Some(self.rewrite_picture(index, info, picture_id)?),
        };
        Some(Vp8Rewrite {
            picture_id,
            tl0_pic_idx: info
                .tl0_pic_idx
                .and_then(|tl0| self.rewrite_tl0(index, tl0)),
            key_idx: info.key_idx.and_then(|key| self.rewrite_key(index, key)),
        })
    }

    /// Leaves the packet's frame out, as [`Munger::skip`](crate::Munger::skip) did with the packet, so that
    /// no gap shows. Does nothing when a packet of the frame has gone out already.
    pub fn skip(&mut self, segment: SegmentId, info: &Vp8Info) {
        let newest = self
            .segments
            .back_mut()
            .filter(|newest| newest.id == segment && newest.highest_picture.is_some());
        let (Some(newest), Some(picture_id)) = (newest, info.picture_id) else {
            return;
        };
        let extended = newest.extend(picture_id, info.has_long_picture_id);
        if let Some(pictures) = &mut self.pictures {
            pictures.skip(extended);
        }
    }

    fn rewrite_picture(&mut self, index: usize, info: &Vp8Info, picture_id: u16) -> Option<u16> {
        let is_newest = index.checked_add(1) == Some(self.segments.len());
        let segment = self.segments.get_mut(index)?;
        let is_first = segment.highest_picture.is_none();
        let extended = segment.extend(picture_id, info.has_long_picture_id);
        let id = segment.id;
        let pictures = self
            .pictures
            .get_or_insert_with(|| RunMap::new(u64::from(picture_id), MAX_RUNS));
        if is_first && is_newest {
            pictures.open(id, extended);
        }
        let (_, output) = pictures.find(|tag| *tag == id, extended)?;
        pictures.mark_used(extended, output);
        let mask = if info.has_long_picture_id {
            0x7FFF
        } else {
            0x7F
        };
        u16::try_from(output & mask).ok()
    }

    fn rewrite_tl0(&mut self, index: usize, tl0_pic_idx: u8) -> Option<u8> {
        let latest = self.latest_tl0_pic_idx;
        let segment = self.segments.get_mut(index)?;
        let offset = *segment.tl0_offset.get_or_insert_with(|| {
            latest.map_or(0, |latest| latest.wrapping_add(1).wrapping_sub(tl0_pic_idx))
        });
        let output = tl0_pic_idx.wrapping_add(offset);
        if latest.is_none_or(|latest| output.wrapping_sub(latest).cast_signed() > 0) {
            self.latest_tl0_pic_idx = Some(output);
        }
        Some(output)
    }

    fn rewrite_key(&mut self, index: usize, key_idx: u8) -> Option<u8> {
        let latest = self.latest_key_idx;
        let segment = self.segments.get_mut(index)?;
        let offset = *segment.key_offset.get_or_insert_with(|| {
            latest.map_or(0, |latest| latest.wrapping_add(1).wrapping_sub(key_idx))
        });
        let output = key_idx.wrapping_add(offset) & KEY_IDX_MASK;
        let is_later = |latest: u8| matches!(output.wrapping_sub(latest) & KEY_IDX_MASK, 1..=15);
        if latest.is_none_or(is_later) {
            self.latest_key_idx = Some(output);
        }
        Some(output)
    }

    /// Where the segment's state is, making it if the segment is newer than all known ones.
    fn segment_index(&mut self, id: SegmentId) -> Option<usize> {
        if self.segments.back().is_none_or(|newest| newest.id < id) {
            if self.segments.len() >= MAX_SEGMENTS {
                self.segments.pop_front();
            }
            self.segments.push_back(Segment::new(id));
        }
        self.segments.iter().rposition(|segment| segment.id == id)
    }
}

impl Segment {
    fn new(id: SegmentId) -> Self {
        Self {
            id,
            highest_picture: None,
            tl0_offset: None,
            key_offset: None,
        }
    }

    /// Extends a picture id beyond its width.
    fn extend(&mut self, picture_id: u16, is_long: bool) -> u64 {
        let bits = if is_long { 15 } else { 7 };
        let extended = match self.highest_picture {
            None => FIRST_CYCLE | u64::from(picture_id),
            Some(highest) => nearest(highest, u64::from(picture_id), bits),
        };
        self.highest_picture = self.highest_picture.max(Some(extended));
        extended
    }
}

/// How many stretches between skipped frames are remembered; the oldest is forgotten.
const MAX_RUNS: usize = 256;
/// How many segments are remembered for late packets; the oldest is forgotten.
const MAX_SEGMENTS: usize = 8;
/// Picture ids start here so that overtaken frames have room below.
const FIRST_CYCLE: u64 = 1 << 32;
const KEY_IDX_MASK: u8 = 0x1F;

#[cfg(test)]
mod tests;
