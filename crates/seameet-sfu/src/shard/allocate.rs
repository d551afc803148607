//! Asks a subscriber's allocator what its slots are to carry, and sees to it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use seameet_core::media::{SlotCause, SlotWish, TrackSource, View};
use seameet_core::{MediaKind, Mid, ParticipantId};
use seameet_rtp::{EncodingId, Layer, Target};

use crate::allocator::{
    Allocation, Allocator, Class, LayerChoice, Line, SlotDecision, SlotDemand, Wish,
};
use crate::shard::downlink::Downlink;
use crate::shard::guard;
use crate::shard::layers::LayerOption;
use crate::shard::peer::{Peer, PeerKey};
use crate::shard::slot::Slot;
use crate::shard::track::{Subscriber, TrackKey, UpTrack};
use crate::shard::{RoomKey, Shard};

/// A line that nobody estimates, in bits per second.
const UNLIMITED: u64 = 10_000_000_000;
/// What a microphone is counted for before anything is measured, in bits per second.
const UNKNOWN_AUDIO: u64 = 40_000;
/// A step up of a picture that flows shows within this; to tell its cause before would be told twice.
const SOON: Duration = Duration::from_millis(1_500);

/// How a subscriber's line is shared among its slots.
#[derive(Debug, Default)]
pub(super) struct Share {
    allocator: Allocator,
    pub(super) downlink: Downlink,
    /// What was decided last.
    pub(super) last: Option<Allocation>,
    /// What of the line is kept for sound, in bits per second.
    pub(super) audio: u64,
    /// When to decide anew.
    due: Option<Instant>,
    pub(super) decided: Option<Instant>,
    /// Waits to be decided in this step.
    is_asked: bool,
    /// Since when a step up of a picture that flows has been under way.
    rising: BTreeMap<Mid, Instant>,
}

impl Share {
    /// When to decide anew at the latest.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Decides anew at the latest then.
    pub(super) fn hasten(&mut self, until: Instant) {
        self.due = Some(self.due.map_or(until, |due| due.min(until)));
    }

    /// Keeps a former cause while a step up is expected any moment.
    fn settled(&mut self, now: Instant, slot: &Slot, cause: SlotCause) -> SlotCause {
        let is_rising = matches!(cause, SlotCause::WaitingForKeyframe | SlotCause::Publisher);
        if !is_rising || !slot.flows() {
            self.rising.remove(&slot.mid);
            return cause;
        }
        let since = *self.rising.entry(slot.mid).or_insert(now);
        match slot.limit {
            Some(former) if now.saturating_duration_since(since) < SOON => former,
            _ => cause,
        }
    }
}

impl Shard {
    /// What a subscriber sees may have to change.
    pub(super) fn want_allocation(&mut self, key: PeerKey) {
        if let Some(peer) = self.peers.get_mut(key)
            && !std::mem::replace(&mut peer.share.is_asked, true)
        {
            self.to_allocate.push(key);
        }
    }

    /// Decides for everybody who asked.
    pub(super) fn allocate_asked(&mut self) {
        while let Some(key) = self.to_allocate.pop() {
            self.allocate(key);
        }
    }

    /// It is time for a subscriber's regular decision.
    pub(super) fn allocate_if_due(&mut self, key: PeerKey) {
        let now = self.now;
        let is_due = |peer: &Peer| peer.share.due.is_some_and(|due| due <= now);
        if self.peers.get(key).is_some_and(is_due) {
            self.want_allocation(key);
        }
    }

    fn allocate(&mut self, key: PeerKey) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        peer.share.is_asked = false;
        if !peer.is_connected() {
            self.announce_slots(key);
            return;
        }
        let Some((slots, demands)) = self.demands(key) else {
            return;
        };
        let audio = self.audio_of(key);
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let share = &mut peer.share;
        share.decided = Some(now);
        share.audio = audio;
        let line = Line {
            estimate: if self.config.first_estimate.is_some() {
                share.downlink.trusted(now, peer.estimate)
            } else {
                Some(UNLIMITED)
            },
            audio,
            is_suspended: share.downlink.is_suspended(now),
            is_strained: share.downlink.is_strained(now),
        };
        let allocation = share.allocator.allocate(now, &line, &demands);
        share.due = allocation.deadline;
        self.recover(key, &allocation, &demands);
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let desired = peer
            .share
            .downlink
            .desired(now, peer.estimate, allocation.desired);
        guard::attempt(|| peer.connection.set_bitrates(allocation.minimum, desired));
        let share = &mut peer.share;
        let decisions = allocation.slots.clone();
        share.last = Some(allocation);
        let deadline = peer.deadline();
        self.timers.schedule(key, deadline);
        for (slot, decision) in slots.into_iter().zip(decisions) {
            self.carry_out(Subscriber { peer: key, slot }, &decision);
        }
        for track in self.tracks_of(key) {
            self.want_demand(track);
        }
        // What has just begun to flow is told with the cause that it has then.
        if self.peers.get(key).is_some_and(|peer| !peer.share.is_asked) {
            self.announce_slots(key);
        }
    }

    fn carry_out(&mut self, subscriber: Subscriber, decision: &SlotDecision) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(subscriber.peer) else {
            return;
        };
        let Some(slot) = peer.slots.get_mut(subscriber.slot) else {
            return;
        };
        let outside = [SlotCause::Muted, SlotCause::Hidden, SlotCause::Codec];
        slot.limit = Some(peer.share.settled(now, slot, decision.cause))
            .filter(|cause| !outside.contains(cause));
        self.set_slot_target(subscriber, decision.target, decision.meanwhile);
    }

    /// The slots that carry pictures, and what is wanted of each.
    fn demands(&self, key: PeerKey) -> Option<(Vec<usize>, Vec<SlotDemand>)> {
        let peer = self.peers.get(key)?;
        let speakers = self.speakers(peer.room);
        let demand =
            |(place, slot): (usize, &Slot)| Some((place, self.demand(peer, slot, &speakers)?));
        Some(peer.slots.iter().enumerate().filter_map(demand).unzip())
    }

    fn demand(&self, peer: &Peer, slot: &Slot, speakers: &[ParticipantId]) -> Option<SlotDemand> {
        let track = self.tracks.get(slot.track?)?;
        if slot.kind != MediaKind::Video {
            return None;
        }
        let options = track.options(self.now);
        Some(SlotDemand {
            mid: slot.mid,
            track: track.id,
            class: match track.source {
                TrackSource::Screen => Class::Screen,
                _ if speakers.contains(&track.participant) => Class::Speaker,
                _ => Class::Other,
            },
            wish: wish(&peer.view, slot.mid),
            choices: options.iter().map(choice).collect(),
            flowing: slot.shown().and_then(|shown| nearest(&options, shown)),
            withheld: withheld(track, slot),
            queue: peer.share.downlink.congestion.queue(slot.mid),
        })
    }

    /// Who speaks in a room.
    fn speakers(&self, room: RoomKey) -> Vec<ParticipantId> {
        let sound = self.rooms.get(&room).map(|room| room.sound.speakers());
        let tracks = sound.into_iter().flatten();
        tracks
            .filter_map(|track| self.tracks.get(track))
            .map(|track| track.participant)
            .collect()
    }

    /// What the sound of a subscriber takes, in bits per second.
    fn audio_of(&self, key: PeerKey) -> u64 {
        let Some(peer) = self.peers.get(key) else {
            return 0;
        };
        let audible = |slot: &&Slot| slot.kind == MediaKind::Audio;
        let tracks = peer
            .slots
            .iter()
            .filter(audible)
            .filter_map(|slot| self.tracks.get(slot.track?));
        let is_redundant = peer.redundancy.is_wanted();
        let audible = tracks.filter(|track| !track.muted);
        audible.map(|track| audio_cost(track, is_redundant)).sum()
    }

    /// The tracks on a subscriber's slots.
    fn tracks_of(&self, key: PeerKey) -> Vec<TrackKey> {
        let slots = self.peers.get(key).map(|peer| peer.slots.iter());
        slots
            .into_iter()
            .flatten()
            .filter_map(|slot| slot.track)
            .collect()
    }
}

/// What the best of a track's sound takes, with redundancy or without.
fn audio_cost(track: &UpTrack, is_redundant: bool) -> u64 {
    if let Some(plain) = track.plain.as_ref().filter(|_| !is_redundant) {
        return plain.cost();
    }
    let costs = track
        .encodings
        .iter()
        .map(|encoding| encoding.meter.cost(Layer::TOP));
    costs
        .max()
        .filter(|cost| *cost > 0)
        .unwrap_or(UNKNOWN_AUDIO)
}

fn withheld(track: &UpTrack, slot: &Slot) -> Option<SlotCause> {
    if track.muted {
        Some(SlotCause::Muted)
    } else if slot.hidden {
        Some(SlotCause::Hidden)
    } else if !slot.is_sendable() {
        Some(SlotCause::Codec)
    } else {
        None
    }
}

/// How a subscriber wants to see what is on a slot. A server that fills slots by itself knows no tiles.
pub(super) fn wish(view: &View, mid: Mid) -> Wish {
    let wished = match view {
        View::Auto { .. } => None,
        View::Slots(wishes) => wishes.iter().find(|wish| wish.mid == mid),
    };
    let unlimited = Wish {
        max_height: u32::MAX,
        max_fps: None,
        min_height: None,
        priority: 0,
        pinned: false,
    };
    wished.map_or(unlimited, |wish: &SlotWish| Wish {
        max_height: wish.max_height,
        max_fps: wish.max_fps,
        min_height: wish.min_height,
        priority: wish.priority,
        pinned: wish.pinned,
    })
}

fn choice(option: &LayerOption) -> LayerChoice {
    LayerChoice {
        target: option.target,
        height: option.height,
        fps: Some(option.fps).filter(|fps| *fps > 0),
        bitrate: option.bitrate,
        is_live: option.is_live,
    }
}

/// The option that stands for what flows: the lowest of its encoding that reaches as high, else the highest.
pub(super) fn nearest(
    options: &[LayerOption],
    (encoding, layer): (EncodingId, Layer),
) -> Option<Target> {
    let of_encoding = || {
        options
            .iter()
            .filter(move |option| option.target.encoding == encoding)
    };
    let reaching = of_encoding().find(|option| layer.is_within(option.target.layer));
    reaching
        .or(of_encoding().next_back())
        .map(|option| option.target)
}
