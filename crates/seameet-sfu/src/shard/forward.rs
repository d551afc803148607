//! From a publisher's packet to its subscribers.

use std::time::Instant;

use seameet_core::Mid;
use seameet_pipeline::{OutgoingPacket, ReceivedPacket};
use seameet_rtp::{PacketInfo, SourceKey, inspect};

use crate::shard::Shard;
use crate::shard::counters::Drop;
use crate::shard::guard::{self, Guarded};
use crate::shard::peer::{Peer, PeerKey};
use crate::shard::slot::{Slot, Withheld};
use crate::shard::track::{Subscriber, TrackKey, UpTrack};

/// What came from a publisher.
#[derive(Debug)]
pub(super) enum Arrival {
    Packet(ReceivedPacket),
    Skipped(Skipped),
}

/// A packet that carries no media, such as padding with which a sender probes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Skipped {
    pub(super) mid: Mid,
    pub(super) encoding: u8,
    pub(super) epoch: u32,
    pub(super) sequence: u64,
}

/// What became of one packet at one subscriber.
enum Outcome {
    Written { first: bool },
    Skipped,
    TooLate,
    NoFormat { news: bool },
    Failed,
}

/// What writing a packet to all subscribers left to do.
#[derive(Default)]
struct FanOut {
    /// Their slots' news is to be told.
    unannounced: Vec<PeerKey>,
    failed: Vec<PeerKey>,
    /// Somebody could begin with a keyframe only.
    awaited: bool,
}

impl Shard {
    /// Routes the packets of a batch.
    pub(super) fn forward_ingress(&mut self) {
        let mut ingress = std::mem::take(&mut self.ingress);
        for (key, arrival) in ingress.drain(..) {
            match arrival {
                Arrival::Packet(received) => self.forward(key, &received),
                Arrival::Skipped(skipped) => self.skip(key, skipped),
            }
        }
        // Keeps its capacity for the next batch.
        self.ingress = ingress;
    }

    fn forward(&mut self, from: PeerKey, received: &ReceivedPacket) {
        let track_key = self
            .peers
            .get(from)
            .and_then(|peer| peer.up_track(received.mid));
        let Some((key, track)) = track_key.and_then(|key| Some((key, self.tracks.get_mut(key)?)))
        else {
            self.counters.drop(Drop::NoTrack);
            return;
        };
        if track.muted {
            self.counters.drop(Drop::Muted);
            return;
        }
        let is_first = track.encoding.is_none();
        if *track.encoding.get_or_insert(received.encoding) != received.encoding {
            self.counters.drop(Drop::UnusedEncoding);
            return;
        }
        if track.epoch != Some(received.epoch) {
            // Another stream counts anew; its numbers mean nothing in terms of the former's.
            self.next_source += 1;
            track.stream = SourceKey(self.next_source);
            track.epoch = Some(received.epoch);
        }
        let info = inspect(received.format.codec, &received.packet.payload);
        let done = self.fan_out(key, received, &info);
        // Nothing could be asked of a stream that was not there yet.
        if is_first && done.awaited {
            self.want_keyframe(key);
        }
        for peer in done.unannounced {
            self.announce_slots(peer);
        }
        for peer in done.failed {
            self.fail(peer, Guarded::Panicked);
        }
    }

    /// A packet without media: nobody gets it, and nobody shall miss it.
    fn skip(&mut self, from: PeerKey, skipped: Skipped) {
        let track_key = self
            .peers
            .get(from)
            .and_then(|peer| peer.up_track(skipped.mid));
        let Some(track) = track_key.and_then(|key| self.tracks.get(key)) else {
            return;
        };
        if track.encoding != Some(skipped.encoding) || track.epoch != Some(skipped.epoch) {
            return;
        }
        let stream = track.stream;
        for subscriber in &track.subscribers {
            let peer = self.peers.get_mut(subscriber.peer);
            if let Some(slot) = peer.and_then(|peer| peer.slots.get_mut(subscriber.slot)) {
                slot.skip(stream, skipped.sequence);
            }
        }
    }

    /// Writes a packet to every subscriber of its track.
    fn fan_out(&mut self, key: TrackKey, received: &ReceivedPacket, info: &PacketInfo) -> FanOut {
        let mut done = FanOut::default();
        let Some(track) = self.tracks.get_mut(key) else {
            return done;
        };
        for subscriber in &track.subscribers {
            let Some(peer) = self.peers.get_mut(subscriber.peer) else {
                continue;
            };
            match write(self.now, track, *subscriber, peer, received, info) {
                Outcome::Written { first } => {
                    self.counters.packets_forwarded += 1;
                    if first {
                        done.unannounced.push(subscriber.peer);
                    }
                    if !std::mem::replace(&mut peer.dirty, true) {
                        self.dirty.push_back(subscriber.peer);
                    }
                }
                Outcome::Skipped => {}
                Outcome::TooLate => self.counters.drop(Drop::TooLate),
                Outcome::Failed => done.failed.push(subscriber.peer),
                Outcome::NoFormat { news } => {
                    self.counters.drop(Drop::NoFormat);
                    if news {
                        done.unannounced.push(subscriber.peer);
                    }
                }
            }
            done.awaited |= awaits_keyframe(peer, *subscriber);
        }
        // A keyframe that came too late for somebody leaves the request open.
        if info.keyframe_start && !done.awaited {
            track.keyframes.keyframe_seen();
        }
        done
    }

    /// The track that a subscriber sees on a line.
    pub(super) fn track_on_slot(&self, peer: PeerKey, mid: Mid) -> Option<TrackKey> {
        self.peers.get(peer)?.slot_by_mid(mid)?.track
    }
}

fn awaits_keyframe(peer: &Peer, subscriber: Subscriber) -> bool {
    let slot = peer.slots.get(subscriber.slot);
    peer.is_connected() && slot.is_some_and(Slot::awaits_keyframe)
}

fn write(
    now: Instant,
    track: &UpTrack,
    subscriber: Subscriber,
    peer: &mut Peer,
    received: &ReceivedPacket,
    info: &PacketInfo,
) -> Outcome {
    if !peer.is_connected() {
        return Outcome::Skipped;
    }
    let Some(slot) = peer.slots.get_mut(subscriber.slot) else {
        return Outcome::Skipped;
    };
    let (mid, format) = (slot.mid, received.format);
    let sendable = peer.connection.can_send(mid, format);
    let news = slot.set_sendable(sendable);
    if !sendable {
        return Outcome::NoFormat { news };
    }
    let first = !slot.flows();
    let forwarded = match slot.forward(now, track.stream, received, info) {
        Ok(forwarded) => forwarded,
        Err(Withheld::NotWanted) => return Outcome::Skipped,
        Err(Withheld::TooLate) => return Outcome::TooLate,
    };
    let outgoing = OutgoingPacket {
        rid: None,
        packet: &received.packet,
        format,
        sequence: forwarded.numbers.sequence,
        timestamp: forwarded.numbers.timestamp,
        wallclock: received.arrival,
        marker: received.packet.marker,
        vp8: forwarded.vp8,
        descriptor: None,
    };
    match guard::attempt(|| peer.connection.write(mid, &outgoing)) {
        Some(true) => Outcome::Written { first },
        Some(false) => Outcome::Skipped,
        None => Outcome::Failed,
    }
}
