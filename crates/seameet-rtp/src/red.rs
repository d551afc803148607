//! Redundant audio data (RFC 2198): several frames of sound in one packet, so that a lost packet is repaired
//! by the next one.
//!
//! ```text
//!    0                   1                    2                   3
//!    1 payload type (7)  timestamp offset (14)  block length (10)      for each redundant frame, oldest first
//!    0 payload type (7)                                                for the primary frame
//!    redundant frames … primary frame
//! ```
//!
//! A publisher and a subscriber may have agreed on different things. [`RedPolicy`] says who gets redundancy;
//! [`RedStripper`] makes plain packets of redundant ones, and gets lost ones back on the way; [`RedPacker`]
//! makes redundant packets of plain ones.

mod convert;

use std::ops::Range;
use std::sync::Arc;

pub use convert::{PlainFrame, RedPacker, RedPolicy, RedStripper};

use crate::packet::Payload;

/// Why a redundant payload cannot be read or built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedError {
    /// It ends before its headers do, or before the frames that they announce.
    #[error("the redundant payload of {length} bytes ends too early")]
    Truncated {
        /// Bytes that there are.
        length: usize,
    },
    /// It has more frames than any sender puts into a packet.
    #[error("the redundant payload has more than {MAX_FRAMES} frames")]
    TooManyFrames,
    /// A redundant frame is longer than 1,023 bytes, or more than 16,383 ticks older than the primary one.
    #[error("a frame of {length} bytes and {offset} ticks cannot be redundant")]
    Unrepresentable {
        /// Bytes of the frame.
        length: usize,
        /// Ticks between it and the primary frame.
        offset: u32,
    },
}

/// Where a frame is in a redundant payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedFrame {
    /// What the frame is, 0 to 127, as negotiated with the sender.
    pub payload_type: u8,
    /// How many ticks older than the packet's timestamp it is; 0 for the primary frame.
    pub timestamp_offset: u16,
    /// Its bytes within the payload.
    pub range: Range<usize>,
}

/// What the headers of a redundant payload tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedPacket {
    redundant: Vec<RedFrame>,
    primary: RedFrame,
}

impl RedPacket {
    /// Reads the headers. The frames themselves are neither read nor copied.
    ///
    /// # Errors
    ///
    /// [`RedError`] if frames that are announced are not there, or too many are.
    pub fn parse(payload: &Payload) -> Result<Self, RedError> {
        let bytes = payload.bytes();
        let truncated = RedError::Truncated {
            length: bytes.len(),
        };
        let mut redundant = Vec::new();
        let mut position = 0_usize;
        let mut lengths = Vec::new();
        let primary_type = loop {
            let rest = bytes.get(position..).unwrap_or_default();
            let (first, rest) = rest.split_first().ok_or(truncated)?;
            if first & FOLLOWED == 0 {
                position = position.saturating_add(1);
                break *first;
            }
            let ([high, middle, low], _) = rest.split_first_chunk::<3>().ok_or(truncated)?;
            if lengths.len() >= MAX_FRAMES {
                return Err(RedError::TooManyFrames);
            }
            let offset = u16::from_be_bytes([*high, *middle]) >> 2;
            let length = u16::from_be_bytes([*middle & 0x03, *low]);
            lengths.push((first & PAYLOAD_TYPE, offset, usize::from(length)));
            position = position.saturating_add(4);
        };
        for (payload_type, timestamp_offset, length) in lengths {
            let end = position.saturating_add(length);
            redundant.push(RedFrame {
                payload_type,
                timestamp_offset,
                range: position..end,
            });
            position = end;
        }
        if position > bytes.len() {
            return Err(truncated);
        }
        let primary = RedFrame {
            payload_type: primary_type & PAYLOAD_TYPE,
            timestamp_offset: 0,
            range: position..bytes.len(),
        };
        Ok(Self { redundant, primary })
    }

    /// The frame that is new.
    pub fn primary(&self) -> &RedFrame {
        &self.primary
    }

    /// The frames that were sent before, the oldest first.
    pub fn redundant(&self) -> &[RedFrame] {
        &self.redundant
    }

    /// The payload with another payload type in all its headers, as the receiver negotiated it. Shares the
    /// bytes if they are right already.
    pub fn with_payload_type(&self, payload: &Payload, payload_type: u8) -> Payload {
        let payload_type = payload_type & PAYLOAD_TYPE;
        let frames = || self.redundant.iter().chain([&self.primary]);
        if frames().all(|frame| frame.payload_type == payload_type) {
            return payload.clone();
        }
        let mut bytes = payload.bytes().to_vec();
        for (place, _) in (0..).step_by(4).zip(frames()) {
            if let Some(byte) = bytes.get_mut::<usize>(place) {
                *byte = *byte & FOLLOWED | payload_type;
            }
        }
        Payload::from_arc(Arc::from(bytes))
    }
}

impl RedFrame {
    /// The frame as a payload of its own, for a receiver that gets it alone. Copies it.
    pub fn extract(&self, payload: &Payload) -> Payload {
        let bytes = payload.bytes().get(self.range.clone());
        Payload::from_arc(Arc::from(bytes.unwrap_or_default()))
    }
}

/// Puts frames of one payload type into a packet: the redundant ones, the oldest first, each with how many ticks
/// older than the primary one it is, and the primary one.
///
/// # Errors
///
/// [`RedError::Unrepresentable`] if a redundant frame is too long or too old,
/// [`RedError::TooManyFrames`] if there are too many.
pub fn build_red(
    payload_type: u8,
    redundant: &[(u32, &Payload)],
    primary: &Payload,
) -> Result<Payload, RedError> {
    if redundant.len() > MAX_FRAMES {
        return Err(RedError::TooManyFrames);
    }
    let mut with_headers = Vec::new();
    for (offset, frame) in redundant {
        let unrepresentable = RedError::Unrepresentable {
            length: frame.len(),
            offset: *offset,
        };
        let header = redundant_header(*offset, frame.len()).ok_or(unrepresentable)?;
        with_headers.push((header, *frame));
    }
    Ok(assemble(payload_type, &with_headers, primary))
}

/// Headers and frames in their order.
fn assemble(payload_type: u8, redundant: &[([u8; 3], &Payload)], primary: &Payload) -> Payload {
    let payload_type = payload_type & PAYLOAD_TYPE;
    let mut bytes = Vec::new();
    for (header, _) in redundant {
        bytes.push(FOLLOWED | payload_type);
        bytes.extend(header);
    }
    bytes.push(payload_type);
    for (_, frame) in redundant {
        bytes.extend(frame.bytes());
    }
    bytes.extend(primary.bytes());
    Payload::from_arc(Arc::from(bytes))
}

/// Offset and length in 24 bits, if they fit.
fn redundant_header(offset: u32, length: usize) -> Option<[u8; 3]> {
    let length = u32::try_from(length)
        .ok()
        .filter(|length| *length <= MAX_LENGTH)?;
    let offset = Some(offset).filter(|offset| *offset <= MAX_OFFSET)?;
    let [_, header @ ..] = (offset << 10 | length).to_be_bytes();
    Some(header)
}

/// Another header follows.
const FOLLOWED: u8 = 0x80;
const PAYLOAD_TYPE: u8 = 0x7F;
/// Lengths have 10 bits, offsets 14.
const MAX_LENGTH: u32 = 0x3FF;
const MAX_OFFSET: u32 = 0x3FFF;
/// More than any sender uses: Chromium sends two at most.
const MAX_FRAMES: usize = 16;

#[cfg(test)]
mod tests;
