//! How much a shard holds.

use crate::shard::Shard;

/// How much a shard holds now. All zero after everybody left and the last timers ran out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Occupancy {
    /// Open rooms.
    pub rooms: usize,
    /// Peer connections.
    pub peers: usize,
    /// Published tracks.
    pub tracks: usize,
    /// Subscriptions of all tracks together.
    pub subscriptions: usize,
    /// Addresses that belong to a peer.
    pub addresses: usize,
    /// ICE names that belong to a peer.
    pub names: usize,
    /// Entries of the timer heap, obsolete ones included.
    pub timers: usize,
    /// Bytes in all keyframe caches.
    pub cached_bytes: usize,
    /// Encodings whose keyframe is awaited.
    pub keyframes: usize,
    /// What waits to be polled or to be worked on.
    pub queued: usize,
}

impl Shard {
    /// How much the shard holds now. For tests and for operators; walks every track.
    pub fn occupancy(&self) -> Occupancy {
        let queues = [
            self.transmits.len(),
            self.events.len(),
            self.dirty.len(),
            self.ingress.len(),
            self.closing.len(),
        ];
        Occupancy {
            rooms: self.rooms.len(),
            peers: self.peers.len(),
            tracks: self.tracks.len(),
            subscriptions: self
                .tracks
                .values()
                .map(|track| track.subscribers.len())
                .sum(),
            addresses: self.demux.addresses(),
            names: self.demux.names(),
            timers: self.timers.len(),
            cached_bytes: self.cache_budget.used(),
            keyframes: self.keyframes_awaited.len(),
            queued: queues.iter().sum(),
        }
    }
}
