//! Who speaks in a room, and who is heard where sounds are more than slots.
//!
//! ```text
//!   packet of sound ─▶ hear ─▶ SpeakerDetector ─▶ SpeakersChanged
//!                          └─▶ LoudestSelector, one for each number of slots that is too small ─▶ assign_room
//! ```
//!
//! A subscriber that has a slot for everybody hears everybody. Beyond that the loudest share the slots, and who is
//! among them himself hears the others: nobody gets his own sound back.

pub(in crate::shard) mod redundancy;

use std::collections::BTreeMap;
use std::time::Instant;

use seameet_core::media::{MediaEvent, SpeakerLevel, TrackSource};
use seameet_pipeline::ReceivedPacket;
use seameet_rtp::{AudioLevel, LoudestSelector, Speaker, SpeakerDetector};

use crate::shard::track::TrackKey;
use crate::shard::{RoomKey, Shard};

/// What is taken for the loudness of sound whose sender does not tell it: ordinary speech. Senders without the
/// extension (RFC 6464) can be heard, but are not told apart by loudness.
const UNTOLD: AudioLevel = AudioLevel {
    level_dbov: -40,
    voice: false,
};
/// Packets up to this size are comfort noise: Opus in discontinuous transmission (RFC 7587, section 3.1.3) sends one
/// or two bytes.
const COMFORT_NOISE_BYTES: usize = 3;
/// Different numbers of slots in a room that are kept apart. Those who have yet another number of slots take part in
/// the next smaller choice.
const MAX_CHOICES: usize = 8;

/// What is known of the sound of a room.
#[derive(Debug, Default)]
pub(super) struct RoomSound {
    detector: SpeakerDetector<TrackKey>,
    /// By the number of places.
    choices: BTreeMap<usize, Choice>,
    /// Under which instant the room is listed among those to be polled.
    listed: Option<Instant>,
}

/// The loudest of a room for those who have so many slots.
#[derive(Debug)]
struct Choice {
    loudest: LoudestSelector<TrackKey>,
    /// Somebody has asked for it since the room was last planned as a whole.
    is_used: bool,
}

impl RoomSound {
    fn record(&mut self, now: Instant, track: TrackKey, source: TrackSource, level: AudioLevel) {
        // The sound of a screen is no speaker.
        if source == TrackSource::Microphone {
            self.detector.record(now, track, level);
        }
        for choice in self.choices.values_mut() {
            choice.loudest.record(now, track, level);
        }
    }

    /// A track is gone or muted.
    pub(super) fn remove(&mut self, now: Instant, track: TrackKey) {
        self.detector.remove(track);
        for choice in self.choices.values_mut() {
            choice.loudest.remove(now, track);
        }
    }

    /// All members are about to be planned: choices that nobody asks for any more can go.
    pub(super) fn begin_planning(&mut self) {
        for choice in self.choices.values_mut() {
            choice.is_used = false;
        }
    }

    pub(super) fn end_planning(&mut self) {
        self.choices.retain(|_, choice| choice.is_used);
    }

    /// Who is heard where these talkers share so many places.
    pub(super) fn choose(
        &mut self,
        now: Instant,
        places: usize,
        talkers: &[TrackKey],
    ) -> Vec<TrackKey> {
        let places = self.bounded(places);
        let choice = self.choices.entry(places).or_insert_with(|| Choice {
            loudest: LoudestSelector::new(places),
            is_used: true,
        });
        choice.is_used = true;
        for talker in talkers {
            choice.loudest.add(now, *talker);
        }
        // A new choice has places to give; one that exists decides when its time comes.
        if choice.loudest.places().iter().any(Option::is_none) {
            let _ = choice.loudest.poll(now);
        }
        choice.loudest.places().iter().flatten().copied().collect()
    }

    fn bounded(&self, places: usize) -> usize {
        if self.choices.contains_key(&places) || self.choices.len() < MAX_CHOICES {
            return places;
        }
        let smaller = self.choices.range(..=places).next_back();
        smaller
            .or(self.choices.first_key_value())
            .map_or(places, |(places, _)| *places)
    }

    fn deadline(&self) -> Option<Instant> {
        let choices = self.choices.values();
        choices
            .filter_map(|choice| choice.loudest.deadline())
            .chain(self.detector.deadline())
            .min()
    }

    /// Who speaks, if that changed, and whether somebody else is heard.
    fn poll(&mut self, now: Instant) -> (Option<Vec<Speaker<TrackKey>>>, bool) {
        let speakers = self.detector.poll(now).map(|speakers| speakers.speaking);
        let mut is_changed = false;
        for choice in self.choices.values_mut() {
            is_changed |= !choice.loudest.poll(now).is_empty();
        }
        (speakers, is_changed)
    }

    /// Who speaks now, the dominant one first; in silence, who spoke last.
    pub(super) fn speakers(&self) -> Vec<TrackKey> {
        let speakers = self.detector.speakers();
        let speaking = speakers.speaking.iter().map(|speaker| speaker.key);
        match speakers.dominant {
            Some(dominant) if speakers.speaking.is_empty() => vec![dominant],
            _ => speaking.collect(),
        }
    }
}

impl Shard {
    /// Listens to a packet of sound on its way.
    pub(super) fn hear(&mut self, key: TrackKey, received: &ReceivedPacket) {
        let now = self.now;
        let Some(track) = self.tracks.get(key) else {
            return;
        };
        let level = match received.packet.audio_level {
            Some(level) => level,
            None if received.packet.payload.len() > COMFORT_NOISE_BYTES => UNTOLD,
            None => return,
        };
        let (room, source) = (track.room, track.source);
        if let Some(members) = self.rooms.get_mut(&room) {
            members.sound.record(now, key, source, level);
        }
        self.list_sound(room);
    }

    /// A track is gone or muted: nobody speaks there, and its place is free.
    pub(super) fn silence(&mut self, room: RoomKey, key: TrackKey) {
        let now = self.now;
        if let Some(members) = self.rooms.get_mut(&room) {
            members.sound.remove(now, key);
        }
        self.list_sound(room);
    }

    /// Puts a room where [`poll_sound`](Self::poll_sound) finds it when its time comes.
    pub(super) fn list_sound(&mut self, room: RoomKey) {
        let Some(sound) = self.rooms.get_mut(&room).map(|room| &mut room.sound) else {
            return;
        };
        let deadline = sound.deadline();
        if deadline == sound.listed {
            return;
        }
        if let Some(listed) = std::mem::replace(&mut sound.listed, deadline) {
            self.sounds_due.remove(&(listed, room));
        }
        self.sounds_due.extend(deadline.map(|due| (due, room)));
    }

    /// A room ends.
    pub(super) fn unlist_sound(&mut self, room: RoomKey) {
        let sound = self.rooms.get_mut(&room).map(|room| &mut room.sound);
        if let Some(listed) = sound.and_then(|sound| sound.listed.take()) {
            self.sounds_due.remove(&(listed, room));
        }
    }

    /// Decides for rooms whose time has come who speaks and who is heard.
    pub(super) fn poll_sound(&mut self) {
        while let Some((_, room)) = self
            .sounds_due
            .first()
            .copied()
            .filter(|(due, _)| *due <= self.now)
        {
            self.unlist_sound(room);
            let now = self.now;
            let Some(members) = self.rooms.get_mut(&room) else {
                continue;
            };
            let (speakers, is_changed) = members.sound.poll(now);
            if let Some(speakers) = speakers {
                self.tell_speakers(room, &speakers);
                self.reallocate_room(room);
            }
            if is_changed {
                self.assign_room(room);
            }
            self.list_sound(room);
        }
    }

    pub(super) fn sound_deadline(&self) -> Option<Instant> {
        self.sounds_due.first().map(|(due, _)| *due)
    }

    /// Who speaks comes before others on every line that is short.
    fn reallocate_room(&mut self, room: RoomKey) {
        let peers = self.rooms.get(&room).map(|room| room.peers.values());
        let peers: Vec<_> = peers.into_iter().flatten().copied().collect();
        for peer in peers {
            self.want_allocation(peer);
        }
    }

    fn tell_speakers(&mut self, room: RoomKey, speaking: &[Speaker<TrackKey>]) {
        let mut speakers: Vec<SpeakerLevel> = Vec::new();
        for speaker in speaking {
            let Some(track) = self.tracks.get(speaker.key) else {
                continue;
            };
            speakers.push(SpeakerLevel {
                participant: track.participant,
                level_dbov: speaker.level_dbov,
            });
        }
        let event = MediaEvent::SpeakersChanged { speakers };
        self.events.push_back((room, event));
    }
}

#[cfg(test)]
mod tests;
