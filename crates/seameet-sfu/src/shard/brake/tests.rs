//! Tests of the brake on a line that became narrow.

use std::time::{Duration, Instant};

use seameet_pipeline::PeerStatistics;

use super::{Brake, LEAST};

/// As figures come.
const INTERVAL: Duration = Duration::from_millis(250);

fn figures(rtt: u64, sent: u64, loss: u16) -> PeerStatistics {
    PeerStatistics {
        rtt: Some(Duration::from_millis(rtt)),
        is_transport_rtt: true,
        sent_bitrate: sent,
        sent_loss_permille: Some(loss),
        ..PeerStatistics::default()
    }
}

/// Plays figures, one each interval, while the engine's own estimate falls a little each time. Tells what was begun anew
/// with, and whether the brake was on.
fn play(brake: &mut Brake, estimate: u64, all: &[PeerStatistics]) -> Vec<(Option<u64>, bool)> {
    let start = Instant::now();
    let steps = (1_u32..).zip(all);
    let mut estimate = estimate;
    let step = |(step, figures): (u32, &PeerStatistics)| {
        let at = start + INTERVAL * step;
        estimate -= 1;
        (
            brake.note_statistics(at, estimate, figures),
            brake.is_on(at),
        )
    };
    steps.map(step).collect()
}

fn begun(played: &[(Option<u64>, bool)]) -> Vec<Option<u64>> {
    played.iter().map(|(begun, _)| *begun).collect()
}

#[test]
fn a_flooded_line_is_thought_to_take_what_comes_through() {
    let after = |estimate, figures| play(&mut Brake::default(), estimate, &[figures])[0];
    let flooded = figures(50, 1_000_000, 400);
    assert_eq!(after(2_000_000, flooded), (Some(510_000), false));
    assert_eq!(after(400_000, flooded), (None, false), "less already");
    assert_eq!(after(LEAST, figures(50, 1_000_000, 990)), (None, false));
    assert_eq!(after(2_000_000, figures(50, 1_000_000, 100)), (None, false));
    let by_stream = PeerStatistics {
        is_transport_rtt: false,
        ..flooded
    };
    assert_eq!(after(2_000_000, by_stream), (None, false));
}

#[test]
fn who_sends_little_does_not_lose_all_at_once() {
    let still = [figures(50, 60_000, 400); 6];
    let played = play(&mut Brake::default(), 4_000_008, &still);
    assert_eq!(
        begun(&played),
        [Some(500_000), None, None, None, Some(500_000), None],
        "an eighth at most, and once in a second"
    );
}

#[test]
fn a_delay_that_grows_tells_what_comes_through() {
    let line = [50, 50, 200, 400, 550, 620, 400].map(|rtt| figures(rtt, 2_000_000, 0));
    let played = play(&mut Brake::default(), 2_000_000, &line);
    // Of a quarter of a second's packets, two fifths came within it: they took 150 ms longer.
    let expected = [None, None, None, None, Some(680_000), None, None];
    assert_eq!(begun(&played), expected);
    assert!(played.iter().all(|(_, is_on)| !is_on));
}

#[test]
fn a_delay_that_the_estimator_knows_nothing_of_is_not_the_lines() {
    let now = Instant::now();
    let mut brake = Brake::default();
    for (step, rtt) in (1_u32..).zip([50, 50, 500, 600, 900]) {
        let figures = figures(rtt, 2_000_000, 0);
        let begun = brake.note_statistics(now + INTERVAL * step, 2_000_000, &figures);
        assert_eq!(begun, None, "{rtt} ms");
    }
}

#[test]
fn a_full_way_stops_pictures_until_it_has_come_through() {
    let start = Instant::now();
    let after = |ms| start + Duration::from_millis(ms);
    let mut brake = Brake::default();
    brake.note_statistics(after(0), 2_000_000, &figures(50, 2_000_000, 0));
    assert!(!brake.is_strained(after(0)));
    brake.note_statistics(after(250), 1_500_000, &figures(850, 2_000_000, 0));
    assert!(brake.is_on(after(1_049)));
    assert_eq!(brake.deadline(after(300)), Some(after(1_050)));
    // Nothing was sent, so nothing new was measured.
    brake.note_statistics(after(500), 1_400_000, &figures(850, 0, 0));
    assert!(!brake.is_on(after(1_050)));
    assert!(brake.is_strained(after(1_050)));
    brake.note_statistics(after(1_100), 1_300_000, &figures(149, 100_000, 0));
    assert!(!brake.is_strained(after(1_100)));
}

#[test]
fn a_way_is_full_if_the_estimate_bears_it_out_or_knows_nothing() {
    let start = Instant::now();
    let is_full = |estimate, sent_loss_permille| {
        let mut brake = Brake::default();
        brake.note_statistics(start, 2_000_000, &figures(50, 2_000_000, 0));
        let late = PeerStatistics {
            sent_loss_permille,
            ..figures(850, 2_000_000, 0)
        };
        let at = start + INTERVAL;
        brake.note_statistics(at, estimate, &late);
        brake.is_on(at)
    };
    assert!(is_full(1_500_000, Some(0)));
    assert!(!is_full(1_500_001, Some(0)), "the way back is full");
    assert!(is_full(2_000_000, None), "the estimate knows nothing");
}

#[test]
fn a_route_that_got_longer_is_believed_after_three_seconds() {
    let start = Instant::now();
    let mut brake = Brake::default();
    brake.note_statistics(start, 60_000, &figures(50, 50_000, 0));
    let on = (1_u32..=16).map(|step| {
        let at = start + INTERVAL * step;
        // Jitter keeps the figures from being taken for the same one.
        let figures = figures(850 + u64::from(step % 2), 50_000, 0);
        brake.note_statistics(at, 45_000 - u64::from(step), &figures);
        brake.is_on(at)
    });
    let on: Vec<_> = on.collect();
    assert_eq!(on[..12], [true; 12]);
    assert_eq!(on[12..], [false; 4]);
}

#[test]
fn a_line_is_flooded_as_long_as_that_is_fresh() {
    let start = Instant::now();
    let after = |ms| start + Duration::from_millis(ms);
    let mut brake = Brake::default();
    for (at, rtt) in [(0, 2_500), (500, 2_400), (1_000, 2_400), (2_000, 2_400)] {
        brake.note_statistics(after(at), 60_000, &figures(rtt, 50_000, 0));
    }
    assert!(!brake.is_on(after(2_000)), "it was always so long");
    assert!(brake.is_flooded(after(2_400)));
    assert!(!brake.is_flooded(after(2_500)));
    brake.note_statistics(after(2_500), 60_000, &figures(100, 50_000, 300));
    assert!(brake.is_flooded(after(2_500)));
}
