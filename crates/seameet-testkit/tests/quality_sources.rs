//! What a viewer sees of cameras and screens that are not all alike.
//!
//! Each bound was set to something impossible once, and each test failed then: heights to 1, times to nothing, counts
//! to the largest number.

use std::time::Duration;

use seameet_core::Codec;
use seameet_testkit::VideoPlan;
use seameet_testkit::scenarios;

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

#[test]
fn who_comes_late_sees_a_picture_at_once() {
    for video in [
        VideoPlan::simulcast(),
        VideoPlan::simulcast_h264(),
        VideoPlan::layered(Codec::Vp9),
        VideoPlan::layered(Codec::Av1),
    ] {
        let codec = video.codec;
        let rows = scenarios::late_joiner(video);
        let sight = &rows[0].sight;
        assert!(
            sight.first.unwrap() <= 400 * MILLISECOND,
            "{codec:?} {sight:#?}"
        );
    }
}

#[test]
fn a_camera_that_answers_nobody_is_seen_at_once() {
    let rows = scenarios::deaf();
    let sight = &rows[0].sight;
    assert!(sight.first.unwrap() <= 300 * MILLISECOND, "{sight:#?}");
    assert!(sight.longest_gap <= 300 * MILLISECOND, "{sight:#?}");
}

#[test]
fn a_still_screen_stays_and_nobody_asks_for_keyframes() {
    let (rows, requests) = scenarios::still_screen();
    let sight = &rows[0].sight;
    assert_eq!(sight.last_height, Some(1080), "{sight:#?}");
    assert!(sight.first.unwrap() <= 3 * SECOND, "{sight:#?}");
    assert!(sight.longest_gap <= 11 * SECOND, "{sight:#?}");
    assert!(requests <= 3, "{requests} requests");
}

#[test]
fn a_slow_processor_costs_only_what_it_cannot_encode() {
    let rows = scenarios::processor();
    let heights: Vec<_> = rows
        .iter()
        .map(|row| row.sight.last_height.unwrap())
        .collect();
    assert_eq!(heights, [720, 360, 720]);
    for row in &rows {
        assert!(row.sight.settled.unwrap() <= 8 * SECOND, "{row:#?}");
        assert!(row.sight.longest_gap <= 4 * SECOND, "{row:#?}");
    }
}

#[test]
fn a_short_uplink_costs_only_what_does_not_fit() {
    let rows = scenarios::short_uplink();
    assert_eq!(rows[0].sight.last_height, Some(720), "{:#?}", rows[0]);
    assert_eq!(rows[1].sight.last_height, Some(360), "{:#?}", rows[1]);
    assert_eq!(rows[2].sight.last_height, Some(720), "{:#?}", rows[2]);
}

#[test]
fn four_codecs_in_one_room_are_all_seen() {
    let rows = scenarios::codec_mix();
    assert_eq!(rows.len(), 4);
    for row in &rows {
        assert_eq!(row.sight.last_height, Some(720), "{row:#?}");
        assert!(row.sight.settled.unwrap() <= 10 * SECOND, "{row:#?}");
        assert!(row.sight.longest_gap <= 5 * SECOND / 2, "{row:#?}");
    }
}
