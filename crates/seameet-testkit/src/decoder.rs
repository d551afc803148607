//! A model of what shows a received stream: it knows what can be decoded and when.
//!
//! ```text
//!   packet ─▶ Assembly (frames whole?) ─▶ references there? ─▶ decoded ─▶ picture whole? ─▶ Timeline
//!                                              │ no, for too long
//!                                              └─▶ asks for a keyframe
//! ```
//!
//! It decides by two sources. What the wire says (VP8 indices, dependency descriptor, sequence numbers) is what a real
//! decoder would go by; what the stamps say is the truth. A frame is shown when both agree. Where the wire promises a
//! picture that the truth forbids, a person would see garbage: that is a [`Fault`].

mod frames;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use seameet_core::Codec;

use crate::timeline::{Shown, Timeline};
use crate::video::Stamp;
use frames::Frame;
use wire::Wire;

/// A packet as the decoder takes it.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// When.
    pub at: Instant,
    /// Sequence number, extended.
    pub sequence: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// RTP marker bit.
    pub marker: bool,
    /// What the payload is.
    pub codec: Codec,
    /// The payload.
    pub payload: &'a [u8],
    /// The dependency descriptor.
    pub descriptor: Option<&'a [u8]>,
}

/// Something that a real decoder would have choked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// When.
    pub at: Instant,
    /// What.
    pub what: String,
}

/// The frame of a sender's encoding.
type FrameId = (u32, u8, u32);

/// Shows one line.
#[derive(Debug, Default)]
pub struct Decoder {
    /// What was shown.
    pub timeline: Timeline,
    /// What should never happen.
    pub faults: Vec<Fault>,
    /// When a keyframe was asked for.
    pub requests: Vec<Instant>,
    /// Frames that came, at least in part, by the sequence number of their first packet.
    waiting: BTreeMap<u64, Frame>,
    decoded: BTreeSet<FrameId>,
    /// Frames before this number are of no use.
    floor: u64,
    wire: Wire,
    /// The picture that is being put together from layers.
    current: Option<(u32, Shown)>,
    last_shown: Option<(u32, Instant)>,
    last_keyframe_packet: Option<Instant>,
    began: Option<Instant>,
}

impl Decoder {
    /// Takes a packet; what is not synthetic video is ignored.
    pub fn receive(&mut self, arrival: &Arrival<'_>) {
        let Some(stamp) = Stamp::find(arrival.payload) else {
            return;
        };
        self.began.get_or_insert(arrival.at);
        if stamp.keyframe {
            self.last_keyframe_packet = Some(arrival.at);
        }
        let Some(first) = arrival.sequence.checked_sub(stamp.index.into()) else {
            return self.complain(arrival.at, || "a frame begins before number 0".to_owned());
        };
        // The descriptor's numbers are read in order of arrival, late packets included.
        let reading = self.wire.read(arrival);
        if first < self.floor {
            return;
        }
        let fresh = || Frame::new(first, stamp, arrival);
        let frame = self.waiting.entry(first).or_insert_with(fresh);
        if let Err(what) = frame.add(stamp, arrival, reading) {
            return self.complain(arrival.at, || what);
        }
        self.decode(arrival.at);
        self.prune(arrival.at);
    }

    /// A number that carries nothing.
    pub fn skip(&mut self, sequence: u64) {
        self.wire.skip(sequence);
    }

    /// Whether a keyframe is to be asked for now: something newer than what is shown waits in vain.
    pub fn wants_keyframe(&mut self, now: Instant) -> bool {
        let patience = |since: Instant| now.saturating_duration_since(since) >= PATIENCE;
        let last_shown = self.last_shown.map(|(_, at)| at);
        let mut waiting = self.waiting.values();
        let is_stuck = last_shown.is_none_or(patience)
            && waiting.any(|frame| {
                last_shown.is_none_or(|last| frame.began >= last) && patience(frame.began)
            });
        let is_coming = self.last_keyframe_packet.is_some_and(|at| !patience(at));
        let has_asked = self.requests.last().is_some_and(|at| !patience(*at));
        if !is_stuck || is_coming || has_asked {
            return false;
        }
        self.requests.push(now);
        true
    }

    /// Decodes whatever can be decoded, in the order of numbers.
    fn decode(&mut self, now: Instant) {
        while let Some(first) = self.next_decodable(now) {
            let Some(frame) = self.waiting.remove(&first) else {
                return;
            };
            if frame.stamp.keyframe {
                self.decoded.clear();
                self.floor = first;
                self.waiting = self.waiting.split_off(&first);
            }
            self.wire.decoded(&frame);
            self.decoded
                .insert(identity(&frame.stamp, frame.stamp.frame));
            self.picture(now, &frame);
        }
    }

    fn next_decodable(&mut self, now: Instant) -> Option<u64> {
        let mut garbage = None;
        let found = self.waiting.iter_mut().find_map(|(first, frame)| {
            if !frame.is_whole() {
                return None;
            }
            let reference = frame.stamp.reference;
            let is_true = match reference {
                None => frame.stamp.keyframe,
                Some(reference) => self.decoded.contains(&identity(&frame.stamp, reference)),
            };
            let promise = self.wire.promises(frame);
            if promise == Some(true) && !is_true && !std::mem::replace(&mut frame.is_reported, true)
            {
                garbage = Some(format!(
                    "the wire promises {:?}, which refers to nothing",
                    frame.stamp
                ));
            }
            (is_true && promise != Some(false)).then_some(*first)
        });
        if let Some(what) = garbage {
            self.complain(now, || what);
        }
        found
    }

    /// Puts a frame into its picture, which is shown with its last packet.
    fn picture(&mut self, now: Instant, frame: &Frame) {
        let stamp = &frame.stamp;
        let shown = Shown {
            at: now,
            captured: stamp.captured,
            sender: stamp.sender,
            encoding: stamp.encoding,
            spatial: stamp.spatial,
            temporal: stamp.temporal,
            width: stamp.width,
            height: stamp.height,
        };
        if let Some((timestamp, _)) = self.current
            && timestamp != frame.timestamp
        {
            self.show(now);
        }
        self.current = Some((frame.timestamp, shown));
        if frame.has_marker {
            self.show(now);
        }
    }

    fn show(&mut self, now: Instant) {
        let Some((timestamp, mut shown)) = self.current.take() else {
            return;
        };
        let is_newer = |last: u32| timestamp.wrapping_sub(last).cast_signed() > 0;
        if self.last_shown.is_none_or(|(last, _)| is_newer(last)) {
            shown.at = now;
            self.last_shown = Some((timestamp, now));
            self.timeline.push(shown);
        }
    }

    /// Forgets what can no longer be shown.
    fn prune(&mut self, now: Instant) {
        let is_young = |frame: &Frame| now.saturating_duration_since(frame.began) < MAX_WAIT;
        self.waiting.retain(|_, frame| is_young(frame));
        while self.decoded.len() > MAX_DECODED {
            self.decoded.pop_first();
        }
    }

    fn complain(&mut self, at: Instant, what: impl FnOnce() -> String) {
        if self.faults.len() < MAX_FAULTS {
            let what = what();
            self.faults.push(Fault { at, what });
        }
    }
}

fn identity(stamp: &Stamp, frame: u32) -> FrameId {
    (stamp.sender, stamp.encoding, frame)
}

/// How long a decoder waits before it asks for a keyframe, and before it asks again.
const PATIENCE: Duration = Duration::from_millis(200);
/// Repairs come sooner.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// References go back four pictures of three layers at most.
const MAX_DECODED: usize = 64;
/// The first ones tell the story.
const MAX_FAULTS: usize = 20;

#[cfg(test)]
mod tests;
