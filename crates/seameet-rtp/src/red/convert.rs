//! Between publishers and subscribers that agreed on different things.

use std::collections::VecDeque;
use std::ops::Range;

use super::{RedPacket, assemble, redundant_header};
use crate::packet::Payload;
use crate::seq::is_later;

/// Decides whether a subscriber who accepts redundancy gets what a publisher sends of it: one who loses packets does. Others
/// are spared it ([`RedStripper`]), since it doubles the bitrate.
#[derive(Debug, Clone, Copy, Default)]
pub struct RedPolicy {
    is_lossy: bool,
}

impl RedPolicy {
    /// One for a subscriber who loses nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether he gets it, for the share of packets (0 to 1) that he lost lately.
    pub fn is_wanted(&mut self, loss: f32) -> bool {
        let threshold = if self.is_lossy {
            LOSS_ENDS
        } else {
            LOSS_BEGINS
        };
        self.is_lossy = loss >= threshold;
        self.is_lossy
    }
}

/// A frame that stands for a packet of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainFrame {
    /// The extended sequence number of the packet that it was the primary frame of.
    pub sequence: u64,
    /// That packet's timestamp.
    pub timestamp: u32,
    /// Its bytes within the payload that it was found in.
    pub range: Range<usize>,
}

/// Makes plain packets out of redundant ones. Packets that were lost come back out of later ones; each goes out
/// once, in whichever way it comes.
#[derive(Debug, Clone, Default)]
pub struct RedStripper {
    /// Sequence numbers and timestamps of what went out, by sequence number. Bounded; the lowest is forgotten.
    known: VecDeque<(u64, u32)>,
}

impl RedStripper {
    /// One that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The frames of a packet that did not go out yet, the oldest first. Nothing older than the first packet
    /// comes back.
    pub fn strip(&mut self, sequence: u64, timestamp: u32, packet: &RedPacket) -> Vec<PlainFrame> {
        let mut frames = Vec::new();
        let count = packet.redundant().len();
        for (index, frame) in packet.redundant().iter().enumerate() {
            // Frames are those of the packets right before; the timestamps must agree with that.
            let back = u64::try_from(count.saturating_sub(index)).unwrap_or(u64::MAX);
            let original = sequence.checked_sub(back);
            let at = timestamp.wrapping_sub(u32::from(frame.timestamp_offset));
            if let Some(original) = original
                && !frame.range.is_empty()
                && self.is_gap(original, at)
            {
                self.note(original, at);
                let range = frame.range.clone();
                frames.push(PlainFrame {
                    sequence: original,
                    timestamp: at,
                    range,
                });
            }
        }
        if !self.is_known(sequence) {
            self.note(sequence, timestamp);
            let range = packet.primary().range.clone();
            frames.push(PlainFrame {
                sequence,
                timestamp,
                range,
            });
        }
        frames
    }

    fn is_known(&self, sequence: u64) -> bool {
        self.known
            .binary_search_by_key(&sequence, |(known, _)| *known)
            .is_ok()
    }

    /// Whether a packet is missing whose timestamp lies between those around it.
    fn is_gap(&self, sequence: u64, timestamp: u32) -> bool {
        let Err(place) = self
            .known
            .binary_search_by_key(&sequence, |(known, _)| *known)
        else {
            return false;
        };
        let before = place
            .checked_sub(1)
            .and_then(|before| self.known.get(before));
        let after = self.known.get(place);
        before.is_some_and(|(_, before)| is_later(timestamp, *before))
            && after.is_none_or(|(_, after)| is_later(*after, timestamp))
    }

    fn note(&mut self, sequence: u64, timestamp: u32) {
        if let Err(place) = self
            .known
            .binary_search_by_key(&sequence, |(known, _)| *known)
        {
            self.known.insert(place, (sequence, timestamp));
        }
        if self.known.len() > MAX_KNOWN {
            self.known.pop_front();
        }
    }
}

/// Makes redundant packets out of plain ones, for one subscriber.
#[derive(Debug, Clone)]
pub struct RedPacker {
    depth: usize,
    /// The packets before, the oldest first, without a gap. Bounded by the depth.
    history: VecDeque<(u64, u32, Payload)>,
}

impl RedPacker {
    /// Adds up to `depth` frames to each packet: one repairs single losses, two repair pairs.
    pub fn new(depth: usize) -> Self {
        Self {
            depth: depth.min(MAX_DEPTH),
            history: VecDeque::new(),
        }
    }

    /// The payload to send in place of `payload`, with the sequence number that it goes out with. The frames
    /// are of `payload_type`, as negotiated with the subscriber. Frames are added as long as they are those of
    /// the packets right before (which is how receivers number them), fit the format, and keep the payload
    /// within `max_length` bytes.
    pub fn pack(
        &mut self,
        sequence: u64,
        timestamp: u32,
        payload: &Payload,
        payload_type: u8,
        max_length: usize,
    ) -> Payload {
        let newest = self.history.back().map(|(newest, _, _)| *newest);
        let is_next = newest.is_some_and(|newest| newest.checked_add(1) == Some(sequence));
        let is_late = newest.is_some_and(|newest| sequence <= newest);
        let mut length = payload.len().saturating_add(1);
        let mut redundant = Vec::new();
        for (_, at, frame) in self.history.iter().rev().filter(|_| is_next) {
            length = length.saturating_add(frame.len()).saturating_add(4);
            match redundant_header(timestamp.wrapping_sub(*at), frame.len()) {
                Some(header) if length <= max_length => redundant.push((header, frame)),
                _ => break,
            }
        }
        redundant.reverse();
        let packed = assemble(payload_type, &redundant, payload);
        if !is_late {
            self.remember(is_next, sequence, timestamp, payload);
        }
        packed
    }

    fn remember(&mut self, is_next: bool, sequence: u64, timestamp: u32, payload: &Payload) {
        if !is_next {
            self.history.clear();
        }
        self.history
            .push_back((sequence, timestamp, payload.clone()));
        while self.history.len() > self.depth {
            self.history.pop_front();
        }
    }
}

/// Redundancy is passed on from this share of lost packets on,
const LOSS_BEGINS: f32 = 0.03;
/// and kept down to this one.
const LOSS_ENDS: f32 = 0.01;
/// A second of packets: longer than any redundancy reaches back.
const MAX_KNOWN: usize = 50;
/// More would be older than a listener can wait for.
const MAX_DEPTH: usize = 4;
