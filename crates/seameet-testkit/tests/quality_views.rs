//! What a viewer sees when it asks for another picture, hides it or moves.
//!
//! Each bound was set to something impossible once, and each test failed then: heights to 1, times to nothing, counts
//! to the largest number.
#![expect(clippy::unwrap_used, reason = "a failed expectation is the report")]

use std::time::Duration;

use seameet_core::Codec;
use seameet_testkit::VideoPlan;
use seameet_testkit::scenarios;

const SECOND: Duration = Duration::from_secs(1);

fn assert_resizes(video: VideoPlan) {
    let rows = scenarios::resize(video);
    let heights: Vec<_> = rows
        .iter()
        .map(|row| row.sight.last_height.unwrap())
        .collect();
    assert_eq!(heights, [720, 180, 360, 720]);
    for row in &rows {
        assert!(row.sight.settled.unwrap() <= 8 * SECOND, "{row:#?}");
        assert!(row.sight.longest_gap <= SECOND, "{row:#?}");
    }
}

#[test]
fn a_tile_gets_the_simulcast_encoding_of_its_size() {
    assert_resizes(VideoPlan::simulcast());
}

#[test]
fn a_tile_gets_the_layers_of_its_size() {
    assert_resizes(VideoPlan::layered(Codec::Vp9));
}

#[test]
fn half_a_minute_hidden_is_full_quality_again_soon() {
    for video in [VideoPlan::simulcast(), VideoPlan::layered(Codec::Av1)] {
        let rows = scenarios::hidden(video);
        assert_eq!(rows[0].sight.last_height, Some(720), "{:#?}", rows[0]);
        // A picture may have been on its way.
        assert!(rows[1].sight.fps <= 0.1, "{:#?}", rows[1]);
        let again = &rows[2].sight;
        assert_eq!(again.last_height, Some(720), "{again:#?}");
        assert!(again.first.unwrap() <= SECOND, "{again:#?}");
        assert!(again.settled.unwrap() <= 8 * SECOND, "{again:#?}");
    }
}

#[test]
fn a_pause_of_more_packets_than_there_are_numbers_ends_with_a_picture() {
    let (rows, passed) = scenarios::long_pause();
    assert!(passed > 65_536 + 1_000, "only {passed} packets passed");
    let again = &rows[2].sight;
    assert!(again.first.unwrap() <= SECOND, "{again:#?}");
    assert!(again.longest_gap <= SECOND, "{again:#?}");
}

#[test]
fn another_address_amid_a_switch_breaks_nothing() {
    let rows = scenarios::rebind(VideoPlan::simulcast());
    let after = &rows[1].sight;
    assert_eq!(rows[0].sight.last_height, Some(180), "{:#?}", rows[0]);
    assert_eq!(after.last_height, Some(720), "{after:#?}");
    assert!(after.settled.unwrap() <= 25 * SECOND, "{after:#?}");
}
