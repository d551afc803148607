//! How large a picture is, where the prefix of a keyframe tells.
//!
//! | codec | told by |
//! |---|---|
//! | VP8 | frame header (RFC 6386, section 9.1) |
//! | VP9 | scalability structure of the payload descriptor (RFC 9628, section 4.2.1), for each spatial layer |
//! | H.264 | sequence parameter set (H.264, section 7.3.2.1) |
//! | AV1 | sequence header (AV1 bitstream specification, section 5.5) |
//!
//! The dependency descriptor tells it for any codec; see
//! [`Structure::resolutions`](crate::dependency_descriptor::Structure::resolutions). Under end-to-end
//! encryption a prefix may be made up, so a size is a hint: it ranks encodings and is never relied on.

mod av1;
mod h264;
mod vp8;
mod vp9;

use seameet_core::Codec;

use crate::packet::Payload;

/// Width and height of a picture in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PictureSize {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl PictureSize {
    /// Pixels in all.
    pub fn area(self) -> u64 {
        u64::from(self.width).saturating_mul(u64::from(self.height))
    }

    /// A size that a camera or a screen could have.
    fn is_plausible(self) -> bool {
        let sides = 16..=16_384;
        sides.contains(&self.width) && sides.contains(&self.height)
    }
}

/// The picture size of each spatial layer, from the lowest; empty if the packet does not tell. To be asked of
/// packets that start a keyframe, and of no others.
pub fn picture_sizes(codec: Codec, payload: &Payload) -> Vec<PictureSize> {
    let bytes = payload.bytes();
    let sizes = match codec {
        Codec::Opus => Vec::new(),
        Codec::Vp8 => vp8::picture_size(bytes).into_iter().collect(),
        Codec::Vp9 => vp9::picture_sizes(bytes).unwrap_or_default(),
        Codec::H264 => h264::picture_size(bytes).into_iter().collect(),
        Codec::Av1 => av1::picture_size(bytes).into_iter().collect(),
    };
    if sizes.iter().all(|size: &PictureSize| size.is_plausible()) {
        sizes
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests;
