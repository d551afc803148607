//! Frames of RFC 4571: a length of two bytes, most significant first, and so many bytes.

use crate::shard::MAX_DATAGRAM;

/// Shorter frames are passed over: the shortest thing that is sent is the header of an RTP packet (RFC 3550, section 5.1).
pub(super) const MIN_DATAGRAM: usize = 12;
/// Bytes of the length in front of each frame.
pub(super) const HEADER_BYTES: usize = 2;

/// The other side announced a frame that no datagram fills. What follows cannot be told apart any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {0} bytes")]
pub(super) struct FrameTooLong(usize);

/// Cuts a stream of bytes into frames.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The beginning of a frame; shorter than a header and a datagram.
    begun: Vec<u8>,
}

impl Decoder {
    /// Takes bytes as they came and hands on every frame that they complete and that may be a datagram.
    pub(super) fn push(
        &mut self,
        mut bytes: &[u8],
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), FrameTooLong> {
        while !self.begun.is_empty() && !bytes.is_empty() {
            let missing = missing(&self.begun)?;
            let (part, rest) = bytes.split_at(missing.min(bytes.len()));
            self.begun.extend_from_slice(part);
            bytes = rest;
            if let Some((frame, [])) = split(&self.begun)? {
                hand_on(frame, &mut take);
                self.begun.clear();
            }
        }
        while let Some((frame, rest)) = split(bytes)? {
            hand_on(frame, &mut take);
            bytes = rest;
        }
        self.begun.extend_from_slice(bytes);
        Ok(())
    }
}

fn hand_on(frame: &[u8], take: &mut impl FnMut(&[u8])) {
    if frame.len() >= MIN_DATAGRAM {
        take(frame);
    }
}

/// A frame and what stands behind it.
type Split<'a> = (&'a [u8], &'a [u8]);

/// The first frame and what stands behind it; `None` when it is not whole.
pub(super) fn split(bytes: &[u8]) -> Result<Option<Split<'_>>, FrameTooLong> {
    let Some(length) = announced(bytes)? else {
        return Ok(None);
    };
    let rest = bytes.get(HEADER_BYTES..).unwrap_or_default();
    Ok(rest.split_at_checked(length))
}

/// The length that a header tells; `None` when it is not whole.
fn announced(bytes: &[u8]) -> Result<Option<usize>, FrameTooLong> {
    let Some((header, _)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        return Ok(None);
    };
    match usize::from(u16::from_be_bytes(*header)) {
        length if length > MAX_DATAGRAM => Err(FrameTooLong(length)),
        length => Ok(Some(length)),
    }
}

/// How many bytes the header, and with it the frame, still lacks.
fn missing(begun: &[u8]) -> Result<usize, FrameTooLong> {
    let whole = announced(begun)?.map_or(HEADER_BYTES, |length| HEADER_BYTES + length);
    Ok(whole.saturating_sub(begun.len()))
}

/// The header of a frame of so many bytes; `None` when no frame is so long.
pub(super) fn header(length: usize) -> Option<[u8; HEADER_BYTES]> {
    let length = u16::try_from(length).ok()?;
    Some(length.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(frames: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for frame in frames {
            bytes.extend(header(frame.len()).unwrap());
            bytes.extend(frame);
        }
        bytes
    }

    proptest! {
        #[test]
        fn frames_come_out_whole_however_the_stream_is_cut(
            frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20),
            cuts in prop::collection::vec(1_usize..700, 1..50),
        ) {
            let stream = framed(&frames);
            let (mut decoder, mut out) = (Decoder::default(), Vec::new());
            let (mut rest, mut cuts) = (stream.as_slice(), cuts.iter().cycle());
            while !rest.is_empty() {
                let (part, behind) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
                decoder.push(part, |frame| out.push(frame.to_vec())).unwrap();
                rest = behind;
            }
            let whole: Vec<_> = frames.into_iter().filter(|frame| frame.len() >= MIN_DATAGRAM).collect();
            prop_assert_eq!(out, whole);
            prop_assert!(decoder.begun.is_empty());
        }

        #[test]
        fn garbage_ends_in_frames_or_in_an_error_and_keeps_little(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..100), 0..50),
        ) {
            let mut decoder = Decoder::default();
            for chunk in chunks {
                let mut taken = Vec::new();
                if decoder.push(&chunk, |frame| taken.push(frame.len())).is_err() {
                    break;
                }
                prop_assert!(taken.iter().all(|length| (MIN_DATAGRAM..=MAX_DATAGRAM).contains(length)));
                prop_assert!(decoder.begun.len() < HEADER_BYTES + MAX_DATAGRAM);
            }
        }
    }

    #[test]
    fn the_largest_datagram_passes_and_a_byte_more_does_not() {
        let mut taken = Vec::new();
        let mut take = |frame: &[u8]| taken.push(frame.len());
        let mut decoder = Decoder::default();
        decoder
            .push(&framed(&[vec![7; MAX_DATAGRAM]]), &mut take)
            .unwrap();
        let too_long = header(MAX_DATAGRAM + 1).unwrap();
        let refused = decoder.push(&too_long, &mut take);
        assert_eq!(refused, Err(FrameTooLong(MAX_DATAGRAM + 1)));
        assert_eq!(taken, [MAX_DATAGRAM]);
    }
}
