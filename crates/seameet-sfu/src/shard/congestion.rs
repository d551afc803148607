//! Queues to a subscriber that have grown too old.
//!
//! A queue is bounded by its age: what waits longer than [`CONGESTED`] is worth less than a smaller picture that is
//! on time. The estimate says so too, but later. What has waited for [`STALE`] is dropped, and the picture begins anew with a
//! keyframe. A line on which not even that comes through in time gets longer for it each time.
//!
//! Sound does not wait: it is not paced, and nothing of it is dropped.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use seameet_core::{MediaKind, Mid};
use seameet_pipeline::SendBacklog;

use crate::allocator::Queue;
use crate::shard::Shard;
use crate::shard::counters::Drop;
use crate::shard::guard;
use crate::shard::peer::PeerKey;
use crate::shard::slot::Slot;

/// A picture whose oldest packet has waited for so long is too much for the line. Lower than what a viewer is to wait
/// at most, since the queue still grows by what is on its way.
const CONGESTED: Duration = Duration::from_millis(200);
/// A picture whose oldest packet has waited for so long is out of date.
const STALE: Duration = Duration::from_millis(500);
/// The longest that it may wait where keyframes take as long.
const MAX_STALE: Duration = Duration::from_secs(2);
/// A queue that was short for so long may be dropped early again.
const FORGIVEN: Duration = Duration::from_secs(5);
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
    /// Queues that were dropped.
    dropped: BTreeMap<Mid, Dropped>,
    is_suspended: bool,
    oldest: Duration,
}

/// A queue that was dropped.
#[derive(Debug, Clone, Copy)]
struct Dropped {
    /// When it was last longer than it should be.
    at: Instant,
    /// How old it may get before it is dropped again.
    bound: Duration,
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

    /// Which of these queues are out of date and are to be dropped.
    fn stale(&mut self, now: Instant, backlogs: &[(Mid, SendBacklog)]) -> Vec<Mid> {
        let forgiven = |dropped: &Dropped| now.saturating_duration_since(dropped.at) >= FORGIVEN;
        self.dropped.retain(|_, dropped| !forgiven(dropped));
        let mut stale = Vec::new();
        for (mid, backlog) in backlogs {
            let known = self.dropped.get_mut(mid);
            let bound = known.as_ref().map_or(STALE, |dropped| dropped.bound);
            if backlog.age >= bound {
                let bound = (bound * 2).min(MAX_STALE);
                self.dropped.insert(*mid, Dropped { at: now, bound });
                stale.push(*mid);
            } else if let Some(dropped) = known.filter(|_| backlog.age > DRAINED) {
                dropped.at = now;
            }
        }
        stale
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
        let congestion = &mut peer.share.downlink.congestion;
        let is_news = congestion.sample(now, &backlogs);
        let stale = congestion.stale(now, &backlogs);
        self.drop_queues(key, |slot| stale.contains(&slot.mid));
        if is_news {
            self.want_allocation(key);
        }
    }

    /// Drops what waits on slots. Their pictures begin anew.
    pub(super) fn drop_queues(&mut self, key: PeerKey, is_stale: impl Fn(&Slot) -> bool) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let mut dropped = 0;
        for slot in peer.slots.iter_mut().filter(|slot| is_stale(slot)) {
            let cut = guard::attempt(|| peer.connection.cut_backlog(slot.mid)).unwrap_or(0);
            if cut > 0 {
                slot.pause(now);
                dropped += cut as u64;
            }
        }
        self.counters.drop_many(Drop::Stale, dropped);
        if dropped > 0 {
            self.want_allocation(key);
        }
    }
}

#[cfg(test)]
mod tests;
