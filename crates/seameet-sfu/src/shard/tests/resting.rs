//! Encodings that their publisher was asked to stop, since nobody watched them.

use seameet_rtp::EncodingId;

use super::stage::{Encoder, FRAME_TICKS, Stage};

#[test]
fn what_the_publisher_was_asked_to_stop_can_be_wanted_again() {
    let mut stage = Stage::new();
    stage.add_viewer();
    let (mut high, mut low) = (Encoder::new(0, 720), Encoder::new(1, 180));
    high.bytes = 1_000;
    stage.film(&mut [&mut high, &mut low], 60, true);
    let (key, now) = (stage.track, stage.script.now);
    let demand = |stage: &mut Stage, now, is_wanted| {
        let high = stage.script.shard.tracks[key].encoding_mut(EncodingId(0));
        high.unwrap().note_demand(now, is_wanted);
    };
    demand(&mut stage, now, false);
    stage.film(&mut [&mut low], 300, true);
    stage.script.shard.want_keyframe(key, EncodingId(0));
    assert!(!stage.is_asked(0), "not before it is wanted");
    let now = stage.script.now;
    let best = *stage.script.shard.tracks[key].options(now).last().unwrap();
    assert_eq!(best.target.encoding, EncodingId(0));
    assert!(best.is_live && best.bitrate > 300_000, "{best:?}");
    demand(&mut stage, now, true);
    stage.script.shard.want_keyframe(key, EncodingId(0));
    assert!(stage.is_asked(0));
    // A publisher that does not heed is given up.
    stage.film(&mut [&mut low], 100, false);
    let now = stage.script.now;
    assert!(!stage.script.shard.tracks[key].is_live(EncodingId(0), now));
}

#[test]
fn nobody_is_shown_what_an_encoding_sent_before_it_rested() {
    const REST: u32 = 100;
    let mut stage = Stage::new();
    let viewer = stage.add_viewer();
    let (mut high, mut low) = (Encoder::new(0, 720), Encoder::new(1, 180));
    stage.film(&mut [&mut high, &mut low], 10, true);
    stage.wish(viewer, 180);
    stage.film(&mut [&mut high, &mut low], 10, true);
    let (key, now) = (stage.track, stage.script.now);
    let resting = stage.script.shard.tracks[key].encoding_mut(EncodingId(0));
    resting.unwrap().note_demand(now, false);
    stage.film(&mut [&mut low], REST, false);
    let before = stage.shown(viewer, None);
    assert_eq!(before.last().unwrap().encoding, 1);

    stage.wish(viewer, 720);
    stage.film(&mut [&mut low], 3, false);
    high.timestamp += (REST + 3) * FRAME_TICKS;
    stage.film(&mut [&mut low, &mut high], 5, true);
    let after = stage.shown(viewer, before.last().copied());
    let encodings: Vec<_> = after.iter().map(|frame| frame.encoding).collect();
    assert_eq!(encodings.first(), Some(&1), "the small one goes on");
    assert_eq!(encodings.last(), Some(&0), "the large one is there again");
    for pair in after.windows(2) {
        let step = pair[1].timestamp - pair[0].timestamp;
        assert!(step <= 2 * FRAME_TICKS, "{pair:?}");
    }
}
