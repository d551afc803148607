//! NAL unit types of H.264 payloads (RFC 6184, sections 5.2 to 5.8). Slices are not read.

use super::{PacketInfo, take};

/// Reads the NAL unit types; `None` if the packet is empty.
///
/// Packetization modes 0 and 1 know single NAL units, STAP-A and FU-A. The other structures belong to the
/// interleaved mode, which is never negotiated; they claim nothing.
pub(super) fn inspect(mut bytes: &[u8]) -> Option<PacketInfo> {
    let (keyframe_start, frame_start) = match take(&mut bytes)? & TYPE {
        kind @ 1..=23 => (starts_keyframe(kind), None),
        STAP_A => (aggregate_starts_keyframe(bytes), None),
        FU_A => {
            let header = take(&mut bytes)?;
            let is_start = header & FRAGMENT_START != 0;
            let continues = (!is_start).then_some(false);
            (is_start && starts_keyframe(header & TYPE), continues)
        }
        _ => return None,
    };
    Some(PacketInfo {
        keyframe_start,
        frame_start,
        ..PacketInfo::default()
    })
}

fn starts_keyframe(kind: u8) -> bool {
    matches!(kind, IDR_SLICE | SEQUENCE_PARAMETER_SET)
}

/// Whether any NAL unit of a STAP-A starts a keyframe. Each stands behind its size in two bytes.
fn aggregate_starts_keyframe(mut bytes: &[u8]) -> bool {
    while let Some((size, rest)) = bytes.split_first_chunk::<2>() {
        let size = usize::from(u16::from_be_bytes(*size));
        let Some((unit, rest)) = rest.split_at_checked(size) else {
            return false;
        };
        if unit
            .first()
            .is_some_and(|header| starts_keyframe(header & TYPE))
        {
            return true;
        }
        bytes = rest;
    }
    false
}

const TYPE: u8 = 0x1F;
const IDR_SLICE: u8 = 5;
const SEQUENCE_PARAMETER_SET: u8 = 7;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;
const FRAGMENT_START: u8 = 0x80;
