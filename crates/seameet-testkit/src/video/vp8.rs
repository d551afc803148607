//! VP8 payloads (RFC 7741, section 4; RFC 6386, section 9.1).

use super::stamp::Stamp;

/// What goes in front of the stamp.
pub(super) fn prefix(stamp: &Stamp, picture: u16, tl0: u8, is_sync: bool) -> Vec<u8> {
    let [high, low] = (picture & 0x7FFF).to_be_bytes();
    let start = if stamp.index == 0 { START } else { 0 };
    let discardable = if stamp.temporal == 2 {
        NON_REFERENCE
    } else {
        0
    };
    let sync = if is_sync { LAYER_SYNC } else { 0 };
    let mut bytes = vec![
        EXTENDED | discardable | start,
        PICTURE_ID | TL0_PIC_IDX | TEMPORAL_ID,
        LONG | high,
        low,
        tl0,
        stamp.temporal << 6 | sync,
    ];
    if stamp.index > 0 {
        return bytes;
    }
    bytes.extend_from_slice(&[u8::from(!stamp.keyframe), 0, 0]);
    if stamp.keyframe {
        bytes.extend_from_slice(&[0x9D, 0x01, 0x2A]);
        bytes.extend_from_slice(&stamp.width.to_le_bytes());
        bytes.extend_from_slice(&stamp.height.to_le_bytes());
    }
    bytes
}

/// `TL0PICIDX` of a received packet as the encoders of VP8 and VP9 here write it: both have it in the fifth byte.
pub(crate) fn read_tl0(payload: &[u8]) -> Option<u8> {
    payload.get(4).copied()
}

const EXTENDED: u8 = 0x80;
const NON_REFERENCE: u8 = 0x20;
const START: u8 = 0x10;
const PICTURE_ID: u8 = 0x80;
const TL0_PIC_IDX: u8 = 0x40;
const TEMPORAL_ID: u8 = 0x20;
const LONG: u8 = 0x80;
const LAYER_SYNC: u8 = 0x20;
