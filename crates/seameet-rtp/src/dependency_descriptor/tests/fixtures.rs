//! Structures and descriptors to test with.

use super::*;

/// Bytes from a string of zeros and ones; anything else in it is left out. Filled up with zeros.
pub(crate) fn bits(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, digit) in text
        .chars()
        .filter(|digit| matches!(digit, '0' | '1'))
        .enumerate()
    {
        if index % 8 == 0 {
            bytes.push(0);
        }
        if digit == '1' {
            bytes[index / 8] |= 0x80 >> (index % 8);
        }
    }
    bytes
}

/// Indications in the notation of the specification: `-`, `D`, `S`, `R`.
pub(crate) fn indications(text: &str) -> Indications {
    (0..)
        .zip(text.chars())
        .fold(Indications::new(), |all, (target, symbol)| {
            let indication = match symbol {
                '-' => Indication::NotPresent,
                'D' => Indication::Discardable,
                'S' => Indication::Switch,
                'R' => Indication::Required,
                _ => panic!("unknown symbol {symbol}"),
            };
            all.with(target, indication)
        })
}

/// A template: spatial and temporal layer, indications, frame differences, chain differences.
pub(crate) fn template(
    layer: (u8, u8),
    symbols: &str,
    frame_diffs: &[u16],
    chain_diffs: &[u8],
) -> Template {
    Template {
        spatial_id: layer.0,
        temporal_id: layer.1,
        indications: indications(symbols),
        frame_diffs: frame_diffs.to_vec(),
        chain_diffs: chain_diffs.to_vec(),
    }
}

/// One spatial layer, three temporal ones, in the order 0 2 1 2 (appendix A.6.1 of the specification).
pub(crate) fn l1t3(template_id_offset: u8) -> Structure {
    let templates = vec![
        template((0, 0), "SSS", &[], &[0]),
        template((0, 0), "SSS", &[4], &[4]),
        template((0, 1), "SD-", &[2], &[2]),
        template((0, 2), "D--", &[1], &[1]),
        template((0, 2), "D--", &[1], &[3]),
    ];
    let size = PictureSize {
        width: 640,
        height: 360,
    };
    Structure::new(template_id_offset, 3, templates, &[0, 0, 0], vec![size]).expect("valid")
}

/// Two spatial layers that refer to each other at keyframes alone. Decode target 0 is the upper layer and
/// has no frames of the lower one between keyframes; decode target 1 is the lower layer.
pub(crate) fn l2t1_key() -> Structure {
    let templates = vec![
        template((0, 0), "SS", &[], &[0, 0]),
        template((0, 0), "-S", &[2], &[2, 1]),
        template((1, 0), "S-", &[1], &[1, 1]),
        template((1, 0), "S-", &[2], &[1, 2]),
    ];
    let sizes = [(320, 180), (640, 360)];
    let sizes = sizes.map(|(width, height)| PictureSize { width, height });
    Structure::new(0, 2, templates, &[1, 0], sizes.to_vec()).expect("valid")
}

/// Two spatial layers, the upper one referring to the lower one in every picture.
pub(crate) fn l2t1() -> Structure {
    let templates = vec![
        template((0, 0), "SS", &[], &[0, 0]),
        template((0, 0), "RS", &[2], &[2, 1]),
        template((1, 0), "S-", &[1], &[1, 1]),
        template((1, 0), "R-", &[2, 1], &[1, 1]),
    ];
    Structure::new(0, 2, templates, &[1, 0], Vec::new()).expect("valid")
}

/// The only packet of a frame of `structure`. The first template's frames carry the structure.
pub(crate) fn descriptor(
    structure: &Arc<Structure>,
    template_index: u8,
    frame: u64,
) -> DependencyDescriptor {
    DependencyDescriptor {
        starts_frame: true,
        ends_frame: true,
        frame,
        structure: Arc::clone(structure),
        template_index,
        attaches_structure: template_index == 0,
        carries_active: false,
        active: structure.all_decode_targets(),
        custom: Custom::default(),
    }
}

/// The same with other active decode targets.
pub(crate) fn with_active(
    mut descriptor: DependencyDescriptor,
    active: u32,
) -> DependencyDescriptor {
    descriptor.carries_active = true;
    descriptor.active = active;
    descriptor
}
/// The same with other frames to refer to.
pub(crate) fn with_frame_diffs(
    mut descriptor: DependencyDescriptor,
    frame_diffs: &[u16],
) -> DependencyDescriptor {
    descriptor.custom.frame_diffs = Some(frame_diffs.to_vec());
    descriptor
}

/// The same with other indications.
pub(crate) fn with_indications(
    mut descriptor: DependencyDescriptor,
    symbols: &str,
) -> DependencyDescriptor {
    descriptor.custom.indications = Some(indications(symbols));
    descriptor
}

/// The same with other distances to the chains' previous frames.
pub(crate) fn with_chain_diffs(
    mut descriptor: DependencyDescriptor,
    chain_diffs: &[u8],
) -> DependencyDescriptor {
    descriptor.custom.chain_diffs = Some(chain_diffs.to_vec());
    descriptor
}
