//! Queues to a subscriber that have grown too old.
//!
//! A queue is bounded by its age: what waits longer than [`CONGESTED`] is worth less than a smaller picture that is
//! on time. The estimate says so too, but later.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use seameet_core::{MediaKind, Mid};
use seameet_pipeline::SendBacklog;

use crate::allocator::Queue;
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
/// A queue that is no younger after so long does not drain: what was taken off was not enough.
const DRAINING: Duration = Duration::from_millis(250);
/// How often queues are looked at.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(20);

/// What is known of a subscriber's queues.
#[derive(Debug, Default)]
pub(super) struct Congestion {
    sampled: Option<Instant>,
    congested: BTreeMap<Mid, Judged>,
    is_suspended: bool,
    oldest: Duration,
}

/// A queue that was found too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Judged {
    at: Instant,
    /// How old it was then.
    age: Duration,
    /// Just now.
    is_new: bool,
}

impl Congestion {
    /// No picture may be added.
    pub(super) fn is_suspended(&self) -> bool {
        self.is_suspended
    }

    /// How it stands with a slot's queue.
    pub(super) fn queue(&self, mid: Mid) -> Queue {
        match self.congested.get(&mid) {
            Some(judged) if judged.is_new => Queue::TooOld,
            Some(_) => Queue::Draining,
            None => Queue::Short,
        }
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
        for (mid, backlog) in backlogs {
            if let Some(judged) = judge(now, backlog.age, before.get(mid)) {
                self.congested.insert(*mid, judged);
            }
        }
        let is_worse = self.congested.values().any(|judged| judged.is_new);
        is_worse || self.congested.len() != before.len() || self.is_suspended != was_suspended
    }
}

/// What is to be thought of a queue of this age.
fn judge(now: Instant, age: Duration, before: Option<&Judged>) -> Option<Judged> {
    let is_new = match before {
        _ if age <= DRAINED => return None,
        None if age < CONGESTED => return None,
        None => true,
        Some(judged) if now.saturating_duration_since(judged.at) < DRAINING => {
            return Some(Judged {
                is_new: false,
                ..*judged
            });
        }
        Some(judged) => age >= judged.age,
    };
    Some(Judged {
        at: now,
        age,
        is_new,
    })
}

impl Shard {
    /// Looks at what waits to be sent to a subscriber, if it is time.
    pub(super) fn check_congestion(&mut self, key: PeerKey) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(key).filter(|peer| peer.is_connected()) else {
            return;
        };
        if !peer.share.downlink.congestion.is_due(now) {
            return;
        }
        let mut backlogs = Vec::new();
        for slot in &peer.slots {
            if slot.kind == MediaKind::Video && slot.track.is_some() {
                let backlog = guard::attempt(|| peer.connection.backlog(slot.mid));
                backlogs.push((slot.mid, backlog.unwrap_or_default()));
            }
        }
        if peer.share.downlink.congestion.sample(now, &backlogs) {
            self.want_allocation(key);
        }
    }
}

#[cfg(test)]
mod tests;
