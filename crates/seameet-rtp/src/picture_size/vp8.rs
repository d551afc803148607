//! The frame header of a VP8 keyframe (RFC 6386, section 9.1), behind the payload descriptor.

use super::PictureSize;

/// The size that a keyframe's first packet tells; `None` if this is none.
pub(super) fn picture_size(bytes: &[u8]) -> Option<PictureSize> {
    let header = bytes.get(descriptor_length(bytes)?..)?;
    let [
        tag,
        _,
        _,
        0x9D,
        0x01,
        0x2A,
        width_low,
        width_high,
        height_low,
        height_high,
        ..,
    ] = header
    else {
        return None;
    };
    if tag & INTER_FRAME != 0 {
        return None;
    }
    // The upper two bits of each are a scaling hint.
    let side = |low: &u8, high: &u8| u32::from(u16::from_le_bytes([*low, *high]) & 0x3FFF);
    Some(PictureSize {
        width: side(width_low, width_high),
        height: side(height_low, height_high),
    })
}

/// Length of the payload descriptor (RFC 7741, section 4.2).
fn descriptor_length(bytes: &[u8]) -> Option<usize> {
    if bytes.first()? & EXTENDED == 0 {
        return Some(1);
    }
    let present = bytes.get(1)?;
    let mut length = 2_usize;
    if present & PICTURE_ID_PRESENT != 0 {
        let is_long = bytes.get(length)? & LONG_PICTURE_ID != 0;
        length = length.saturating_add(if is_long { 2 } else { 1 });
    }
    for field in [TL0_PIC_IDX_PRESENT, TID_OR_KEY_IDX_PRESENT] {
        if present & field != 0 {
            length = length.saturating_add(1);
        }
    }
    Some(length)
}

const INTER_FRAME: u8 = 0x01;
const EXTENDED: u8 = 0x80;
const PICTURE_ID_PRESENT: u8 = 0x80;
const LONG_PICTURE_ID: u8 = 0x80;
const TL0_PIC_IDX_PRESENT: u8 = 0x40;
const TID_OR_KEY_IDX_PRESENT: u8 = 0x30;
