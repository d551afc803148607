//! The sequence parameter set of H.264 (H.264, section 7.3.2.1.1) in an RTP payload (RFC 6184).

use super::PictureSize;
use crate::bits::{BitReader, Truncated};

/// The size that a packet's sequence parameter set tells; `None` if it has none.
pub(super) fn picture_size(bytes: &[u8]) -> Option<PictureSize> {
    let parameters = without_escapes(find_parameter_set(bytes)?);
    read(&mut BitReader::new(&parameters)).ok().flatten()
}

/// The sequence parameter set behind its header, alone or in an aggregate. It is too small for fragments.
fn find_parameter_set(bytes: &[u8]) -> Option<&[u8]> {
    let (header, mut rest) = bytes.split_first()?;
    match header & TYPE {
        SEQUENCE_PARAMETER_SET => Some(rest),
        STAP_A => loop {
            let (size, behind) = rest.split_first_chunk::<2>()?;
            let size = usize::from(u16::from_be_bytes(*size));
            let (unit, next) = behind.split_at_checked(size)?;
            match unit.split_first() {
                Some((header, body)) if header & TYPE == SEQUENCE_PARAMETER_SET => {
                    break Some(body);
                }
                _ => rest = next,
            }
        },
        _ => None,
    }
}

/// Removes the threes that keep two zeros and a small byte from looking like a start code. Sizes stand at the
/// beginning, so no more than that is looked at.
fn without_escapes(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut zeros = 0_u8;
    for byte in bytes.iter().take(MAX_LENGTH) {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 {
            zeros.saturating_add(1)
        } else {
            0
        };
        plain.push(*byte);
    }
    plain
}

fn read(reader: &mut BitReader<'_>) -> Result<Option<PictureSize>, Truncated> {
    let profile = reader.byte(8)?;
    // Constraint flags and level.
    reader.number(16)?;
    exp_golomb(reader)?;
    let (mut crop_x, mut crop_y) = (2, 2);
    if HIGH_PROFILES.contains(&profile) {
        (crop_x, crop_y) = read_chroma(reader)?;
    }
    // Length of frame numbers.
    exp_golomb(reader)?;
    skip_picture_order(reader)?;
    // Reference frames, and whether gaps in their numbers are allowed.
    exp_golomb(reader)?;
    reader.flag()?;
    let width = exp_golomb(reader)?.saturating_add(1).saturating_mul(16);
    let map_height = exp_golomb(reader)?.saturating_add(1).saturating_mul(16);
    let fields = if reader.flag()? { 1 } else { 2 };
    if fields == 2 {
        reader.flag()?;
    }
    reader.flag()?;
    let mut cropped = [0; 4];
    if reader.flag()? {
        for side in &mut cropped {
            *side = exp_golomb(reader)?;
        }
    }
    let [left, right, top, bottom] = cropped;
    let across = left.saturating_add(right).saturating_mul(crop_x);
    let down = top
        .saturating_add(bottom)
        .saturating_mul(crop_y)
        .saturating_mul(fields);
    Ok(width
        .checked_sub(across)
        .zip(map_height.saturating_mul(fields).checked_sub(down))
        .map(|(width, height)| PictureSize { width, height }))
}

/// What the high profiles add: colour format, depths and scaling lists. Returns the units of cropping.
fn read_chroma(reader: &mut BitReader<'_>) -> Result<(u32, u32), Truncated> {
    let format = exp_golomb(reader)?;
    if format == 3 {
        reader.flag()?;
    }
    exp_golomb(reader)?;
    exp_golomb(reader)?;
    reader.flag()?;
    if reader.flag()? {
        let lists = if format == 3 { 12 } else { 8 };
        for list in 0..lists {
            if reader.flag()? {
                skip_scaling_list(reader, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Ok(match format {
        1 => (2, 2),
        2 => (2, 1),
        _ => (1, 1),
    })
}

fn skip_scaling_list(reader: &mut BitReader<'_>, size: u32) -> Result<(), Truncated> {
    let mut last = 8_i32;
    for _ in 0..size {
        let next = last
            .wrapping_add(signed_exp_golomb(reader)?)
            .rem_euclid(256);
        if next == 0 {
            break;
        }
        last = next;
    }
    Ok(())
}

fn skip_picture_order(reader: &mut BitReader<'_>) -> Result<(), Truncated> {
    match exp_golomb(reader)? {
        0 => {
            exp_golomb(reader)?;
        }
        1 => {
            reader.flag()?;
            exp_golomb(reader)?;
            exp_golomb(reader)?;
            // At most 255; a longer list ends with the data.
            for _ in 0..exp_golomb(reader)? {
                exp_golomb(reader)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// `ue(v)`: as many bits behind a one as zeros before it.
fn exp_golomb(reader: &mut BitReader<'_>) -> Result<u32, Truncated> {
    let mut zeros = 0_u32;
    while !reader.flag()? {
        zeros = zeros.saturating_add(1);
    }
    let suffix = reader.number(zeros.min(31))?;
    Ok((1_u32 << zeros.min(31))
        .saturating_sub(1)
        .saturating_add(suffix))
}

/// `se(v)`: 0, 1, -1, 2, -2 and so on.
fn signed_exp_golomb(reader: &mut BitReader<'_>) -> Result<i32, Truncated> {
    let code = exp_golomb(reader)?;
    let magnitude = i32::try_from(code.div_ceil(2)).unwrap_or(i32::MAX);
    Ok(if code & 1 == 0 {
        magnitude.wrapping_neg()
    } else {
        magnitude
    })
}

const TYPE: u8 = 0x1F;
const SEQUENCE_PARAMETER_SET: u8 = 7;
const STAP_A: u8 = 24;
/// Profiles whose parameter sets tell the colour format.
const HIGH_PROFILES: [u8; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// Longer than any parameter set's beginning.
const MAX_LENGTH: usize = 1_024;
