//! What a packet of synthetic video says about the frame that it is a part of.

use std::time::Duration;

/// The truth about a frame and the place of a packet in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The number of the client that made it.
    pub sender: u32,
    /// The place of its encoding among those of the plan, the smallest picture having 0.
    pub encoding: u8,
    /// Spatial layer.
    pub spatial: u8,
    /// Temporal layer.
    pub temporal: u8,
    /// The frame's number within its encoding; frames of all layers count.
    pub frame: u32,
    /// Which packet of the frame, from 0.
    pub index: u16,
    /// How many packets the frame has.
    pub count: u16,
    /// A decoder may start with it.
    pub keyframe: bool,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// When the picture was captured, in time since the world began.
    pub captured: Duration,
    /// The frame of the same encoding without which this one cannot be decoded.
    pub reference: Option<u32>,
}

impl Stamp {
    /// Length in bytes.
    pub(crate) const LENGTH: usize = 36;

    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        let micros = u64::try_from(self.captured.as_micros()).unwrap_or(u64::MAX);
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&self.sender.to_be_bytes());
        bytes.extend_from_slice(&[self.encoding, self.spatial, self.temporal]);
        bytes.extend_from_slice(&self.frame.to_be_bytes());
        bytes.extend_from_slice(&self.index.to_be_bytes());
        bytes.extend_from_slice(&self.count.to_be_bytes());
        bytes.push(u8::from(self.keyframe));
        bytes.extend_from_slice(&self.width.to_be_bytes());
        bytes.extend_from_slice(&self.height.to_be_bytes());
        bytes.extend_from_slice(&micros.to_be_bytes());
        bytes.extend_from_slice(&self.reference.unwrap_or(NO_REFERENCE).to_be_bytes());
    }

    /// Finds the stamp behind whatever prefix the codec has; `None` if the payload is not ours.
    pub fn find(payload: &[u8]) -> Option<Self> {
        let prefix = payload.get(..MAX_PREFIX.min(payload.len()))?;
        let start = prefix
            .windows(MARK.len())
            .position(|window| window == MARK)?;
        Self::read(payload.get(start + MARK.len()..)?)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (sender, rest) = bytes.split_first_chunk::<4>()?;
        let ([encoding, spatial, temporal], rest) = rest.split_first_chunk::<3>()?;
        let (frame, rest) = rest.split_first_chunk::<4>()?;
        let (index, rest) = rest.split_first_chunk::<2>()?;
        let (count, rest) = rest.split_first_chunk::<2>()?;
        let ([keyframe], rest) = rest.split_first_chunk::<1>()?;
        let (width, rest) = rest.split_first_chunk::<2>()?;
        let (height, rest) = rest.split_first_chunk::<2>()?;
        let (captured, rest) = rest.split_first_chunk::<8>()?;
        let (reference, _) = rest.split_first_chunk::<4>()?;
        let reference = u32::from_be_bytes(*reference);
        Some(Self {
            sender: u32::from_be_bytes(*sender),
            encoding: *encoding,
            spatial: *spatial,
            temporal: *temporal,
            frame: u32::from_be_bytes(*frame),
            index: u16::from_be_bytes(*index),
            count: u16::from_be_bytes(*count),
            keyframe: *keyframe == 1,
            width: u16::from_be_bytes(*width),
            height: u16::from_be_bytes(*height),
            captured: Duration::from_micros(u64::from_be_bytes(*captured)),
            reference: (reference != NO_REFERENCE).then_some(reference),
        })
    }
}

const MARK: &[u8; 4] = b"SEEN";
const NO_REFERENCE: u32 = u32::MAX;
/// No codec's prefix is longer.
const MAX_PREFIX: usize = 96;
