//! Who is speaking: dominant speaker identification after Volfin and Cohen ("Dominant speaker identification
//! for multipoint videoconferencing", Computer Speech & Language 27, 2013), on RFC 6464 levels.
//!
//! Every talker is judged over three spans at once: the last 20 ms (*immediate*), the last 100 ms (*medium*)
//! and the last second (*long*). Each judgement is a score: how much likelier the activity is speech than
//! noise. Every 300 ms, a talker takes over as dominant speaker if all three scores exceed those of the one
//! before by a threshold. So a cough (no long activity), a pause for breath (the dominant one's medium
//! activity lasts) and two people at once change nothing, while whoever goes on speaking after the other has
//! ended takes over within a second.
//!
//! A packet that does not come is silence, not an end: senders stop sending when nothing is said. Levels
//! work for end-to-end encrypted sound too, and the sender's voice bit is not needed, as many leave it unset.

mod activity;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use activity::{Activity, Scores};

use crate::packet::AudioLevel;

/// Someone who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speaker<K> {
    /// Who.
    pub key: K,
    /// How loud in the last 300 ms, in dBov, to a step of 6 dB.
    pub level_dbov: i8,
}

/// Who speaks in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speakers<K> {
    /// Who spoke most convincingly last; remains so in silence, until another one takes over.
    pub dominant: Option<K>,
    /// Who speaks now: the dominant speaker first, the others in an order that does not jump.
    pub speaking: Vec<Speaker<K>>,
}

/// Tells who speaks in a room. Holds a fixed amount of memory for each talker until that is removed.
#[derive(Debug, Clone)]
pub struct SpeakerDetector<K> {
    talkers: BTreeMap<K, Activity>,
    /// Time is counted in ticks from here.
    epoch: Option<Instant>,
    last_decision: Option<Instant>,
    /// Someone was heard or removed since the last decision that found silence.
    is_awake: bool,
    published: Speakers<K>,
}

impl<K: Copy + Ord> SpeakerDetector<K> {
    /// One that has heard nobody yet.
    pub fn new() -> Self {
        Self {
            talkers: BTreeMap::new(),
            epoch: None,
            last_decision: None,
            is_awake: false,
            published: Speakers {
                dominant: None,
                speaking: Vec::new(),
            },
        }
    }

    /// A packet of sound arrived.
    pub fn record(&mut self, now: Instant, key: K, level: AudioLevel) {
        let tick = self.tick(now);
        let talker = self
            .talkers
            .entry(key)
            .or_insert_with(|| Activity::new(tick));
        talker.record(tick, level.level_dbov);
        if !self.is_awake {
            self.is_awake = true;
            // The first decision after silence needs something to decide on.
            self.last_decision = Some(now);
        }
    }

    /// Someone left or stopped publishing.
    pub fn remove(&mut self, key: K) {
        if self.talkers.remove(&key).is_some() {
            self.is_awake = true;
        }
    }

    /// Decides at [`deadline`](Self::deadline), and tells who speaks if that changed.
    #[must_use]
    pub fn poll(&mut self, now: Instant) -> Option<Speakers<K>> {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return None;
        }
        self.last_decision = Some(now);
        let tick = self.tick(now);
        for talker in self.talkers.values_mut() {
            talker.advance(tick);
        }
        let dominant = self.dominant();
        let speaking = self.speaking(dominant);
        self.is_awake = self.talkers.values().any(|talker| !talker.is_silent());
        let speakers = Speakers { dominant, speaking };
        if speakers == self.published {
            return None;
        }
        self.published = speakers.clone();
        Some(speakers)
    }

    /// When [`poll`](Self::poll) has something to decide; `None` in silence.
    pub fn deadline(&self) -> Option<Instant> {
        if !self.is_awake {
            return None;
        }
        self.last_decision?.checked_add(DECISION_INTERVAL)
    }

    /// Who speaks, as last decided.
    pub fn speakers(&self) -> &Speakers<K> {
        &self.published
    }

    fn dominant(&self) -> Option<K> {
        let incumbent = self
            .published
            .dominant
            .filter(|key| self.talkers.contains_key(key));
        let standing = incumbent.and_then(|key| self.talkers.get(&key));
        let standing = standing.map_or(Scores::SILENCE, Activity::scores);
        let challengers = self
            .talkers
            .iter()
            .filter(|(key, _)| Some(**key) != incumbent);
        let strongest = challengers
            .filter_map(|(key, talker)| Some((talker.scores().advantage_over(&standing)?, *key)))
            // Of equals the lower key, so that the choice can be repeated.
            .max_by(|(a, key_a), (b, key_b)| a.total_cmp(b).then(key_b.cmp(key_a)));
        strongest.map(|(_, key)| key).or(incumbent)
    }

    fn speaking(&mut self, dominant: Option<K>) -> Vec<Speaker<K>> {
        let before: Vec<K> = self
            .published
            .speaking
            .iter()
            .map(|speaker| speaker.key)
            .collect();
        let mut beginners = Vec::new();
        for (key, talker) in &mut self.talkers {
            if talker.update_speaking() && !before.contains(key) {
                beginners.push(*key);
            }
        }
        let order = dominant.into_iter().chain(before).chain(beginners);
        let mut speaking: Vec<Speaker<K>> = Vec::new();
        for key in order {
            let is_listed = speaking.iter().any(|speaker| speaker.key == key);
            if let Some(talker) = self.talkers.get(&key)
                && talker.is_speaking()
                && !is_listed
            {
                speaking.push(Speaker {
                    key,
                    level_dbov: talker.level_dbov(),
                });
            }
        }
        speaking
    }

    fn tick(&mut self, now: Instant) -> u64 {
        let epoch = *self.epoch.get_or_insert(now);
        let ticks = now.saturating_duration_since(epoch).as_millis() / TICK_MILLIS;
        u64::try_from(ticks).unwrap_or(u64::MAX)
    }
}

impl<K: Copy + Ord> Default for SpeakerDetector<K> {
    fn default() -> Self {
        Self::new()
    }
}

/// How often it is decided who dominates: often enough to follow a conversation, seldom enough to be calm.
const DECISION_INTERVAL: Duration = Duration::from_millis(300);
/// The immediate span: one packet of sound.
const TICK_MILLIS: u128 = 20;

#[cfg(test)]
mod tests;
