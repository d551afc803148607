//! What was decided on recent frames.

use std::collections::VecDeque;

use crate::seq::is_later;

/// What was decided on recent pictures, by their timestamps. Bounded; the oldest is forgotten.
#[derive(Debug, Clone)]
pub(super) struct Pictures<T> {
    entries: VecDeque<(u32, T)>,
    latest: Option<u32>,
}

impl<T: Copy> Pictures<T> {
    /// What was decided on a picture, if it is remembered.
    pub(super) fn get(&self, timestamp: u32) -> Option<T> {
        let newest_first = self.entries.iter().rev();
        newest_first
            .filter(|(at, _)| *at == timestamp)
            .map(|(_, entry)| *entry)
            .next()
    }

    /// Whether a picture is newer than all before.
    pub(super) fn is_newest(&self, timestamp: u32) -> bool {
        self.latest.is_none_or(|latest| is_later(timestamp, latest))
    }

    pub(super) fn insert(&mut self, timestamp: u32, entry: T) {
        if self.is_newest(timestamp) {
            self.latest = Some(timestamp);
        }
        if self.entries.len() >= MAX_PICTURES {
            self.entries.pop_front();
        }
        self.entries.push_back((timestamp, entry));
    }
}

impl<T> Default for Pictures<T> {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            latest: None,
        }
    }
}

/// Which of the last 256 frames, by their numbers, went out. That is as far as chains reach back.
#[derive(Debug, Clone)]
pub(super) struct FrameLog {
    newest: u64,
    decided: [u64; 4],
    kept: [u64; 4],
}

impl FrameLog {
    /// Begins with a frame; those before it did not go out.
    pub(super) fn new(first: u64) -> Self {
        Self {
            newest: first.saturating_sub(1),
            decided: [u64::MAX; 4],
            kept: [0; 4],
        }
    }

    /// Whether a frame went out; `None` if it is not known, because it has not come yet, was lost, or is too
    /// long ago.
    pub(super) fn get(&self, frame: u64) -> Option<bool> {
        let age = self.newest.checked_sub(frame)?;
        let (word, mask) = place(frame);
        let is_decided = age < FRAMES && self.decided.get(word)? & mask != 0;
        is_decided.then(|| self.kept.get(word).is_some_and(|kept| kept & mask != 0))
    }

    pub(super) fn set(&mut self, frame: u64, is_kept: bool) {
        let ahead = frame.saturating_sub(self.newest);
        // Beyond the log's length, all places are passed over.
        for step in (0..ahead.min(FRAMES)).rev() {
            self.write(frame.saturating_sub(step), false, false);
        }
        self.newest = self.newest.max(frame);
        if self.newest.saturating_sub(frame) < FRAMES {
            self.write(frame, true, is_kept);
        }
    }

    fn write(&mut self, frame: u64, is_decided: bool, is_kept: bool) {
        let (word, mask) = place(frame);
        for (words, value) in [(&mut self.decided, is_decided), (&mut self.kept, is_kept)] {
            if let Some(bits) = words.get_mut(word) {
                *bits = if value { *bits | mask } else { *bits & !mask };
            }
        }
    }
}

fn place(frame: u64) -> (usize, u64) {
    let index = frame % FRAMES;
    (
        usize::try_from(index >> 6).unwrap_or_default(),
        1 << (index & 63),
    )
}

/// How many pictures are remembered: a second of them. What is later is decided anew.
const MAX_PICTURES: usize = 32;
const FRAMES: u64 = 256;
