//! AV1 payloads and the dependency descriptor of `L3T3_KEY` (AV1 RTP specification 1.0, section 4.4 and appendix A).

use std::sync::Arc;

use seameet_rtp::dependency_descriptor::{
    DependencyDescriptor, Indication, Indications, Structure, Template,
};
use seameet_rtp::picture_size::PictureSize;

use super::plan::EncodingPlan;
use super::stamp::Stamp;

/// What goes in front of the stamp: the aggregation header and the header of a frame OBU.
pub(super) fn prefix(stamp: &Stamp) -> Vec<u8> {
    let flag = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
    let header = ONE_ELEMENT
        | flag(stamp.index > 0, CONTINUES)
        | flag(stamp.index + 1 < stamp.count, IS_CONTINUED)
        | flag(stamp.keyframe && stamp.index == 0, NEW_SEQUENCE);
    if stamp.index > 0 {
        return vec![header];
    }
    vec![header, FRAME_OBU]
}

/// Frames of three spatial and three temporal layers, in the order 0 2 1 2, as libwebrtc numbers them.
pub(super) fn structure(layers: &[EncodingPlan]) -> Option<Arc<Structure>> {
    let sizes = layers.iter().map(|layer| PictureSize {
        width: layer.width.into(),
        height: layer.height.into(),
    });
    let templates = TEMPLATES.map(|(layer, symbols, frame_diff, chain_diffs)| Template {
        spatial_id: layer.0,
        temporal_id: layer.1,
        indications: indications(symbols),
        frame_diffs: (frame_diff > 0).then_some(frame_diff).into_iter().collect(),
        chain_diffs: chain_diffs.to_vec(),
    });
    let chains = [0, 0, 0, 1, 1, 1, 2, 2, 2];
    let structure = Structure::new(0, 9, templates.to_vec(), &chains, sizes.collect());
    structure.ok().map(Arc::new)
}

/// The descriptor of a packet. `position` is the picture's place in the group of four.
pub(super) fn descriptor(
    structure: &Arc<Structure>,
    stamp: &Stamp,
    position: u8,
    is_key_picture: bool,
) -> Option<Vec<u8>> {
    let place = match (is_key_picture, position) {
        (true, _) => 0,
        (false, 0) => 1,
        (false, 2) => 2,
        (false, 1) => 3,
        (false, _) => 4,
    };
    let frame = u64::from(stamp.frame);
    let mut descriptor =
        DependencyDescriptor::of_template(structure, stamp.spatial * 5 + place, frame)?;
    if stamp.keyframe && stamp.index == 0 {
        descriptor = descriptor.attach_structure();
    }
    descriptor.starts_frame = stamp.index == 0;
    descriptor.ends_frame = stamp.index + 1 == stamp.count;
    Some(descriptor.to_bytes(&descriptor.as_received()))
}

fn indications(symbols: &str) -> Indications {
    let places = (0..).zip(symbols.chars());
    places.fold(Indications::new(), |all, (target, symbol)| {
        let indication = match symbol {
            'D' => Indication::Discardable,
            'S' => Indication::Switch,
            'R' => Indication::Required,
            _ => Indication::NotPresent,
        };
        all.with(target, indication)
    })
}

// Aggregation header: Z Y W(2) N reserved(3).
const CONTINUES: u8 = 0x80;
const IS_CONTINUED: u8 = 0x40;
const ONE_ELEMENT: u8 = 0x10;
const NEW_SEQUENCE: u8 = 0x08;
/// Type 6, no extension, no size.
const FRAME_OBU: u8 = 6 << 3;

type Kind = ((u8, u8), &'static str, u16, [u8; 3]);

/// Five kinds of frames for each spatial layer: in a key picture, then at the positions 0, 2, 1 and 3 of a group.
/// Layer, indications for the nine decode targets, difference to the reference, differences within the three chains.
const TEMPLATES: [Kind; 15] = [
    ((0, 0), "SSSSSSSSS", 0, [0, 0, 0]),
    ((0, 0), "SSS------", 12, [12, 11, 10]),
    ((0, 1), "-DS------", 6, [6, 5, 4]),
    ((0, 2), "--D------", 3, [3, 2, 1]),
    ((0, 2), "--D------", 3, [9, 8, 7]),
    ((1, 0), "---SSSSSS", 1, [1, 1, 1]),
    ((1, 0), "---SSS---", 12, [1, 12, 11]),
    ((1, 1), "----DS---", 6, [7, 6, 5]),
    ((1, 2), "-----D---", 3, [4, 3, 2]),
    ((1, 2), "-----D---", 3, [10, 9, 8]),
    ((2, 0), "------SSS", 1, [2, 1, 1]),
    ((2, 0), "------SSS", 12, [2, 1, 12]),
    ((2, 1), "-------DS", 6, [8, 7, 6]),
    ((2, 2), "--------D", 3, [5, 4, 3]),
    ((2, 2), "--------D", 3, [11, 10, 9]),
];
