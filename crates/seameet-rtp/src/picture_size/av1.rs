//! The sequence header of AV1 (AV1 bitstream specification, section 5.5) in an RTP payload (AV1 RTP
//! specification 1.0, section 4).

use super::PictureSize;
use crate::bits::{BitReader, Truncated};

/// The size that a packet's sequence header tells; `None` if it has none.
pub(super) fn picture_size(bytes: &[u8]) -> Option<PictureSize> {
    let header = find_sequence_header(bytes)?;
    read(&mut BitReader::new(header)).ok()
}

/// The body of the first sequence header among the elements that start in the packet.
fn find_sequence_header(bytes: &[u8]) -> Option<&[u8]> {
    let (aggregation, mut rest) = bytes.split_first()?;
    if aggregation & CONTINUES_OBU != 0 {
        return None;
    }
    let count = (aggregation & ELEMENT_COUNT) >> 4;
    for index in 1..=MAX_ELEMENTS {
        // With a count in the header, the last element has no length and fills the packet.
        let element = if index == count {
            std::mem::take(&mut rest)
        } else {
            let size = take_leb128(&mut rest)?;
            let (element, behind) = rest.split_at_checked(size)?;
            rest = behind;
            element
        };
        let (header, mut body) = element.split_first()?;
        if header & OBU_TYPE != SEQUENCE_HEADER {
            continue;
        }
        if header & HAS_EXTENSION != 0 {
            body = body.get(1..)?;
        }
        if header & HAS_SIZE != 0 {
            take_leb128(&mut body)?;
        }
        return Some(body);
    }
    None
}

/// Takes a number in the LEB128 form off `bytes`. Lengths within a packet need at most three bytes.
fn take_leb128(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0_usize;
    for shift in [0, 7, 14] {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= usize::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn read(reader: &mut BitReader<'_>) -> Result<PictureSize, Truncated> {
    // Profile, and whether it is a still picture.
    reader.number(4)?;
    let is_reduced = reader.flag()?;
    if is_reduced {
        reader.number(5)?;
    } else {
        skip_operating_points(reader)?;
    }
    let width_bits = reader.number(4)?.saturating_add(1);
    let height_bits = reader.number(4)?.saturating_add(1);
    Ok(PictureSize {
        width: reader.number(width_bits)?.saturating_add(1),
        height: reader.number(height_bits)?.saturating_add(1),
    })
}

fn skip_operating_points(reader: &mut BitReader<'_>) -> Result<(), Truncated> {
    let has_timing = reader.flag()?;
    let mut delay_bits = None;
    if has_timing {
        skip_timing(reader)?;
        let has_decoder_model = reader.flag()?;
        if has_decoder_model {
            delay_bits = Some(reader.number(5)?.saturating_add(1));
            reader.number(32)?;
            reader.number(10)?;
        }
    }
    let has_display_delay = reader.flag()?;
    let points = reader.number(5)?.saturating_add(1);
    for _ in 0..points {
        reader.number(12)?;
        let level = reader.number(5)?;
        if level > 7 {
            reader.flag()?;
        }
        if let Some(bits) = delay_bits
            && reader.flag()?
        {
            reader.number(bits)?;
            reader.number(bits)?;
            reader.flag()?;
        }
        if has_display_delay && reader.flag()? {
            reader.number(4)?;
        }
    }
    Ok(())
}

fn skip_timing(reader: &mut BitReader<'_>) -> Result<(), Truncated> {
    reader.number(32)?;
    reader.number(32)?;
    let is_regular = reader.flag()?;
    if is_regular {
        // `uvlc()`: as many bits behind a one as zeros before it; from 32 on there are none.
        let mut zeros = 0_u32;
        while !reader.flag()? {
            zeros = zeros.saturating_add(1);
        }
        if zeros < 32 {
            reader.number(zeros)?;
        }
    }
    Ok(())
}

// Aggregation header: Z Y W(2) N reserved(3).
const CONTINUES_OBU: u8 = 0x80;
const ELEMENT_COUNT: u8 = 0x30;
/// How many elements are looked at. One delimiter in front is plausible, more are not.
const MAX_ELEMENTS: u8 = 3;
// OBU header: forbidden bit, type(4), extension flag, size flag, reserved bit.
const OBU_TYPE: u8 = 0x78;
const SEQUENCE_HEADER: u8 = 1 << 3;
const HAS_EXTENSION: u8 = 0x04;
const HAS_SIZE: u8 = 0x02;
