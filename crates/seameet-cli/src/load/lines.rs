//! What is missing of the streams that one participant receives.

use std::time::{Duration, Instant};

/// The streams of one participant.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    lines: Vec<Line>,
}

/// What came of one stream.
#[derive(Debug, Clone, Copy)]
struct Line {
    name: u32,
    highest: u64,
    at: Instant,
}

/// What a packet tells of its stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// Packets that are missing now and were not before.
    pub(crate) lost: i64,
    /// The time since the one before.
    pub(crate) gap: Duration,
}

impl Lines {
    /// A packet came. Numbers that were skipped are lost until they come.
    pub(crate) fn take(&mut self, name: u32, sequence: u64, at: Instant) -> Change {
        let Some(line) = self.lines.iter_mut().find(|line| line.name == name) else {
            self.lines.push(Line {
                name,
                highest: sequence,
                at,
            });
            return Change::default();
        };
        let gap = at.saturating_duration_since(line.at);
        line.at = at;
        let lost = if sequence > line.highest {
            let skipped = sequence - line.highest - 1;
            line.highest = sequence;
            i64::try_from(skipped).unwrap_or(i64::MAX)
        } else {
            -1
        };
        Change { lost, gap }
    }
}

#[cfg(test)]
mod tests {
    //! Tests of counting.

    use super::*;

    fn lost(sequences: &[u64]) -> i64 {
        let mut lines = Lines::default();
        let take = |sequence| lines.take(1, sequence, Instant::now()).lost;
        sequences.iter().copied().map(take).sum()
    }

    #[test]
    fn what_is_skipped_is_lost_until_it_comes() {
        assert_eq!(lost(&[5, 6, 7]), 0);
        assert_eq!(lost(&[5, 9]), 3);
        assert_eq!(lost(&[5, 9, 7]), 2);
    }

    #[test]
    fn streams_are_counted_apart_and_pauses_told() {
        let mut lines = Lines::default();
        let now = Instant::now();
        let later = now + Duration::from_millis(40);
        lines.take(1, 5, now);
        assert_eq!(lines.take(2, 900, later), Change::default());
        let change = lines.take(1, 6, later);
        assert_eq!((change.lost, change.gap), (0, Duration::from_millis(40)));
    }
}
