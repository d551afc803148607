//! What a real decoder goes by: indices and numbers on the wire.

use std::collections::BTreeSet;

use seameet_core::Codec;
use seameet_rtp::DescriptorContext;

use crate::decoder::Arrival;
use crate::decoder::frames::Frame;
use crate::video::read_tl0;

/// What the first packet of a frame says about what it refers to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing that this model reads.
    #[default]
    Nothing,
    /// `TL0PICIDX` of VP8 and VP9.
    Indexed { tl0: u8 },
    /// H.264 refers to whatever came before.
    Previous,
    /// Frame numbers of the dependency descriptor.
    Described { frame: u64, references: Vec<u64> },
    /// A descriptor that cannot be read.
    Unreadable,
}

/// What was decoded, in the words of the wire.
#[derive(Debug, Default)]
pub(super) struct Wire {
    context: DescriptorContext,
    /// Of the last frame of each spatial layer.
    tl0: [Option<u8>; 4],
    next: Option<u64>,
    skipped: BTreeSet<u64>,
    frames: BTreeSet<u64>,
}

impl Wire {
    /// Reads a packet, each in order of arrival.
    pub(super) fn read(&mut self, arrival: &Arrival<'_>) -> Reading {
        if let Some(bytes) = arrival.descriptor {
            return match self.context.read(bytes) {
                Err(_) => Reading::Unreadable,
                Ok(read) => {
                    let back = |diff: &u16| read.frame.checked_sub(u64::from(*diff));
                    Reading::Described {
                        frame: read.frame,
                        references: read.frame_diffs().iter().filter_map(back).collect(),
                    }
                }
            };
        }
        match arrival.codec {
            Codec::Vp8 | Codec::Vp9 => {
                read_tl0(arrival.payload).map_or(Reading::Nothing, |tl0| Reading::Indexed { tl0 })
            }
            Codec::H264 => Reading::Previous,
            _ => Reading::Nothing,
        }
    }

    /// A number that carries nothing.
    pub(super) fn skip(&mut self, sequence: u64) {
        self.skipped.insert(sequence);
        while self.skipped.len() > MAX_SKIPPED {
            self.skipped.pop_first();
        }
    }

    /// Whether a real decoder would take the frame now; `None` where it would have to know more than this model does.
    pub(super) fn promises(&mut self, frame: &Frame) -> Option<bool> {
        if frame.stamp.keyframe {
            return Some(frame.reading != Reading::Unreadable);
        }
        match &frame.reading {
            Reading::Nothing => None,
            Reading::Unreadable => Some(false),
            Reading::Indexed { tl0 } => self.continues(frame, *tl0),
            Reading::Previous => Some(self.follows(frame)),
            Reading::Described { references, .. } => {
                let is_known = |number| self.frames.contains(number);
                Some(references.iter().all(is_known))
            }
        }
    }

    /// The base layer counts itself. Whether something is missing among the frames above it, only their numbers tell.
    fn continues(&mut self, frame: &Frame, tl0: u8) -> Option<bool> {
        let is_base = frame.stamp.temporal == 0;
        let last = self.tl0.get(usize::from(frame.stamp.spatial)).copied();
        let last = last.flatten()?;
        if last.wrapping_add(u8::from(is_base)) != tl0 {
            return Some(false);
        }
        (is_base || self.follows(frame)).then_some(true)
    }

    /// No number is missing between what was decoded last and the frame.
    fn follows(&mut self, frame: &Frame) -> bool {
        while self.next.is_some_and(|next| self.skipped.contains(&next)) {
            self.next = self.next.map(|next| next + 1);
        }
        self.next == Some(frame.first)
    }

    pub(super) fn decoded(&mut self, frame: &Frame) {
        if frame.stamp.keyframe {
            self.frames.clear();
        }
        self.next = Some(frame.end());
        match &frame.reading {
            Reading::Indexed { tl0 } => {
                if frame.stamp.keyframe {
                    // The higher layers of this picture refer to it.
                    self.tl0 = [Some(tl0.wrapping_sub(1)); 4];
                }
                if let Some(last) = self.tl0.get_mut(usize::from(frame.stamp.spatial)) {
                    *last = Some(*tl0);
                }
            }
            Reading::Described { frame, .. } => {
                self.frames.insert(*frame);
            }
            _ => {}
        }
        while self.frames.len() > MAX_FRAMES {
            self.frames.pop_first();
        }
    }
}

/// Older padding is behind every frame that still waits.
const MAX_SKIPPED: usize = 1_000;
/// References go back four pictures of three layers at most.
const MAX_FRAMES: usize = 64;
