//! What somebody wants of each track: publishers are told to stop what nobody does.
//!
//! What is wanted again is asked for at once; what is wanted no longer is stopped only after [`HOLD`], since people
//! change their minds and their windows' sizes.

use std::time::{Duration, Instant};

use seameet_core::media::{EncodingDemand, MediaEvent};
use seameet_core::{MediaKind, Rid};
use seameet_rtp::EncodingId;

use crate::shard::Shard;
use crate::shard::allocate::wish;
use crate::shard::slot::Slot;
use crate::shard::track::{TrackKey, UpTrack};

/// How long something must be wanted by nobody before it is stopped.
const HOLD: Duration = Duration::from_secs(2);

/// What is wanted of one track.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Wanted {
    /// Of each encoding in the order of the line; a line without simulcast has one.
    encodings: Vec<bool>,
    /// Tallest picture that anybody wants; `None` without a limit.
    max_height: Option<u32>,
}

/// What a publisher was told last, and since when less has been wanted.
#[derive(Debug, Default)]
pub(super) struct Demand {
    /// `None` as long as nothing was told: everything is sent.
    told: Option<Wanted>,
    lower_since: Option<Instant>,
    /// Listed among those whose hold runs.
    is_listed: bool,
    /// Something may have changed since it was last looked at.
    is_asked: bool,
}

impl Wanted {
    /// Everything.
    fn all(encodings: usize) -> Self {
        Self {
            encodings: vec![true; encodings],
            max_height: None,
        }
    }

    /// Whether it contains all that is in another one.
    fn covers(&self, other: &Self) -> bool {
        let heights = match (self.max_height, other.max_height) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(height), Some(other)) => height >= other,
        };
        heights
            && self.encodings.len() == other.encodings.len()
            && self
                .encodings
                .iter()
                .zip(&other.encodings)
                .all(|(one, other)| *one || !*other)
    }

    /// What is in either.
    fn with(&self, other: &Self) -> Self {
        let either = self
            .encodings
            .iter()
            .zip(&other.encodings)
            .map(|(one, other)| *one || *other);
        Self {
            encodings: either.collect(),
            max_height: self
                .max_height
                .zip(other.max_height)
                .map(|(one, other)| one.max(other)),
        }
    }
}

impl Demand {
    /// Takes what is wanted now. Returns what the publisher is to be told, if anything.
    fn update(&mut self, now: Instant, wanted: &Wanted) -> Option<Wanted> {
        let count = wanted.encodings.len();
        let told = self
            .told
            .clone()
            .filter(|told| told.encodings.len() == count)
            .unwrap_or_else(|| Wanted::all(count));
        if told == *wanted {
            self.lower_since = None;
            return None;
        }
        let is_held = if wanted.covers(&told) {
            self.lower_since = None;
            false
        } else {
            let since = *self.lower_since.get_or_insert(now);
            now.saturating_duration_since(since) < HOLD
        };
        let next = if is_held {
            told.with(wanted)
        } else {
            self.lower_since = None;
            wanted.clone()
        };
        if next == told {
            return None;
        }
        self.told = Some(next.clone());
        Some(next)
    }

    /// When the hold ends.
    fn deadline(&self) -> Option<Instant> {
        self.lower_since.map(|since| since + HOLD)
    }
}

impl Shard {
    /// What is wanted of a track may have changed.
    pub(super) fn want_demand(&mut self, key: TrackKey) {
        let track = self.tracks.get_mut(key);
        let Some(track) = track.filter(|track| track.source.kind() == MediaKind::Video) else {
            return;
        };
        track.demand.is_asked = true;
        if !std::mem::replace(&mut track.demand.is_listed, true) {
            self.demands.push(key);
        }
    }

    /// Tells publishers what changed. Tracks whose hold runs stay listed.
    pub(super) fn poll_demands(&mut self) {
        let now = self.now;
        for key in std::mem::take(&mut self.demands) {
            let Some(track) = self.tracks.get_mut(key) else {
                continue;
            };
            let is_due = track
                .demand
                .deadline()
                .is_some_and(|deadline| deadline <= now);
            // What was told to a muted publisher holds when it goes on.
            if (std::mem::take(&mut track.demand.is_asked) || is_due) && !track.muted {
                self.update_demand(now, key);
            }
            if let Some(track) = self.tracks.get_mut(key) {
                track.demand.is_listed = track.demand.deadline().is_some() && !track.muted;
                if track.demand.is_listed {
                    self.demands.push(key);
                }
            }
        }
    }

    /// When the next hold ends.
    pub(super) fn demand_deadline(&self) -> Option<Instant> {
        self.demands
            .iter()
            .filter_map(|key| self.tracks.get(*key)?.demand.deadline())
            .min()
    }

    fn update_demand(&mut self, now: Instant, key: TrackKey) {
        let names = self.encoding_names(key);
        let Some(wanted) = self.wanted(key, &names) else {
            return;
        };
        let Some(track) = self.tracks.get_mut(key) else {
            return;
        };
        let Some(told) = track.demand.update(now, &wanted) else {
            return;
        };
        let mut has_resumed = false;
        for ((id, _), is_wanted) in names.iter().zip(&told.encodings) {
            if let Some(encoding) = id.and_then(|id| track.encoding_mut(id)) {
                has_resumed |= encoding.is_stopped() && *is_wanted;
                encoding.note_demand(now, *is_wanted);
            }
        }
        let encodings = names.iter().zip(&told.encodings);
        let event = MediaEvent::DemandChanged {
            participant: track.participant,
            track: track.id,
            encodings: encodings
                .map(|((_, rid), wanted)| EncodingDemand {
                    rid: *rid,
                    wanted: *wanted,
                })
                .collect(),
            max_height: told.max_height,
        };
        let room = track.room;
        let subscribers = track.subscribers.clone();
        self.events.push_back((room, event));
        if has_resumed {
            // A publisher that did not stop has to be asked for a keyframe.
            for subscriber in subscribers {
                self.feed_slot(subscriber);
            }
        }
    }

    /// The encodings that a publisher may send on a track's line: which one it is, as soon as it has been seen, and
    /// its name.
    fn encoding_names(&self, key: TrackKey) -> Vec<(Option<EncodingId>, Option<Rid>)> {
        let Some(track) = self.tracks.get(key) else {
            return Vec::new();
        };
        let Some(peer) = self.peers.get(track.peer) else {
            return Vec::new();
        };
        let lines = peer.connection.lines();
        let line = lines.iter().find(|line| line.mid == track.mid);
        let rids = line
            .map(|line| line.encodings.as_slice())
            .unwrap_or_default();
        if rids.is_empty() {
            return vec![(track.encodings.first().map(|encoding| encoding.id), None)];
        }
        let named = |rid: &Rid| {
            let is_named =
                |id: &EncodingId| peer.connection.encoding_name(track.mid, id.0) == Some(*rid);
            track
                .encodings
                .iter()
                .map(|encoding| encoding.id)
                .find(is_named)
        };
        rids.iter().map(|rid| (named(rid), Some(*rid))).collect()
    }

    /// What somebody wants of a track. Whoever else takes part in it, such as a recorder, is to be asked here too.
    fn wanted(&self, key: TrackKey, names: &[(Option<EncodingId>, Option<Rid>)]) -> Option<Wanted> {
        let track = self.tracks.get(key)?;
        let options = track.options(self.now);
        let mut wanted = Wanted {
            encodings: vec![false; names.len()],
            max_height: Some(0),
        };
        for subscriber in &track.subscribers {
            let Some(peer) = self.peers.get(subscriber.peer) else {
                continue;
            };
            let shown = peer
                .slots
                .get(subscriber.slot)
                .filter(|slot| !slot.hidden && slot.is_sendable());
            let Some(slot) = shown else { continue };
            let needed = self.needed(track, slot);
            for ((id, _), is_wanted) in names.iter().zip(&mut wanted.encodings) {
                // Only what has been seen can be ranked.
                *is_wanted |= id.is_none_or(|id| needed.contains(&id) || needed.is_empty());
            }
            let height = wish(&peer.view, slot.mid).max_height;
            let filling = options
                .iter()
                .filter_map(|option| option.height)
                .filter(|tall| *tall >= height);
            wanted.max_height = wanted
                .max_height
                .zip(filling.min())
                .map(|(one, other)| one.max(other));
        }
        Some(wanted)
    }

    /// What a slot needs: what it aims for; until that comes, what flows; where it does not come although it was asked
    /// for, as from a slow processor, the next one below; and always the lowest, which costs little. It is there at once
    /// when the line or the publisher gives way, where a stopped one would have to begin anew. Empty while there is
    /// nothing to choose from.
    fn needed(&self, track: &UpTrack, slot: &Slot) -> Vec<EncodingId> {
        let ranked = track.order.encodings();
        let target = slot.target().map(|target| target.encoding);
        let missing = target.filter(|target| !track.is_live(*target, self.now));
        let below = missing.and_then(|missing| {
            let rank = track.order.rank(missing)?;
            ranked.get(rank.checked_sub(1)?).copied()
        });
        let flowing = slot.shown().map(|(encoding, _)| encoding);
        let lowest = ranked.first().copied();
        [target, flowing, below, lowest]
            .into_iter()
            .flatten()
            .collect()
    }
}

#[cfg(test)]
mod tests;
