//! What leaves on a slot: one stream with continuous numbers, whichever sources feed it.

use std::time::{Duration, Instant};

use seameet_rtp::dependency_descriptor::DescriptorRewrite;
use seameet_rtp::{
    DescriptorMunger, EncodingId, Munger, PublicationClock, Rewritten, SourceKey, Start, Vp8Munger,
    Vp8Rewrite,
};

use crate::shard::cache::Newest;
use crate::shard::track::{TrackKey, UpTrack};
use crate::shard::upstream::UpPacket;

/// How far a step between two frames may differ from the time between their arrivals: more than jitter can explain.
const TOLERANCE: Duration = Duration::from_millis(500);

/// How a packet goes out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forwarded {
    pub(super) numbers: Rewritten,
    pub(super) marker: bool,
    pub(super) vp8: Option<Vp8Rewrite>,
    pub(super) descriptor: Option<DescriptorRewrite>,
}

/// A stretch of output as its munger knows it. Each has a source key of its own, since a cache may feed the same
/// stream in once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    stream: SourceKey,
    key: SourceKey,
}

/// The newest frame that went out.
#[derive(Debug, Clone, Copy)]
struct Sent {
    track: TrackKey,
    encoding: EncodingId,
    stream: SourceKey,
    /// By its source's clock and as it went out.
    timestamp: u32,
    output: u32,
    arrival: Instant,
}

/// See the module documentation.
#[derive(Debug)]
pub(super) struct Outlet {
    munger: Munger,
    vp8: Vp8Munger,
    descriptors: DescriptorMunger,
    current: Option<Stretch>,
    /// The stretch before, whose repairs may still come.
    former: Option<Stretch>,
    stretches: u64,
    last: Option<Sent>,
}

impl Outlet {
    pub(super) fn new(first_sequence: u16, first_timestamp: u32) -> Self {
        Self {
            munger: Munger::new(first_sequence, first_timestamp),
            vp8: Vp8Munger::new(),
            descriptors: DescriptorMunger::new(),
            current: None,
            former: None,
            stretches: 0,
            last: None,
        }
    }

    /// What follows does not continue what went out: numbers close the hole.
    pub(super) fn pause(&mut self) {
        self.munger.pause();
    }

    /// The stream that went out last.
    pub(super) fn stream(&self) -> Option<SourceKey> {
        self.current.map(|current| current.stream)
    }

    /// Begins a stretch with a keyframe's first packet. `newest` is the newest frame that follows at once.
    pub(super) fn begin(
        &mut self,
        now: Instant,
        track: (TrackKey, &UpTrack),
        packet: &UpPacket,
        newest: Option<Newest>,
    ) -> Option<Rewritten> {
        self.munger.pause();
        let key = self.open(packet.stream);
        let advance = self.advance(now, track, packet);
        let start = Start {
            advance,
            newest: newest.map_or(packet.timestamp(), |newest| newest.timestamp),
        };
        let (sequence, timestamp) = (packet.sequence(), packet.timestamp());
        let numbers = self
            .munger
            .rewrite_from(now, key, start, sequence, timestamp)?;
        self.note(track.0, packet, &numbers);
        Some(numbers)
    }

    /// Goes on with the stretch that the packet's stream feeds; sound begins one at once.
    pub(super) fn go_on(
        &mut self,
        now: Instant,
        track: TrackKey,
        packet: &UpPacket,
    ) -> Option<Rewritten> {
        let key = match self.current {
            Some(current) if current.stream == packet.stream => current.key,
            _ => self.open(packet.stream),
        };
        let clock_rate = packet.received.format.codec.clock_rate();
        let (sequence, timestamp) = (packet.sequence(), packet.timestamp());
        let numbers = self
            .munger
            .rewrite(now, key, clock_rate, sequence, timestamp)?;
        self.note(track, packet, &numbers);
        Some(numbers)
    }

    /// The numbers of a packet that comes late, of a stream that may not be forwarded any more.
    pub(super) fn late(&self, packet: &UpPacket) -> Option<Rewritten> {
        let stretches = [self.current, self.former].into_iter().flatten();
        stretches
            .filter(|stretch| stretch.stream == packet.stream)
            .find_map(|stretch| {
                self.munger
                    .late(stretch.key, packet.sequence(), packet.timestamp())
            })
    }

    /// Leaves a packet out so that nobody misses it.
    pub(super) fn leave_out(&mut self, packet: &UpPacket) {
        let segment = self.skip(packet.stream, packet.sequence());
        if let Some((segment, vp8)) = segment.zip(packet.info.vp8.as_ref()) {
            self.vp8.skip(segment, vp8);
        }
    }

    /// Leaves a number without media out.
    pub(super) fn skip(
        &mut self,
        stream: SourceKey,
        sequence: u64,
    ) -> Option<seameet_rtp::SegmentId> {
        let current = self.current.filter(|current| current.stream == stream)?;
        self.munger.skip(current.key, sequence)
    }

    /// The other fields that count on, for a packet whose numbers are known. `None` if its stretch is forgotten.
    pub(super) fn complete(
        &mut self,
        packet: &UpPacket,
        numbers: Rewritten,
        marker: bool,
        decode_targets: u32,
    ) -> Option<Forwarded> {
        let vp8 = match &packet.info.vp8 {
            Some(info) => Some(self.vp8.rewrite(numbers.segment, info)?),
            None => None,
        };
        let descriptor = match &packet.descriptor {
            Some(descriptor) => Some(self.descriptors.rewrite(
                numbers.segment,
                descriptor,
                decode_targets,
            )?),
            None => None,
        };
        Some(Forwarded {
            numbers,
            marker,
            vp8,
            descriptor,
        })
    }

    fn open(&mut self, stream: SourceKey) -> SourceKey {
        self.stretches += 1;
        let key = SourceKey(self.stretches);
        self.former = self.current.replace(Stretch { stream, key });
        key
    }

    fn note(&mut self, track: TrackKey, packet: &UpPacket, numbers: &Rewritten) {
        let is_newer = self.last.is_none_or(|last| {
            let ahead = numbers.timestamp.wrapping_sub(last.output);
            ahead.cast_signed() > 0
        });
        if is_newer {
            self.last = Some(Sent {
                track,
                encoding: packet.encoding(),
                stream: packet.stream,
                timestamp: packet.timestamp(),
                output: numbers.timestamp,
                arrival: packet.arrival(),
            });
        }
    }

    /// Ticks from the newest frame that went out to a packet's: by the publisher's clock where it is the same track,
    /// and never far from the time between their arrivals.
    fn advance(&self, now: Instant, track: (TrackKey, &UpTrack), packet: &UpPacket) -> i64 {
        let Some(last) = &self.last else {
            return 0;
        };
        let clock_rate = packet.received.format.codec.clock_rate();
        let by_arrival = ticks_between(last.arrival, packet.arrival(), clock_rate);
        let by_clock = match &track.1.clock {
            Some(clock) if last.track == track.0 => distance(clock, now, last, packet),
            _ => None,
        };
        let tolerance = ticks(TOLERANCE, clock_rate);
        by_clock.unwrap_or(by_arrival).clamp(
            by_arrival.saturating_sub(tolerance),
            by_arrival.saturating_add(tolerance),
        )
    }
}

fn distance(clock: &PublicationClock, now: Instant, last: &Sent, packet: &UpPacket) -> Option<i64> {
    // Another stream of the same encoding has nothing in common with the one before.
    if last.encoding == packet.encoding() && last.stream != packet.stream {
        return None;
    }
    let from = (last.encoding, last.timestamp);
    let to = (packet.encoding(), packet.timestamp());
    clock.distance(now, from, to).map(|distance| distance.ticks)
}

fn ticks(duration: Duration, clock_rate: u32) -> i64 {
    let ticks = duration.as_nanos() * u128::from(clock_rate) / 1_000_000_000;
    i64::try_from(ticks).unwrap_or(i64::MAX)
}

fn ticks_between(from: Instant, to: Instant, clock_rate: u32) -> i64 {
    if to >= from {
        ticks(to.duration_since(from), clock_rate)
    } else {
        -ticks(from.duration_since(to), clock_rate)
    }
}
