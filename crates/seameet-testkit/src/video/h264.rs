//! H.264 payloads (RFC 6184): parameter sets in an aggregate in front of each keyframe, pictures in fragments.

use super::stamp::Stamp;

/// What goes in front of the stamp. `rest` is how many bytes follow it, stamp included.
pub(super) fn prefix(stamp: &Stamp, rest: usize) -> Vec<u8> {
    match (stamp.keyframe, stamp.index) {
        (true, 0) => parameter_sets(stamp.width, stamp.height, rest),
        (true, index) => fragment(IDR, index == 1, index + 1 == stamp.count),
        (false, _) if stamp.count == 1 => vec![REFERENCE | SLICE],
        (false, index) => fragment(SLICE, index == 0, index + 1 == stamp.count),
    }
}

fn fragment(kind: u8, is_first: bool, is_last: bool) -> Vec<u8> {
    let start = if is_first { 0x80 } else { 0 };
    let end = if is_last { 0x40 } else { 0 };
    vec![REFERENCE | FU_A, start | end | kind]
}

/// STAP-A of both parameter sets and a message (SEI) that holds the rest.
fn parameter_sets(width: u16, height: u16, rest: usize) -> Vec<u8> {
    let mut bytes = vec![REFERENCE | STAP_A];
    for unit in [
        &sequence_parameter_set(width, height),
        &PICTURE_SET.to_vec(),
    ] {
        bytes.extend_from_slice(&u16::try_from(unit.len()).unwrap_or_default().to_be_bytes());
        bytes.extend_from_slice(unit);
    }
    let message = u16::try_from(rest + 1).unwrap_or_default();
    bytes.extend_from_slice(&message.to_be_bytes());
    bytes.push(SEI);
    bytes
}

/// Constrained baseline, level 3.1 (H.264, section 7.3.2.1.1).
fn sequence_parameter_set(width: u16, height: u16) -> Vec<u8> {
    let mut bits = Bits::default();
    let (columns, rows) = (width.div_ceil(16), height.div_ceil(16));
    // Id, length of frame numbers, order of pictures, reference frames.
    for value in [0, 0, 2, 1] {
        bits.exp_golomb(value);
    }
    bits.push(false);
    bits.exp_golomb(columns - 1);
    bits.exp_golomb(rows - 1);
    // Frames only, direct inference.
    bits.push(true);
    bits.push(true);
    let crop = (columns * 16 - width, rows * 16 - height);
    bits.push(crop != (0, 0));
    if crop != (0, 0) {
        for side in [0, crop.0 / 2, 0, crop.1 / 2] {
            bits.exp_golomb(side);
        }
    }
    // No further information; the end.
    bits.push(false);
    bits.push(true);
    let mut bytes = vec![REFERENCE | SEQUENCE, 0x42, 0xE0, 0x1F];
    bytes.append(&mut bits.bytes);
    bytes
}

#[derive(Debug, Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        if self.used.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << (7 - self.used % 8);
        }
        self.used += 1;
    }

    fn exp_golomb(&mut self, value: u16) {
        let code = u32::from(value) + 1;
        let length = 32 - code.leading_zeros();
        for _ in 1..length {
            self.push(false);
        }
        for place in (0..length).rev() {
            self.push(code >> place & 1 == 1);
        }
    }
}

const REFERENCE: u8 = 0x60;
const SLICE: u8 = 1;
const IDR: u8 = 5;
const SEI: u8 = 6;
const SEQUENCE: u8 = 7;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;
/// A picture parameter set with all defaults.
const PICTURE_SET: [u8; 4] = [0x68, 0xCE, 0x3C, 0x80];
