//! What a frame means for each decode target.

use super::DescriptorError;
use crate::bits::{BitReader, BitWriter};

/// What a frame means for a decode target (appendix A, table A.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Indication {
    /// The frame is no part of the decode target.
    NotPresent,
    /// Part of it, and no other frame of it refers to this one.
    Discardable,
    /// Part of it, and who decodes this frame can decode all later ones of the decode target.
    Switch,
    /// Part of it, and neither discardable nor a point to switch at.
    Required,
}

/// The indications of one frame for up to 32 decode targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Indications(u64);

impl Indications {
    /// Not present everywhere.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with another value for one decode target. A target above 31 changes nothing.
    #[must_use]
    pub fn with(self, decode_target: u8, indication: Indication) -> Self {
        let bits: u64 = match indication {
            Indication::NotPresent => 0,
            Indication::Discardable => 1,
            Indication::Switch => 2,
            Indication::Required => 3,
        };
        match u32::from(decode_target).checked_mul(2) {
            Some(shift @ ..64) => Self(self.0 & !(3 << shift) | bits << shift),
            _ => self,
        }
    }

    /// The value for one decode target.
    pub fn get(self, decode_target: u8) -> Indication {
        let shift = u32::from(decode_target).saturating_mul(2);
        match self.0.checked_shr(shift).unwrap_or_default() & 3 {
            0 => Indication::NotPresent,
            1 => Indication::Discardable,
            2 => Indication::Switch,
            _ => Indication::Required,
        }
    }

    pub(super) fn read(reader: &mut BitReader<'_>, count: u8) -> Result<Self, DescriptorError> {
        let mut indications = Self::new();
        for target in 0..count {
            let indication = match reader.byte(2)? {
                0 => Indication::NotPresent,
                1 => Indication::Discardable,
                2 => Indication::Switch,
                _ => Indication::Required,
            };
            indications = indications.with(target, indication);
        }
        Ok(indications)
    }

    pub(super) fn write(self, writer: &mut BitWriter<'_>, count: u8) {
        for target in 0..count {
            let bits = match self.get(target) {
                Indication::NotPresent => 0,
                Indication::Discardable => 1,
                Indication::Switch => 2,
                Indication::Required => 3,
            };
            writer.number(bits, 2);
        }
    }
}
