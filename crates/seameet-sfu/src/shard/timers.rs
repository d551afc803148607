//! Which peer wants to be run when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use slotmap::SecondaryMap;

use crate::shard::peer::PeerKey;

/// A heap of deadlines. An entry counts only while it is the one that its peer is scheduled for; obsolete ones are
/// skipped when they surface.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(Instant, PeerKey)>>,
    scheduled: SecondaryMap<PeerKey, Instant>,
}

impl Timers {
    /// Notes when a peer wants to be run next.
    pub(super) fn schedule(&mut self, key: PeerKey, deadline: Instant) {
        // A later deadline needs no new entry: the earlier one runs the peer, which then names the later one.
        let scheduled = self.scheduled.get(key);
        if scheduled.is_none_or(|scheduled| deadline < *scheduled) {
            self.scheduled.insert(key, deadline);
            self.heap.push(Reverse((deadline, key)));
        }
    }

    /// The peer is gone.
    pub(super) fn forget(&mut self, key: PeerKey) {
        self.scheduled.remove(key);
    }

    /// The earliest deadline; it may be obsolete, which costs one wake-up.
    pub(super) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((deadline, _))| *deadline)
    }

    /// How many entries there are, obsolete ones included.
    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    /// A peer whose deadline has come.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<PeerKey> {
        while self.next()? <= now {
            let Reverse((deadline, key)) = self.heap.pop()?;
            if self.scheduled.get(key) == Some(&deadline) {
                self.scheduled.remove(key);
                return Some(key);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
