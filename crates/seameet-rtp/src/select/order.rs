//! Which of several encodings is the better one.
//!
//! Names say nothing: publishers call the largest picture `h`, `2` or `a`. So encodings are compared by the
//! size of their pictures, and by bitrate where that is not known or the same.

use super::{EncodingId, Meanwhile};
use crate::picture_size::PictureSize;

/// What is known of an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodingMeasure {
    /// Which one.
    pub encoding: EncodingId,
    /// The size of its pictures, if the stream tells.
    pub size: Option<PictureSize>,
    /// Bits per second while it is being sent.
    pub bitrate: u64,
}

/// Encodings from the worst to the best.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EncodingOrder {
    encodings: Vec<EncodingId>,
}

impl EncodingOrder {
    /// Knows no encoding yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes new measurements of all encodings there are. Bitrates vary, so an order that rests on them is
    /// given up only when they differ by a quarter or more.
    pub fn update(&mut self, measures: &[EncodingMeasure]) {
        let find =
            |encoding: EncodingId| measures.iter().find(|measure| measure.encoding == encoding);
        let mut sorted: Vec<&EncodingMeasure> = Vec::new();
        let known = self.encodings.iter().filter_map(|encoding| find(*encoding));
        let beginners = measures
            .iter()
            .filter(|measure| !self.encodings.contains(&measure.encoding));
        for measure in known.chain(beginners) {
            let is_repeated = sorted
                .iter()
                .any(|other| other.encoding == measure.encoding);
            if !is_repeated {
                let place = sorted
                    .iter()
                    .position(|other| is_clearly_better(other, measure));
                sorted.insert(place.unwrap_or(sorted.len()), measure);
            }
        }
        self.encodings = sorted.iter().map(|measure| measure.encoding).collect();
    }

    /// The encodings from the worst to the best.
    pub fn encodings(&self) -> &[EncodingId] {
        &self.encodings
    }

    /// An encoding's place, the worst having 0.
    pub fn rank(&self, encoding: EncodingId) -> Option<usize> {
        self.encodings.iter().position(|other| *other == encoding)
    }

    /// What to do with `current` until `target` can be decoded: nothing on the way up, reduce on the way
    /// down, and stop if the subscriber's line is full.
    pub fn meanwhile(&self, current: EncodingId, target: EncodingId, is_full: bool) -> Meanwhile {
        if self.rank(target) >= self.rank(current) {
            Meanwhile::Keep
        } else if is_full {
            Meanwhile::Stop
        } else {
            Meanwhile::Reduce
        }
    }
}

fn is_clearly_better(one: &EncodingMeasure, other: &EncodingMeasure) -> bool {
    let areas = one
        .size
        .map(PictureSize::area)
        .zip(other.size.map(PictureSize::area));
    match areas {
        Some((area, other_area)) if area != other_area => area > other_area,
        _ => one.bitrate.saturating_mul(4) > other.bitrate.saturating_mul(5),
    }
}
