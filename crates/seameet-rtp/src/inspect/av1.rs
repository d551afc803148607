//! The AV1 aggregation header and the type of the first OBU (AV1 RTP specification 1.0, sections 4.4, 4.5).

use super::{PacketInfo, take};

/// Reads the aggregation header; `None` if the packet is empty.
///
/// A coded video sequence starts where bit N is set or where the first OBU is a sequence header.
pub(super) fn inspect(mut bytes: &[u8]) -> Option<PacketInfo> {
    let header = take(&mut bytes)?;
    if header & CONTINUES_OBU != 0 {
        return Some(PacketInfo {
            frame_start: Some(false),
            ..PacketInfo::default()
        });
    }
    let first_kind = first_obu_kind(header, bytes);
    let keyframe_start =
        header & NEW_CODED_VIDEO_SEQUENCE != 0 || first_kind == Some(SEQUENCE_HEADER);
    Some(PacketInfo {
        keyframe_start,
        frame_start: keyframe_start.then_some(true),
        ..PacketInfo::default()
    })
}

/// The type of the first OBU that starts in this packet. Temporal delimiters, which senders should have
/// removed, are passed over.
fn first_obu_kind(header: u8, mut bytes: &[u8]) -> Option<u8> {
    let count = (header & ELEMENT_COUNT) >> 4;
    for index in 1..=MAX_ELEMENTS {
        // With a count in the header, the last element has no length and fills the packet.
        let element = if index == count {
            std::mem::take(&mut bytes)
        } else {
            let size = take_leb128(&mut bytes)?;
            let (element, rest) = bytes.split_at_checked(size)?;
            bytes = rest;
            element
        };
        let kind = (element.first()? & OBU_TYPE) >> 3;
        if kind != TEMPORAL_DELIMITER {
            return Some(kind);
        }
    }
    None
}

/// Takes a number in the LEB128 form off `bytes`. Lengths within a packet need at most three bytes.
fn take_leb128(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0_usize;
    for shift in [0, 7, 14] {
        let byte = take(bytes)?;
        value |= usize::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

// Aggregation header: Z Y W(2) N reserved(3).
const CONTINUES_OBU: u8 = 0x80;
const ELEMENT_COUNT: u8 = 0x30;
const NEW_CODED_VIDEO_SEQUENCE: u8 = 0x08;
/// How many elements are looked at. One delimiter in front is plausible, more are not.
const MAX_ELEMENTS: u8 = 3;
// OBU header: forbidden bit, type(4), extension flag, size flag, reserved bit.
const OBU_TYPE: u8 = 0x78;
const SEQUENCE_HEADER: u8 = 1;
const TEMPORAL_DELIMITER: u8 = 2;
