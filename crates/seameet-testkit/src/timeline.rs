//! What somebody saw: pictures with their times and sizes, and what follows from them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A picture that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// When.
    pub at: Instant,
    /// When it was captured, in time since the world began.
    pub captured: Duration,
    /// The number of the client that made it.
    pub sender: u32,
    /// The place of the encoding among those of the sender, the smallest having 0.
    pub encoding: u8,
    /// Spatial layer.
    pub spatial: u8,
    /// Temporal layer.
    pub temporal: u8,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
}

/// Everything that was shown, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline(Vec<Shown>);

impl Timeline {
    pub(crate) fn push(&mut self, shown: Shown) {
        self.0.push(shown);
    }

    /// Every picture.
    pub fn pictures(&self) -> &[Shown] {
        &self.0
    }

    /// What was shown from one instant up to another.
    pub fn between(&self, from: Instant, to: Instant) -> Span<'_> {
        let start = self.0.partition_point(|shown| shown.at < from);
        let end = self.0.partition_point(|shown| shown.at < to);
        Span {
            pictures: self.0.get(start..end).unwrap_or_default(),
            from,
            to,
        }
    }
}

/// What was shown within a stretch of time.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a> {
    /// The pictures in it.
    pub pictures: &'a [Shown],
    /// Its beginning.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
}

impl Span<'_> {
    /// How long it is.
    pub fn length(&self) -> Duration {
        self.to.saturating_duration_since(self.from)
    }

    /// Pictures per second.
    pub fn fps(&self) -> f64 {
        let count = u32::try_from(self.pictures.len()).unwrap_or(u32::MAX);
        f64::from(count) / self.length().as_secs_f64().max(f64::EPSILON)
    }

    /// The longest time without a new picture, both ends included.
    pub fn longest_gap(&self) -> Duration {
        let times = self.pictures.iter().map(|shown| shown.at);
        let starts = std::iter::once(self.from).chain(times.clone());
        let ends = times.chain(std::iter::once(self.to));
        let gaps = starts
            .zip(ends)
            .map(|(start, end)| end.saturating_duration_since(start));
        gaps.max().unwrap_or_default()
    }

    /// For how long each height was on the screen; 0 stands for no picture, before the first one.
    pub fn heights(&self) -> BTreeMap<u16, Duration> {
        let mut heights = BTreeMap::new();
        let mut since = self.from;
        let mut height = 0;
        for shown in self.pictures {
            *heights.entry(height).or_default() += shown.at.saturating_duration_since(since);
            (since, height) = (shown.at, shown.height);
        }
        *heights.entry(height).or_default() += self.to.saturating_duration_since(since);
        heights.retain(|_, time: &mut Duration| !time.is_zero());
        heights
    }

    /// The share of the time with this height on the screen, 0 to 1.
    pub fn share_of(&self, height: u16) -> f64 {
        let time = self.heights().get(&height).copied().unwrap_or_default();
        time.as_secs_f64() / self.length().as_secs_f64().max(f64::EPSILON)
    }

    /// The height that was on the screen for the longest time.
    pub fn usual_height(&self) -> u16 {
        let heights = self.heights();
        let longest = heights.iter().max_by_key(|(_, time)| **time);
        longest.map_or(0, |(height, _)| *height)
    }

    /// The height of the last picture.
    pub fn last_height(&self) -> Option<u16> {
        self.pictures.last().map(|shown| shown.height)
    }

    /// How long it took until the height of the last picture was there to stay.
    pub fn time_to_settle(&self) -> Option<Duration> {
        let last = self.last_height()?;
        let other = self.pictures.iter().rposition(|shown| shown.height != last);
        let first = self.pictures.get(other.map_or(0, |other| other + 1))?;
        Some(first.at.saturating_duration_since(self.from))
    }

    /// When the first picture came, counted from the beginning.
    pub fn time_to_first(&self) -> Option<Duration> {
        let first = self.pictures.first()?;
        Some(first.at.saturating_duration_since(self.from))
    }

    /// How often the encoding or the spatial layer changed.
    pub fn switches(&self) -> usize {
        let quality = |shown: &Shown| (shown.encoding, shown.height);
        let pairs = self.pictures.windows(2);
        pairs
            .filter(|pair| matches!(pair, [one, other] if quality(one) != quality(other)))
            .count()
    }

    /// The longest time from camera to screen. `epoch` is the world's beginning.
    pub fn longest_delay(&self, epoch: Instant) -> Duration {
        let delays = self
            .pictures
            .iter()
            .map(|shown| shown.at.saturating_duration_since(epoch + shown.captured));
        delays.max().unwrap_or_default()
    }
}
