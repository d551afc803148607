//! An encoding's packets from its last keyframe to now: who joins, or is switched to it, sees a picture at once.
//!
//! Payloads are shared with what is being forwarded. Three bounds keep the cache small, and one the caches of a
//! shard together. When a bound is hit the cache is emptied and stays so until the next keyframe; whoever needs a
//! picture then asks the publisher for one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::shard::upstream::UpPacket;

/// Most entries of a cache: some seconds of an ordinary picture.
const MAX_ENTRIES: usize = 400;
/// Most bytes of a cache: a large keyframe of a screen and some seconds behind it.
const MAX_BYTES: usize = 512 << 10;
/// Most frames of a cache. A decoder works through them before it shows the newest one: three seconds of camera
/// take it a fraction of one. A still screen, which sends few frames, stays in the cache for as long as it is still.
const MAX_FRAMES: usize = 90;
/// Packets that are kept without a keyframe before them: as many as may overtake the one that starts the next.
const MAX_EARLY: usize = 16;
/// What an entry takes besides the media bytes.
const ENTRY_BYTES: usize = size_of::<Cached>();

/// The bytes that all caches of a shard may take together.
#[derive(Debug, Clone)]
pub(super) struct CacheBudget {
    used: Arc<AtomicUsize>,
    limit: usize,
}

impl CacheBudget {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            used: Arc::default(),
            limit,
        }
    }

    /// Bytes in all caches.
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: usize) -> bool {
        // Only the shard's own thread counts, so nothing comes in between.
        let fits = self.used() + bytes <= self.limit;
        if fits {
            self.used.fetch_add(bytes, Ordering::Relaxed);
        }
        fits
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// What a cache holds, in the order in which it is fed in once more.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are packets, and the bound is on their number"
)]
pub(super) enum Cached {
    Packet(UpPacket),
    /// A number without media, which nobody shall miss.
    Skipped(u64),
}

impl Cached {
    fn bytes(&self) -> usize {
        match self {
            Self::Packet(packet) => ENTRY_BYTES + packet.received.packet.payload.len(),
            Self::Skipped(_) => ENTRY_BYTES,
        }
    }

    /// Belongs to the keyframe that starts with `start`, or to what follows it.
    fn follows(&self, start: &UpPacket) -> bool {
        match self {
            Self::Packet(packet) => packet.sequence() > start.sequence(),
            Self::Skipped(sequence) => *sequence > start.sequence(),
        }
    }
}

/// The newest frame of a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Newest {
    pub(super) timestamp: u32,
    /// When the first of its packets arrived.
    pub(super) arrival: Instant,
    sequence: u64,
}

/// An encoding's packets from its last keyframe to now; nothing of use if there was none or a bound was hit.
#[derive(Debug)]
pub(super) struct KeyframeCache {
    entries: VecDeque<Cached>,
    /// The first entry starts a keyframe. Else these are the last packets that came.
    has_keyframe: bool,
    bytes: usize,
    frames: usize,
    newest: Option<Newest>,
    budget: CacheBudget,
}

impl KeyframeCache {
    pub(super) fn new(budget: CacheBudget) -> Self {
        Self {
            entries: VecDeque::new(),
            has_keyframe: false,
            bytes: 0,
            frames: 0,
            newest: None,
            budget,
        }
    }

    /// Keeps a packet if it is of use.
    pub(super) fn push(&mut self, packet: &UpPacket) {
        if packet.is_keyframe_start() {
            self.begin(packet);
        } else if self.begins_before(packet) {
            self.append(Cached::Packet(packet.clone()));
        } else if !self.has_keyframe {
            self.append_early(Cached::Packet(packet.clone()));
        }
    }

    /// Keeps a number that carries no media.
    pub(super) fn skip(&mut self, sequence: u64) {
        if self.has_keyframe {
            self.append(Cached::Skipped(sequence));
        } else {
            self.append_early(Cached::Skipped(sequence));
        }
    }

    /// Forgets everything until the next keyframe.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.has_keyframe = false;
        self.budget.give_back(std::mem::take(&mut self.bytes));
        self.frames = 0;
        self.newest = None;
    }

    /// What there is from the keyframe on.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Cached> {
        self.entries.iter().filter(|_| self.has_keyframe)
    }

    /// How many frames there are.
    pub(super) fn frames(&self) -> usize {
        self.frames
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The packet that starts the keyframe.
    pub(super) fn first(&self) -> Option<&UpPacket> {
        match self.entries.front().filter(|_| self.has_keyframe)? {
            Cached::Packet(packet) => Some(packet),
            Cached::Skipped(_) => None,
        }
    }

    /// The newest frame.
    pub(super) fn newest(&self) -> Option<Newest> {
        self.newest
    }

    /// A keyframe starts with `start`. What came of it and behind it already stays; with H.264, parameter sets in
    /// front of a picture start the same keyframe as the picture.
    fn begin(&mut self, start: &UpPacket) {
        let is_same_keyframe = |first: &UpPacket| {
            first.timestamp() == start.timestamp() && first.sequence() <= start.sequence()
        };
        match self.first() {
            Some(first) if is_same_keyframe(first) => {
                return self.append(Cached::Packet(start.clone()));
            }
            // Late, and of no use any more.
            Some(first)
                if first.timestamp() != start.timestamp()
                    && first.sequence() > start.sequence() =>
            {
                return;
            }
            _ => {}
        }
        let mut kept = std::mem::take(&mut self.entries);
        self.clear();
        kept.retain(|entry| entry.follows(start));
        self.has_keyframe = true;
        self.append(Cached::Packet(start.clone()));
        for entry in kept {
            if self.has_keyframe {
                self.append(entry);
            }
        }
    }

    fn begins_before(&self, packet: &UpPacket) -> bool {
        self.first()
            .is_some_and(|first| first.sequence() < packet.sequence())
    }

    fn note_frame(&mut self, packet: &UpPacket) {
        let is_newer = self.newest.is_none_or(|newest| {
            newest.sequence < packet.sequence() && newest.timestamp != packet.timestamp()
        });
        if is_newer {
            self.newest = Some(Newest {
                timestamp: packet.timestamp(),
                arrival: packet.arrival(),
                sequence: packet.sequence(),
            });
            self.frames += 1;
        }
    }

    fn append_early(&mut self, entry: Cached) {
        if self.entries.len() >= MAX_EARLY
            && let Some(oldest) = self.entries.pop_front()
        {
            self.bytes -= oldest.bytes();
            self.budget.give_back(oldest.bytes());
        }
        let bytes = entry.bytes();
        if self.budget.take(bytes) {
            self.bytes += bytes;
            self.entries.push_back(entry);
        }
    }

    fn append(&mut self, entry: Cached) {
        let bytes = entry.bytes();
        if let Cached::Packet(packet) = &entry {
            self.note_frame(packet);
        }
        let is_full = self.entries.len() >= MAX_ENTRIES
            || self.bytes + bytes > MAX_BYTES
            || self.frames > MAX_FRAMES;
        if is_full || !self.budget.take(bytes) {
            return self.clear();
        }
        self.bytes += bytes;
        self.entries.push_back(entry);
    }
}

impl Drop for KeyframeCache {
    fn drop(&mut self) {
        self.clear();
    }
}
