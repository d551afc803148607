//! The scalability structure of the VP9 payload descriptor (RFC 9628, sections 4.2 and 4.2.1).

use super::PictureSize;
use crate::bits::{BitReader, Truncated};

/// The size of each spatial layer; `None` if the packet has no scalability structure with sizes.
pub(super) fn picture_sizes(bytes: &[u8]) -> Option<Vec<PictureSize>> {
    read(&mut BitReader::new(bytes)).ok().flatten()
}

fn read(reader: &mut BitReader<'_>) -> Result<Option<Vec<PictureSize>>, Truncated> {
    let has_picture_id = reader.flag()?;
    let is_inter_picture = reader.flag()?;
    let has_layer = reader.flag()?;
    let is_flexible = reader.flag()?;
    // Start and end of the frame.
    reader.number(2)?;
    let has_structure = reader.flag()?;
    reader.flag()?;
    if !has_structure {
        return Ok(None);
    }
    if has_picture_id {
        let is_long = reader.flag()?;
        reader.number(if is_long { 15 } else { 7 })?;
    }
    if has_layer {
        reader.byte(8)?;
        if !is_flexible {
            reader.byte(8)?;
        }
    }
    if is_flexible && is_inter_picture {
        skip_references(reader)?;
    }
    let layers = reader.byte(3)?.saturating_add(1);
    let has_sizes = reader.flag()?;
    reader.number(4)?;
    if !has_sizes {
        return Ok(None);
    }
    let size = |_| {
        Ok(PictureSize {
            width: reader.number(16)?,
            height: reader.number(16)?,
        })
    };
    (0..layers).map(size).collect::<Result<_, _>>().map(Some)
}

/// Up to three differences of picture ids, each followed by whether there is another.
fn skip_references(reader: &mut BitReader<'_>) -> Result<(), Truncated> {
    for _ in 0..3 {
        reader.byte(7)?;
        if !reader.flag()? {
            break;
        }
    }
    Ok(())
}
