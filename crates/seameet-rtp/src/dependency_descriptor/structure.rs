//! The template structure: which kinds of frames a stream has, and what can be decoded from which of them.

use super::DescriptorError;
use super::indications::{Indication, Indications};
use crate::bits::{BitReader, BitWriter};
use crate::picture_size::PictureSize;

/// One kind of frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// Spatial layer, 0 to 3.
    pub spatial_id: u8,
    /// Temporal layer, 0 to 7.
    pub temporal_id: u8,
    /// What such a frame means for each decode target.
    pub indications: Indications,
    /// How many frames back the frames are that it refers to, 1 to 16 each.
    pub frame_diffs: Vec<u16>,
    /// For each chain, how many frames back its previous frame is, 0 to 15; 0 starts the chain.
    pub chain_diffs: Vec<u8>,
}

/// A set of frames that can be decoded together, which is what a subscriber chooses from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DecodeTarget {
    /// The highest spatial layer in it.
    pub spatial_id: u8,
    /// The highest temporal layer in it.
    pub temporal_id: u8,
    /// The chain whose frames must all arrive for it to stay decodable.
    pub chain: Option<u8>,
}

/// The structure of a coded video sequence. Always consistent: it can be written as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Structure {
    template_id_offset: u8,
    chain_count: u8,
    templates: Vec<Template>,
    decode_targets: Vec<DecodeTarget>,
    resolutions: Vec<PictureSize>,
}

impl Structure {
    /// Builds a structure from its templates, the chain that protects each decode target (empty without
    /// chains), and the picture size of each spatial layer (empty when not told). `decode_target_count` is 1
    /// to 32; templates are ordered by spatial, then temporal layer, starting with layer 0 of both.
    ///
    /// # Errors
    ///
    /// [`DescriptorError::InvalidStructure`] if the wire format cannot express it.
    pub fn new(
        template_id_offset: u8,
        decode_target_count: u8,
        templates: Vec<Template>,
        protected_by: &[u8],
        resolutions: Vec<PictureSize>,
    ) -> Result<Self, DescriptorError> {
        let chain_count = protected_by
            .iter()
            .max()
            .map_or(0, |highest| highest.saturating_add(1));
        let structure = Self {
            template_id_offset,
            chain_count,
            decode_targets: decode_targets(&templates, decode_target_count, protected_by),
            templates,
            resolutions,
        };
        structure.check(decode_target_count, protected_by)?;
        Ok(structure)
    }

    /// The id of the first template; the others count on, modulo 64.
    pub fn template_id_offset(&self) -> u8 {
        self.template_id_offset
    }

    /// The kinds of frames, 1 to 64.
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// What can be decoded, 1 to 32 choices. Conventionally the first is the best, but nothing asks for it.
    pub fn decode_targets(&self) -> &[DecodeTarget] {
        &self.decode_targets
    }

    /// How many decode targets there are.
    pub fn decode_target_count(&self) -> u8 {
        u8::try_from(self.decode_targets.len()).unwrap_or(MAX_DECODE_TARGETS)
    }

    /// How many chains there are.
    pub fn chain_count(&self) -> u8 {
        self.chain_count
    }

    /// The largest picture of each spatial layer; empty when the sender does not tell.
    pub fn resolutions(&self) -> &[PictureSize] {
        &self.resolutions
    }

    /// Whether a packet that names a template of `other` means the same with this structure, if both have the same ids:
    /// they differ at most in the ids and in the sizes of their pictures.
    pub(super) fn has_templates_of(&self, other: &Self) -> bool {
        self.chain_count == other.chain_count
            && self.templates == other.templates
            && self.decode_targets == other.decode_targets
    }

    /// A mask with a bit for each decode target, the first being the lowest.
    pub fn all_decode_targets(&self) -> u32 {
        let unused = 32_u32.saturating_sub(u32::from(self.decode_target_count()));
        u32::MAX.checked_shr(unused).unwrap_or_default()
    }

    /// The template with an id of 6 bits: its place, and itself.
    pub(super) fn find_template(&self, id: u8) -> Option<(u8, &Template)> {
        let index = id.wrapping_sub(self.template_id_offset) & TEMPLATE_ID_MASK;
        Some((index, self.templates.get(usize::from(index))?))
    }

    fn check(&self, target_count: u8, protected_by: &[u8]) -> Result<(), DescriptorError> {
        let fits = |fits: bool, what| {
            fits.then_some(())
                .ok_or(DescriptorError::InvalidStructure { what })
        };
        fits(
            self.template_id_offset <= TEMPLATE_ID_MASK,
            "template id offset",
        )?;
        fits(
            (1..=MAX_DECODE_TARGETS).contains(&target_count),
            "decode targets",
        )?;
        fits(
            (1..=MAX_TEMPLATES).contains(&self.templates.len()),
            "templates",
        )?;
        let is_protected = [0, usize::from(target_count)].contains(&protected_by.len());
        fits(is_protected && self.chain_count <= target_count, "chains")?;
        let layers = self
            .templates
            .iter()
            .map(|template| (template.spatial_id, template.temporal_id));
        let first = layers.clone().next();
        fits(first == Some((0, 0)), "first layer")?;
        for (layer, next) in layers.clone().zip(layers.clone().skip(1)) {
            fits(next_layer(layer, next).is_some(), "order of layers")?;
        }
        fits(layers.into_iter().all(is_layer), "layers")?;
        fits(
            self.templates.iter().all(|template| {
                template.chain_diffs.len() == usize::from(self.chain_count)
                    && template.chain_diffs.iter().all(|diff| *diff < 16)
                    && template
                        .frame_diffs
                        .iter()
                        .all(|diff| (1..=16).contains(diff))
            }),
            "differences",
        )?;
        let sizes = self.resolutions.len();
        fits(
            sizes == 0 || sizes == self.spatial_layer_count(),
            "resolutions",
        )?;
        let is_size = |length: u32| (1..=1 << 16).contains(&length);
        let mut resolutions = self.resolutions.iter();
        fits(
            resolutions.all(|size| is_size(size.width) && is_size(size.height)),
            "resolutions",
        )
    }

    fn spatial_layer_count(&self) -> usize {
        let last = self
            .templates
            .last()
            .map_or(0, |template| template.spatial_id);
        usize::from(last).saturating_add(1)
    }

    /// `template_dependency_structure()`.
    pub(super) fn read(reader: &mut BitReader<'_>) -> Result<Self, DescriptorError> {
        let template_id_offset = reader.byte(6)?;
        let target_count = reader.byte(5)?.saturating_add(1);
        let mut templates = read_layers(reader)?;
        for template in &mut templates {
            template.indications = Indications::read(reader, target_count)?;
        }
        for template in &mut templates {
            while reader.flag()? {
                template
                    .frame_diffs
                    .push(reader.short(4)?.saturating_add(1));
            }
        }
        let chain_count = reader.non_symmetric(target_count.saturating_add(1))?;
        let mut protected_by = Vec::new();
        if chain_count > 0 {
            for _ in 0..target_count {
                protected_by.push(reader.non_symmetric(chain_count)?);
            }
            for template in &mut templates {
                for _ in 0..chain_count {
                    template.chain_diffs.push(reader.byte(4)?);
                }
            }
        }
        let mut structure = Self {
            template_id_offset,
            chain_count,
            decode_targets: decode_targets(&templates, target_count, &protected_by),
            templates,
            resolutions: Vec::new(),
        };
        if reader.flag()? {
            for _ in 0..structure.spatial_layer_count() {
                structure.resolutions.push(read_size(reader)?);
            }
        }
        Ok(structure)
    }

    /// The inverse of [`read`](Self::read), with another offset for the template ids.
    pub(super) fn write(&self, writer: &mut BitWriter<'_>, template_id_offset: u8) {
        let target_count = self.decode_target_count();
        writer.number(u32::from(template_id_offset), 6);
        writer.number(u32::from(target_count).saturating_sub(1), 5);
        let layers = self
            .templates
            .iter()
            .map(|template| (template.spatial_id, template.temporal_id));
        for (layer, next) in layers.clone().zip(layers.skip(1)) {
            writer.number(next_layer(layer, next).unwrap_or_default(), 2);
        }
        writer.number(NO_MORE_LAYERS, 2);
        for template in &self.templates {
            template.indications.write(writer, target_count);
        }
        for template in &self.templates {
            for diff in &template.frame_diffs {
                writer.flag(true);
                writer.number(u32::from(*diff).saturating_sub(1), 4);
            }
            writer.flag(false);
        }
        self.write_chains(writer);
        writer.flag(!self.resolutions.is_empty());
        for size in &self.resolutions {
            writer.number(size.width.saturating_sub(1), 16);
            writer.number(size.height.saturating_sub(1), 16);
        }
    }

    fn write_chains(&self, writer: &mut BitWriter<'_>) {
        let targets = self.decode_target_count();
        writer.non_symmetric(self.chain_count, targets.saturating_add(1));
        if self.chain_count == 0 {
            return;
        }
        for target in &self.decode_targets {
            writer.non_symmetric(target.chain.unwrap_or_default(), self.chain_count);
        }
        for template in &self.templates {
            for diff in &template.chain_diffs {
                writer.number(u32::from(*diff), 4);
            }
        }
    }
}

/// `template_layers()`: as many templates as there are, with nothing but their layers.
fn read_layers(reader: &mut BitReader<'_>) -> Result<Vec<Template>, DescriptorError> {
    let mut templates = Vec::new();
    let mut layer = (0_u8, 0_u8);
    loop {
        if templates.len() >= MAX_TEMPLATES || !is_layer(layer) {
            return Err(DescriptorError::InvalidStructure { what: "layers" });
        }
        templates.push(Template {
            spatial_id: layer.0,
            temporal_id: layer.1,
            ..Template::default()
        });
        match reader.number(2)? {
            SAME_LAYER => {}
            NEXT_TEMPORAL_LAYER => layer.1 = layer.1.saturating_add(1),
            NEXT_SPATIAL_LAYER => layer = (layer.0.saturating_add(1), 0),
            _ => return Ok(templates),
        }
    }
}

fn read_size(reader: &mut BitReader<'_>) -> Result<PictureSize, DescriptorError> {
    Ok(PictureSize {
        width: reader.number(16)?.saturating_add(1),
        height: reader.number(16)?.saturating_add(1),
    })
}

/// `decode_target_layers()`: a decode target reaches as high as the highest templates present in it.
fn decode_targets(templates: &[Template], count: u8, protected_by: &[u8]) -> Vec<DecodeTarget> {
    let target = |target| {
        let present = || {
            templates
                .iter()
                .filter(move |template| template.indications.get(target) != Indication::NotPresent)
        };
        DecodeTarget {
            spatial_id: present()
                .map(|template| template.spatial_id)
                .max()
                .unwrap_or(0),
            temporal_id: present()
                .map(|template| template.temporal_id)
                .max()
                .unwrap_or(0),
            chain: protected_by.get(usize::from(target)).copied(),
        }
    };
    (0..count).map(target).collect()
}

/// `next_layer_idc` from one layer to the next, each of spatial and temporal id; `None` if it has none.
fn next_layer(layer: (u8, u8), next: (u8, u8)) -> Option<u32> {
    let (spatial, temporal) = layer;
    if next == layer {
        Some(SAME_LAYER)
    } else if next == (spatial, temporal.saturating_add(1)) {
        Some(NEXT_TEMPORAL_LAYER)
    } else if next == (spatial.saturating_add(1), 0) {
        Some(NEXT_SPATIAL_LAYER)
    } else {
        None
    }
}

fn is_layer((spatial, temporal): (u8, u8)) -> bool {
    spatial < MAX_SPATIAL_LAYERS && temporal < MAX_TEMPORAL_LAYERS
}

const SAME_LAYER: u32 = 0;
const NEXT_TEMPORAL_LAYER: u32 = 1;
const NEXT_SPATIAL_LAYER: u32 = 2;
const NO_MORE_LAYERS: u32 = 3;
/// Template ids have 6 bits.
pub(super) const TEMPLATE_ID_MASK: u8 = 0x3F;
const MAX_TEMPLATES: usize = 64;
/// `dt_cnt_minus_one` has 5 bits.
const MAX_DECODE_TARGETS: u8 = 32;
/// Spatial ids of AV1 have 2 bits, temporal ids 3.
const MAX_SPATIAL_LAYERS: u8 = 4;
const MAX_TEMPORAL_LAYERS: u8 = 8;
