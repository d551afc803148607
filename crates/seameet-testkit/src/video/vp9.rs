//! The VP9 payload descriptor in non-flexible mode (RFC 9628, section 4.2).

use super::plan::EncodingPlan;
use super::stamp::Stamp;

/// What goes in front of the stamp. `is_key_picture` is true for all layers of a picture that begins with a keyframe.
pub(super) fn prefix(
    stamp: &Stamp,
    picture: u16,
    tl0: u8,
    is_key_picture: bool,
    layers: &[EncodingPlan],
) -> Vec<u8> {
    let [high, low] = (picture & 0x7FFF).to_be_bytes();
    let is_top = usize::from(stamp.spatial) + 1 == layers.len();
    let has_structure = stamp.keyframe && stamp.index == 0;
    let flag = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
    let first = PICTURE_ID
        | LAYER
        | flag(!is_key_picture, INTER_PICTURE)
        | flag(stamp.index == 0, START)
        | flag(stamp.index + 1 == stamp.count, END)
        | flag(has_structure, STRUCTURE)
        | flag(!is_key_picture || is_top, UNUSED_ABOVE);
    let layer = stamp.temporal << 5
        | flag(stamp.temporal > 0, SWITCHING_UP)
        | stamp.spatial << 1
        | flag(is_key_picture && stamp.spatial > 0, INTER_LAYER);
    let mut bytes = vec![first, LONG | high, low, layer, tl0];
    if has_structure {
        let count = u8::try_from(layers.len()).unwrap_or(1);
        bytes.push((count - 1) << 5 | HAS_SIZES);
        for layer in layers {
            bytes.extend_from_slice(&layer.width.to_be_bytes());
            bytes.extend_from_slice(&layer.height.to_be_bytes());
        }
    }
    bytes
}

// First byte: I P L F B E V Z.
const PICTURE_ID: u8 = 0x80;
const INTER_PICTURE: u8 = 0x40;
const LAYER: u8 = 0x20;
const START: u8 = 0x08;
const END: u8 = 0x04;
const STRUCTURE: u8 = 0x02;
const UNUSED_ABOVE: u8 = 0x01;
const LONG: u8 = 0x80;
// Layer indices: TID(3) U SID(3) D.
const SWITCHING_UP: u8 = 0x10;
const INTER_LAYER: u8 = 0x01;
// Scalability structure: N_S(3) Y G reserved(3).
const HAS_SIZES: u8 = 0x10;
