//! The VP8 payload descriptor and the first byte of the VP8 payload header (RFC 7741, sections 4.2 and 4.3).

use super::{PacketInfo, take, take_picture_id};

/// The fields of a VP8 payload descriptor (RFC 7741, section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vp8Info {
    /// `PictureID`, 7 or 15 bits wide.
    pub picture_id: Option<u16>,
    /// The picture id is 15 bits wide (bit M). A rewritten one must keep its width.
    pub has_long_picture_id: bool,
    /// `TL0PICIDX`: counts the frames of temporal layer 0.
    pub tl0_pic_idx: Option<u8>,
    /// `TID`: the temporal layer, 0 to 3.
    pub temporal_id: Option<u8>,
    /// Bit Y: depends on temporal layer 0 only, so a receiver may switch up to this layer here.
    pub is_layer_sync: bool,
    /// `KEYIDX`, 5 bits: which keyframe this frame belongs to.
    pub key_idx: Option<u8>,
    /// Bit N: no other frame refers to this one.
    pub is_discardable: bool,
}

/// Reads descriptor and frame tag; `None` if the packet ends early.
pub(super) fn inspect(mut bytes: &[u8]) -> Option<PacketInfo> {
    let first = take(&mut bytes)?;
    let info = descriptor(first, &mut bytes)?;
    let frame_start = first & START_OF_PARTITION != 0 && first & PARTITION_INDEX == 0;
    let tag = take(&mut bytes)?;
    Some(PacketInfo {
        keyframe_start: frame_start && tag & INTER_FRAME == 0,
        frame_start: Some(frame_start),
        vp8: Some(info),
        vp9: None,
    })
}

fn descriptor(first: u8, bytes: &mut &[u8]) -> Option<Vp8Info> {
    let mut info = Vp8Info {
        is_discardable: first & NON_REFERENCE != 0,
        ..Vp8Info::default()
    };
    if first & EXTENDED == 0 {
        return Some(info);
    }
    let present = take(bytes)?;
    if present & PICTURE_ID_PRESENT != 0 {
        let (picture_id, is_long) = take_picture_id(bytes)?;
        info.picture_id = Some(picture_id);
        info.has_long_picture_id = is_long;
    }
    if present & TL0_PIC_IDX_PRESENT != 0 {
        info.tl0_pic_idx = Some(take(bytes)?);
    }
    if present & (TEMPORAL_ID_PRESENT | KEY_IDX_PRESENT) != 0 {
        let shared = take(bytes)?;
        if present & TEMPORAL_ID_PRESENT != 0 {
            info.temporal_id = Some(shared >> 6);
            info.is_layer_sync = shared & LAYER_SYNC != 0;
        }
        if present & KEY_IDX_PRESENT != 0 {
            info.key_idx = Some(shared & KEY_IDX);
        }
    }
    Some(info)
}

// First byte: X R N S R PID(3).
const EXTENDED: u8 = 0x80;
const NON_REFERENCE: u8 = 0x20;
const START_OF_PARTITION: u8 = 0x10;
const PARTITION_INDEX: u8 = 0x07;
// Second byte: I L T K RSV(4).
const PICTURE_ID_PRESENT: u8 = 0x80;
const TL0_PIC_IDX_PRESENT: u8 = 0x40;
const TEMPORAL_ID_PRESENT: u8 = 0x20;
const KEY_IDX_PRESENT: u8 = 0x10;
// Byte of layer and keyframe index: TID(2) Y KEYIDX(5).
const LAYER_SYNC: u8 = 0x20;
const KEY_IDX: u8 = 0x1F;
// First byte of the frame: the P bit is clear in keyframes.
const INTER_FRAME: u8 = 0x01;
