//! How one encoding's timestamps relate to time.

use std::time::{Duration, Instant};

use crate::ntp::SenderReport;
use crate::seq::{TimestampUnwrapper, nearest};

/// One encoding.
#[derive(Debug, Clone, Default)]
pub(super) struct StreamClock {
    timestamps: TimestampUnwrapper,
    /// The window that is being filled.
    window: Option<Window>,
    /// The least delay of the window before.
    previous_least: Option<i64>,
    report: Option<(Instant, SenderReport)>,
}

/// Packets of a while.
#[derive(Debug, Clone, Copy)]
struct Window {
    started: i64,
    /// The least difference between arrival and timestamp, both in ticks.
    least: i64,
}

impl StreamClock {
    /// A packet came `arrival` ticks after the epoch; windows last for `length` ticks.
    pub(super) fn note_packet(&mut self, arrival: i64, length: i64, timestamp: u32) {
        let extended = signed(self.timestamps.unwrap(timestamp));
        let delay = arrival.saturating_sub(extended);
        match &mut self.window {
            Some(window) if arrival.saturating_sub(window.started) < length => {
                window.least = window.least.min(delay);
            }
            window => {
                let ended = window.replace(Window {
                    started: arrival,
                    least: delay,
                });
                self.previous_least = ended.map(|ended| ended.least);
            }
        }
    }

    /// A report came. One that overtook another is left out.
    pub(super) fn note_report(&mut self, now: Instant, report: SenderReport, clock_rate: u32) {
        let overtaken = self.report.is_some_and(|(_, last)| {
            let later = last.ntp.ticks_since(report.ntp, clock_rate);
            later > 0 && later <= i64::from(clock_rate).saturating_mul(OVERTAKEN_SECONDS)
        });
        if !overtaken {
            self.report = Some((now, report));
        }
    }

    /// The last report, unless it is so old that clocks may have drifted.
    pub(super) fn fresh_report(&self, now: Instant) -> Option<SenderReport> {
        let (at, report) = self.report?;
        (now.saturating_duration_since(at) < REPORT_LIFETIME).then_some(report)
    }

    /// When, in ticks after the epoch, a frame would have arrived with the least delay.
    pub(super) fn position(&self, timestamp: u32) -> Option<i64> {
        let extended = signed(nearest(
            self.timestamps.highest()?,
            u64::from(timestamp),
            32,
        ));
        let current = self.window?.least;
        let least = self
            .previous_least
            .map_or(current, |previous| previous.min(current));
        Some(extended.saturating_add(least))
    }
}

/// Extended timestamps are far below 2^63.
fn signed(extended: u64) -> i64 {
    i64::try_from(extended).unwrap_or(i64::MAX)
}

/// Reports come every few seconds at most; one that is earlier by more is of a clock that was set back.
const OVERTAKEN_SECONDS: i64 = 5;
/// In a minute, clocks drift by a few milliseconds.
const REPORT_LIFETIME: Duration = Duration::from_secs(60);
