//! Who needs a keyframe of what, merged and throttled per source.

use std::time::Instant;

use seameet_core::{Mid, ParticipantId, TrackId};

use crate::shard::guard::{self, Guarded};
use crate::shard::peer::PeerKey;
use crate::shard::slot::Slot;
use crate::shard::track::TrackKey;
use crate::shard::{RoomKey, Shard};

impl Shard {
    /// A subscriber's decoder asks on one of its lines.
    pub(super) fn keyframe_requested(&mut self, peer: PeerKey, mid: Mid) {
        if let Some(track) = self.track_on_slot(peer, mid) {
            self.want_keyframe(track);
        }
    }

    /// A client asks by the track's id. Only those who are shown a track may burden its publisher.
    pub(super) fn request_keyframe_by_id(
        &mut self,
        room: RoomKey,
        participant: ParticipantId,
        track: TrackId,
    ) {
        self.counters.keyframe_requests_received += 1;
        let Some(key) = self.track_by_id(room, track) else {
            return;
        };
        let asker = self.peer_of(room, participant);
        let shown = asker
            .and_then(|peer| self.peers.get(peer))
            .is_some_and(|peer| {
                let shows = |slot: &Slot| slot.track == Some(key) && !slot.hidden;
                peer.slots.iter().any(shows)
            });
        if shown {
            self.want_keyframe(key);
        }
    }

    /// Somebody cannot go on without a keyframe of this track.
    pub(super) fn want_keyframe(&mut self, key: TrackKey) {
        let now = self.now;
        let Some(track) = self.tracks.get_mut(key).filter(|track| !track.muted) else {
            return;
        };
        // Before its first packet a stream has no name to be asked by; it begins with a keyframe, and if that is
        // lost, the first packet that arrives leads here again.
        if track.source.kind() != seameet_core::MediaKind::Video || track.encoding.is_none() {
            return;
        }
        let send = track.keyframes.request(now);
        if !std::mem::replace(&mut track.awaited, true) {
            self.keyframes_awaited.push(key);
        }
        if send {
            self.ask_publisher(key);
        }
    }

    pub(super) fn cancel_keyframe(&mut self, key: TrackKey) {
        if let Some(track) = self.tracks.get_mut(key) {
            track.keyframes.cancel();
        }
    }

    /// Repeats requests that were not answered and sends those that were held back.
    pub(super) fn poll_keyframes(&mut self) {
        let now = self.now;
        let mut due = Vec::new();
        let tracks = &mut self.tracks;
        self.keyframes_awaited.retain(|key| {
            let Some(track) = tracks.get_mut(*key) else {
                return false;
            };
            if track.subscribers.is_empty() {
                track.keyframes.cancel();
            }
            if track.keyframes.poll(now) {
                due.push(*key);
            }
            track.awaited = track.keyframes.deadline().is_some();
            track.awaited
        });
        for key in due {
            self.ask_publisher(key);
        }
    }

    pub(super) fn keyframe_deadline(&self) -> Option<Instant> {
        self.keyframes_awaited
            .iter()
            .filter_map(|key| self.tracks.get(*key)?.keyframes.deadline())
            .min()
    }

    fn ask_publisher(&mut self, key: TrackKey) {
        let Some(track) = self.tracks.get(key) else {
            return;
        };
        let (publisher, mid, encoding) = (track.peer, track.mid, track.encoding.unwrap_or(0));
        let Some(peer) = self
            .peers
            .get_mut(publisher)
            .filter(|peer| !peer.is_failed())
        else {
            return;
        };
        match guard::attempt(|| peer.connection.request_keyframe(mid, encoding)) {
            Some(true) => {
                self.counters.keyframe_requests_sent += 1;
                self.mark_dirty(publisher);
            }
            // The stream is not there; its first packet leads here again.
            Some(false) => {}
            None => self.fail(publisher, Guarded::Panicked),
        }
    }
}
