//! What slots aim for, and what is done so that they get it soon.

use std::cmp::Ordering;

use seameet_rtp::{EncodingId, Layer, Meanwhile, Target};

use crate::shard::Shard;
use crate::shard::counters::Counters;
use crate::shard::deliver::{Delivered, Delivery};
use crate::shard::guard::Guarded;
use crate::shard::peer::{Peer, PeerKey};
use crate::shard::slot::Slot;
use crate::shard::track::{Subscriber, TrackKey, UpTrack};

impl Shard {
    /// Says what a slot is to get, and sees to it that it gets it soon. `meanwhile` holds for what goes out until then.
    pub(super) fn set_slot_target(
        &mut self,
        subscriber: Subscriber,
        target: Option<Target>,
        meanwhile: Meanwhile,
    ) {
        let now = self.now;
        let Some(slot) = self.slot_mut(subscriber) else {
            return;
        };
        let is_new = slot.target() != target;
        slot.set_target(now, target, meanwhile);
        if is_new {
            self.feed_slot(subscriber);
        }
    }

    /// Gives a slot what caches hold for it, and asks for the keyframe that it still needs.
    pub(super) fn feed_slot(&mut self, subscriber: Subscriber) {
        let Some(peer) = self
            .peers
            .get_mut(subscriber.peer)
            .filter(|peer| peer.is_connected())
        else {
            return;
        };
        let Some(slot) = peer.slots.get(subscriber.slot) else {
            return;
        };
        let Some((key, encoding)) = slot.track.zip(slot.needs_keyframe()) else {
            return;
        };
        let Some(track) = self.tracks.get(key).filter(|track| !track.muted) else {
            return;
        };
        let delivery = Delivery {
            now: self.now,
            key,
            track,
            forwards_descriptor: self.config.forward_descriptor,
        };
        let mut delivered = Delivered::default();
        delivery.replay(peer, subscriber.slot, encoding, &mut delivered);
        let still_needed = peer
            .slots
            .get(subscriber.slot)
            .and_then(Slot::needs_keyframe);
        note_flow(&mut self.counters, track, peer, subscriber, &mut delivered);
        self.counters.note(&delivered);
        if delivered.written > 0 {
            self.mark_dirty(subscriber.peer);
        }
        if delivered.has_news {
            self.want_allocation(subscriber.peer);
        }
        if delivered.has_failed {
            self.fail(subscriber.peer, Guarded::Panicked);
        }
        if let Some(encoding) = still_needed {
            self.want_keyframe(key, encoding);
        }
    }

    /// Gives every slot of a subscriber what it needs, after the subscriber connected or gained a format.
    pub(super) fn feed_peer(&mut self, key: PeerKey) {
        self.try_formats(key);
        let count = self.peers.get(key).map_or(0, |peer| peer.slots.len());
        for slot in 0..count {
            self.feed_slot(Subscriber { peer: key, slot });
        }
    }

    /// A slot whose subscriber lacked a format may have it since its last offer.
    fn try_formats(&mut self, key: PeerKey) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        for slot in peer.slots.iter_mut().filter(|slot| !slot.is_sendable()) {
            let track = slot.track.and_then(|track| self.tracks.get(track));
            if let Some(format) = track.and_then(UpTrack::format)
                && peer.connection.can_send(slot.mid, format)
            {
                slot.set_sendable(now, true);
            }
        }
    }

    /// Chooses the targets of all of a track's subscribers, after its choices changed.
    pub(super) fn retarget_track(&mut self, key: TrackKey) {
        let Some(track) = self.tracks.get(key) else {
            return;
        };
        for subscriber in track.subscribers.clone() {
            self.want_allocation(subscriber.peer);
        }
        self.allocate_asked();
        self.want_demand(key);
    }
}

/// Whether a slot can go on with a keyframe of an encoding only.
pub(super) fn awaits_keyframe(peer: &Peer, subscriber: Subscriber, encoding: EncodingId) -> bool {
    let slot = peer.slots.get(subscriber.slot);
    slot.is_some_and(|slot| slot.needs_keyframe() == Some(encoding))
}

/// Counts a change of what flows on a slot, and marks it as news.
pub(super) fn note_flow(
    counters: &mut Counters,
    track: &UpTrack,
    peer: &mut Peer,
    subscriber: Subscriber,
    delivered: &mut Delivered,
) {
    let Some(slot) = peer.slots.get_mut(subscriber.slot) else {
        return;
    };
    let Some((before, after)) = slot.take_news() else {
        return;
    };
    delivered.has_news = true;
    let quality = |flow: Option<(EncodingId, Layer)>| {
        let (encoding, layer) = flow?;
        let layer = track.describe(encoding, layer)?;
        Some((layer.encoding, layer.spatial, layer.temporal))
    };
    let Some((before, after)) = quality(before).zip(quality(after)) else {
        return;
    };
    match after.cmp(&before) {
        Ordering::Less => counters.layers_down += 1,
        Ordering::Greater => counters.layers_up += 1,
        Ordering::Equal => {}
    }
}
