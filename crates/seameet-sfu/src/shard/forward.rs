//! From a publisher's packet to its subscribers.

use std::time::Instant;

use seameet_pipeline::{OutgoingPacket, ReceivedPacket};
use seameet_rtp::inspect;

use crate::shard::Shard;
use crate::shard::counters::Drop;
use crate::shard::guard::{self, Guarded};
use crate::shard::peer::{Peer, PeerKey};
use crate::shard::slot::Withheld;
use crate::shard::track::{Subscriber, TrackKey, UpTrack};

/// What became of one packet at one subscriber.
enum Outcome {
    Written { first: bool },
    Skipped,
    TooLate,
    NoFormat,
    Failed,
}

impl Shard {
    /// Routes the packets of a batch.
    pub(super) fn forward_ingress(&mut self) {
        let mut ingress = std::mem::take(&mut self.ingress);
        for (key, received) in ingress.drain(..) {
            self.forward(key, &received);
        }
        // Keeps its capacity for the next batch.
        self.ingress = ingress;
    }

    fn forward(&mut self, from: PeerKey, received: &ReceivedPacket) {
        let track_key = self
            .peers
            .get(from)
            .and_then(|peer| peer.up_track(received.mid));
        let Some(track) = track_key.and_then(|key| self.tracks.get_mut(key)) else {
            self.counters.drop(Drop::NoTrack);
            return;
        };
        if track.muted {
            self.counters.drop(Drop::Muted);
            return;
        }
        if *track.encoding.get_or_insert(received.encoding) != received.encoding {
            self.counters.drop(Drop::UnusedEncoding);
            return;
        }
        let info = inspect(received.format.codec, &received.packet.payload);
        if info.keyframe_start {
            track.keyframes.keyframe_seen();
        }
        let (mut unannounced, mut failed) = (Vec::new(), Vec::new());
        for subscriber in &track.subscribers {
            let Some(peer) = self.peers.get_mut(subscriber.peer) else {
                continue;
            };
            match write(self.now, track, *subscriber, peer, received, &info) {
                Outcome::Written { first } => {
                    self.counters.packets_forwarded += 1;
                    if first {
                        unannounced.push(subscriber.peer);
                    }
                    if !std::mem::replace(&mut peer.dirty, true) {
                        self.dirty.push_back(subscriber.peer);
                    }
                }
                Outcome::Skipped => {}
                Outcome::TooLate => self.counters.drop(Drop::TooLate),
                Outcome::Failed => failed.push(subscriber.peer),
                Outcome::NoFormat => {
                    self.counters.drop(Drop::NoFormat);
                    unannounced.push(subscriber.peer);
                }
            }
        }
        for peer in unannounced {
            self.announce_slots(peer);
        }
        for peer in failed {
            self.fail(peer, Guarded::Panicked);
        }
    }

    /// The track that a subscriber sees on a line.
    pub(super) fn track_on_slot(&self, peer: PeerKey, mid: seameet_core::Mid) -> Option<TrackKey> {
        self.peers.get(peer)?.slot_by_mid(mid)?.track
    }
}

fn write(
    now: Instant,
    track: &UpTrack,
    subscriber: Subscriber,
    peer: &mut Peer,
    received: &ReceivedPacket,
    info: &seameet_rtp::PacketInfo,
) -> Outcome {
    if !peer.is_connected() {
        return Outcome::Skipped;
    }
    let Some(slot) = peer.slots.get_mut(subscriber.slot) else {
        return Outcome::Skipped;
    };
    let (mid, format) = (slot.mid, received.format);
    let sendable = peer.connection.can_send(mid, format);
    slot.set_sendable(sendable);
    if !sendable {
        return Outcome::NoFormat;
    }
    let first = !slot.flows();
    let forwarded = match slot.forward(now, track.stream, received, info) {
        Ok(forwarded) => forwarded,
        Err(Withheld::NotWanted) => return Outcome::Skipped,
        Err(Withheld::TooLate) => return Outcome::TooLate,
    };
    let outgoing = OutgoingPacket {
        packet: &received.packet,
        format,
        sequence: forwarded.numbers.sequence,
        timestamp: forwarded.numbers.timestamp,
        wallclock: received.arrival,
        vp8: forwarded.vp8,
    };
    match guard::attempt(|| peer.connection.write(mid, &outgoing)) {
        Some(true) => Outcome::Written { first },
        Some(false) => Outcome::Skipped,
        None => Outcome::Failed,
    }
}
