//! The dependency descriptor header extension (AV1 RTP specification 1.0, appendix A).
//!
//! It tells, in the clear and for any codec, which frame a packet belongs to, which frames that one refers
//! to, and for which *decode targets* (choices of spatial and temporal layer) it is needed. The kinds of
//! frames of a stream are described once, in a [`Structure`] of templates that keyframes carry; all other
//! packets name a template and say where they differ.
//!
//! ```text
//!   bytes ──DescriptorContext::read──▶ DependencyDescriptor ──write(DescriptorRewrite)──▶ bytes
//!             keeps the structure            │                          ▲
//!                                            └──DescriptorMunger::rewrite┘ per subscriber
//! ```
//!
//! A publisher's stream needs one [`DescriptorContext`]. What it reads is shared by all subscribers, each of
//! which has a [`DescriptorMunger`] for the numbers that must continue when its source is switched.

mod context;
mod indications;
mod rewrite;
mod structure;

use std::sync::Arc;

pub use context::DescriptorContext;
pub use indications::{Indication, Indications};
pub use rewrite::{DescriptorMunger, DescriptorRewrite};
pub use structure::{DecodeTarget, Structure, Template};

use crate::bits::{BitReader, BitWriter, Truncated};
use crate::picture_size::PictureSize;

/// The name of the extension in session descriptions.
pub const DEPENDENCY_DESCRIPTOR_URI: &str =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

/// Why a descriptor cannot be read or built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DescriptorError {
    /// It ends in the middle of a field.
    #[error("the descriptor of {length} bytes ends too early")]
    Truncated {
        /// Bytes that there are.
        length: usize,
    },
    /// Nothing carried a structure yet, so that the frame's template is unknown.
    #[error("no structure is known for the frame")]
    UnknownStructure,
    /// The structure has no such template. A packet with a newer structure may have been lost.
    #[error("the structure has no template with id {template_id}")]
    UnknownTemplate {
        /// The id that the packet names, 0 to 63.
        template_id: u8,
    },
    /// The structure breaks a bound of the format.
    #[error("the structure's {what} break the format's bounds")]
    InvalidStructure {
        /// Which part of it.
        what: &'static str,
    },
}

impl From<Truncated> for DescriptorError {
    fn from(truncated: Truncated) -> Self {
        Self::Truncated {
            length: truncated.length,
        }
    }
}

/// What one packet's descriptor tells, with what it leaves to the structure filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the fields are the independent bits of the wire format"
)]
pub struct DependencyDescriptor {
    /// First packet of its frame.
    pub starts_frame: bool,
    /// Last packet of its frame. Frames of higher spatial layers may follow in the same picture.
    pub ends_frame: bool,
    /// The frame's number, extended beyond 16 bits. Frames of all layers count.
    pub frame: u64,
    structure: Arc<Structure>,
    template_index: u8,
    attaches_structure: bool,
    carries_active: bool,
    active: u32,
    custom: Custom,
}

/// Where a frame differs from its template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Custom {
    indications: Option<Indications>,
    frame_diffs: Option<Vec<u16>>,
    chain_diffs: Option<Vec<u8>>,
}

impl DependencyDescriptor {
    /// The only packet of a frame that is exactly what a template of `structure` says, for those who send. Attaches no
    /// structure unless told with [`attach_structure`](Self::attach_structure). `None` if there is no such template.
    pub fn of_template(structure: &Arc<Structure>, template_index: u8, frame: u64) -> Option<Self> {
        structure.templates().get(usize::from(template_index))?;
        Some(Self {
            starts_frame: true,
            ends_frame: true,
            frame,
            structure: Arc::clone(structure),
            template_index,
            attaches_structure: false,
            carries_active: false,
            active: structure.all_decode_targets(),
            custom: Custom::default(),
        })
    }

    /// The same with its structure, as the first packet of a coded video sequence has it.
    #[must_use]
    pub fn attach_structure(mut self) -> Self {
        self.attaches_structure = true;
        self
    }

    /// The structure that the frame belongs to.
    pub fn structure(&self) -> &Arc<Structure> {
        &self.structure
    }

    /// The packet carries the structure, as the first one of each coded video sequence must.
    pub fn attaches_structure(&self) -> bool {
        self.attaches_structure
    }

    /// A decoder may start at this packet: the first of a frame that starts a coded video sequence.
    pub fn is_keyframe_start(&self) -> bool {
        self.attaches_structure && self.starts_frame && self.frame_diffs().is_empty()
    }

    /// The frame's spatial layer, 0 to 3.
    pub fn spatial_id(&self) -> u8 {
        self.template().map_or(0, |template| template.spatial_id)
    }

    /// The frame's temporal layer, 0 to 7.
    pub fn temporal_id(&self) -> u8 {
        self.template().map_or(0, |template| template.temporal_id)
    }

    /// What the frame means for a decode target.
    pub fn indication(&self, decode_target: u8) -> Indication {
        self.indications().get(decode_target)
    }

    /// What the frame means for each decode target.
    pub fn indications(&self) -> Indications {
        let template = || self.template().map(|template| template.indications);
        self.custom
            .indications
            .or_else(template)
            .unwrap_or_default()
    }

    /// How many frames back the frames are that it refers to.
    pub fn frame_diffs(&self) -> &[u16] {
        match &self.custom.frame_diffs {
            Some(diffs) => diffs,
            None => self
                .template()
                .map_or(&[], |template| &template.frame_diffs),
        }
    }

    /// How many frames back the previous frame of a chain is; 0 if the chain needs none. `None` if there is
    /// no such chain.
    pub fn chain_diff(&self, chain: u8) -> Option<u8> {
        let diffs = match &self.custom.chain_diffs {
            Some(diffs) => diffs,
            None => &self.template()?.chain_diffs,
        };
        diffs.get(usize::from(chain)).copied()
    }

    /// The largest picture of the frame's spatial layer, if the sender told.
    pub fn resolution(&self) -> Option<PictureSize> {
        let resolutions = self.structure.resolutions();
        resolutions.get(usize::from(self.spatial_id())).copied()
    }

    /// The decode targets that are being sent, a bit for each, the first being the lowest.
    pub fn active_decode_targets(&self) -> u32 {
        self.active
    }

    /// Whether a decode target is being sent.
    pub fn is_active(&self, decode_target: u8) -> bool {
        let shifted = self.active.checked_shr(u32::from(decode_target));
        shifted.unwrap_or_default() & 1 != 0
    }

    /// What [`write`](Self::write) needs in order to write the descriptor as it came.
    pub fn as_received(&self) -> DescriptorRewrite {
        DescriptorRewrite {
            frame_number: low_bits(self.frame),
            template_id_shift: 0,
            active_decode_targets: self.carries_active.then_some(self.active),
        }
    }

    /// Length in bytes once written.
    pub fn encoded_len(&self, rewrite: &DescriptorRewrite) -> usize {
        let mut counter = BitWriter::counter();
        self.encode(rewrite, &mut counter);
        counter.byte_length()
    }

    /// The one-byte form of header extensions holds at most 16 bytes (RFC 8285, section 4.2).
    pub fn requires_two_byte_form(&self, rewrite: &DescriptorRewrite) -> bool {
        self.encoded_len(rewrite) > ONE_BYTE_FORM_MAX
    }

    /// Writes the descriptor to the front of `buffer` and returns its length, or `None` if it does not fit,
    /// in which case the content of `buffer` means nothing.
    pub fn write(&self, rewrite: &DescriptorRewrite, buffer: &mut [u8]) -> Option<usize> {
        let available = buffer.len();
        let mut writer = BitWriter::new(buffer);
        self.encode(rewrite, &mut writer);
        let length = writer.byte_length();
        (length <= available).then_some(length)
    }

    /// The descriptor in bytes.
    pub fn to_bytes(&self, rewrite: &DescriptorRewrite) -> Vec<u8> {
        let mut bytes = vec![0; self.encoded_len(rewrite)];
        self.encode(rewrite, &mut BitWriter::new(&mut bytes));
        bytes
    }

    fn template(&self) -> Option<&Template> {
        self.structure
            .templates()
            .get(usize::from(self.template_index))
    }

    fn encode(&self, rewrite: &DescriptorRewrite, writer: &mut BitWriter<'_>) {
        let offset = rewrite.shifted(self.structure.template_id_offset());
        let template_id = rewrite.shifted(
            self.structure
                .template_id_offset()
                .wrapping_add(self.template_index),
        );
        writer.flag(self.starts_frame);
        writer.flag(self.ends_frame);
        writer.number(u32::from(template_id), 6);
        writer.number(u32::from(rewrite.frame_number), 16);
        let Custom {
            indications,
            frame_diffs,
            chain_diffs,
        } = &self.custom;
        let extensions = [
            self.attaches_structure,
            rewrite.active_decode_targets.is_some(),
            indications.is_some(),
            frame_diffs.is_some(),
            chain_diffs.is_some(),
        ];
        if !extensions.contains(&true) {
            return;
        }
        for is_present in extensions {
            writer.flag(is_present);
        }
        if self.attaches_structure {
            self.structure.write(writer, offset);
        }
        let targets = self.structure.decode_target_count();
        if let Some(active) = rewrite.active_decode_targets {
            writer.number(active, u32::from(targets));
        }
        if let Some(indications) = indications {
            indications.write(writer, targets);
        }
        if let Some(diffs) = frame_diffs {
            write_frame_diffs(writer, diffs);
        }
        for diff in chain_diffs.iter().flatten() {
            writer.number(u32::from(*diff), 8);
        }
        writer.pad();
    }
}

impl Custom {
    /// `frame_dependency_definition()`, as far as it is not in the template.
    fn read(
        reader: &mut BitReader<'_>,
        structure: &Structure,
        [has_indications, has_frame_diffs, has_chain_diffs]: [bool; 3],
    ) -> Result<Self, DescriptorError> {
        let mut custom = Self::default();
        if has_indications {
            let count = structure.decode_target_count();
            custom.indications = Some(Indications::read(reader, count)?);
        }
        if has_frame_diffs {
            custom.frame_diffs = Some(read_frame_diffs(reader)?);
        }
        if has_chain_diffs {
            let diffs = (0..structure.chain_count()).map(|_| reader.byte(8));
            custom.chain_diffs = Some(diffs.collect::<Result<_, _>>()?);
        }
        Ok(custom)
    }
}

/// `frame_fdiffs()`: each difference stands behind its size in units of four bits; a size of zero ends them.
fn read_frame_diffs(reader: &mut BitReader<'_>) -> Result<Vec<u16>, DescriptorError> {
    let mut diffs = Vec::new();
    loop {
        let units = reader.number(2)?;
        if units == 0 {
            return Ok(diffs);
        }
        diffs.push(reader.short(units.saturating_mul(4))?.saturating_add(1));
    }
}

fn write_frame_diffs(writer: &mut BitWriter<'_>, diffs: &[u16]) {
    for diff in diffs {
        let minus_one = diff.saturating_sub(1);
        let units = match minus_one {
            0..0x10 => 1_u32,
            0x10..0x100 => 2,
            _ => 3,
        };
        writer.number(units, 2);
        writer.number(u32::from(minus_one), units.saturating_mul(4));
    }
    writer.number(0, 2);
}

/// The 16 bits of a frame number that travel.
fn low_bits(frame: u64) -> u16 {
    let [.., high, low] = frame.to_be_bytes();
    u16::from_be_bytes([high, low])
}

const ONE_BYTE_FORM_MAX: usize = 16;
/// Descriptors of this length have the mandatory fields alone.
const MANDATORY_LENGTH: usize = 3;

#[cfg(test)]
pub(crate) mod tests;
