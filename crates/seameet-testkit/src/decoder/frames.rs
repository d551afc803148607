//! Frames put together from packets.

use std::time::Instant;

use crate::decoder::Arrival;
use crate::decoder::wire::Reading;
use crate::video::Stamp;

/// A frame that came, at least in part.
#[derive(Debug)]
pub(super) struct Frame {
    /// Of its first packet.
    pub(super) first: u64,
    pub(super) stamp: Stamp,
    pub(super) timestamp: u32,
    /// When the first of its packets came.
    pub(super) began: Instant,
    /// Its last packet ends the picture.
    pub(super) has_marker: bool,
    /// What the wire says of it.
    pub(super) reading: Reading,
    /// Was complained about.
    pub(super) is_reported: bool,
    parts: Vec<bool>,
    missing: usize,
}

impl Frame {
    pub(super) fn new(first: u64, stamp: Stamp, arrival: &Arrival<'_>) -> Self {
        let count = usize::from(stamp.count);
        Self {
            first,
            stamp,
            timestamp: arrival.timestamp,
            began: arrival.at,
            has_marker: false,
            reading: Reading::default(),
            is_reported: false,
            parts: vec![false; count],
            missing: count,
        }
    }

    /// Adds a packet. An error says why it cannot belong to this frame.
    pub(super) fn add(
        &mut self,
        stamp: Stamp,
        arrival: &Arrival<'_>,
        reading: Reading,
    ) -> Result<(), String> {
        let is_same = Stamp { index: 0, ..stamp }
            == Stamp {
                index: 0,
                ..self.stamp
            };
        if !is_same {
            return Err(format!("{stamp:?} has the numbers of {:?}", self.stamp));
        }
        if arrival.timestamp != self.timestamp {
            return Err(format!("{stamp:?} has two timestamps"));
        }
        let part = self.parts.get_mut(usize::from(stamp.index));
        let part = part.ok_or_else(|| format!("{stamp:?} is beyond its frame"))?;
        if !std::mem::replace(part, true) {
            self.missing -= 1;
        }
        if stamp.index == 0 {
            self.reading = reading;
        }
        let is_last = stamp.index + 1 == stamp.count;
        if arrival.marker && !is_last {
            return Err(format!("{stamp:?} is marked within its frame"));
        }
        self.has_marker |= arrival.marker;
        Ok(())
    }

    pub(super) fn is_whole(&self) -> bool {
        self.missing == 0
    }

    /// Behind its last packet.
    pub(super) fn end(&self) -> u64 {
        self.first + u64::from(self.stamp.count)
    }
}
