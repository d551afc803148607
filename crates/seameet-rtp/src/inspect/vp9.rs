//! The VP9 payload descriptor (RFC 9628, section 4.2). The frame's own bytes are not read.

use super::{PacketInfo, take, take_picture_id};

/// The fields of a VP9 payload descriptor (RFC 9628, section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the fields are the independent bits of the wire format"
)]
pub struct Vp9Info {
    /// `Picture ID`, 7 or 15 bits wide.
    pub picture_id: Option<u16>,
    /// Bit P: predicted from earlier pictures.
    pub is_inter_picture: bool,
    /// Bit B: first packet of a layer's frame.
    pub starts_layer_frame: bool,
    /// Bit E: last packet of a layer's frame.
    pub ends_layer_frame: bool,
    /// Bit Z: no higher spatial layer depends on this frame.
    pub is_unused_by_higher_layers: bool,
    /// Which layer, if the descriptor tells.
    pub layer: Option<Vp9Layer>,
    /// `TL0PICIDX`, in non-flexible mode.
    pub tl0_pic_idx: Option<u8>,
}

/// The layer indices of a VP9 packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vp9Layer {
    /// `TID`: temporal layer, 0 to 7.
    pub temporal_id: u8,
    /// `SID`: spatial layer, 0 to 7.
    pub spatial_id: u8,
    /// Bit U: a receiver may switch up to this temporal layer here.
    pub is_switching_up_point: bool,
    /// Bit D: depends on the next lower spatial layer of the same picture.
    pub is_inter_layer: bool,
}

/// Reads the descriptor; `None` if the packet ends early.
pub(super) fn inspect(mut bytes: &[u8]) -> Option<PacketInfo> {
    let first = take(&mut bytes)?;
    let mut info = Vp9Info {
        is_inter_picture: first & INTER_PICTURE != 0,
        starts_layer_frame: first & START_OF_FRAME != 0,
        ends_layer_frame: first & END_OF_FRAME != 0,
        is_unused_by_higher_layers: first & NOT_REFERENCED_UPWARDS != 0,
        ..Vp9Info::default()
    };
    if first & PICTURE_ID_PRESENT != 0 {
        info.picture_id = Some(take_picture_id(&mut bytes)?.0);
    }
    if first & LAYER_PRESENT != 0 {
        info.layer = Some(layer(take(&mut bytes)?));
        if first & FLEXIBLE == 0 {
            info.tl0_pic_idx = Some(take(&mut bytes)?);
        }
    }
    let is_base = info.layer.is_none_or(|layer| layer.spatial_id == 0);
    Some(PacketInfo {
        keyframe_start: info.starts_layer_frame && !info.is_inter_picture && is_base,
        frame_start: Some(info.starts_layer_frame),
        vp8: None,
        vp9: Some(info),
    })
}

fn layer(byte: u8) -> Vp9Layer {
    Vp9Layer {
        temporal_id: byte >> 5,
        spatial_id: (byte >> 1) & 0x07,
        is_switching_up_point: byte & SWITCHING_UP_POINT != 0,
        is_inter_layer: byte & INTER_LAYER != 0,
    }
}

// First byte: I P L F B E V Z. V (scalability structure) stands behind the fields that are read here.
const PICTURE_ID_PRESENT: u8 = 0x80;
const INTER_PICTURE: u8 = 0x40;
const LAYER_PRESENT: u8 = 0x20;
const FLEXIBLE: u8 = 0x10;
const START_OF_FRAME: u8 = 0x08;
const END_OF_FRAME: u8 = 0x04;
const NOT_REFERENCED_UPWARDS: u8 = 0x01;
// Byte of layer indices: TID(3) U SID(3) D.
const SWITCHING_UP_POINT: u8 = 0x10;
const INTER_LAYER: u8 = 0x01;
