//! H.264 from outside: parameter sets that tell the size, and slices of noise in fragments (RFC 6184).

/// Headers of NAL units: what they refer to and what they are (H.264, table 7-1).
const SLICE: u8 = 0x61;
const KEY_SLICE: u8 = 0x65;
const SEQUENCE_PARAMETERS: u8 = 0x67;
const PICTURE_PARAMETERS: u8 = 0x68;
/// Several units in one packet, and one unit in several packets (RFC 6184, sections 5.7.1 and 5.8).
const AGGREGATE: u8 = 0x78;
const FRAGMENT: u8 = 28;
const FIRST: u8 = 0x80;
const LAST: u8 = 0x40;

/// Constrained baseline, level 3.1, as it stands at the beginning of the parameters.
const PROFILE: [u8; 3] = [0x42, 0xE0, 0x1F];
/// Of pictures that have each stream's first parameters, are coded without arithmetic and have no other options.
const PICTURE: [u8; 4] = [PICTURE_PARAMETERS, 0xCE, 0x3C, 0x80];
/// Pixels of a block.
const BLOCK: u16 = 16;

/// The packet before a keyframe: what its receivers need to know of it.
pub(super) fn parameters(width: u16, height: u16) -> Vec<u8> {
    let mut packet = vec![AGGREGATE];
    for unit in [sequence(width, height), PICTURE.to_vec()] {
        let length = u16::try_from(unit.len()).unwrap_or(u16::MAX);
        packet.extend_from_slice(&length.to_be_bytes());
        packet.extend_from_slice(&unit);
    }
    packet
}

/// What a packet of a slice begins with.
pub(super) fn fragment((index, count): (usize, usize), is_keyframe: bool) -> Vec<u8> {
    let unit = if is_keyframe { KEY_SLICE } else { SLICE };
    if count == 1 {
        return vec![unit];
    }
    let mut kind = unit & 0x1F;
    if index == 0 {
        kind |= FIRST;
    }
    if index + 1 == count {
        kind |= LAST;
    }
    vec![unit & 0xE0 | FRAGMENT, kind]
}

/// Sequence parameters (H.264, section 7.3.2.1.1).
fn sequence(width: u16, height: u16) -> Vec<u8> {
    let (columns, rows) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
    let mut bits = Bits::default();
    // Number, frame numbers of four bits, output in order of decoding, one reference frame, no gaps.
    for value in [0, 0, 2, 1] {
        bits.number(value);
    }
    bits.bit(false);
    bits.number(columns.saturating_sub(1));
    bits.number(rows.saturating_sub(1));
    // Whole frames, and how motion is guessed.
    bits.bit(true);
    bits.bit(true);
    let (right, bottom) = (columns * BLOCK - width, rows * BLOCK - height);
    let is_cropped = right > 0 || bottom > 0;
    bits.bit(is_cropped);
    if is_cropped {
        // In pairs of pixels, as colours are.
        for value in [0, right / 2, 0, bottom / 2] {
            bits.number(value);
        }
    }
    bits.bit(false);
    bits.bit(true);
    let mut unit = vec![SEQUENCE_PARAMETERS];
    unit.extend_from_slice(&PROFILE);
    unit.extend(bits.bytes());
    unit
}

/// Bits in the order of writing.
#[derive(Debug, Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn bit(&mut self, bit: bool) {
        self.0.push(bit);
    }

    /// As many zeros as the number plus one has bits after its first, and then it (H.264, section 9.1).
    fn number(&mut self, value: u16) {
        let value = u32::from(value) + 1;
        let length = value.ilog2();
        self.0.extend((0..length).map(|_| false));
        self.0
            .extend((0..=length).rev().map(|place| value >> place & 1 == 1));
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.0.chunks(8).map(|bits| {
            let places = bits.iter().zip((0..8).rev());
            places.map(|(bit, place)| u8::from(*bit) << place).sum()
        })
    }
}

#[cfg(test)]
mod tests {
    //! Tests of the bits.

    use super::*;

    /// Written by hand from the standard.
    #[test]
    fn parameters_are_those_of_the_standard() {
        // 1; 1; 011; 010; 0; 80 columns: 0000001010000; 45 rows: 00000101101; 1; 1; 0; 0; 1
        let expected = [0x67, 0x42, 0xE0, 0x1F, 0xDA, 0x01, 0x40, 0x16, 0xE4];
        assert_eq!(sequence(1_280, 720), expected);
        assert!(
            sequence(320, 180).len() > expected.len() - 2,
            "it is cropped"
        );
    }

    #[test]
    fn fragments_say_where_the_unit_begins_and_ends() {
        assert_eq!(fragment((0, 3), true), [0x7C, 0x85]);
        assert_eq!(fragment((1, 3), true), [0x7C, 0x05]);
        assert_eq!(fragment((2, 3), false), [0x7C, 0x41]);
        assert_eq!(fragment((0, 1), false), [SLICE]);
    }
}
