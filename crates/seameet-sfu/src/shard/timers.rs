//! Which peer wants to be run when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use slotmap::SlotMap;

use crate::shard::peer::{Peer, PeerKey};

/// A heap of deadlines. An entry counts only while it is the one that its peer is scheduled for; obsolete ones are
/// skipped when they surface.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(Instant, PeerKey)>>,
}

impl Timers {
    /// Notes when the peer wants to be run next.
    pub(super) fn schedule(&mut self, key: PeerKey, peer: &mut Peer) {
        let deadline = peer.connection.deadline();
        // A later deadline needs no new entry: the earlier one runs the peer, which then names the later one.
        if peer.scheduled.is_none_or(|scheduled| deadline < scheduled) {
            peer.scheduled = Some(deadline);
            self.heap.push(Reverse((deadline, key)));
        }
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
    pub(super) fn pop_due(
        &mut self,
        now: Instant,
        peers: &mut SlotMap<PeerKey, Peer>,
    ) -> Option<PeerKey> {
        while self.next()? <= now {
            let Reverse((deadline, key)) = self.heap.pop()?;
            let Some(peer) = peers.get_mut(key) else {
                continue;
            };
            if peer.scheduled == Some(deadline) {
                peer.scheduled = None;
                return Some(key);
            }
        }
        None
    }
}
