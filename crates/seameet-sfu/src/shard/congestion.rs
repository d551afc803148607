//! Queues to a subscriber that have grown too old.
//!
//! A queue is bounded by its age: what waits longer than [`CONGESTED`] is worth less than a smaller picture that is
//! on time. The estimate says so too, but later.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use seameet_core::{MediaKind, Mid};
use seameet_pipeline::SendBacklog;

use crate::shard::Shard;
use crate::shard::guard;
use crate::shard::peer::PeerKey;

/// A picture whose oldest packet has waited for so long is too much for the line. Lower than what a viewer is to wait
/// at most, since the queue still grows by what is on its way.
const CONGESTED: Duration = Duration::from_millis(200);
/// When the oldest packet of any picture has waited for so long, no picture is added at all.
const SUSPENDED: Duration = Duration::from_secs(1);
/// A queue as young as that has drained.
const DRAINED: Duration = Duration::from_millis(40);
/// How often queues are looked at.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(20);

/// What is known of a subscriber's queues.
#[derive(Debug, Default)]
pub(super) struct Congestion {
    sampled: Option<Instant>,
    congested: BTreeSet<Mid>,
    is_suspended: bool,
    oldest: Duration,
}

impl Congestion {
    /// No picture may be added.
    pub(super) fn is_suspended(&self) -> bool {
        self.is_suspended
    }

    /// The slot must take less than it does.
    pub(super) fn is_congested(&self, mid: Mid) -> bool {
        self.congested.contains(&mid)
    }

    /// How long the oldest packet has waited.
    pub(super) fn oldest(&self) -> Duration {
        self.oldest
    }

    /// It is time to look at the queues.
    fn is_due(&self, now: Instant) -> bool {
        self.sampled
            .is_none_or(|sampled| now.saturating_duration_since(sampled) >= SAMPLE_INTERVAL)
    }

    /// Takes what waits on each line. Returns whether anything is to be decided anew.
    fn sample(&mut self, now: Instant, backlogs: &[(Mid, SendBacklog)]) -> bool {
        self.sampled = Some(now);
        let ages = || backlogs.iter().map(|(_, backlog)| backlog.age);
        self.oldest = ages().max().unwrap_or_default();
        let was_suspended = self.is_suspended;
        self.is_suspended = match self.oldest {
            oldest if oldest >= SUSPENDED => true,
            oldest if oldest <= DRAINED => false,
            _ => was_suspended,
        };
        let before = std::mem::take(&mut self.congested);
        self.congested = backlogs
            .iter()
            .filter(|(mid, backlog)| {
                backlog.age >= CONGESTED || backlog.age > DRAINED && before.contains(mid)
            })
            .map(|(mid, _)| *mid)
            .collect();
        self.congested != before || self.is_suspended != was_suspended
    }
}

impl Shard {
    /// Looks at what waits to be sent to a subscriber, if it is time.
    pub(super) fn check_congestion(&mut self, key: PeerKey) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(key).filter(|peer| peer.is_connected()) else {
            return;
        };
        if !peer.share.congestion.is_due(now) {
            return;
        }
        let mut backlogs = Vec::new();
        for slot in &peer.slots {
            if slot.kind == MediaKind::Video && slot.track.is_some() {
                let backlog = guard::attempt(|| peer.connection.backlog(slot.mid));
                backlogs.push((slot.mid, backlog.unwrap_or_default()));
            }
        }
        if peer.share.congestion.sample(now, &backlogs) {
            self.want_allocation(key);
        }
    }
}

#[cfg(test)]
mod tests;
