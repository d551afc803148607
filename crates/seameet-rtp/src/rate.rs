//! What encodings and their layers cost, measured.
//!
//! A [`RateMeter`] tells the bitrate and the frame rate of the last second, and the *cost*: the highest bitrate
//! of the last ten seconds in which anything came. An allocator that grants a layer must expect the cost, not
//! what a still picture happens to take now; a screen that does not change for a minute keeps its cost.
//!
//! An [`EncodingMeter`] does so for each choice of layers within an encoding.

mod encoding;

use std::time::{Duration, Instant};

pub use encoding::EncodingMeter;

/// Measures one stream. Takes a fixed amount of memory.
#[derive(Debug, Clone, Default)]
pub struct RateMeter {
    buckets: [Bucket; BUCKETS],
    started: Option<Instant>,
    /// The newest bucket, counted from the start.
    newest: u64,
    /// The highest bitrate of each of the last seconds in which anything came.
    peaks: [u64; PEAK_SECONDS],
    /// Which of them is the newest, and which second, counted from the start, that was.
    newest_peak: usize,
    newest_second: u64,
    /// The first peak was measured over long enough.
    is_settled: bool,
}

/// What came in a tenth of a second.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    bytes: u64,
    frames: u64,
}

impl RateMeter {
    /// One that has measured nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes of a packet came, which may begin a frame.
    pub fn record(&mut self, now: Instant, bytes: usize, begins_frame: bool) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.advance(now);
        if let Some(bucket) = self.buckets.get_mut(place(self.newest)) {
            bucket.bytes = bucket.bytes.saturating_add(bytes);
            bucket.frames = bucket.frames.saturating_add(u64::from(begins_frame));
        }
        self.note_peak(now);
    }

    /// Bits per second over the last second, or since the first packet if that is shorter.
    pub fn bitrate(&self, now: Instant) -> u64 {
        let bytes = self.sum(now, |bucket| bucket.bytes);
        per_second(bytes.saturating_mul(8), self.span(now))
    }

    /// Frames per second over the last second, rounded.
    pub fn frame_rate(&self, now: Instant) -> u64 {
        let frames = self.sum(now, |bucket| bucket.frames);
        per_second(frames.saturating_mul(2), self.span(now)).div_ceil(2)
    }

    /// What the stream may be expected to take, in bits per second.
    pub fn cost(&self) -> u64 {
        self.peaks.iter().copied().max().unwrap_or_default()
    }

    /// As [`cost`](Self::cost), but what came in the first moment and was followed by nothing, as the keyframe of a
    /// still screen, is spread over the silence behind it, up to a second.
    pub fn expected(&self, now: Instant) -> u64 {
        let elapsed = self
            .started
            .map(|started| now.saturating_duration_since(started));
        match elapsed {
            Some(elapsed) if !self.is_settled => {
                let bytes = self.buckets.iter().map(|bucket| bucket.bytes);
                let bits = bytes.fold(0_u64, u64::saturating_add).saturating_mul(8);
                per_second(bits, elapsed.min(SECOND))
            }
            _ => self.cost(),
        }
    }

    /// Whether what was measured says little yet: it has been too short.
    pub fn is_young(&self, now: Instant) -> bool {
        let is_recent = |started: Instant| now.saturating_duration_since(started) < SECOND;
        !self.is_settled && self.started.is_none_or(is_recent)
    }

    /// Moves on to the bucket of `now` and empties those in between.
    fn advance(&mut self, now: Instant) {
        let started = *self.started.get_or_insert(now);
        let bucket = self.bucket_at(started, now);
        let passed = bucket.saturating_sub(self.newest).min(BUCKETS_U64);
        for step in 0..passed {
            if let Some(emptied) = self.buckets.get_mut(place(bucket.saturating_sub(step))) {
                *emptied = Bucket::default();
            }
        }
        self.newest = self.newest.max(bucket);
    }

    fn note_peak(&mut self, now: Instant) {
        let second = self.newest / BUCKETS_PER_SECOND;
        if second != self.newest_second {
            self.newest_second = second;
            self.newest_peak = self.newest_peak.saturating_add(1) % PEAK_SECONDS;
            if let Some(oldest) = self.peaks.get_mut(self.newest_peak) {
                *oldest = 0;
            }
        }
        let measured = self.bitrate(now);
        let was_settled = self.is_settled;
        self.is_settled |= self.span(now) >= MIN_PEAK_SPAN;
        if !was_settled {
            self.peaks = [0; PEAK_SECONDS];
        }
        if let Some(peak) = self.peaks.get_mut(self.newest_peak) {
            // The first packets, often a keyframe, say little about a second, but are all there is.
            *peak = if was_settled {
                measured.max(*peak)
            } else {
                measured
            };
        }
    }

    /// The sum over the buckets of the last second and over the current one, which is not yet full.
    fn sum(&self, now: Instant, value: impl Fn(&Bucket) -> u64) -> u64 {
        let Some(started) = self.started else {
            return 0;
        };
        let current = self.bucket_at(started, now).max(self.newest);
        let empty = current.saturating_sub(self.newest);
        (empty..BUCKETS_U64)
            .filter_map(|age| self.buckets.get(place(current.checked_sub(age)?)))
            .fold(0, |sum, bucket| sum.saturating_add(value(bucket)))
    }

    /// The time that [`sum`](Self::sum) covers.
    fn span(&self, now: Instant) -> Duration {
        let Some(started) = self.started else {
            return Duration::ZERO;
        };
        let elapsed = now.saturating_duration_since(started);
        let into_bucket = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX) % BUCKET_MILLIS;
        elapsed.min(SECOND.saturating_add(Duration::from_millis(into_bucket)))
    }

    fn bucket_at(&self, started: Instant, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(started).as_millis();
        (u64::try_from(elapsed).unwrap_or(u64::MAX) / BUCKET_MILLIS).max(self.newest)
    }
}

/// How much a sum is in a second. Spans that are too short to say are taken for longer.
fn per_second(sum: u64, span: Duration) -> u64 {
    let millis = u64::try_from(span.max(MIN_SPAN).as_millis()).unwrap_or(u64::MAX);
    sum.saturating_mul(1_000)
        .checked_div(millis)
        .unwrap_or_default()
}

fn place(bucket: u64) -> usize {
    usize::try_from(bucket % BUCKETS_U64).unwrap_or_default()
}

/// A tenth of a second.
const BUCKET_MILLIS: u64 = 100;
const BUCKETS_PER_SECOND: u64 = 10;
/// A second, and the one that is not yet full.
const BUCKETS: usize = 11;
const BUCKETS_U64: u64 = 11;
const SECOND: Duration = Duration::from_secs(1);
const PEAK_SECONDS: usize = 10;
/// Nothing is extrapolated from less than this.
const MIN_SPAN: Duration = Duration::from_millis(200);
/// What is measured over less does not stay in the cost.
const MIN_PEAK_SPAN: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests;
