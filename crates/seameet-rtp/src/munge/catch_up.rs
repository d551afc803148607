//! Where the frames of the past go with which a stretch begins.
//!
//! ```text
//!   true place   1   2   3   4   5   │       6 7     8       9
//!                first … newest      │ latest that went out
//!   output                           │ 12345 6 7     8       9
//! ```
//!
//! None can go back behind what went out already, so they squeeze in behind it, and the newest with them if it belongs
//! further back. What comes after that is squeezed too until it has reached its true place. So the time line never
//! stays ahead of time: receivers would wait with every frame until it is due.

/// The frames of the past with which a stretch begins, and how those behind them find their places.
#[derive(Debug, Clone, Copy)]
pub(super) struct CatchUp {
    /// Timestamp of the first by the source's clock.
    first: u32,
    /// Ticks from there to the newest.
    span: u32,
    /// The timestamp that the first one gets.
    output: u32,
    /// Ticks from there to the newest one's.
    room: u32,
    /// How many ticks the newest is ahead of its true place.
    lead: u32,
}

impl CatchUp {
    /// `output` is the first timestamp that is free, and `due` how far behind it the newest frame belongs; before it
    /// if negative.
    pub(super) fn new(first: u32, span: u32, output: u32, due: i64) -> Self {
        let room = due.clamp(i64::from(squeezed(span)), i64::from(span));
        let lead = room
            .saturating_sub(due)
            .clamp(0, i64::from(u32::MAX.wrapping_shr(1)));
        Self {
            first,
            span,
            output,
            room: u32::try_from(room).unwrap_or_default(),
            lead: u32::try_from(lead).unwrap_or_default(),
        }
    }

    /// The timestamp of a frame that is not in its true place; `None` for all others.
    pub(super) fn timestamp(&self, timestamp: u32) -> Option<u32> {
        let since_first = timestamp.wrapping_sub(self.first);
        let ticks = match since_first.checked_sub(self.span) {
            None | Some(0) => self.of_past(since_first),
            Some(since) if since <= self.end_of_lead() => self
                .room
                .saturating_add(since.saturating_sub(self.lead).max(least_behind(since))),
            Some(_) => return None,
        };
        Some(self.output.wrapping_add(ticks))
    }

    fn of_past(&self, since_first: u32) -> u32 {
        let ticks = u64::from(since_first)
            .saturating_mul(u64::from(self.room))
            .checked_div(u64::from(self.span))
            .unwrap_or_default();
        u32::try_from(ticks).unwrap_or(self.room)
    }

    /// So many ticks behind the newest frame all are in their true places.
    fn end_of_lead(&self) -> u32 {
        let slack = least_behind(self.lead).saturating_add(1);
        self.lead.saturating_add(slack.saturating_mul(2))
    }
}

/// The least that so many ticks become.
fn squeezed(ticks: u32) -> u32 {
    ticks.div_ceil(MAX_SQUEEZE)
}

/// The least that so many ticks become behind the newest frame. A lead of more than a second is that of an encoding that
/// rested, and what comes next is far behind; so little is kept, lest the rest itself takes time.
fn least_behind(ticks: u32) -> u32 {
    let rest = ticks.saturating_sub(DENSE);
    squeezed(ticks.min(DENSE)).saturating_add(rest / SPARSE_SQUEEZE)
}

/// Frames of the past keep at least one tick of so many, so that timestamps still tell them apart: at 90 kHz,
/// frames 6 ms apart.
pub(super) const MAX_SQUEEZE: u32 = 500;
/// Ticks within which that holds for frames that are not of the past: a second of video.
const DENSE: u32 = 90_000;
/// Behind that they keep one tick of so many.
const SPARSE_SQUEEZE: u32 = 3_000;
