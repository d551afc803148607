//! What a viewer sees on lines of different and of changing width.
//!
//! Each bound was set to something impossible once, and each test failed then: heights to 1, times to nothing.
#![expect(clippy::unwrap_used, reason = "a failed expectation is the report")]

use std::time::Duration;

use seameet_core::Codec;
use seameet_testkit::scenarios::{self, Row};
use seameet_testkit::{Sight, VideoPlan};

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
/// Nothing may wait longer than this, on the line and in the server.
const LONGEST_WAIT: Duration = Duration::from_millis(300);

/// The viewer got the picture that fits, soon, and its line was never flooded.
fn assert_fits(rows: &[Row], height: u16) {
    let sight = &rows[0].sight;
    assert_eq!(sight.last_height, Some(height), "{sight:#?}");
    assert!(sight.settled.unwrap() <= 5 * SECOND, "{sight:#?}");
    assert_waits(sight);
}

fn assert_waits(sight: &Sight) {
    assert!(sight.longest_wait() <= LONGEST_WAIT, "{sight:#?}");
}

#[test]
fn a_line_of_300_kbit_carries_the_smallest_picture() {
    let rows = scenarios::fits(VideoPlan::simulcast(), 300_000);
    assert_fits(&rows, 180);
}

#[test]
fn a_line_of_800_kbit_carries_the_middle_picture() {
    assert_fits(&scenarios::fits(VideoPlan::simulcast(), 800_000), 360);
}

#[test]
fn a_line_of_3_mbit_carries_the_largest_picture() {
    assert_fits(&scenarios::fits(VideoPlan::simulcast(), 3_000_000), 720);
}

#[test]
fn h264_without_temporal_layers_fits_its_line_too() {
    assert_fits(&scenarios::fits(VideoPlan::simulcast_h264(), 800_000), 360);
}

#[test]
fn layers_of_vp9_fit_their_line() {
    assert_fits(
        &scenarios::fits(VideoPlan::layered(Codec::Vp9), 800_000),
        360,
    );
}

#[test]
fn layers_of_av1_fit_their_line() {
    assert_fits(
        &scenarios::fits(VideoPlan::layered(Codec::Av1), 800_000),
        360,
    );
}

/// Down with the line at once, and up again with it.
fn assert_recovers(rows: &[Row], limit: Duration) {
    let [before, narrow, after] = rows else {
        panic!("three phases");
    };
    assert_eq!(before.sight.last_height, Some(720), "{before:#?}");
    let moves = narrow.sight.fps >= 1.0;
    assert!(
        !moves || narrow.sight.last_height < Some(360),
        "{narrow:#?}"
    );
    assert_eq!(after.sight.last_height, Some(720), "{after:#?}");
    assert!(after.sight.settled.unwrap() <= limit, "{after:#?}");
}

#[test]
fn five_megabit_to_200_kbit_and_back_is_full_quality_again_within_15_seconds() {
    let rows = scenarios::squeeze(37, VideoPlan::simulcast());
    assert_recovers(&rows, 15 * SECOND);
    assert_eq!(rows[1].sight.last_height, Some(180), "{:#?}", rows[1]);
    assert!(rows[1].sight.longest_gap <= 3 * SECOND, "{:#?}", rows[1]);
    assert_waits(&rows[2].sight);
}

/// What the server has for a line that became narrow is out of date before it could be sent. It may get older where the
/// keyframe that followed the first cut takes long as well.
#[test]
fn nothing_grows_old_in_the_server_when_a_line_becomes_narrow() {
    for video in [
        VideoPlan::simulcast(),
        VideoPlan::layered(Codec::Vp9),
        VideoPlan::layered(Codec::Av1),
    ] {
        for seed in 37..40 {
            let rows = scenarios::squeeze(seed, video.clone());
            let narrow = &rows[1].sight;
            assert!(
                narrow.server_wait <= 1_050 * MILLISECOND,
                "{seed} {narrow:#?}"
            );
            assert_eq!(narrow.last_height, Some(180), "{seed} {narrow:#?}");
            assert!(narrow.longest_gap <= 5 * SECOND, "{seed} {narrow:#?}");
        }
    }
}

#[test]
fn layers_of_vp9_go_down_and_up_with_the_line() {
    let rows = scenarios::squeeze(37, VideoPlan::layered(Codec::Vp9));
    assert_recovers(&rows, 15 * SECOND);
}

#[test]
fn layers_of_av1_go_down_and_up_with_the_line() {
    let rows = scenarios::squeeze(37, VideoPlan::layered(Codec::Av1));
    assert_recovers(&rows, 15 * SECOND);
}

#[test]
fn a_minute_at_20_kbit_is_no_end() {
    for video in [VideoPlan::simulcast(), VideoPlan::layered(Codec::Av1)] {
        let rows = scenarios::starve(video);
        assert_recovers(&rows, 20 * SECOND);
        let after = &rows[2].sight;
        assert!(after.longest_gap <= 10 * SECOND, "{after:#?}");
    }
}

#[test]
fn a_little_loss_costs_no_quality() {
    let rows = scenarios::loss(VideoPlan::simulcast());
    let sight = &rows[0].sight;
    assert_eq!(sight.last_height, Some(720), "{sight:#?}");
    assert!(sight.settled.unwrap() <= 10 * SECOND, "{sight:#?}");
    assert!(sight.longest_gap <= 500 * MILLISECOND, "{sight:#?}");
}

/// The estimator is misled by some of these ways as well; the scenes are judged together.
#[test]
fn what_waits_on_the_way_back_is_not_taken_for_a_narrow_line() {
    let mut shares = Vec::new();
    for seed in 25..33 {
        for video in [VideoPlan::simulcast(), VideoPlan::layered(Codec::Vp9)] {
            let rows = scenarios::full_way_back(seed, video);
            let sight = &rows[1].sight;
            assert!(sight.longest_gap <= 3 * SECOND, "{sight:#?}");
            shares.push(sight.share_of(720));
        }
    }
    assert!(shares.iter().sum::<f64>() >= 10.0, "of 16: {shares:?}");
}

/// Whether anything is heard of what was sent tells nothing that the estimate does not know better.
#[test]
fn what_is_not_reported_on_for_two_seconds_costs_no_quality() {
    for (video, ways) in [
        (VideoPlan::simulcast(), (true, false)),
        (VideoPlan::simulcast(), (true, true)),
        (VideoPlan::layered(Codec::Av1), (true, true)),
        (VideoPlan::simulcast(), (false, true)),
        (VideoPlan::layered(Codec::Av1), (false, true)),
    ] {
        let rows = scenarios::outage(26, video, ways);
        let [_, dead, after] = &rows[..] else {
            panic!("three phases");
        };
        let (is_dead, _) = ways;
        let gap = dead.sight.longest_gap;
        assert!(is_dead || gap <= 100 * MILLISECOND, "{dead:#?}");
        let sight = &after.sight;
        assert_eq!(sight.last_height, Some(720), "{sight:#?}");
        assert!(sight.settled.unwrap() <= SECOND, "{sight:#?}");
        assert_waits(sight);
    }
}
