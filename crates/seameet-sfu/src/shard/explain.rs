//! Says why a participant sees what it sees.

use seameet_core::media::{Explanation, LayerReport, MediaEvent, RequestId, SlotReport};
use seameet_core::{MediaKind, ParticipantId};

use crate::shard::allocate::wish;
use crate::shard::layers::LayerOption;
use crate::shard::peer::Peer;
use crate::shard::slot::Slot;
use crate::shard::track::UpTrack;
use crate::shard::{RoomKey, Shard};

impl Shard {
    /// Answers a room's question.
    pub(super) fn explain(
        &mut self,
        room: RoomKey,
        participant: ParticipantId,
        request: RequestId,
    ) {
        let peer = self
            .peer_of(room, participant)
            .and_then(|key| self.peers.get(key));
        let explanation = peer.map(|peer| Box::new(self.explanation(peer)));
        let event = MediaEvent::Explained {
            participant,
            request,
            explanation,
        };
        self.events.push_back((room, event));
    }

    fn explanation(&self, peer: &Peer) -> Explanation {
        let last = peer.share.last.as_ref();
        let active = peer.slots.iter().filter(|slot| slot.active);
        Explanation {
            estimate: peer.estimate,
            audio: peer.share.audio,
            allocated: last.map_or(0, |last| last.allocated),
            desired: last.map_or(0, |last| last.ideal),
            queued: peer.share.downlink.congestion.oldest(),
            quality: peer.quality.latest(),
            slots: active.map(|slot| self.slot_report(peer, slot)).collect(),
        }
    }

    fn slot_report(&self, peer: &Peer, slot: &Slot) -> SlotReport {
        let track = slot.track.and_then(|key| self.tracks.get(key));
        let video = track.filter(|_| slot.kind == MediaKind::Video);
        let target = slot.target();
        let wish = wish(&peer.view, slot.mid);
        SlotReport {
            mid: slot.mid,
            track: track.map(|track| track.id),
            participant: track.map(|track| track.participant),
            cause: slot.cause(track.is_some_and(|track| track.muted)),
            current: video.and_then(|track| slot.layer(track)),
            target: video
                .zip(target)
                .and_then(|(track, target)| track.describe(target.encoding, target.layer)),
            max_height: wish.max_height,
            priority: wish.priority,
            pinned: wish.pinned,
            layers: video
                .map(|track| self.layer_reports(track))
                .unwrap_or_default(),
        }
    }

    fn layer_reports(&self, track: &UpTrack) -> Vec<LayerReport> {
        let report = |option: &LayerOption| {
            let layer = track.describe(option.target.encoding, option.target.layer)?;
            Some(LayerReport {
                layer,
                fps: option.fps,
                bitrate: option.bitrate,
            })
        };
        track.options(self.now).iter().filter_map(report).collect()
    }
}
