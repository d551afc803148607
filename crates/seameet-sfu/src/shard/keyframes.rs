//! Who needs a keyframe of what, merged and throttled per encoding.
//!
//! Only encodings that somebody gets or is to get are asked for, and only while they come or may come.

use std::time::Instant;

use seameet_core::{MediaKind, Mid, ParticipantId, TrackId};
use seameet_rtp::EncodingId;

use crate::shard::guard::{self, Guarded};
use crate::shard::peer::{Peer, PeerKey};
use crate::shard::slot::Slot;
use crate::shard::track::{Subscriber, TrackKey};
use crate::shard::{RoomKey, Shard};

impl Shard {
    /// A subscriber's decoder asks on one of its lines: it cannot go on with what it gets there.
    pub(super) fn keyframe_requested(&mut self, peer: PeerKey, mid: Mid) {
        let peer = self.peers.get(peer);
        self.request_for(peer.and_then(|peer| peer.slot_by_mid(mid)).and_then(shown));
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
        let peer = asker.and_then(|peer| self.peers.get(peer));
        let slot = peer.and_then(|peer| peer.slots.iter().find(|slot| slot.track == Some(key)));
        self.request_for(slot.and_then(shown));
    }

    fn request_for(&mut self, shown: Option<(TrackKey, EncodingId)>) {
        if let Some((track, encoding)) = shown {
            self.want_keyframe(track, encoding);
        }
    }

    /// A packet of an encoding came while somebody waits for its keyframe. An encoding that was not there yet could
    /// not be asked.
    pub(super) fn want_missing_keyframe(&mut self, key: TrackKey, encoding: EncodingId) {
        let known = self
            .tracks
            .get(key)
            .and_then(|track| track.encoding(encoding));
        if known.is_some_and(|known| known.keyframes.deadline().is_none()) {
            self.want_keyframe(key, encoding);
        }
    }

    /// Somebody cannot go on without a keyframe of this encoding.
    pub(super) fn want_keyframe(&mut self, key: TrackKey, encoding: EncodingId) {
        let now = self.now;
        let Some(track) = self.tracks.get_mut(key).filter(|track| !track.muted) else {
            return;
        };
        // What does not come cannot be asked for. Its first packet leads here again.
        let is_sent = track.is_live(encoding, now);
        let is_video = track.source.kind() == MediaKind::Video;
        let Some(known) = track
            .encoding_mut(encoding)
            .filter(|known| is_video && is_sent && !known.is_stopped())
        else {
            return;
        };
        let send = known.keyframes.request(now);
        if !std::mem::replace(&mut known.awaited, true) {
            self.keyframes_awaited.push((key, encoding));
        }
        if send {
            self.ask_publisher(key, encoding);
        }
    }

    /// Nobody wants a keyframe of a track any more.
    pub(super) fn cancel_keyframes(&mut self, key: TrackKey) {
        if let Some(track) = self.tracks.get_mut(key) {
            for encoding in &mut track.encodings {
                encoding.keyframes.cancel();
            }
        }
    }

    /// Repeats requests that were not answered and sends those that were held back.
    pub(super) fn poll_keyframes(&mut self) {
        let now = self.now;
        let mut due = Vec::new();
        let mut awaited = std::mem::take(&mut self.keyframes_awaited);
        awaited.retain(|(key, encoding)| {
            let is_used = self.is_used(*key, *encoding);
            let track = self.tracks.get_mut(*key);
            let Some(known) = track.and_then(|track| track.encoding_mut(*encoding)) else {
                return false;
            };
            if !is_used || known.is_stopped() {
                known.keyframes.cancel();
            }
            if known.keyframes.poll(now) {
                due.push((*key, *encoding));
            }
            known.awaited = known.keyframes.deadline().is_some();
            known.awaited
        });
        self.keyframes_awaited = awaited;
        for (key, encoding) in due {
            self.ask_publisher(key, encoding);
        }
    }

    pub(super) fn keyframe_deadline(&self) -> Option<Instant> {
        let deadlines = self.keyframes_awaited.iter().filter_map(|(key, encoding)| {
            let known = self.tracks.get(*key)?.encoding(*encoding)?;
            known.keyframes.deadline()
        });
        deadlines.min()
    }

    /// Somebody gets the encoding or is to get it.
    fn is_used(&self, key: TrackKey, encoding: EncodingId) -> bool {
        let uses = |subscriber: &Subscriber| {
            let peer = self.peers.get(subscriber.peer);
            let slot = peer.and_then(|peer: &Peer| peer.slots.get(subscriber.slot));
            slot.is_some_and(|slot| slot.uses(encoding))
        };
        self.tracks
            .get(key)
            .is_some_and(|track| track.subscribers.iter().any(uses))
    }

    fn ask_publisher(&mut self, key: TrackKey, encoding: EncodingId) {
        let Some(track) = self.tracks.get(key) else {
            return;
        };
        let (publisher, mid) = (track.peer, track.mid);
        let Some(peer) = self
            .peers
            .get_mut(publisher)
            .filter(|peer| !peer.is_failed())
        else {
            return;
        };
        match guard::attempt(|| peer.connection.request_keyframe(mid, encoding.0)) {
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

/// What a keyframe helps a slot's subscriber with.
fn shown(slot: &Slot) -> Option<(TrackKey, EncodingId)> {
    slot.track.zip(slot.shown_encoding())
}
