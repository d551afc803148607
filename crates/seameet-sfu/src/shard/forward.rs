//! From a publisher's packet to its subscribers.

use seameet_core::{MediaKind, Mid};
use seameet_pipeline::{Format, PeerEvent, ReceivedPacket};
use seameet_rtp::{EncodingId, SenderReport, SourceKey};

use crate::shard::Shard;
use crate::shard::counters::Drop;
use crate::shard::deliver::{Delivered, Delivery};
use crate::shard::peer::{Peer, PeerKey};
use crate::shard::targets::{awaits_keyframe, note_flow};
use crate::shard::track::TrackKey;
use crate::shard::upstream::UpPacket;

/// What came from a publisher.
#[derive(Debug)]
pub(super) enum Arrival {
    Packet(ReceivedPacket),
    Skipped(Skipped),
    Report(Report),
}

/// A packet that carries no media, such as padding with which a sender probes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Skipped {
    pub(super) mid: Mid,
    pub(super) encoding: u8,
    pub(super) epoch: u32,
    pub(super) sequence: u64,
}

/// What a publisher said about one encoding's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Report {
    pub(super) mid: Mid,
    pub(super) encoding: u8,
    pub(super) epoch: u32,
    pub(super) times: SenderReport,
}

impl Arrival {
    /// What a publisher's event brings to its subscribers.
    ///
    /// # Errors
    ///
    /// The event, if it concerns only the peer itself.
    pub(super) fn from_event(event: PeerEvent) -> Result<Self, PeerEvent> {
        Ok(match event {
            PeerEvent::Rtp(packet) => Self::Packet(packet),
            PeerEvent::Skipped {
                mid,
                encoding,
                epoch,
                sequence,
            } => Self::Skipped(Skipped {
                mid,
                encoding,
                epoch,
                sequence,
            }),
            PeerEvent::SenderReport {
                mid,
                encoding,
                epoch,
                report: times,
            } => Self::Report(Report {
                mid,
                encoding,
                epoch,
                times,
            }),
            other => return Err(other),
        })
    }
}

impl Shard {
    /// Routes the packets of a batch.
    pub(super) fn forward_ingress(&mut self) {
        let mut ingress = std::mem::take(&mut self.ingress);
        for (key, arrival) in ingress.drain(..) {
            match arrival {
                Arrival::Packet(received) => self.forward(key, received),
                Arrival::Skipped(skipped) => self.skip(key, skipped),
                Arrival::Report(report) => self.report(key, report),
            }
        }
        // Keeps its capacity for the next batch.
        self.ingress = ingress;
    }

    fn forward(&mut self, from: PeerKey, received: ReceivedPacket) {
        let Some(key) = self.track_on_line(from, received.mid) else {
            self.counters.drop(Drop::NoTrack);
            return;
        };
        let Some(track) = self.tracks.get_mut(key) else {
            return;
        };
        if track.muted {
            self.counters.drop(Drop::Muted);
            return;
        }
        if track.source.kind() == MediaKind::Audio {
            self.hear(key, &received);
        }
        let Some(track) = self.tracks.get_mut(key) else {
            return;
        };
        self.next_source += 1;
        let stream = SourceKey(self.next_source);
        let Some(taken) = track.take(received, stream, &self.cache_budget) else {
            self.counters.drop(Drop::UnusedEncoding);
            return;
        };
        let plain = track.plain(&taken.packet);
        if self.fan_out(key, &taken.packet, &plain) {
            self.want_missing_keyframe(key, taken.packet.encoding());
        }
        if taken.is_changed {
            self.retarget_track(key);
        }
    }

    /// A packet without media: nobody gets it, and nobody shall miss it.
    fn skip(&mut self, from: PeerKey, skipped: Skipped) {
        let track_key = self.track_on_line(from, skipped.mid);
        let Some(track) = track_key.and_then(|key| self.tracks.get_mut(key)) else {
            return;
        };
        let Some(encoding) = track
            .encoding_mut(EncodingId(skipped.encoding))
            .filter(|encoding| encoding.epoch == skipped.epoch)
        else {
            return;
        };
        encoding.cache.skip(skipped.sequence);
        let stream = encoding.stream;
        for subscriber in &track.subscribers {
            let peer = self.peers.get_mut(subscriber.peer);
            if let Some(slot) = peer.and_then(|peer| peer.slots.get_mut(subscriber.slot)) {
                slot.skip(stream, skipped.sequence);
            }
        }
    }

    fn report(&mut self, from: PeerKey, report: Report) {
        let now = self.now;
        let track_key = self.track_on_line(from, report.mid);
        let Some(track) = track_key.and_then(|key| self.tracks.get_mut(key)) else {
            return;
        };
        let id = EncodingId(report.encoding);
        let is_current = track
            .encoding(id)
            .is_some_and(|encoding| encoding.epoch == report.epoch);
        if let Some(clock) = track.clock.as_mut().filter(|_| is_current) {
            clock.note_report(now, id, report.times);
        }
    }

    /// Delivers a packet to every subscriber of its track, and to those who cannot take it what it stands for. Returns whether somebody could begin with a keyframe of its
    /// encoding only.
    fn fan_out(&mut self, key: TrackKey, packet: &UpPacket, plain: &[UpPacket]) -> bool {
        let mut is_awaited = false;
        let Some(track) = self.tracks.get(key) else {
            return false;
        };
        let delivery = Delivery {
            now: self.now,
            key,
            track,
            forwards_descriptor: self.config.forward_descriptor,
        };
        let encoding = packet.encoding();
        for subscriber in &track.subscribers {
            let Some(peer) = self
                .peers
                .get_mut(subscriber.peer)
                .filter(|peer| peer.is_connected())
            else {
                continue;
            };
            let mut delivered = Delivered::default();
            if plain.is_empty() || takes(peer, subscriber.slot, packet.received.format) {
                delivery.live(peer, subscriber.slot, packet, &mut delivered);
            } else {
                for packet in plain {
                    delivery.live(peer, subscriber.slot, packet, &mut delivered);
                }
            }
            is_awaited |= awaits_keyframe(peer, *subscriber, encoding);
            if delivered.written > 0 && !std::mem::replace(&mut peer.dirty, true) {
                self.dirty.push_back(subscriber.peer);
            }
            note_flow(&mut self.counters, track, peer, *subscriber, &mut delivered);
            self.counters.note(&delivered);
            if delivered.has_news {
                self.unannounced.push(subscriber.peer);
            }
            if delivered.has_failed {
                self.struck.push(subscriber.peer);
            }
        }
        // A keyframe that came too late for somebody leaves the request open.
        if packet.is_keyframe_start()
            && !is_awaited
            && let Some(track) = self.tracks.get_mut(key)
            && let Some(encoding) = track.encoding_mut(encoding)
        {
            encoding.keyframes.keyframe_seen();
        }
        is_awaited
    }

    /// The track that a publisher sends on a line.
    fn track_on_line(&self, peer: PeerKey, mid: Mid) -> Option<TrackKey> {
        self.peers.get(peer)?.up_track(mid)
    }
}

/// Whether a slot's subscriber negotiated what comes and is to get it as it is.
fn takes(peer: &Peer, slot: usize, format: Format) -> bool {
    let slot = peer.slots.get(slot);
    (format != Format::OPUS_RED || peer.redundancy.is_wanted())
        && slot.is_some_and(|slot| peer.connection.can_send(slot.mid, format))
}
