//! Frames that wait for their connection.
//!
//! A TCP connection loses nothing by itself: what the line does not take in time would wait longer and longer, and all
//! that follows with it. So whole frames are dropped here, as a router on the way would drop datagrams: the receiver asks
//! again for what matters, and the estimate of the line goes down.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::time::{Duration, Instant};

use crate::driver::tcp::frame::{self, HEADER_BYTES};

/// Media that waited longer is dropped: it is late at its receiver.
const MAX_AGE: Duration = Duration::from_millis(300);
/// Media waits in so many bytes; beyond, the newest is dropped. At 5 Mbit/s this is more than `MAX_AGE`.
const MAX_BYTES: usize = 256 << 10;
/// Checks and handshakes may use so much more: without them the connection dies, and they are few.
const RESERVE_BYTES: usize = 64 << 10;
/// Frames in one system call; two parts each, and the system takes 1,024 parts.
const MAX_FRAMES_PER_WRITE: usize = 256;

/// Frames that wait for their connection, oldest first.
#[derive(Debug, Default)]
pub(super) struct FrameQueue {
    frames: VecDeque<Frame>,
    /// Sum of all frames.
    bytes: usize,
    /// How much of the oldest went out; a frame that was begun must be finished.
    written: usize,
}

#[derive(Debug)]
struct Frame {
    since: Instant,
    header: [u8; HEADER_BYTES],
    contents: Vec<u8>,
}

impl Frame {
    fn len(&self) -> usize {
        HEADER_BYTES + self.contents.len()
    }

    fn is_media(&self) -> bool {
        is_media(&self.contents)
    }
}

/// RTP and RTCP begin with 128 to 191 (RFC 7983, section 7).
fn is_media(contents: &[u8]) -> bool {
    contents.first().is_some_and(|first| first >> 6 == 2)
}

impl FrameQueue {
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Adds a datagram. False when there is no room for it.
    pub(super) fn push(&mut self, now: Instant, contents: Vec<u8>) -> bool {
        let Some(header) = frame::header(contents.len()) else {
            return false;
        };
        let reserve = if is_media(&contents) {
            0
        } else {
            RESERVE_BYTES
        };
        let frame = Frame {
            since: now,
            header,
            contents,
        };
        let bytes = self.bytes + frame.len();
        if bytes > MAX_BYTES + reserve {
            return false;
        }
        self.bytes = bytes;
        self.frames.push_back(frame);
        true
    }

    /// Drops media that waited too long. Returns how many frames.
    pub(super) fn expire(&mut self, now: Instant) -> u64 {
        let is_late = |frame: &Frame| now.saturating_duration_since(frame.since) > MAX_AGE;
        if !self.frames.front().is_some_and(is_late) {
            return 0;
        }
        let (mut begun, mut bytes, before) = (self.written > 0, self.bytes, self.frames.len());
        self.frames.retain(|frame| {
            let keep = std::mem::take(&mut begun) || !frame.is_media() || !is_late(frame);
            if !keep {
                bytes -= frame.len();
            }
            keep
        });
        self.bytes = bytes;
        (before - self.frames.len()) as u64
    }

    /// What is to be written next, for one system call.
    pub(super) fn parts(&self) -> Vec<IoSlice<'_>> {
        let mut skip = self.written;
        let frames = self.frames.iter().take(MAX_FRAMES_PER_WRITE);
        frames
            .flat_map(|frame| [&frame.header[..], &frame.contents])
            .filter_map(|part| {
                let rest = part.get(skip..);
                skip = skip.saturating_sub(part.len());
                rest.filter(|rest| !rest.is_empty()).map(IoSlice::new)
            })
            .collect()
    }

    /// So many bytes went out. Returns how many frames that finished.
    pub(super) fn advance(&mut self, written: usize) -> u64 {
        self.written += written;
        let mut finished = 0;
        while let Some(length) = self.frames.front().map(Frame::len)
            && length <= self.written
        {
            self.written -= length;
            self.bytes -= length;
            self.frames.pop_front();
            finished += 1;
        }
        finished
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MEDIA: u8 = 0x80;
    const STUN: u8 = 0;

    fn datagram(kind: u8, length: usize) -> Vec<u8> {
        let mut contents = vec![9; length];
        contents[0] = kind;
        contents
    }

    fn next(queue: &FrameQueue) -> Vec<u8> {
        queue
            .parts()
            .iter()
            .flat_map(|part| part.to_vec())
            .collect()
    }

    proptest! {
        #[test]
        fn what_is_pushed_leaves_in_order_however_little_the_line_takes(
            lengths in prop::collection::vec(1_usize..1_400, 1..40),
            writes in prop::collection::vec(1_usize..5_000, 1..40),
        ) {
            let (mut queue, now) = (FrameQueue::default(), Instant::now());
            let (mut expected, mut out) = (Vec::new(), Vec::<u8>::new());
            for (index, length) in lengths.iter().enumerate() {
                let contents = datagram(u8::try_from(index).unwrap(), *length);
                expected.extend(frame::header(*length).unwrap());
                expected.extend(&contents);
                prop_assert!(queue.push(now, contents));
            }
            let (mut writes, mut finished) = (writes.iter().cycle(), 0);
            while !queue.is_empty() {
                let bytes = next(&queue);
                let taken = (*writes.next().unwrap()).min(bytes.len());
                out.extend(&bytes[..taken]);
                finished += queue.advance(taken);
            }
            prop_assert_eq!(out, expected);
            prop_assert_eq!(finished, lengths.len() as u64);
            prop_assert_eq!((queue.bytes, queue.written), (0, 0));
        }
    }

    #[test]
    fn a_full_queue_refuses_media_and_still_takes_checks_for_a_while() {
        let (mut queue, now) = (FrameQueue::default(), Instant::now());
        while queue.push(now, datagram(MEDIA, 1_000)) {}
        assert!(queue.bytes <= MAX_BYTES);
        let checks = (0..1_000)
            .take_while(|_| queue.push(now, datagram(STUN, 1_000)))
            .count();
        assert!(checks >= RESERVE_BYTES / 1_002);
        assert!(queue.bytes <= MAX_BYTES + RESERVE_BYTES);
    }

    #[test]
    fn late_media_is_dropped_whole_but_for_a_frame_that_was_begun() {
        let (mut queue, start) = (FrameQueue::default(), Instant::now());
        for kind in [MEDIA, MEDIA, STUN, MEDIA] {
            assert!(queue.push(start, datagram(kind, 10)));
        }
        let later = start + MAX_AGE + Duration::from_millis(1);
        assert!(queue.push(later, datagram(MEDIA, 20)));
        assert_eq!(queue.advance(5), 0);
        assert_eq!(queue.expire(start + MAX_AGE), 0);
        assert_eq!(queue.expire(later), 2);
        let expected = [
            vec![9; 7],
            vec![0, 10, STUN],
            vec![9; 9],
            vec![0, 20, MEDIA],
            vec![9; 19],
        ];
        assert_eq!(next(&queue), expected.concat());
        assert_eq!(queue.bytes, 12 + 12 + 22);
    }

    #[test]
    fn one_call_writes_no_more_parts_than_the_system_takes() {
        let (mut queue, now) = (FrameQueue::default(), Instant::now());
        while queue.push(now, datagram(MEDIA, 20)) {}
        assert_eq!(queue.parts().len(), 2 * MAX_FRAMES_PER_WRITE);
    }
}
