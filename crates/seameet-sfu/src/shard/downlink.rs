//! What is known of the way to a subscriber, and when what was learned of it is given up.
//!
//! ```text
//!   queues here ───▶ Congestion ─┐
//!   figures ───────▶ Brake ──────┼─▶ suspended? strained? ─▶ allocator
//!   what lacks ────▶ Recovery ───┴─▶ begin the estimate anew
//! ```

use std::time::{Duration, Instant};

use seameet_core::MediaKind;
use seameet_core::media::SlotCause;
use seameet_pipeline::PeerStatistics;

use crate::allocator::{Allocation, SlotDecision, SlotDemand};
use crate::shard::Shard;
use crate::shard::brake::Brake;
use crate::shard::congestion::Congestion;
use crate::shard::guard;
use crate::shard::peer::PeerKey;
use crate::shard::recovery::{Condition, Lack, Recovery};

/// After a rise of the estimate so much passes before it is used: rises come in many small steps.
const RISE_INTERVAL: Duration = Duration::from_millis(200);
/// What a line must take beyond the lowest picture and sound for that to be tried, in percent.
const FIRST_TRY_PERCENT: u64 = 150;
/// How long little is probed for when far more flows than before: the first keyframe is burst enough.
const CALM: Duration = Duration::from_secs(1);
/// How long an estimate that was begun anew for want of quality is not believed to have grown: the first bursts are
/// often measured too high.
const SETTLING: Duration = Duration::from_secs(1);

/// See the module documentation.
#[derive(Debug, Default)]
pub(super) struct Downlink {
    pub(super) congestion: Congestion,
    brake: Brake,
    recovery: Recovery,
    /// What pictures took when it was last looked at, in bits per second; `None` before the first one.
    flowing: Option<u64>,
    /// Until then no more than this is desired, in bits per second.
    calm: Option<(Instant, u64)>,
    /// Until then no more than this is counted with, in bits per second.
    settling: Option<(Instant, u64)>,
}

impl Downlink {
    /// No picture may flow.
    pub(super) fn is_suspended(&self, now: Instant) -> bool {
        self.congestion.is_suspended() || self.brake.is_on(now)
    }

    /// Nothing may be tried.
    pub(super) fn is_strained(&self, now: Instant) -> bool {
        self.brake.is_strained(now)
    }

    /// Pictures flowed when it was last looked at.
    pub(super) fn carries_pictures(&self) -> bool {
        self.flowing.is_some_and(|flowing| flowing > 0)
    }

    /// What of an estimate is counted with.
    pub(super) fn trusted(&self, now: Instant, estimate: Option<u64>) -> Option<u64> {
        match self.settling {
            Some((until, most)) if until > now => estimate.map(|estimate| estimate.min(most)),
            _ => estimate,
        }
    }

    /// What of the bits per second that are wanted may be probed for.
    pub(super) fn desired(&self, now: Instant, estimate: Option<u64>, wanted: u64) -> u64 {
        match (self.calm, estimate) {
            (Some((until, most)), _) if until > now => wanted.min(most),
            // An estimate that knows nothing of a full way would have it filled up further.
            _ if self.brake.is_on(now) => 0,
            (_, Some(estimate)) if self.is_suspended(now) || self.is_strained(now) => {
                wanted.min(estimate)
            }
            _ => wanted,
        }
    }

    /// Takes what was decided. Returns what to begin the estimate anew with, if that is of use.
    fn judge(
        &mut self,
        now: Instant,
        (estimate, audio): (u64, u64),
        given: &Allocation,
        demands: &[SlotDemand],
    ) -> Option<u64> {
        let condition = self.condition(now);
        let lack = lack(audio, condition, given);
        let begun = self.recovery.update(now, estimate, lack, condition);
        if begun.is_some() && lack == Lack::Quality {
            self.settling = Some((now + SETTLING, estimate));
        }
        let was_dark = self.flowing == Some(0);
        if !self.leaps(estimate, audio, demands) {
            return begun;
        }
        // Bursts go up to twice of what is desired, and what is paced waits for them.
        let most = if was_dark { estimate / 2 } else { estimate };
        self.calm = Some((now + CALM, most));
        begun.or(Some(estimate))
    }

    /// Whether what flows has just become far more than it was, on a line of which only a part was used. The estimator
    /// takes the keyframe that follows small packets for a queue, and falls to what it saw arrive before: a fraction of
    /// what it had found out. To begin anew from there makes it look at what is sent now.
    fn leaps(&mut self, estimate: u64, audio: u64, demands: &[SlotDemand]) -> bool {
        let flowing: u64 = demands.iter().map(SlotDemand::flowing_cost).sum();
        let Some(former) = self.flowing else {
            self.flowing = Some(flowing).filter(|flowing| *flowing > 0);
            return false;
        };
        self.flowing = Some(flowing);
        let total = |pictures: u64| pictures.saturating_add(audio);
        flowing > former.saturating_mul(2)
            && total(former).saturating_mul(2) < estimate
            && total(flowing).saturating_mul(2) > estimate
    }

    fn condition(&self, now: Instant) -> Condition {
        if self.brake.is_flooded(now) {
            Condition::Full
        } else if self.brake.is_clear(now) && self.congestion.oldest() < RISE_INTERVAL {
            Condition::Clear
        } else {
            Condition::Faulty
        }
    }

    /// When to look at it again at the latest.
    fn deadline(&self, now: Instant) -> Option<Instant> {
        let recovery = self.recovery.deadline();
        let recovery = recovery.map(|deadline| deadline.max(now + RISE_INTERVAL));
        recovery.into_iter().chain(self.brake.deadline(now)).min()
    }
}

impl Shard {
    /// The estimate of a subscriber's line changed.
    pub(super) fn note_bandwidth(&mut self, key: PeerKey, estimate: u64) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let former = peer.estimate.replace(estimate);
        if former.is_some_and(|former| former <= estimate) {
            let waited = peer
                .share
                .decided
                .map_or(self.now, |decided| decided + RISE_INTERVAL);
            peer.share.hasten(waited.max(self.now));
            let deadline = peer.deadline();
            self.timers.schedule(key, deadline);
        } else {
            self.want_allocation(key);
        }
    }

    /// Begins to estimate anew where something lacks and nothing is learned.
    pub(super) fn recover(&mut self, key: PeerKey, given: &Allocation, demands: &[SlotDemand]) {
        let (now, Some(peer)) = (self.now, self.peers.get_mut(key)) else {
            return;
        };
        let share = &mut peer.share;
        let begun = peer.estimate.and_then(|estimate| {
            let line = (estimate, share.audio);
            share.downlink.judge(now, line, given, demands)
        });
        if let Some(deadline) = share.downlink.deadline(now) {
            share.hasten(deadline);
        }
        if let Some(bitrate) = begun {
            self.restart_estimate(key, bitrate);
        }
    }

    /// New figures of a subscriber's line.
    pub(super) fn note_line(&mut self, key: PeerKey, figures: &PeerStatistics) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let Some(estimate) = peer.estimate else {
            return;
        };
        let now = self.now;
        let brake = &mut peer.share.downlink.brake;
        let was_on = brake.is_on(now);
        let begun = brake.note_statistics(now, estimate, figures);
        let is_on = brake.is_on(now);
        if is_on && !was_on {
            // The pictures begin anew after it.
            guard::attempt(|| peer.connection.drop_repairs());
            self.drop_queues(key, |slot| slot.kind == MediaKind::Video);
        }
        if was_on != is_on {
            self.want_allocation(key);
        }
        if let Some(bitrate) = begun {
            self.restart_estimate(key, bitrate);
        }
    }

    fn restart_estimate(&mut self, key: PeerKey, bitrate: u64) {
        if let Some(peer) = self.peers.get_mut(key) {
            peer.estimate = Some(bitrate);
            guard::attempt(|| peer.connection.restart_estimate(bitrate));
            self.want_allocation(key);
        }
    }
}

/// What a subscriber lacks because of its line.
fn lack(audio: u64, condition: Condition, given: &Allocation) -> Lack {
    let is_paused = |decision: &SlotDecision| decision.cause == SlotCause::Paused;
    let is_short = given.slots.iter().any(is_paused);
    let is_starved = is_short && given.slots.iter().all(|slot| slot.target.is_none());
    let lowest = given.slots.iter().filter_map(|slot| slot.lowest);
    // On a line without fault everybody is to be seen, on another one anybody.
    let is_clear = condition == Condition::Clear;
    let lowest = if is_clear {
        Some(lowest.sum::<u64>())
    } else {
        lowest.min()
    };
    let needed = |lowest: u64| (lowest + audio).saturating_mul(FIRST_TRY_PERCENT) / 100;
    match lowest {
        Some(lowest) if is_starved => Lack::All(needed(lowest)),
        Some(lowest) if is_clear && is_short => Lack::Some(needed(lowest)),
        _ if given.allocated < given.ideal => Lack::Quality,
        _ => Lack::Nothing,
    }
}

#[cfg(test)]
mod tests;
