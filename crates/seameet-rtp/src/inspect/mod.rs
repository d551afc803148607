//! What the clear prefix of a payload tells: keyframes, frame starts, layers.
//!
//! This is the only place that reads payload bytes, and it reads only the payload descriptor and the header
//! bits that each RTP payload format documents. End-to-end encryption leaves these in the clear. Whatever is
//! too short or malformed yields a [`PacketInfo`] that claims nothing.

mod av1;
mod h264;
mod vp8;
mod vp9;

pub use vp8::Vp8Info;
pub use vp9::{Vp9Info, Vp9Layer};

use seameet_core::Codec;

use crate::packet::Payload;

/// What one packet's clear prefix tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PacketInfo {
    /// A decoder may start at this packet: the first packet of a keyframe. With H.264, both the parameter
    /// sets in front of the picture and the picture itself count. Every Opus packet counts.
    pub keyframe_start: bool,
    /// Whether a frame (with VP9, a layer's frame) starts here; `None` where the format does not tell.
    pub frame_start: Option<bool>,
    /// The VP8 payload descriptor.
    pub vp8: Option<Vp8Info>,
    /// The VP9 payload descriptor.
    pub vp9: Option<Vp9Info>,
}

/// Reads the clear prefix of `payload`. Never fails: a packet that cannot be understood claims nothing.
pub fn inspect(codec: Codec, payload: &Payload) -> PacketInfo {
    let bytes = payload.bytes();
    match codec {
        // Padding carries no sound.
        Codec::Opus => PacketInfo {
            keyframe_start: !bytes.is_empty(),
            frame_start: Some(!bytes.is_empty()),
            ..PacketInfo::default()
        },
        Codec::Vp8 => vp8::inspect(bytes).unwrap_or_default(),
        Codec::Vp9 => vp9::inspect(bytes).unwrap_or_default(),
        Codec::H264 => h264::inspect(bytes).unwrap_or_default(),
        Codec::Av1 => av1::inspect(bytes).unwrap_or_default(),
    }
}

/// Takes the first byte off `bytes`.
fn take(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

/// Takes a picture id of 7 or 15 bits off `bytes` (RFC 7741 section 4.2 and RFC 9628 section 4.2 agree on
/// its form); the flag tells that it has 15.
fn take_picture_id(bytes: &mut &[u8]) -> Option<(u16, bool)> {
    let first = take(bytes)?;
    if first & 0x80 == 0 {
        return Some((u16::from(first), false));
    }
    let low = take(bytes)?;
    Some((u16::from_be_bytes([first & 0x7F, low]), true))
}

#[cfg(test)]
mod tests;
