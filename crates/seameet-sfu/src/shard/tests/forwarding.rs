//! Which encoding a viewer gets, how switching looks to it, and how soon it sees anything.

use seameet_core::TrackSource;
use seameet_rtp::EncodingId;

use super::stage::{Encoder, FRAME_MILLIS, Stage};
use crate::shard::cache::CacheBudget;

fn numbers(shown: &[super::stage::Shown]) -> Vec<(u8, u32)> {
    shown
        .iter()
        .map(|frame| (frame.encoding, frame.number))
        .collect()
}

#[test]
fn a_joiner_sees_the_picture_at_once_and_goes_on_with_what_comes() {
    let mut stage = Stage::new();
    let mut camera = Encoder::new(0, 360);
    stage.film(&mut [&mut camera], 40, true);
    let viewer = stage.add_viewer();
    assert!(!stage.is_asked(0), "nobody is bothered for a keyframe");
    stage.film(&mut [&mut camera], 10, false);
    let shown = stage.shown(viewer, None);
    let expected: Vec<_> = (1..=50).map(|number| (0, number)).collect();
    assert_eq!(numbers(&shown), expected);
    // Timestamps are as in the stream: 40 ms between any two frames.
    for pair in shown.windows(2) {
        assert_eq!(pair[1].timestamp - pair[0].timestamp, 3_600);
    }
    assert_eq!(stage.script.shard.counters().cache_replays, 1);
}

#[test]
fn what_carries_no_media_is_missed_by_no_joiner() {
    let mut stage = Stage::new();
    let mut camera = Encoder::new(0, 360);
    stage.film(&mut [&mut camera], 3, true);
    stage.arrive_padding(&mut camera);
    stage.film(&mut [&mut camera], 3, false);
    let viewer = stage.add_viewer();
    stage.arrive_padding(&mut camera);
    stage.film(&mut [&mut camera], 3, false);
    assert_eq!(stage.shown(viewer, None).len(), 9);
}

#[test]
fn too_many_frames_are_not_kept_and_a_joiner_asks() {
    let mut stage = Stage::new();
    let mut camera = Encoder::new(0, 360);
    stage.film(&mut [&mut camera], 100, true);
    let viewer = stage.add_viewer();
    assert!(stage.is_asked(0));
    stage.film(&mut [&mut camera], 2, false);
    assert!(stage.shown(viewer, None).is_empty());
    stage.film(&mut [&mut camera], 2, true);
    assert!(!stage.is_asked(0));
    assert_eq!(numbers(&stage.shown(viewer, None)), [(0, 103), (0, 104)]);
}

#[test]
fn the_better_encoding_is_chosen_by_size_and_wishes_by_height() {
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    // The larger one came first, and has the lower number.
    let (mut high, mut low) = (Encoder::new(0, 720), Encoder::new(1, 180));
    stage.film(&mut [&mut low, &mut high], 30, true);
    let shown = stage.shown(viewer, None);
    assert_eq!(numbers(&shown).last(), Some(&(0, 30)));
    let layer = stage.slot(viewer).announced.layer.unwrap();
    assert_eq!((layer.encoding, layer.size), (1, Some((1280, 720))));

    stage.wish(viewer, 180);
    assert!(stage.is_asked(1) && !stage.is_asked(0));
    stage.film(&mut [&mut low, &mut high], 5, false);
    let meanwhile = stage.shown(viewer, shown.last().copied());
    assert!(
        meanwhile.iter().all(|frame| frame.encoding == 0),
        "goes on until then"
    );
    stage.film(&mut [&mut low, &mut high], 5, true);
    let after = stage.shown(viewer, meanwhile.last().copied());
    assert_eq!(numbers(&after).last(), Some(&(1, 40)));
    assert_eq!(after.iter().filter(|frame| frame.encoding == 0).count(), 0);
    let step = after[0].timestamp - meanwhile.last().unwrap().timestamp;
    assert_eq!(step, 3_600, "time goes on as it did for the camera");
    let counters = stage.script.shard.counters();
    assert_eq!((counters.layers_up, counters.layers_down), (1, 1));
    let layer = stage.slot(viewer).announced.layer.unwrap();
    assert_eq!((layer.encoding, layer.size), (0, Some((320, 180))));
}

#[test]
fn a_short_cache_spares_a_switch_the_keyframe() {
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    let (mut high, mut low) = (Encoder::new(0, 720), Encoder::new(1, 180));
    stage.film(&mut [&mut high, &mut low], 6, true);
    let before = stage.shown(viewer, None);
    stage.wish(viewer, 180);
    stage.film(&mut [&mut high, &mut low], 6, false);
    assert!(!stage.is_asked(1));
    let after = stage.shown(viewer, before.last().copied());
    assert_eq!(
        numbers(&after),
        (1..=12).map(|number| (1, number)).collect::<Vec<_>>()
    );
    // Frames of the past are squeezed; the newest are where they should be.
    let last = before.last().unwrap().timestamp;
    assert!(after[5].timestamp - last < 60);
    assert!((21_600..21_660).contains(&(after[11].timestamp - last)));
}

#[test]
fn who_misses_the_encoding_that_it_gets_is_given_another_and_back() {
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    let (mut high, mut low) = (Encoder::new(0, 720), Encoder::new(1, 180));
    stage.film(&mut [&mut high, &mut low], 30, true);
    let before = stage.shown(viewer, None);
    // The publisher gives its best up, without a word.
    stage.film(&mut [&mut low], 40, false);
    let during = stage.shown(viewer, before.last().copied());
    assert_eq!(numbers(&during).last(), Some(&(1, 70)));
    let gap = during[0].at - before.last().unwrap().at;
    assert!(gap.as_millis() <= 1_600, "{gap:?} without a picture");
    // A keyframe brings the best back.
    stage.film(&mut [&mut high, &mut low], 5, true);
    let after = stage.shown(viewer, during.last().copied());
    assert_eq!(numbers(&after).last(), Some(&(0, 35)));
}

#[test]
fn a_screen_that_is_still_for_a_minute_keeps_its_place() {
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    let (mut high, mut low) = (Encoder::new(0, 720), Encoder::new(1, 180));
    stage.film(&mut [&mut low, &mut high], 30, true);
    let before = stage.shown(viewer, None);
    stage.script.run(60_000);
    low.timestamp = low.timestamp.wrapping_add(90 * 60_000);
    high.timestamp = high.timestamp.wrapping_add(90 * 60_000);
    stage.film(&mut [&mut low, &mut high], 30, false);
    let after = stage.shown(viewer, before.last().copied());
    assert_eq!(after.len(), 30);
    assert!(after.iter().all(|frame| frame.encoding == 0));
    let track = &stage.script.shard.tracks[stage.track];
    let options = track.options(stage.script.now);
    assert!(
        options
            .iter()
            .all(|option| option.is_live && option.bitrate > 0)
    );
}

#[test]
fn who_joins_a_still_screen_sees_it_at_once() {
    let mut stage = Stage::new();
    stage.script.shard.tracks[stage.track].source = TrackSource::Screen;
    let mut screen = Encoder::new(0, 720);
    stage.film(&mut [&mut screen], 5, true);
    stage.script.run(60_000);
    let viewer = stage.add_viewer();
    assert_eq!(stage.shown(viewer, None).len(), 5);
}

#[test]
fn what_was_shown_before_a_mute_is_not_shown_after_it() {
    let mut stage = Stage::new();
    let mut camera = Encoder::new(0, 360);
    stage.film(&mut [&mut camera], 20, true);
    stage.set_muted(true);
    stage.film(&mut [&mut camera], 5, true);
    assert_eq!(stage.script.shard.occupancy().cached_bytes, 0);
    let viewer = stage.add_viewer();
    stage.set_muted(false);
    stage.film(&mut [&mut camera], 5, false);
    assert!(stage.shown(viewer, None).is_empty());
    assert!(stage.is_asked(0));
    stage.film(&mut [&mut camera], 5, true);
    assert_eq!(stage.shown(viewer, None).len(), 5);
}

#[test]
fn who_hid_a_picture_for_more_than_all_numbers_goes_on_as_if_nothing_was() {
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    let mut camera = Encoder::new(0, 360);
    stage.film(&mut [&mut camera], 10, true);
    let before = stage.script.speakers[viewer].seen.clone();
    let shown = stage.shown(viewer, None);
    stage.wish(viewer, 0);
    for _ in 0..40_000 {
        for packet in camera.frame(false) {
            stage.arrive(&camera, packet);
        }
    }
    stage.script.run(60_000);
    assert!(stage.shown(viewer, None).is_empty());
    stage.wish(viewer, 720);
    assert!(stage.is_asked(0), "the cache is too long");
    stage.film(&mut [&mut camera], 5, true);
    let first = stage.script.speakers[viewer].seen[0].packet.sequence;
    assert_eq!(first, before.last().unwrap().packet.sequence + 1);
    assert_eq!(stage.shown(viewer, shown.last().copied()).len(), 5);
}

#[test]
fn a_keyframe_whose_start_was_overtaken_is_shown_whole() {
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    let mut camera = Encoder::new(0, 360);
    stage.film(&mut [&mut camera], 100, true);
    let before = stage.shown(viewer, None);
    stage.wish(viewer, 0);
    stage.wish(viewer, 720);
    stage.film(&mut [&mut camera], 3, false);
    assert!(stage.shown(viewer, before.last().copied()).is_empty());
    let [first, last] = camera.frame(true);
    let next = camera.frame(false);
    stage.arrive(&camera, last);
    for packet in next {
        stage.arrive(&camera, packet);
    }
    stage.script.run(FRAME_MILLIS);
    stage.arrive(&camera, first);
    stage.film(&mut [&mut camera], 2, false);
    stage.script.run(100);
    let mut seen = std::mem::take(&mut stage.script.speakers[viewer].seen);
    seen.sort_by_key(|packet| packet.packet.sequence);
    stage.script.speakers[viewer].seen = seen;
    assert_eq!(stage.shown(viewer, before.last().copied()).len(), 2 + 2);
}

#[test]
fn another_stream_of_the_encoding_begins_with_its_keyframe() {
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    let mut camera = Encoder::new(0, 360);
    stage.film(&mut [&mut camera], 10, true);
    let before = stage.shown(viewer, None);
    let mut again = Encoder::new(0, 360);
    again.epoch = 1;
    again.timestamp = 5;
    again.sequence = 3;
    again.number = 500;
    stage.film(&mut [&mut again], 5, false);
    assert!(stage.shown(viewer, None).is_empty());
    assert!(stage.is_asked(0));
    stage.film(&mut [&mut again], 5, true);
    let after = stage.shown(viewer, before.last().copied());
    assert_eq!(after.len(), 5);
    let step = after[0].timestamp - before.last().unwrap().timestamp;
    assert_eq!(step, 6 * 3_600, "time goes on by arrival");
}

#[test]
fn nothing_stays_in_caches_when_everybody_left() {
    let mut stage = Stage::new();
    let mut camera = Encoder::new(0, 360);
    stage.film(&mut [&mut camera], 10, true);
    assert!(stage.script.shard.occupancy().cached_bytes > 2_000);
    let participant = stage.script.speakers[0].participant;
    stage
        .script
        .shard
        .remove_participant(super::script::ROOM, participant);
    assert_eq!(stage.script.shard.occupancy().cached_bytes, 0);
}

#[test]
fn a_loss_of_the_publishers_stays_a_gap_and_its_repair_fills_it() {
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    let mut camera = Encoder::new(0, 360);
    stage.film(&mut [&mut camera], 3, true);
    let [missed, ended] = camera.frame(false);
    stage.arrive(&camera, ended);
    stage.film(&mut [&mut camera], 2, false);
    let before: Vec<_> = sequences(&stage, viewer);
    let missing = before.windows(2).find(|pair| pair[0] + 1 != pair[1]);
    let missing = missing.expect("the gap is passed on")[0] + 1;
    stage.arrive(&camera, missed);
    stage.script.run(FRAME_MILLIS);
    assert_eq!(sequences(&stage, viewer).last(), Some(&missing));
    assert!(!stage.is_asked(0), "a gap alone is no reason to ask");
}

fn sequences(stage: &Stage, viewer: usize) -> Vec<u64> {
    let seen = stage.script.speakers[viewer].seen.iter();
    seen.map(|packet| packet.packet.sequence).collect()
}

#[test]
fn a_viewers_request_concerns_the_encoding_that_it_is_sent() {
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    let (mut high, mut low) = (Encoder::new(0, 720), Encoder::new(1, 180));
    stage.film(&mut [&mut high, &mut low], 30, true);
    let (key, mid) = (stage.viewer(viewer), stage.slot(viewer).mid);
    stage.script.shard.keyframe_requested(key, mid);
    assert!(stage.is_asked(0) && !stage.is_asked(1));
    // While another encoding is awaited, the request is for what is seen.
    stage.film(&mut [&mut high, &mut low], 1, true);
    stage.film(&mut [&mut high, &mut low], 30, false);
    stage.wish(viewer, 180);
    stage.script.shard.keyframe_requested(key, mid);
    assert!(stage.is_asked(0) && stage.is_asked(1));
    // Who hid the picture has no use for any.
    stage.wish(viewer, 0);
    stage.script.run(2_000);
    assert!(!stage.is_asked(0) && !stage.is_asked(1));
}

#[test]
fn nobody_asks_for_what_does_not_come() {
    let mut stage = Stage::new();
    stage.add_viewer();
    let (mut high, mut low) = (Encoder::new(0, 720), Encoder::new(1, 180));
    stage.film(&mut [&mut high, &mut low], 30, true);
    stage.film(&mut [&mut low], 60, true);
    let key = stage.track;
    stage.script.shard.want_keyframe(key, EncodingId(0));
    assert!(!stage.is_asked(0), "it stopped without a word");
    let track = &stage.script.shard.tracks[stage.track];
    assert!(!track.is_live(EncodingId(0), stage.script.now));
}

#[test]
fn all_caches_together_are_bounded() {
    let mut stage = Stage::new();
    stage.script.shard.cache_budget = CacheBudget::new(3_000);
    let mut camera = Encoder::new(0, 360);
    for frame in 0..30 {
        stage.film(&mut [&mut camera], 1, frame == 0);
        assert!(stage.script.shard.occupancy().cached_bytes <= 3_000);
    }
    stage.add_viewer();
    assert!(stage.is_asked(0), "the picture is too long to be kept");
}

#[test]
fn a_narrow_line_gets_a_keyframe_rather_than_the_past() {
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    let mut camera = Encoder::new(0, 360);
    stage.film(&mut [&mut camera], 20, true);
    let before = stage.shown(viewer, None);
    stage.wish(viewer, 0);
    stage.film(&mut [&mut camera], 5, false);
    let key = stage.viewer(viewer);
    stage.script.shard.peers[key].estimate = Some(8_000);
    stage.wish(viewer, 720);
    stage.script.run(FRAME_MILLIS);
    assert!(stage.shown(viewer, before.last().copied()).is_empty());
    assert!(stage.is_asked(0));
}
