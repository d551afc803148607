//! Rewriting of sequence numbers and timestamps: one continuous stream towards a subscriber, whichever source
//! feeds it.
//!
//! ```text
//!               source A                 pause      source A    source B
//!   in    100 101  –  103 104x 105         ···       300 301     7 8
//!   out     0   1  –    3       4                      5   6     7 8
//! ```
//!
//! A loss upstream stays a gap (–), so that the subscriber notices it and asks for a repair, and a repaired or
//! overtaken packet gets the number that was kept for it. What is left out on purpose (x, pauses, switches)
//! leaves no gap.

mod catch_up;

use std::time::{Duration, Instant};

use self::catch_up::CatchUp;
use crate::runs::RunMap;
use crate::seq::is_later;

/// Which upstream stream a packet belongs to. A stream that starts its numbering anew needs a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey(pub u64);

/// A stretch of output between two switches or pauses. Counts up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentId(pub(crate) u64);

/// The header fields of a packet as the subscriber gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewritten {
    /// Extended sequence number, never above 2^48 - 1 (the bound of SRTP's packet index, RFC 3711).
    pub sequence: u64,
    /// RTP timestamp.
    pub timestamp: u32,
    /// The stretch that the packet belongs to, for [`Vp8Munger`](crate::Vp8Munger).
    pub segment: SegmentId,
}

/// Rewrites the packets of one subscriber's slot for the slot's whole life.
#[derive(Debug, Clone)]
pub struct Munger {
    runs: RunMap<Segment>,
    /// The stretch that is being sent, or was when a pause began.
    current: Option<Segment>,
    latest_timestamp: u32,
    /// How far that is ahead of the frame's true place.
    latest_lead: u32,
    /// When the first packet with the latest timestamp went out.
    latest_at: Option<Instant>,
}

/// Where a stretch begins on the subscriber's time line, told by somebody who knows how the sources' clocks
/// compare; see [`Munger::rewrite_from`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Start {
    /// Ticks from the latest frame that went out to the first one of the stretch. Not positive if that one is of
    /// the past, as the first ones out of a cache are.
    pub advance: i64,
    /// The timestamp, by the source's clock, of the newest frame that goes out at once with the first one.
    pub newest: u32,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    id: SegmentId,
    source: SourceKey,
    /// What takes a timestamp to its true place.
    timestamp_offset: u32,
    catch_up: Option<CatchUp>,
}

/// What places a new stretch on the time line.
#[derive(Debug, Clone, Copy)]
enum Placing {
    /// The time that passed.
    Elapsed { clock_rate: u32 },
    /// Somebody who knows.
    Told(Start),
}

impl Munger {
    /// A stream that begins with these numbers. The receiver guesses the upper bits of the first sequence
    /// number to be zero, and may do so wrongly near a wrap (RFC 3711, section 3.3.1), hence the top bit of
    /// `start_sequence` is cleared.
    pub fn new(start_sequence: u16, start_timestamp: u32) -> Self {
        Self {
            runs: RunMap::new(u64::from(start_sequence & 0x7FFF), MAX_RUNS),
            current: None,
            latest_timestamp: start_timestamp,
            latest_lead: 0,
            latest_at: None,
        }
    }

    /// The numbers with which a packet goes out, or `None` if it must not: it is late and its place is
    /// unknown, was left out on purpose, or was never reserved.
    ///
    /// A packet of another source than the current one means a switch, unless it is a late packet whose place
    /// is still known. A caller that has switched asks [`late`](Self::late) for packets of the old source.
    pub fn rewrite(
        &mut self,
        now: Instant,
        source: SourceKey,
        clock_rate: u32,
        sequence: u64,
        timestamp: u32,
    ) -> Option<Rewritten> {
        let placing = Placing::Elapsed { clock_rate };
        self.rewrite_placed(now, source, placing, sequence, timestamp)
    }

    /// Like [`rewrite`](Self::rewrite), but a stretch that begins with this packet stands where `start` says.
    ///
    /// Frames of the past squeeze into the time that there is between the latest frame that went out and the
    /// newest frame that follows at once: the receiver decodes them and is up to date with the newest. If that one
    /// belongs before the latest that went out, what comes behind it moves up until time is as it should be.
    pub fn rewrite_from(
        &mut self,
        now: Instant,
        source: SourceKey,
        start: Start,
        sequence: u64,
        timestamp: u32,
    ) -> Option<Rewritten> {
        self.rewrite_placed(now, source, Placing::Told(start), sequence, timestamp)
    }

    fn rewrite_placed(
        &mut self,
        now: Instant,
        source: SourceKey,
        placing: Placing,
        sequence: u64,
        timestamp: u32,
    ) -> Option<Rewritten> {
        if self.is_discontinuity(source, sequence) {
            // The publisher lost or left out so much that the gap cannot be shown in full. One missing number
            // still tells the receiver that something is amiss.
            self.pause();
            self.runs.leave_gap();
        }
        if self
            .runs
            .find(|tag| tag.source == source, sequence)
            .is_none()
        {
            if self.is_stale(source, sequence) || self.runs.next_output() > MAX_SEQUENCE {
                return None;
            }
            let (timestamp_offset, catch_up) = self.place(now, source, placing, timestamp);
            self.begin_segment(source, sequence, timestamp_offset, catch_up);
        }
        let (segment, output) = self.runs.find(|tag| tag.source == source, sequence)?;
        if output > MAX_SEQUENCE {
            return None;
        }
        self.runs.mark_used(sequence, output);
        let rewritten = Rewritten::new(segment, output, timestamp);
        self.note_timestamp(now, rewritten.timestamp, segment.lead(timestamp));
        Some(rewritten)
    }

    /// The numbers of a packet that was overtaken or repaired, if a place was kept for it behind the highest
    /// packet sent. Never switches; for sources that are no longer forwarded.
    pub fn late(&self, source: SourceKey, sequence: u64, timestamp: u32) -> Option<Rewritten> {
        let (segment, output) = self.runs.find(|tag| tag.source == source, sequence)?;
        // A number above the highest sent is not settled yet: a switch would give it to the next source.
        (output < self.runs.next_output()).then(|| Rewritten::new(segment, output, timestamp))
    }

    /// Leaves a packet of the current source out so that no gap shows. Returns the stretch that it was left
    /// out of; `None` if it belongs to none, which is no fault.
    pub fn skip(&mut self, source: SourceKey, sequence: u64) -> Option<SegmentId> {
        if !self.is_current(source) || !self.runs.is_open() {
            return None;
        }
        if self.is_discontinuity(source, sequence) {
            self.pause();
            return None;
        }
        self.runs.skip(sequence);
        self.current.map(|segment| segment.id)
    }

    /// Nothing is forwarded until the next [`rewrite`](Self::rewrite), and no gap shows for it.
    pub fn pause(&mut self) {
        self.runs.close();
    }

    fn begin_segment(
        &mut self,
        source: SourceKey,
        sequence: u64,
        timestamp_offset: u32,
        catch_up: Option<CatchUp>,
    ) {
        let following = |last: Segment| SegmentId(last.id.0.wrapping_add(1));
        let segment = Segment {
            id: self.current.map_or(SegmentId(0), following),
            source,
            timestamp_offset,
            catch_up,
        };
        self.current = Some(segment);
        self.runs.open(segment, sequence);
    }

    /// What is added to the timestamps of a stretch that begins with `timestamp`.
    fn place(
        &self,
        now: Instant,
        source: SourceKey,
        placing: Placing,
        timestamp: u32,
    ) -> (u32, Option<CatchUp>) {
        let advanced = |ticks: u32| {
            let output = self.latest_timestamp.wrapping_add(ticks);
            (output.wrapping_sub(timestamp), None)
        };
        match placing {
            // Before the first packet there is nothing to keep a distance from.
            _ if self.latest_at.is_none() => advanced(0),
            Placing::Told(start) => {
                let advance = start.advance.saturating_sub(i64::from(self.latest_lead));
                match u32::try_from(advance) {
                    Ok(ticks @ 1..) => advanced(ticks.min(MAX_ADVANCE)),
                    _ => self.catch_up(advance, timestamp, start.newest),
                }
            }
            Placing::Elapsed { clock_rate } => self
                .kept_offset(source, timestamp)
                .unwrap_or_else(|| advanced(self.ticks_since_latest(now, clock_rate))),
        }
    }

    /// The offset that the source had before a pause, unless its timestamps went back meanwhile.
    fn kept_offset(&self, source: SourceKey, timestamp: u32) -> Option<(u32, Option<CatchUp>)> {
        let last = self.current.filter(|last| last.source == source)?;
        let kept = timestamp.wrapping_add(last.timestamp_offset);
        is_later(kept, self.latest_timestamp).then_some((last.timestamp_offset, None))
    }

    /// The first of the past's frames belongs `advance` ticks behind the latest frame, which is not positive.
    fn catch_up(&self, advance: i64, first: u32, newest: u32) -> (u32, Option<CatchUp>) {
        let ahead = newest.wrapping_sub(first);
        let span = u32::try_from(ahead.cast_signed()).unwrap_or_default();
        let output = self.latest_timestamp.wrapping_add(1);
        let due = advance.saturating_add(i64::from(span)).saturating_sub(1);
        let behind = u32::try_from(due.rem_euclid(1 << 32)).unwrap_or_default();
        let offset = output
            .wrapping_add(behind)
            .wrapping_sub(first)
            .wrapping_sub(span);
        (offset, Some(CatchUp::new(first, span, output, due)))
    }

    /// How many ticks passed since the latest timestamp went out: at least one, and never so many that the
    /// timestamp would seem to go back. None before the first packet.
    fn ticks_since_latest(&self, now: Instant, clock_rate: u32) -> u32 {
        let Some(latest_at) = self.latest_at else {
            return 0;
        };
        let ticks = ticks(now.saturating_duration_since(latest_at), clock_rate);
        ticks.clamp(1, MAX_ADVANCE)
    }

    fn note_timestamp(&mut self, now: Instant, timestamp: u32, lead: u32) {
        if self.latest_at.is_none() || is_later(timestamp, self.latest_timestamp) {
            self.latest_timestamp = timestamp;
            self.latest_lead = lead;
            self.latest_at = Some(now);
        }
    }

    fn is_current(&self, source: SourceKey) -> bool {
        self.current.is_some_and(|current| current.source == source)
    }

    /// Whether a packet of the stream being sent lies further ahead than a loss can explain.
    fn is_discontinuity(&self, source: SourceKey, sequence: u64) -> bool {
        let ahead = sequence.saturating_sub(self.runs.highest_input());
        self.is_current(source) && self.runs.is_open() && ahead > MAX_GAP
    }

    /// Whether later packets of the source have been sent or left out already.
    fn is_stale(&self, source: SourceKey, sequence: u64) -> bool {
        if self.is_current(source) && sequence <= self.runs.highest_input() {
            return true;
        }
        self.runs
            .newest_first()
            .any(|run| run.tag.source == source && run.end > sequence)
    }
}

impl Segment {
    fn timestamp(&self, timestamp: u32) -> u32 {
        let caught_up = self
            .catch_up
            .and_then(|catch_up| catch_up.timestamp(timestamp));
        caught_up.unwrap_or_else(|| self.true_timestamp(timestamp))
    }

    fn true_timestamp(&self, timestamp: u32) -> u32 {
        timestamp.wrapping_add(self.timestamp_offset)
    }

    /// How far a frame is ahead of its true place.
    fn lead(&self, timestamp: u32) -> u32 {
        self.timestamp(timestamp)
            .wrapping_sub(self.true_timestamp(timestamp))
    }
}

impl Rewritten {
    fn new(segment: Segment, sequence: u64, timestamp: u32) -> Self {
        Self {
            sequence,
            timestamp: segment.timestamp(timestamp),
            segment: segment.id,
        }
    }
}

/// A duration in ticks of a clock, saturating.
fn ticks(duration: Duration, clock_rate: u32) -> u32 {
    let ticks = duration
        .as_micros()
        .saturating_mul(u128::from(clock_rate))
        .checked_div(1_000_000)
        .unwrap_or_default();
    u32::try_from(ticks).unwrap_or(u32::MAX)
}

/// How many stretches are remembered for late packets; the oldest is forgotten. Leaving out every other frame
/// makes 15 a second, so this reaches much further back than any retransmission.
const MAX_RUNS: usize = 256;
/// Further would seem to be backwards.
const MAX_ADVANCE: u32 = i32::MAX.cast_unsigned();
/// The largest gap that is passed on. A receiver extends 16-bit numbers correctly over less than 32,768.
const MAX_GAP: u64 = 1 << 14;
/// The highest packet index that SRTP can express.
const MAX_SEQUENCE: u64 = (1 << 48) - 1;

#[cfg(test)]
mod tests;
