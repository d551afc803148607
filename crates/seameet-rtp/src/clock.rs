//! One time line for the encodings of a publication.
//!
//! Simulcast encodings show the same moments, but each has timestamps of its own, with a random start. When a
//! subscriber is switched from one to another, its timestamps must advance by the time that passed between the
//! two frames, or the picture stutters and drifts from the sound.
//!
//! Sender reports tell: they give each stream's timestamp at a time of the sender's clock (RFC 3550, section
//! 6.4.1). Until both encodings have one, arrival times do: of many packets, the one that came with the least
//! delay shows best how timestamps and time relate, and the least delay is the same for all encodings of a
//! publisher. Reports that contradict arrival by more than half a second are not believed.

mod stream;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use stream::StreamClock;

use crate::ntp::SenderReport;
use crate::select::EncodingId;

/// What a distance rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClockBasis {
    /// Both timestamps are of one encoding.
    SameEncoding,
    /// Sender reports of both.
    SenderReports,
    /// Arrival times of both.
    Arrival,
}

/// How far two frames lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClockDistance {
    /// In ticks; negative if the second frame is the earlier one.
    pub ticks: i64,
    /// What it rests on.
    pub basis: ClockBasis,
}

/// Relates the timestamps of a publication's encodings to each other. Bounded by the number of encodings.
#[derive(Debug, Clone)]
pub struct PublicationClock {
    clock_rate: u32,
    /// Arrival times are counted from here.
    epoch: Option<Instant>,
    streams: BTreeMap<EncodingId, StreamClock>,
}

impl PublicationClock {
    /// One for encodings with a clock rate in Hz.
    pub fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            epoch: None,
            streams: BTreeMap::new(),
        }
    }

    /// A packet arrived. Of a picture's packets, the first one says most.
    pub fn note_packet(&mut self, now: Instant, encoding: EncodingId, timestamp: u32) {
        let epoch = *self.epoch.get_or_insert(now);
        let arrival = ticks(now.saturating_duration_since(epoch), self.clock_rate);
        let window = ticks(ARRIVAL_WINDOW, self.clock_rate);
        self.streams
            .entry(encoding)
            .or_default()
            .note_packet(arrival, window, timestamp);
    }

    /// A sender report arrived. One without a wall clock, older than the last one, or of a stream that nothing
    /// came of yet, says nothing.
    pub fn note_report(&mut self, now: Instant, encoding: EncodingId, report: SenderReport) {
        if let Some(stream) = self.streams.get_mut(&encoding)
            && report.ntp.is_known()
        {
            stream.note_report(now, report, self.clock_rate);
        }
    }

    /// An encoding ended or starts anew, with other timestamps.
    pub fn forget(&mut self, encoding: EncodingId) {
        self.streams.remove(&encoding);
    }

    /// How far a frame of one encoding lies behind one of another, each told by its timestamp; `None` if
    /// nothing is known of one of them.
    pub fn distance(
        &self,
        now: Instant,
        from: (EncodingId, u32),
        to: (EncodingId, u32),
    ) -> Option<ClockDistance> {
        if from.0 == to.0 {
            let ticks = i64::from(to.1.wrapping_sub(from.1).cast_signed());
            return Some(ClockDistance {
                ticks,
                basis: ClockBasis::SameEncoding,
            });
        }
        let (earlier, later) = (self.streams.get(&from.0)?, self.streams.get(&to.0)?);
        let by_arrival = later
            .position(to.1)?
            .saturating_sub(earlier.position(from.1)?);
        let by_reports = earlier
            .fresh_report(now)
            .zip(later.fresh_report(now))
            .map(|(a, b)| {
                let since = |timestamp: u32, report: SenderReport| {
                    i64::from(timestamp.wrapping_sub(report.rtp_timestamp).cast_signed())
                };
                b.ntp
                    .ticks_since(a.ntp, self.clock_rate)
                    .saturating_add(since(to.1, b))
                    .saturating_sub(since(from.1, a))
            });
        let tolerance = ticks(REPORT_TOLERANCE, self.clock_rate).unsigned_abs();
        let believed = by_reports.filter(|ticks| ticks.abs_diff(by_arrival) <= tolerance);
        Some(match believed {
            Some(ticks) => ClockDistance {
                ticks,
                basis: ClockBasis::SenderReports,
            },
            None => ClockDistance {
                ticks: by_arrival,
                basis: ClockBasis::Arrival,
            },
        })
    }

    /// By how many ticks a subscriber's timestamps advance when the frame `to` is sent after the frame `from`,
    /// `elapsed` later: by their distance, at least by one, and not much further than time did. If the distance
    /// is not known, by the time that passed.
    pub fn advance(
        &self,
        now: Instant,
        from: (EncodingId, u32),
        to: (EncodingId, u32),
        elapsed: Duration,
    ) -> u32 {
        let elapsed_ticks = ticks(elapsed, self.clock_rate);
        let distance = self
            .distance(now, from, to)
            .map_or(elapsed_ticks, |distance| distance.ticks);
        let most = elapsed_ticks.saturating_add(ticks(REPORT_TOLERANCE, self.clock_rate));
        // Further than half a cycle would be backwards.
        let most = most.clamp(1, i64::from(i32::MAX));
        u32::try_from(distance.clamp(1, most)).unwrap_or(1)
    }
}

/// A duration in ticks of a clock, saturating.
fn ticks(duration: Duration, clock_rate: u32) -> i64 {
    let ticks = duration.as_nanos().saturating_mul(u128::from(clock_rate)) / 1_000_000_000;
    i64::try_from(ticks).unwrap_or(i64::MAX)
}

/// The least delay is sought among packets of so long, and of so long before that. Longer, and clocks that
/// differ would count; shorter, and a burst of delay would.
const ARRIVAL_WINDOW: Duration = Duration::from_secs(5);
/// More than jitter can explain.
const REPORT_TOLERANCE: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests;
