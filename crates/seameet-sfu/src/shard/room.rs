//! Who and what belongs to a room, and how it leaves.

use std::collections::BTreeMap;

use seameet_core::media::View;
use seameet_core::{ParticipantId, TrackId};

use crate::shard::guard;
use crate::shard::peer::{Peer, PeerKey};
use crate::shard::sound::RoomSound;
use crate::shard::track::TrackKey;
use crate::shard::{RoomKey, Shard};

/// A routing group.
#[derive(Debug, Default)]
pub(super) struct MediaRoom {
    pub(super) peers: BTreeMap<ParticipantId, PeerKey>,
    /// In the order of publication.
    pub(super) tracks: BTreeMap<TrackId, TrackKey>,
    pub(super) sound: RoomSound,
}

impl Shard {
    pub(super) fn peer_of(&self, room: RoomKey, participant: ParticipantId) -> Option<PeerKey> {
        self.rooms.get(&room)?.peers.get(&participant).copied()
    }

    pub(super) fn track_by_id(&self, room: RoomKey, track: TrackId) -> Option<TrackKey> {
        self.rooms.get(&room)?.tracks.get(&track).copied()
    }

    pub(super) fn close_room(&mut self, room: RoomKey) {
        let Some(closed) = self.rooms.get(&room) else {
            return;
        };
        let peers: Vec<_> = closed.peers.values().copied().collect();
        for key in peers {
            self.remove_peer(key);
        }
        self.unlist_sound(room);
        self.rooms.remove(&room);
    }

    pub(super) fn remove_participant(&mut self, room: RoomKey, participant: ParticipantId) {
        if let Some(key) = self.peer_of(room, participant) {
            self.remove_peer(key);
        }
    }

    /// Says goodbye and forgets the peer, its tracks and its subscriptions.
    pub(super) fn remove_peer(&mut self, key: PeerKey) {
        let Some(mut peer) = self.peers.remove(key) else {
            return;
        };
        if !peer.is_failed() {
            self.say_goodbye(&mut peer);
        }
        self.demux.forget(key);
        self.timers.forget(key);
        for slot in &peer.slots {
            self.unsubscribe(slot.track, key);
        }
        for line in &peer.up {
            self.remove_track(line.track);
        }
        if let Some(room) = self.rooms.get_mut(&peer.room)
            && room.peers.get(&peer.participant) == Some(&key)
        {
            room.peers.remove(&peer.participant);
        }
        self.assign_room(peer.room);
    }

    fn say_goodbye(&mut self, peer: &mut Peer) {
        let now = self.now;
        guard::attempt(|| peer.connection.close(now));
        while let Some(transmit) = peer.connection.poll_transmit() {
            super::enqueue(&mut self.transmits, &mut self.counters, transmit);
        }
    }

    pub(super) fn unpublish(&mut self, room: RoomKey, track: TrackId) {
        let Some(key) = self.track_by_id(room, track) else {
            return;
        };
        if let Some(owner) = self.tracks.get(key).map(|track| track.peer)
            && let Some(peer) = self.peers.get_mut(owner)
        {
            peer.up.retain(|line| line.track != key);
        }
        self.remove_track(key);
        self.assign_room(room);
    }

    /// Forgets a track. Its subscribers' slots are emptied by the next assignment.
    pub(super) fn remove_track(&mut self, key: TrackKey) {
        let Some(track) = self.tracks.remove(key) else {
            return;
        };
        // The id may name another track by now, when it moved to another line.
        if let Some(room) = self.rooms.get_mut(&track.room)
            && room.tracks.get(&track.id) == Some(&key)
        {
            room.tracks.remove(&track.id);
        }
        self.silence(track.room, key);
    }

    pub(super) fn set_view(&mut self, room: RoomKey, participant: ParticipantId, view: View) {
        let Some(key) = self.peer_of(room, participant) else {
            return;
        };
        if let Some(peer) = self.peers.get_mut(key) {
            peer.view = view;
        }
        self.assign_peer(key);
        self.want_allocation(key);
    }

    pub(super) fn set_muted(&mut self, room: RoomKey, track: TrackId, muted: bool) {
        let Some(key) = self.track_by_id(room, track) else {
            return;
        };
        let now = self.now;
        let Some(track) = self.tracks.get_mut(key) else {
            return;
        };
        if track.muted == muted {
            return;
        }
        track.muted = muted;
        // Nobody is to see what was shown before.
        track.clear_caches();
        let subscribers = track.subscribers.clone();
        for subscriber in &subscribers {
            if let Some(slot) = self.slot_mut(*subscriber) {
                slot.pause(now);
            }
        }
        if muted {
            self.silence(room, key);
            self.cancel_keyframes(key);
        }
        for subscriber in subscribers {
            self.feed_slot(subscriber);
            self.announce_slots(subscriber.peer);
            self.want_allocation(subscriber.peer);
        }
        self.want_demand(key);
        // Where slots are short, those who can be heard or seen come first.
        self.assign_room(room);
    }
}
