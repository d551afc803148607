//! Tests of the planner.

use std::collections::BTreeSet;

use proptest::prelude::*;
use slotmap::SlotMap;

use super::*;
use MediaKind::{Audio, Video};
use TrackSource::{Camera, Microphone, Screen, ScreenAudio};

const SOURCES: [TrackSource; 4] = [Microphone, Camera, Screen, ScreenAudio];

/// Tracks with these sources, published in this order.
fn tracks(sources: &[TrackSource]) -> Vec<TrackFacts> {
    let mut keys: SlotMap<TrackKey, ()> = SlotMap::with_key();
    let numbered = sources.iter().zip(1..);
    numbered
        .map(|(source, number)| TrackFacts {
            key: keys.insert(()),
            id: TrackId::new(number),
            source: *source,
            muted: false,
            heard: true,
        })
        .collect()
}

/// Slots of these kinds that carry nothing.
fn slots(kinds: &[MediaKind]) -> Vec<SlotFacts> {
    kinds
        .iter()
        .enumerate()
        .map(|(index, kind)| SlotFacts {
            mid: format!("s{index}").parse().unwrap(),
            kind: *kind,
            current: None,
        })
        .collect()
}

/// The slots after a plan was carried out.
fn carry_out(slots: &[SlotFacts], plan: &Plan) -> Vec<SlotFacts> {
    let planned = slots.iter().zip(&plan.slots);
    planned
        .map(|(slot, plan)| SlotFacts {
            current: plan.track,
            ..*slot
        })
        .collect()
}

fn auto(max_video: usize) -> View {
    View::Auto { max_video }
}

fn wish(slot: &SlotFacts, track: Option<TrackId>) -> SlotWish {
    SlotWish {
        mid: slot.mid,
        track,
        max_height: 720,
        max_fps: None,
        min_height: None,
        priority: 0,
        pinned: false,
    }
}

fn carried(plan: &Plan) -> Vec<Option<TrackKey>> {
    plan.slots.iter().map(|planned| planned.track).collect()
}

#[test]
fn screens_come_first_and_cameras_in_the_order_of_publication() {
    let tracks = tracks(&[Camera, Camera, Screen]);
    let plan = plan(&auto(9), &slots(&[Video, Video]), &tracks);
    assert_eq!(carried(&plan), [Some(tracks[2].key), Some(tracks[0].key)]);
    assert_eq!((plan.needed.audio, plan.needed.video), (0, 1));
}

#[test]
fn a_screen_that_comes_late_takes_the_slot_of_the_last_camera_only() {
    let all = tracks(&[Camera, Camera, Screen]);
    let before = plan(&auto(9), &slots(&[Video, Video]), &all[..2]);
    let before = carry_out(&slots(&[Video, Video]), &before);
    let after = plan(&auto(9), &before, &all);
    assert_eq!(carried(&after), [Some(all[0].key), Some(all[2].key)]);
}

#[test]
fn no_more_videos_are_planned_or_missed_than_are_wanted() {
    let tracks = tracks(&[Camera; 5]);
    let plan = plan(&auto(2), &slots(&[Video; 4]), &tracks);
    assert_eq!(carried(&plan).iter().flatten().count(), 2);
    assert_eq!(plan.needed.video, 0);
    let plan = super::plan(&auto(3), &slots(&[Video]), &tracks);
    assert_eq!(plan.needed.video, 2);
}

#[test]
fn wishes_decide_over_pictures_and_not_over_sound() {
    let tracks = tracks(&[Camera, Microphone, Camera]);
    let slots = slots(&[Video, Audio, Video]);
    let mut second = wish(&slots[2], Some(tracks[0].id));
    second.max_height = 0;
    let wishes = vec![wish(&slots[1], None), second];
    let plan = plan(&View::Slots(wishes), &slots, &tracks);
    assert_eq!(
        carried(&plan),
        [None, Some(tracks[1].key), Some(tracks[0].key)]
    );
    assert!(plan.slots[2].hidden && !plan.slots[0].hidden);
}

#[test]
fn a_track_that_two_slots_wish_for_stays_where_it_is() {
    let tracks = tracks(&[Camera]);
    let mut slots = slots(&[Video, Video]);
    let wishes: Vec<_> = slots
        .iter()
        .map(|slot| wish(slot, Some(tracks[0].id)))
        .collect();
    let first = plan(&View::Slots(wishes.clone()), &slots, &tracks);
    assert_eq!(carried(&first), [Some(tracks[0].key), None]);
    slots[1].current = Some(tracks[0].key);
    let second = plan(&View::Slots(wishes), &slots, &tracks);
    assert_eq!(carried(&second), [None, Some(tracks[0].key)]);
}

#[test]
fn sound_is_no_answer_to_a_wish_for_a_picture() {
    let tracks = tracks(&[Microphone]);
    let slots = slots(&[Video]);
    let wishes = vec![wish(&slots[0], Some(tracks[0].id))];
    let plan = plan(&View::Slots(wishes), &slots, &tracks);
    assert_eq!(carried(&plan), [None]);
}

#[derive(Debug, Clone)]
struct Case {
    slots: Vec<SlotFacts>,
    /// Whether each one is published at each of two moments.
    tracks: Vec<(TrackFacts, [bool; 2])>,
    views: [View; 2],
}

impl Case {
    fn published(&self, moment: usize) -> Vec<TrackFacts> {
        let published = self.tracks.iter().filter(|(_, when)| when[moment]);
        published.map(|(facts, _)| *facts).collect()
    }
}

fn views(slots: Vec<SlotFacts>) -> impl Strategy<Value = View> {
    let wishes = prop::collection::vec((0..slots.len().max(1), 0_u32..14, 0_u32..3), 0..10)
        .prop_map(move |wishes| {
            let wishes = wishes.into_iter().filter_map(|(slot, track, height)| {
                let slot = slots.get(slot)?;
                Some(SlotWish {
                    max_height: height,
                    ..wish(slot, Some(TrackId::new(track)))
                })
            });
            View::Slots(wishes.collect())
        });
    prop_oneof![(0_usize..12).prop_map(auto), wishes]
}

fn cases() -> impl Strategy<Value = Case> {
    let kind = prop_oneof![Just(Audio), Just(Video)];
    let kinds = prop::collection::vec(kind, 0..8).prop_map(|kinds| slots(&kinds));
    let published = prop::collection::vec((0_usize..4, any::<[bool; 2]>()), 0..12);
    (kinds, published).prop_flat_map(|(slots, published)| {
        let sources: Vec<_> = published
            .iter()
            .map(|(source, _)| SOURCES[*source])
            .collect();
        let facts = tracks(&sources).into_iter();
        let tracks: Vec<_> = facts
            .zip(published)
            .map(|(facts, (_, when))| (facts, when))
            .collect();
        let views = [views(slots.clone()), views(slots.clone())];
        (Just(slots), Just(tracks), views).prop_map(|(slots, tracks, views)| Case {
            slots,
            tracks,
            views,
        })
    })
}

fn check_any(slots: &[SlotFacts], tracks: &[TrackFacts], plan: &Plan) -> Result<(), TestCaseError> {
    prop_assert_eq!(plan.slots.len(), slots.len());
    let all: Vec<_> = carried(plan).into_iter().flatten().collect();
    let different: BTreeSet<_> = all.iter().collect();
    prop_assert_eq!(different.len(), all.len(), "no track twice");
    for (planned, slot) in plan.slots.iter().zip(slots) {
        let Some(key) = planned.track else { continue };
        let track = tracks.iter().find(|track| track.key == key);
        let track = track.expect("only tracks that may be received");
        prop_assert_eq!(track.source.kind(), slot.kind);
    }
    Ok(())
}

/// What holds for a kind whose slots the server fills.
fn check_filled(
    kind: MediaKind,
    most: usize,
    slots: &[SlotFacts],
    tracks: &[TrackFacts],
    plan: &Plan,
) -> Result<(), TestCaseError> {
    let available = slots.iter().filter(|slot| slot.kind == kind).count();
    let wanted: Vec<_> = tracks
        .iter()
        .filter(|track| track.source.kind() == kind)
        .collect();
    let count = wanted.len().min(most);
    let carried = carried(plan);
    let has = |track: &TrackFacts| carried.contains(&Some(track.key));
    let served = wanted.iter().filter(|track| has(track)).count();
    prop_assert_eq!(served, count.min(available), "no slot is wasted");
    let needed = match kind {
        Audio => plan.needed.audio,
        Video => plan.needed.video,
    };
    prop_assert_eq!(needed, count - served, "what is missing is counted");
    let rank = |track: &TrackFacts| !matches!(track.source, Screen | ScreenAudio);
    let worst_served = wanted
        .iter()
        .filter(|track| has(track))
        .map(|track| (rank(track), track.id))
        .max();
    let best_missing = wanted
        .iter()
        .filter(|track| !has(track))
        .map(|track| (rank(track), track.id))
        .min();
    if let (Some(worst), Some(best)) = (worst_served, best_missing) {
        prop_assert!(worst < best, "screens first, then by publication");
    }
    for (slot, now) in slots.iter().zip(&carried) {
        let moved = slot.kind == kind && slot.current != *now;
        if let (true, Some(former)) = (moved, slot.current) {
            prop_assert!(!carried.contains(&Some(former)), "a track keeps its slot");
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn plans_are_right_at_first_and_after_any_change(case in cases()) {
        let mut slots = case.slots.clone();
        for moment in [0, 1] {
            let (view, tracks) = (&case.views[moment], case.published(moment));
            let plan = plan(view, &slots, &tracks);
            check_any(&slots, &tracks, &plan)?;
            check_filled(Audio, usize::MAX, &slots, &tracks, &plan)?;
            match view {
                View::Auto { max_video } => check_filled(Video, *max_video, &slots, &tracks, &plan)?,
                View::Slots(_) => prop_assert_eq!(plan.needed.video, 0),
            }
            slots = carry_out(&slots, &plan);
            let again = super::plan(view, &slots, &tracks);
            prop_assert_eq!(carried(&again), carried(&plan), "a plan is its own continuation");
        }
    }
}

#[test]
fn the_loudest_share_slots_that_are_too_few_and_nobody_is_asked_for_dozens() {
    let mut tracks = tracks(&[Microphone; 12]);
    for (index, track) in tracks.iter_mut().enumerate() {
        track.heard = index >= 10;
    }
    let slots = slots(&[Audio, Audio, Audio]);
    let plan = plan(&auto(0), &slots, &tracks);
    assert_eq!(
        carried(&plan),
        [
            Some(tracks[10].key),
            Some(tracks[11].key),
            Some(tracks[0].key)
        ]
    );
    assert_eq!(plan.needed.audio, 5, "up to eight slots");
}
