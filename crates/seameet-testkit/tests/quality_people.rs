//! What many people at once see and hear, and what they do to each other.
//!
//! Each bound was set to something impossible once, and each test failed then: heights to 1, times to nothing, shares
//! to more than all.

use std::time::Duration;

use seameet_testkit::scenarios;

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn twenty_viewers_get_what_their_own_line_takes() {
    for (width, row) in scenarios::crowd() {
        let height = match width {
            0..500_000 => 180,
            500_000..2_000_000 => 360,
            _ => 720,
        };
        let sight = &row.sight;
        assert_eq!(sight.usual_height, height, "{row:#?}");
        assert!(sight.longest_wait() <= 300 * MILLISECOND, "{row:#?}");
        assert!(sight.longest_gap <= 500 * MILLISECOND, "{row:#?}");
    }
}

#[test]
fn who_comes_with_the_camera_is_not_buried_under_its_first_frames() {
    for row in scenarios::together() {
        let sight = &row.sight;
        assert_eq!(sight.last_height, Some(720), "{sight:#?}");
        assert!(
            sight.settled.unwrap() <= Duration::from_secs(3),
            "{sight:#?}"
        );
        assert!(sight.longest_wait() <= 300 * MILLISECOND, "{sight:#?}");
    }
}

#[test]
fn on_a_line_too_short_for_three_somebody_is_seen_all_the_time() {
    let rows = scenarios::grid();
    let fps = |row: &scenarios::Row| row.sight.fps;
    let best = rows
        .iter()
        .max_by(|one, other| fps(one).total_cmp(&fps(other)));
    let best = best.unwrap();
    assert!(best.sight.fps >= 8.0, "{rows:#?}");
    assert!(best.sight.longest_gap <= 6_000 * MILLISECOND, "{best:#?}");
}

#[test]
fn a_slow_viewer_changes_nothing_for_others() {
    let seen = scenarios::neighbours();
    let [beside_slow, beside_fast] = seen.pictures;
    for (one, other) in beside_slow.iter().zip(&beside_fast) {
        assert!(one.len() > 590, "{} pictures", one.len());
        // The first and the last picture may fall to either side of the border.
        let common = |pictures: &[(Duration, u16)]| pictures[2..pictures.len() - 2].to_vec();
        let missing = common(one).iter().filter(|it| !other.contains(it)).count();
        let added = common(other).iter().filter(|it| !one.contains(it)).count();
        assert_eq!(
            (missing, added),
            (0, 0),
            "the same pictures at the same sizes"
        );
    }
    for (slow, fast) in seen.beside_slow.iter().zip(&seen.beside_fast) {
        let difference = slow.sight.longest_gap.abs_diff(fast.sight.longest_gap);
        assert!(difference <= 30 * MILLISECOND, "{slow:#?} {fast:#?}");
    }
}

#[test]
fn the_loss_of_a_sender_lowers_no_viewers_estimate() {
    let seen = scenarios::sender_loss();
    let [with_loss, without] = &seen.estimates;
    assert_eq!(
        (with_loss.len(), without.len()),
        (2, 2),
        "estimates are known"
    );
    for (one, other) in with_loss.iter().zip(without) {
        assert!(*one >= other * 9 / 10, "{with_loss:?} {without:?}");
    }
    let other = &seen.row.sight;
    assert_eq!(other.usual_height, 720, "{other:#?}");
    assert!(other.longest_gap <= 100 * MILLISECOND, "{other:#?}");
}

#[test]
fn of_fifty_talkers_those_who_speak_are_heard_in_three_slots() {
    let talkers = scenarios::talkers();
    assert!(talkers.heard >= 0.85, "{talkers:?}");
    assert!(talkers.longest_onset <= 500 * MILLISECOND, "{talkers:?}");
    assert!(!talkers.heard_itself, "{talkers:?}");
}

#[test]
fn redundancy_reaches_who_loses_packets_and_spares_who_does_not() {
    let [unharmed, lossy, without] = scenarios::redundant_talk();
    assert!(unharmed.heard >= 0.999, "{unharmed:?}");
    assert_eq!(unharmed.redundant, 0, "{unharmed:?}");
    assert!(lossy.heard >= 0.98, "{lossy:?}");
    assert!(lossy.bitrate >= unharmed.bitrate * 3 / 2, "{lossy:?}");
    assert!((0.85..0.95).contains(&without.heard), "{without:?}");
    assert_eq!(without.redundant, 0, "{without:?}");
}
