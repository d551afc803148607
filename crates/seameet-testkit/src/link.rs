//! One direction of a network path, modelled: bottleneck with a bounded queue, loss, delay, reordering.
//!
//! ```text
//!   send ─▶ queue ─▶ bottleneck ─▶ loss ─▶ delay + jitter ─▶ duplicate? reorder? ─▶ poll
//!            │ full: newest is dropped
//! ```
//!
//! Jitter alone never reorders. All decisions come from the seed, so equal seeds and equal inputs give equal
//! results.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::rng::Rng;

/// How a path behaves. The default is a perfect one: no delay, no loss, no bottleneck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkConfig {
    /// One-way delay that every packet has.
    pub delay: Duration,
    /// Further delay, drawn anew for each packet from zero up to this.
    pub jitter: Duration,
    /// What gets lost.
    pub loss: Loss,
    /// Probability that a packet arrives twice.
    pub duplicate: f64,
    /// Some packets are overtaken by later ones.
    pub reorder: Option<Reorder>,
    /// Rate of the bottleneck in bits per second. Zero lets nothing through.
    pub bandwidth: Option<u64>,
    /// How long a packet may wait in front of the bottleneck; one that would wait longer is dropped.
    pub queue: Duration,
}

impl Default for LinkConfig {
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            loss: Loss::Never,
            duplicate: 0.0,
            reorder: None,
            bandwidth: None,
            queue: Duration::from_millis(200),
        }
    }
}

/// Which packets get lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// None.
    Never,
    /// Each one with this probability, independent of the others.
    Random(f64),
    /// They get lost in bursts.
    Burst(BurstLoss),
}

/// Loss in bursts: the path changes between a good and a bad state (Gilbert and Elliott's model). The share of
/// time in the bad state is `enter / (enter + leave)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurstLoss {
    /// Probability per packet of going from good to bad.
    pub enter: f64,
    /// Probability per packet of going from bad to good; its inverse is the mean length of a burst.
    pub leave: f64,
    /// Probability of loss in the good state.
    pub good: f64,
    /// Probability of loss in the bad state.
    pub bad: f64,
}

/// Which packets are overtaken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reorder {
    /// Probability per packet.
    pub probability: f64,
    /// By how much an overtaken packet is late.
    pub extra_delay: Duration,
}

/// What happened on a link since its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LinkStats {
    /// Packets handed in.
    pub sent: u64,
    /// Packets handed out, second copies included.
    pub delivered: u64,
    /// Bytes handed out.
    pub delivered_bytes: u64,
    /// Packets lost on the way.
    pub lost: u64,
    /// Packets dropped because the queue was full.
    pub queue_dropped: u64,
    /// Second copies made.
    pub duplicated: u64,
    /// Packets held back to be overtaken.
    pub reordered: u64,
    /// The longest that a packet had to wait in front of the bottleneck.
    pub longest_wait: Duration,
}

/// One direction of a network path.
#[derive(Debug)]
pub struct Link<T> {
    config: LinkConfig,
    rng: Rng,
    stats: LinkStats,
    /// In flight, in order of arrival and then of sending.
    flying: BTreeMap<(Instant, u64), (T, usize)>,
    next_order: u64,
    /// When the bottleneck has sent all that it accepted.
    busy_until: Option<Instant>,
    /// The latest arrival of a packet that was not held back: the next one may not be earlier.
    latest_arrival: Option<Instant>,
    is_bad: bool,
}

impl<T: Clone> Link<T> {
    /// A path with nothing on it.
    pub fn new(config: LinkConfig, seed: u64) -> Self {
        Self {
            config,
            rng: Rng::from_seed(seed),
            stats: LinkStats::default(),
            flying: BTreeMap::new(),
            next_order: 0,
            busy_until: None,
            latest_arrival: None,
            is_bad: false,
        }
    }

    /// Hands a packet in. `size` is its length in bytes on the wire.
    pub fn send(&mut self, now: Instant, packet: T, size: usize) {
        self.stats.sent += 1;
        let Some(departure) = self.pass_bottleneck(now, size) else {
            self.stats.queue_dropped += 1;
            return;
        };
        if self.is_lost() {
            self.stats.lost += 1;
            return;
        }
        let arrival = self.arrival(departure);
        if self.rng.chance(self.config.duplicate) {
            self.stats.duplicated += 1;
            self.fly(arrival, packet.clone(), size);
        }
        self.fly(arrival, packet, size);
    }

    /// The next packet that has arrived by `now`. Call it until it returns `None`.
    pub fn poll(&mut self, now: Instant) -> Option<T> {
        let entry = self.flying.first_entry()?;
        if entry.key().0 > now {
            return None;
        }
        let (packet, size) = entry.remove();
        self.stats.delivered += 1;
        self.stats.delivered_bytes += size as u64;
        Some(packet)
    }

    /// When the next packet arrives.
    pub fn next_arrival(&self) -> Option<Instant> {
        self.flying.keys().next().map(|(arrival, _)| *arrival)
    }

    /// Changes the path from here on. What is in flight already arrives as it was due.
    pub fn set_config(&mut self, config: LinkConfig) {
        self.config = config;
    }

    /// How the path behaves.
    pub fn config(&self) -> &LinkConfig {
        &self.config
    }

    /// What happened so far.
    pub fn stats(&self) -> LinkStats {
        self.stats
    }

    /// Begins to look for the longest wait anew.
    pub fn forget_wait(&mut self) {
        self.stats.longest_wait = Duration::ZERO;
    }

    /// How many packets are on the way.
    pub fn in_flight(&self) -> usize {
        self.flying.len()
    }

    /// When the packet leaves the bottleneck; `None` if it does not get in.
    fn pass_bottleneck(&mut self, now: Instant, size: usize) -> Option<Instant> {
        if self.flying.len() >= MAX_IN_FLIGHT {
            return None;
        }
        let Some(bandwidth) = self.config.bandwidth else {
            return Some(now);
        };
        let start = self.busy_until.map_or(now, |busy| busy.max(now));
        if start.saturating_duration_since(now) > self.config.queue {
            return None;
        }
        let nanos = (size as u128 * 8 * 1_000_000_000).checked_div(u128::from(bandwidth))?;
        let departure = start.checked_add(Duration::from_nanos(u64::try_from(nanos).ok()?))?;
        self.busy_until = Some(departure);
        let wait = start.saturating_duration_since(now);
        self.stats.longest_wait = self.stats.longest_wait.max(wait);
        Some(departure)
    }

    fn is_lost(&mut self) -> bool {
        match self.config.loss {
            Loss::Never => false,
            Loss::Random(probability) => self.rng.chance(probability),
            Loss::Burst(burst) => {
                let change = if self.is_bad {
                    burst.leave
                } else {
                    burst.enter
                };
                self.is_bad ^= self.rng.chance(change);
                self.rng
                    .chance(if self.is_bad { burst.bad } else { burst.good })
            }
        }
    }

    fn arrival(&mut self, departure: Instant) -> Instant {
        let due = departure + self.config.delay + self.rng.duration_up_to(self.config.jitter);
        let arrival = self.latest_arrival.map_or(due, |latest| latest.max(due));
        if let Some(reorder) = self.config.reorder
            && self.rng.chance(reorder.probability)
        {
            self.stats.reordered += 1;
            return arrival + reorder.extra_delay;
        }
        self.latest_arrival = Some(arrival);
        arrival
    }

    fn fly(&mut self, arrival: Instant, packet: T, size: usize) {
        self.flying
            .insert((arrival, self.next_order), (packet, size));
        self.next_order += 1;
    }
}

/// Bound of what is on the way, for tests that never poll; the newest is dropped and counted with the queue's.
const MAX_IN_FLIGHT: usize = 100_000;

#[cfg(test)]
mod tests;
