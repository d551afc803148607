//! One packet to one subscriber.

use std::time::Instant;

use seameet_core::{MediaKind, TrackSource};
use seameet_pipeline::{OutgoingPacket, PeerConnection};
use seameet_rtp::{Decision, EncodingId, Rewritten, Target};

use crate::shard::cache::{Cached, KeyframeCache};
use crate::shard::encoding::UpEncoding;
use crate::shard::guard;
use crate::shard::layers;
use crate::shard::peer::Peer;
use crate::shard::slot::Slot;
use crate::shard::track::{TrackKey, UpTrack};
use crate::shard::upstream::UpPacket;

/// Most frames that are fed in out of a cache to somebody who sees a picture already. It goes on meanwhile, so that a
/// keyframe is worth waiting for.
const MAX_SWITCH_FRAMES: usize = 12;
/// The longest descriptor that a header extension can hold (RFC 8285, section 4.3).
const MAX_DESCRIPTOR: usize = 255;

/// What is the same for all subscribers of a track.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delivery<'a> {
    pub(super) now: Instant,
    pub(super) key: TrackKey,
    pub(super) track: &'a UpTrack,
    pub(super) forwards_descriptor: bool,
}

/// What delivering to one subscriber did.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    pub(super) written: u64,
    pub(super) too_late: u64,
    pub(super) left_out: u64,
    pub(super) unsendable: u64,
    pub(super) replays: u64,
    /// What the subscriber was told of the slot does not hold any more.
    pub(super) has_news: bool,
    pub(super) has_failed: bool,
}

impl Delivery<'_> {
    /// Delivers a packet that has just come.
    pub(super) fn live(
        &self,
        peer: &mut Peer,
        slot: usize,
        packet: &UpPacket,
        done: &mut Delivered,
    ) {
        let Some(target) = peer.slots.get_mut(slot) else {
            return;
        };
        let encoding = packet.encoding();
        if target.kind == MediaKind::Video && !target.uses(encoding) {
            self.unused(peer, slot, packet, done);
            return;
        }
        let has_begun = self.pass(peer, slot, packet, done);
        if has_begun && self.cache_from(packet).is_some() {
            // A keyframe's start that was overtaken is the last to come.
            self.feed(peer, slot, encoding, 1, done);
        }
        self.replay_if_due(peer, slot, done);
    }

    /// Feeds in what the cache of an encoding holds, if that is little enough. Who sees a picture already waits
    /// rather for a keyframe than for many frames of the past.
    pub(super) fn replay(
        &self,
        peer: &mut Peer,
        slot: usize,
        encoding: EncodingId,
        done: &mut Delivered,
    ) {
        let Some(known) = self.track.encoding(encoding) else {
            return;
        };
        // A camera's picture from before a rest is not what it sees now; a screen may have been still since.
        if self.track.source == TrackSource::Camera && known.is_outdated(self.now) {
            return;
        }
        let cache = &known.cache;
        let flows = peer.slots.get(slot).is_some_and(Slot::flows);
        let is_short = !flows || cache.frames() <= MAX_SWITCH_FRAMES;
        if is_short && cache.bytes() <= replay_limit(peer) {
            self.feed(peer, slot, encoding, 0, done);
            self.replay_if_due(peer, slot, done);
        }
    }

    fn replay_if_due(&self, peer: &mut Peer, slot: usize, done: &mut Delivered) {
        let due = peer.slots.get_mut(slot).and_then(Slot::take_replay);
        if let Some(encoding) = due {
            self.feed(peer, slot, encoding, 0, done);
        }
    }

    /// Feeds in a cache but for its first entries.
    fn feed(
        &self,
        peer: &mut Peer,
        slot: usize,
        encoding: EncodingId,
        skipped: usize,
        done: &mut Delivered,
    ) {
        let Some(encoding) = self.track.encoding(encoding) else {
            return;
        };
        for cached in encoding.cache.entries().skip(skipped) {
            match cached {
                Cached::Packet(packet) => {
                    let has_begun = self.pass(peer, slot, packet, done);
                    done.replays += u64::from(has_begun);
                }
                Cached::Skipped(sequence) => {
                    if let Some(slot) = peer.slots.get_mut(slot) {
                        slot.skip(encoding.stream, *sequence);
                    }
                }
            }
        }
    }

    /// A packet of an encoding that the slot neither gets nor is to get. It may fill a gap of what it got before; and
    /// if nothing comes of what it is to get, it gets another encoding.
    fn unused(&self, peer: &mut Peer, index: usize, packet: &UpPacket, done: &mut Delivered) {
        let Some(slot) = peer.slots.get_mut(index) else {
            return;
        };
        if slot.hidden {
            return;
        }
        if slot.end_substitution(packet.encoding()) {
            // From its next keyframe on, unless the cache has the last one.
            self.replay(peer, index, packet.encoding(), done);
        } else if let Some(numbers) = slot.outlet.late(packet) {
            let marker = packet.received.packet.marker;
            self.send(&mut peer.connection, slot, packet, (numbers, marker), done);
        } else if slot.is_starved(self.now)
            && self.flows(packet.encoding())
            && let Some(substitute) = self.track.substitute(self.now, slot.shown_encoding())
        {
            slot.substitute(self.now, substitute);
            self.replay(peer, index, substitute.encoding, done);
        } else if let Some(better) = self.better_substitute(slot, packet.encoding()) {
            slot.improve(better);
            self.replay(peer, index, better.encoding, done);
        }
    }

    /// What a slot could get for want of what was asked for, if this encoding flows and comes closer to that than what
    /// it gets.
    fn better_substitute(&self, slot: &Slot, encoding: EncodingId) -> Option<Target> {
        let (shown, _) = slot.shown()?;
        let asked = slot.target()?.encoding;
        let rank = |encoding| self.track.order.rank(encoding);
        let is_between = rank(shown) < rank(encoding) && rank(encoding) < rank(asked);
        if !is_between || self.track.is_live(asked, self.now) || !self.flows(encoding) {
            return None;
        }
        let options = self.track.options(self.now);
        let best = options
            .iter()
            .rfind(|option| option.target.encoding == encoding);
        best.map(|option| option.target)
    }

    fn flows(&self, encoding: EncodingId) -> bool {
        let known = self.track.encoding(encoding);
        known.is_some_and(|known| known.is_flowing(self.now))
    }

    /// Passes a packet through the slot's selection. Returns whether a stretch began with it.
    fn pass(&self, peer: &mut Peer, index: usize, packet: &UpPacket, done: &mut Delivered) -> bool {
        let Some(slot) = peer.slots.get_mut(index) else {
            return false;
        };
        let sendable = peer.connection.can_send(slot.mid, packet.received.format);
        done.has_news |= slot.set_sendable(self.now, sendable);
        if !sendable {
            done.unsendable += 1;
            return false;
        }
        match slot.select(self.now, packet) {
            Decision::Forward { marker, begins } => {
                let numbers = if begins {
                    self.begin(slot, packet)
                } else {
                    slot.outlet.go_on(self.now, self.key, packet)
                };
                let Some(numbers) = numbers else {
                    done.too_late += 1;
                    return false;
                };
                slot.note_fed(self.now);
                self.send(&mut peer.connection, slot, packet, (numbers, marker), done);
                begins
            }
            Decision::Drop => {
                slot.outlet.leave_out(packet);
                done.left_out += 1;
                false
            }
            Decision::Wait => {
                if !slot.hidden
                    && let Some(numbers) = slot.outlet.late(packet)
                {
                    let marker = packet.received.packet.marker;
                    self.send(&mut peer.connection, slot, packet, (numbers, marker), done);
                }
                false
            }
        }
    }

    /// The cache that starts with a packet.
    fn cache_from(&self, packet: &UpPacket) -> Option<&KeyframeCache> {
        let known = self.track.encoding(packet.encoding())?;
        let first = known.cache.first()?;
        let is_it = (first.stream, first.sequence()) == (packet.stream, packet.sequence());
        is_it.then_some(&known.cache)
    }

    fn begin(&self, slot: &mut Slot, packet: &UpPacket) -> Option<Rewritten> {
        let newest = self.cache_from(packet).and_then(KeyframeCache::newest);
        let track = (self.key, self.track);
        let numbers = slot.outlet.begin(self.now, track, packet, newest);
        if numbers.is_none() {
            slot.pause(self.now);
        }
        numbers
    }

    fn send(
        &self,
        connection: &mut PeerConnection,
        slot: &mut Slot,
        packet: &UpPacket,
        (numbers, marker): (Rewritten, bool),
        done: &mut Delivered,
    ) {
        let targets = slot.decode_targets();
        let Some(forwarded) = slot.outlet.complete(packet, numbers, marker, targets) else {
            done.too_late += 1;
            return;
        };
        let mut buffer = [0; MAX_DESCRIPTOR];
        let described = packet.descriptor.as_ref().zip(forwarded.descriptor);
        let descriptor = described
            .filter(|_| self.forwards_descriptor)
            .and_then(|(descriptor, rewrite)| descriptor.write(&rewrite, &mut buffer))
            .and_then(|length| buffer.get(..length));
        let outgoing = OutgoingPacket {
            rid: None,
            packet: &packet.received.packet,
            format: packet.received.format,
            sequence: forwarded.numbers.sequence,
            timestamp: forwarded.numbers.timestamp,
            wallclock: packet.arrival(),
            marker: forwarded.marker,
            vp8: forwarded.vp8,
            descriptor,
        };
        match guard::attempt(|| connection.write(slot.mid, &outgoing)) {
            Some(written) => done.written += u64::from(written),
            None => done.has_failed = true,
        }
    }
}

/// How many cached bytes a subscriber may be sent at once: what its line carries in a second, and in a quarter of it
/// where pictures flow already, which would have to wait behind.
fn replay_limit(peer: &Peer) -> usize {
    let quarters = if peer.share.downlink.carries_pictures() {
        1
    } else {
        4
    };
    peer.estimate.map_or(usize::MAX, |estimate| {
        usize::try_from(estimate.saturating_mul(quarters) / 32).unwrap_or(usize::MAX)
    })
}

impl UpTrack {
    /// What a slot gets whose encoding does not come: the best one below it that flows, else the worst that does.
    fn substitute(&self, now: Instant, missing: Option<EncodingId>) -> Option<Target> {
        let rank = missing.and_then(|missing| self.order.rank(missing));
        let flows = |option: &&layers::LayerOption| {
            let encoding = option.target.encoding;
            Some(encoding) != missing
                && self
                    .encoding(encoding)
                    .is_some_and(|known: &UpEncoding| known.is_flowing(now))
        };
        let options = self.options(now);
        let below = options
            .iter()
            .filter(flows)
            .rfind(|option| self.order.rank(option.target.encoding) < rank);
        below
            .or_else(|| options.iter().find(flows))
            .map(|option| option.target)
    }
}
