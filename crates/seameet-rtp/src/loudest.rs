//! Which of many talkers are heard where there are fewer places than talkers.
//!
//! Loudness is the mean power of the RFC 6464 levels, smoothed with a half-life of 300 ms. A talker takes
//! another one's place when he is louder by more than 6 dB, and not within 300 ms after that one got it, so
//! that places do not flap. Who sends nothing for two seconds, or says nothing, gives way to anyone who is
//! audible; nobody loses his place to silence. As long as there are places for all, everybody has one.
//!
//! The choice is made once for a room. That a listener never hears himself is the router's business.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::packet::AudioLevel;

/// A place that went to another talker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceChange<K> {
    /// Which place, counted from zero.
    pub place: usize,
    /// Who has it now.
    pub talker: Option<K>,
}

/// Chooses the loudest talkers of a room.
#[derive(Debug, Clone)]
pub struct LoudestSelector<K> {
    talkers: BTreeMap<K, Talker>,
    places: Vec<Option<K>>,
    last_decision: Option<Instant>,
    /// When to decide on what happened since.
    due: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Talker {
    /// Mean power, 1 being full scale.
    power: f64,
    last_packet: Option<Instant>,
    /// When he got his place.
    placed_at: Option<Instant>,
}

impl<K: Copy + Ord> LoudestSelector<K> {
    /// Chooses up to `places` talkers.
    pub fn new(places: usize) -> Self {
        Self {
            talkers: BTreeMap::new(),
            places: vec![None; places],
            last_decision: None,
            due: None,
        }
    }

    /// Someone may be heard from now on. Without packets he gets a place that nobody audible wants.
    pub fn add(&mut self, now: Instant, key: K) {
        self.talkers.entry(key).or_insert(Talker::SILENT);
        self.decide_soon(now);
    }

    /// A packet of sound arrived. Adds who is not known.
    pub fn record(&mut self, now: Instant, key: K, level: AudioLevel) {
        let talker = self.talkers.entry(key).or_insert(Talker::SILENT);
        talker.record(now, level.level_dbov);
        self.decide_soon(now);
    }

    /// Someone left. His place is filled with the next decision, which is due at once.
    pub fn remove(&mut self, now: Instant, key: K) {
        if self.talkers.remove(&key).is_some() {
            self.due = Some(now);
        }
    }

    /// There are `places` places from now on. The last ones are given up first.
    pub fn set_places(&mut self, now: Instant, places: usize) {
        self.places.resize(places, None);
        self.due = Some(now);
    }

    /// Who is heard, by place.
    pub fn places(&self) -> &[Option<K>] {
        &self.places
    }

    /// Whether packets of a talker are to be forwarded.
    pub fn is_selected(&self, key: K) -> bool {
        self.places.contains(&Some(key))
    }

    /// Decides at [`deadline`](Self::deadline), and tells which places changed.
    #[must_use]
    pub fn poll(&mut self, now: Instant) -> Vec<PlaceChange<K>> {
        if self.due.is_none_or(|due| now < due) {
            return Vec::new();
        }
        self.due = None;
        self.last_decision = Some(now);
        let before = self.places.clone();
        self.vacate();
        self.fill(now);
        self.displace(now);
        let changed = before.iter().zip(&self.places).enumerate();
        changed
            .filter(|(_, (before, after))| before != after)
            .map(|(place, (_, after))| PlaceChange {
                place,
                talker: *after,
            })
            .collect()
    }

    /// When [`poll`](Self::poll) has something to decide.
    pub fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Not more often than it is worth, which is what packets would otherwise do.
    fn decide_soon(&mut self, now: Instant) {
        let allowed = self
            .last_decision
            .and_then(|last| last.checked_add(DECISION_INTERVAL));
        let due = allowed.map_or(now, |allowed| allowed.max(now));
        self.due = Some(self.due.map_or(due, |earlier| earlier.min(due)));
    }

    fn vacate(&mut self) {
        for place in &mut self.places {
            *place = place.filter(|key| self.talkers.contains_key(key));
        }
        for (key, talker) in &mut self.talkers {
            if !self.places.contains(&Some(*key)) {
                talker.placed_at = None;
            }
        }
    }

    /// Gives free places to the loudest.
    fn fill(&mut self, now: Instant) {
        while let Some(place) = self.places.iter().position(Option::is_none) {
            let Some((key, _)) = self.loudest_outside(now) else {
                return;
            };
            self.put(place, key, now);
        }
    }

    /// Gives places of the quietest to those outside who are louder by enough.
    fn displace(&mut self, now: Instant) {
        for _ in 0..self.places.len() {
            let outside = self
                .loudest_outside(now)
                .filter(|(_, power)| *power > AUDIBLE);
            let (Some((key, power)), Some((place, bar))) = (outside, self.lowest_bar(now)) else {
                return;
            };
            if power <= bar {
                return;
            }
            self.put(place, key, now);
        }
    }

    fn put(&mut self, place: usize, key: K, now: Instant) {
        let Some(entry) = self.places.get_mut(place) else {
            return;
        };
        let displaced = entry.replace(key);
        if let Some(talker) = displaced.and_then(|key| self.talkers.get_mut(&key)) {
            talker.placed_at = None;
        }
        if let Some(talker) = self.talkers.get_mut(&key) {
            talker.placed_at = Some(now);
        }
    }

    /// The loudest without a place; of equals the lower key.
    fn loudest_outside(&self, now: Instant) -> Option<(K, f64)> {
        let outside = self
            .talkers
            .iter()
            .filter(|(_, talker)| talker.placed_at.is_none());
        outside
            .map(|(key, talker)| (*key, talker.power_at(now)))
            .max_by(|(key_a, a), (key_b, b)| a.total_cmp(b).then(key_b.cmp(key_a)))
    }

    /// The place that is easiest to take, and the power that it takes.
    fn lowest_bar(&self, now: Instant) -> Option<(usize, f64)> {
        let bars = self.places.iter().enumerate().filter_map(|(place, key)| {
            let talker = self.talkers.get(&(*key)?)?;
            Some((place, talker.bar(now)?))
        });
        bars.min_by(|(_, a), (_, b)| a.total_cmp(b))
    }
}

impl Talker {
    const SILENT: Self = Self {
        power: 0.0,
        last_packet: None,
        placed_at: None,
    };

    fn record(&mut self, now: Instant, level_dbov: i8) {
        let held = match self.last_packet {
            Some(last) => now.saturating_duration_since(last).min(HOLD),
            None => FIRST_PACKET,
        };
        let level = match level_dbov {
            ..=-127 => 0.0,
            audible => 10_f64.powf(f64::from(audible.min(0)) / 10.0),
        };
        // Up to the hold the level of this packet is taken to have lasted; what lies before was silence.
        let before = self.power_at(now);
        let weight = remaining(held);
        self.power = before * weight + level * (1.0 - weight);
        self.last_packet = self.last_packet.max(Some(now));
    }

    /// Power as it is now: silence for as long as no packet came, beyond the hold.
    fn power_at(&self, now: Instant) -> f64 {
        let silence = self.silence(now).saturating_sub(HOLD);
        self.power * remaining(silence)
    }

    fn silence(&self, now: Instant) -> Duration {
        self.last_packet
            .map_or(Duration::MAX, |last| now.saturating_duration_since(last))
    }

    /// The power that takes his place; `None` while nothing does.
    fn bar(&self, now: Instant) -> Option<f64> {
        let is_immune = self
            .placed_at
            .is_some_and(|at| now.saturating_duration_since(at) < IMMUNITY);
        let power = self.power_at(now);
        if is_immune {
            None
        } else if self.silence(now) >= DEAD_TIMEOUT || power < AUDIBLE {
            Some(0.0)
        } else {
            Some(power * INCUMBENT_BONUS)
        }
    }
}

/// The weight that remains after a time, by half with each half-life.
fn remaining(time: Duration) -> f64 {
    (-time.as_secs_f64() / HALF_LIFE.as_secs_f64()).exp2()
}

/// How often it is decided at most.
const DECISION_INTERVAL: Duration = Duration::from_millis(50);
/// Smooths over syllables, yet follows a conversation.
const HALF_LIFE: Duration = Duration::from_millis(300);
/// A packet's level holds for 60 ms, the longest packet in common use.
const HOLD: Duration = Duration::from_millis(60);
/// The length of the first packet, before which nothing is known.
const FIRST_PACKET: Duration = Duration::from_millis(20);
/// Nobody loses the place that he has just got.
const IMMUNITY: Duration = Duration::from_millis(300);
/// Who sends nothing for so long has no advantage any more.
const DEAD_TIMEOUT: Duration = Duration::from_secs(2);
/// 6 dB.
const INCUMBENT_BONUS: f64 = 4.0;
/// -60 dBov: what is quieter takes nobody's place.
const AUDIBLE: f64 = 1e-6;

#[cfg(test)]
mod tests;
