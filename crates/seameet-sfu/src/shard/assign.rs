//! Carries out the planner's plan and tells subscribers.

use seameet_core::MediaKind;
use seameet_core::media::{MediaEvent, SlotAssignment, SlotsNeeded, TrackSource};

use crate::shard::peer::{Peer, PeerKey};
use crate::shard::planner::{self, Plan, SlotFacts, TrackFacts};
use crate::shard::slot::{Announced, Slot};
use crate::shard::sound::RoomSound;
use crate::shard::track::{Subscriber, TrackKey};
use crate::shard::{RoomKey, Shard};

impl Shard {
    pub(super) fn slot_mut(&mut self, subscriber: Subscriber) -> Option<&mut Slot> {
        self.peers
            .get_mut(subscriber.peer)?
            .slots
            .get_mut(subscriber.slot)
    }

    /// Plans every subscriber of a room anew, after a track came or went.
    pub(super) fn assign_room(&mut self, room: RoomKey) {
        let Some(members) = self.rooms.get(&room) else {
            return;
        };
        let peers: Vec<_> = members.peers.values().copied().collect();
        self.sound_mut(room).map(RoomSound::begin_planning);
        for key in peers {
            self.assign_peer(key);
        }
        self.sound_mut(room).map(RoomSound::end_planning);
        self.list_sound(room);
    }

    /// Plans one subscriber anew.
    pub(super) fn assign_peer(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get(key) else {
            return;
        };
        let (room, slots) = (peer.room, slot_facts(peer));
        let mut tracks = self.receivable(key, peer);
        self.mark_heard(room, &slots, &mut tracks);
        let Some(peer) = self.peers.get(key) else {
            return;
        };
        let plan = planner::plan(&peer.view, &slots, &tracks);
        self.apply(key, &plan);
        self.announce_slots(key);
        self.announce_needed(key, plan.needed);
    }

    fn receivable(&self, key: PeerKey, peer: &Peer) -> Vec<TrackFacts> {
        let Some(room) = self.rooms.get(&peer.room).filter(|_| peer.subscribe) else {
            return Vec::new();
        };
        room.tracks
            .values()
            .filter_map(|track_key| Some((*track_key, self.tracks.get(*track_key)?)))
            .filter(|(_, track)| track.peer != key)
            .map(|(key, track)| TrackFacts {
                key,
                id: track.id,
                source: track.source,
                muted: track.muted,
                heard: true,
            })
            .collect()
    }

    /// Where more sounds than slots are to be heard, the loudest are chosen; sounds of screens keep theirs.
    fn mark_heard(&mut self, room: RoomKey, slots: &[SlotFacts], tracks: &mut [TrackFacts]) {
        let now = self.now;
        let slots = slots.iter().filter(|slot| slot.kind == MediaKind::Audio);
        let sounds = tracks
            .iter()
            .filter(|track| track.source.kind() == MediaKind::Audio && !track.muted);
        let (screens, voices): (Vec<&TrackFacts>, Vec<&TrackFacts>) =
            sounds.partition(|track| track.source == TrackSource::ScreenAudio);
        let places = slots.count().saturating_sub(screens.len());
        if places == 0 || voices.len() <= places {
            return;
        }
        let voices: Vec<_> = voices.iter().map(|track| track.key).collect();
        let Some(sound) = self.sound_mut(room) else {
            return;
        };
        let heard = sound.choose(now, places, &voices);
        for track in tracks {
            track.heard = heard.contains(&track.key);
        }
    }

    fn sound_mut(&mut self, room: RoomKey) -> Option<&mut RoomSound> {
        self.rooms.get_mut(&room).map(|room| &mut room.sound)
    }

    fn apply(&mut self, key: PeerKey, plan: &Plan) {
        let now = self.now;
        let mut planned = plan.slots.iter();
        let count = self.peers.get(key).map_or(0, |peer| peer.slots.len());
        for slot in 0..count {
            let Some(current) = self.slot_mut(Subscriber { peer: key, slot }) else {
                continue;
            };
            if !current.active {
                let former = current.track;
                current.switch(now, None);
                self.unsubscribe_slot(former, Subscriber { peer: key, slot });
                continue;
            }
            let Some(plan) = planned.next() else { continue };
            let former = current.track;
            let subscriber = Subscriber { peer: key, slot };
            let shown_again = current.hidden && !plan.hidden;
            if current.hidden != plan.hidden {
                current.hidden = plan.hidden;
                current.pause(now);
            }
            if former != plan.track {
                current.switch(now, plan.track);
                self.unsubscribe_slot(former, subscriber);
                self.subscribe(plan.track, subscriber);
                self.want_allocation(key);
            } else if shown_again {
                self.want_allocation(key);
                self.feed_slot(subscriber);
            }
        }
    }

    fn subscribe(&mut self, track: Option<TrackKey>, subscriber: Subscriber) {
        if let Some(track) = track.and_then(|key| self.tracks.get_mut(key)) {
            track.subscribers.push(subscriber);
        }
        if let Some(track) = track {
            self.want_demand(track);
        }
    }

    pub(super) fn unsubscribe_slot(&mut self, former: Option<TrackKey>, subscriber: Subscriber) {
        if let Some(track) = former.and_then(|key| self.tracks.get_mut(key)) {
            track.subscribers.retain(|known| *known != subscriber);
        }
        if let Some(track) = former {
            self.want_demand(track);
        }
    }

    /// Removes all subscriptions of a peer to a track.
    pub(super) fn unsubscribe(&mut self, former: Option<TrackKey>, peer: PeerKey) {
        if let Some(track) = former.and_then(|key| self.tracks.get_mut(key)) {
            track.subscribers.retain(|known| known.peer != peer);
        }
        if let Some(track) = former {
            self.want_demand(track);
        }
    }

    /// Decides for subscribers whose slots' news came with media. What they are told then goes out before that.
    pub(super) fn take_news(&mut self) {
        while let Some(key) = self.unannounced.pop() {
            self.want_allocation(key);
        }
    }

    /// Tells a subscriber which of its slots changed since it was last told.
    pub(super) fn announce_slots(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let mut assignments = Vec::new();
        for slot in &mut peer.slots {
            let track = slot.track.and_then(|track| self.tracks.get(track));
            let announced = Announced {
                track: track.map(|track| track.id),
                layer: track.and_then(|track| slot.layer(track)),
                cause: slot.cause(track.is_some_and(|track| track.muted)),
            };
            if slot.announced != announced {
                slot.announced = announced;
                assignments.push(SlotAssignment {
                    mid: slot.mid,
                    track: announced.track,
                    participant: track.map(|track| track.participant),
                    layer: announced.layer,
                    cause: announced.cause,
                });
            }
        }
        if !assignments.is_empty() {
            let participant = peer.participant;
            let event = MediaEvent::SlotsAssigned {
                participant,
                assignments,
            };
            self.events.push_back((peer.room, event));
        }
    }

    /// Tells a subscriber how many slots it lacks, once per change.
    fn announce_needed(&mut self, key: PeerKey, needed: SlotsNeeded) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        if peer.needed == needed {
            return;
        }
        peer.needed = needed;
        if needed.audio > 0 || needed.video > 0 {
            let event = MediaEvent::SlotsNeeded {
                participant: peer.participant,
                needed,
            };
            self.events.push_back((peer.room, event));
        }
    }
}

/// Only lines on which the client still receives can be planned.
fn slot_facts(peer: &Peer) -> Vec<SlotFacts> {
    peer.slots
        .iter()
        .filter(|slot| slot.active)
        .map(|slot| SlotFacts {
            mid: slot.mid,
            kind: slot.kind,
            current: slot.track,
        })
        .collect()
}
