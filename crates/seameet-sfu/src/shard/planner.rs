//! Which track goes into which slot. Pure: facts in, plan out.

use seameet_core::media::{SlotWish, SlotsNeeded, TrackSource, View};
use seameet_core::{MediaKind, Mid, TrackId};

use crate::shard::track::TrackKey;

/// A slot as the planner sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct SlotFacts {
    pub(super) mid: Mid,
    pub(super) kind: MediaKind,
    pub(super) current: Option<TrackKey>,
}

/// A track that the subscriber may receive; its own are not listed.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrackFacts {
    pub(super) key: TrackKey,
    pub(super) id: TrackId,
    pub(super) source: TrackSource,
    pub(super) muted: bool,
    /// Among the loudest, where sounds are more than slots; of no meaning for pictures.
    pub(super) heard: bool,
}

/// What a slot shall carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Planned {
    pub(super) track: Option<TrackKey>,
    pub(super) hidden: bool,
}

/// One entry per slot, in the order of the slots, and what is missing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) slots: Vec<Planned>,
    pub(super) needed: SlotsNeeded,
}

/// Most slots for sound that a subscriber is asked to add. Where sounds are more, the loudest share them: nobody can
/// follow more voices at once.
const MAX_AUDIO_SLOTS: usize = 8;

/// Plans a subscriber's slots. A track that has a slot and is still wanted keeps it, so that nothing flickers.
pub(super) fn plan(view: &View, slots: &[SlotFacts], tracks: &[TrackFacts]) -> Plan {
    let mut planned = vec![Planned::default(); slots.len()];
    let audio = wanted(tracks, MediaKind::Audio, usize::MAX);
    let missing_audio = fill(&mut planned, slots, MediaKind::Audio, &audio);
    let audio_slots = slots.iter().filter(|slot| slot.kind == MediaKind::Audio);
    let missing_audio = missing_audio.min(MAX_AUDIO_SLOTS.saturating_sub(audio_slots.count()));
    let missing_video = match view {
        View::Auto { max_video } => {
            let video = wanted(tracks, MediaKind::Video, *max_video);
            fill(&mut planned, slots, MediaKind::Video, &video)
        }
        View::Slots(wishes) => {
            grant(&mut planned, slots, tracks, wishes);
            0
        }
    };
    Plan {
        slots: planned,
        needed: SlotsNeeded {
            audio: missing_audio,
            video: missing_video,
        },
    }
}

/// Fulfils wishes. Of two slots that wish for the same track, the one that has it keeps it, else the first gets it.
fn grant(planned: &mut [Planned], slots: &[SlotFacts], tracks: &[TrackFacts], wishes: &[SlotWish]) {
    let wish_for = |slot: &SlotFacts| {
        let concerns = |wish: &&SlotWish| wish.mid == slot.mid && slot.kind == MediaKind::Video;
        wishes.iter().find(concerns)
    };
    let granted = |slot: &SlotFacts| {
        let id = wish_for(slot)?.track?;
        let video = |track: &&TrackFacts| track.source.kind() == MediaKind::Video;
        let named = tracks.iter().filter(video).find(|track| track.id == id)?;
        Some(named.key)
    };
    for (plan, slot) in planned.iter_mut().zip(slots) {
        plan.hidden = wish_for(slot).is_some_and(|wish| wish.max_height == 0);
        plan.track = match slot.kind {
            MediaKind::Audio => plan.track,
            MediaKind::Video => granted(slot).filter(|track| slot.current == Some(*track)),
        };
    }
    for (index, slot) in slots.iter().enumerate() {
        let Some(track) = granted(slot) else { continue };
        let taken = planned.iter().any(|plan| plan.track == Some(track));
        if let Some(plan) = planned.get_mut(index).filter(|_| !taken) {
            plan.track = Some(track);
        }
    }
}

/// What is to be heard or seen now goes before what is muted; screens first, then the loudest, then by publication.
fn wanted(tracks: &[TrackFacts], kind: MediaKind, most: usize) -> Vec<TrackKey> {
    let mut wanted: Vec<_> = tracks
        .iter()
        .filter(|track| track.source.kind() == kind)
        .collect();
    wanted.sort_by_key(|track| {
        let rank = match track.source {
            TrackSource::Screen | TrackSource::ScreenAudio => 0,
            TrackSource::Microphone | TrackSource::Camera => 1,
        };
        (track.muted, rank, !track.heard, track.id)
    });
    wanted
        .into_iter()
        .take(most)
        .map(|track| track.key)
        .collect()
}

/// Gives each wanted track a slot, as long as there are any, and counts those that got none.
fn fill(
    planned: &mut [Planned],
    slots: &[SlotFacts],
    kind: MediaKind,
    wanted: &[TrackKey],
) -> usize {
    let available = slots.iter().filter(|slot| slot.kind == kind).count();
    let missing = wanted.len().saturating_sub(available);
    let served = wanted
        .get(..available.min(wanted.len()))
        .unwrap_or_default();
    for (plan, slot) in planned
        .iter_mut()
        .zip(slots)
        .filter(|(_, slot)| slot.kind == kind)
    {
        plan.track = slot.current.filter(|current| served.contains(current));
    }
    for track in served {
        if planned.iter().any(|plan| plan.track == Some(*track)) {
            continue;
        }
        let free = planned
            .iter_mut()
            .zip(slots)
            .find(|(plan, slot)| slot.kind == kind && plan.track.is_none());
        if let Some((plan, _)) = free {
            plan.track = Some(*track);
        }
    }
    missing
}

#[cfg(test)]
mod tests;
