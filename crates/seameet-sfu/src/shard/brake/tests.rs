//! Tests of the brake on a line that became narrow.

use std::time::{Duration, Instant};

use seameet_pipeline::{PeerStatistics, Silence};

use super::{Brake, LEAST};

const INTERVAL: Duration = Duration::from_millis(500);

fn figures(rtt: u64, sent: u64, loss: u16) -> PeerStatistics {
    PeerStatistics {
        rtt: Some(Duration::from_millis(rtt)),
        sent_bitrate: sent,
        sent_loss_permille: Some(loss),
        ..PeerStatistics::default()
    }
}

/// Plays figures, one each interval. Tells what was begun anew with, and whether the brake was on.
fn play(brake: &mut Brake, estimate: u64, all: &[PeerStatistics]) -> Vec<(Option<u64>, bool)> {
    let start = Instant::now();
    let mut at = start;
    let mut step = |figures: &PeerStatistics| {
        at += INTERVAL;
        let begun = brake.note_statistics(at, estimate, figures);
        (begun, brake.is_on(at))
    };
    all.iter().map(&mut step).collect()
}

#[test]
fn a_flooded_line_is_thought_to_take_what_comes_through() {
    let after = |estimate, figures| play(&mut Brake::default(), estimate, &[figures])[0];
    let flooded = figures(50, 1_000_000, 400);
    assert_eq!(after(2_000_000, flooded), (Some(510_000), false));
    let hopeless = figures(50, 1_000_000, 990);
    assert_eq!(after(2_000_000, hopeless), (Some(LEAST), false));
    assert_eq!(after(LEAST, hopeless), (None, false));
    assert_eq!(after(400_000, flooded), (None, false), "less already");
    assert_eq!(after(2_000_000, figures(50, 1_000_000, 100)), (None, false));
}

fn silence(reports: u64, media: Option<u64>) -> Silence {
    Silence {
        reports: Duration::from_millis(reports),
        media: media.map(Duration::from_millis),
    }
}

#[test]
fn who_stood_still_as_a_whole_keeps_its_estimate() {
    let talking = PeerStatistics {
        received_bitrate: 40_000,
        ..figures(0, 4_000_000, 0)
    };
    // Stood still; sends and does not get; never sent; mutes itself at that time.
    let cases = [
        (Some(600), None),
        (Some(20), Some(500_000)),
        (None, Some(500_000)),
        (Some(60_000), Some(500_000)),
    ];
    for (media, begun) in cases {
        let now = Instant::now();
        let mut brake = Brake::default();
        brake.note_statistics(now, 4_000_000, &talking);
        brake.note_silence(4_000_000, Some(silence(600, media)));
        assert!(brake.is_on(now), "{media:?}");
        assert_eq!(brake.note_silence(4_000_000, None), begun, "{media:?}");
        assert!(!brake.is_on(now), "{media:?}");
    }
}

#[test]
fn silence_stops_pictures_and_leaves_an_eighth() {
    let now = Instant::now();
    let mut brake = Brake::default();
    let silence = |ms| Some(silence(ms, None));
    assert_eq!(brake.note_silence(4_000_000, silence(499)), None);
    assert!(!brake.is_on(now));
    assert_eq!(brake.note_silence(4_000_000, silence(500)), None);
    assert!(brake.is_on(now));
    assert_eq!(brake.note_silence(4_000_000, None), Some(500_000));
    assert!(!brake.is_on(now));
    assert_eq!(brake.note_silence(500_000, None), None, "once for all");
}

#[test]
fn a_long_way_may_be_silent_for_longer() {
    let now = Instant::now();
    let mut brake = Brake::default();
    play(&mut brake, 1_000_000, &[figures(600, 1_000_000, 0)]);
    brake.note_silence(1_000_000, Some(silence(1_000, None)));
    assert!(!brake.is_on(now));
    brake.note_silence(1_000_000, Some(silence(1_100, None)));
    assert!(brake.is_on(now));
}

#[test]
fn a_delay_that_grows_tells_what_comes_through() {
    let line = [50, 50, 450, 600, 620, 400].map(|rtt| figures(rtt, 2_000_000, 0));
    let played = play(&mut Brake::default(), 2_000_000, &line);
    // Of half a second's packets, a fifth came within it: they took 400 ms longer.
    let begun: Vec<_> = played.iter().map(|(begun, _)| *begun).collect();
    assert_eq!(
        begun,
        [None, None, Some(340_000), Some(1_190_000), None, None]
    );
    assert!(played.iter().all(|(_, is_on)| !is_on));
}

#[test]
fn a_full_way_stops_pictures_until_it_has_come_through() {
    let start = Instant::now();
    let after = |ms| start + Duration::from_millis(ms);
    let mut brake = Brake::default();
    brake.note_statistics(after(0), 2_000_000, &figures(50, 2_000_000, 0));
    assert!(!brake.is_strained(after(0)));
    brake.note_statistics(after(500), 2_000_000, &figures(850, 2_000_000, 0));
    assert!(brake.is_on(after(1_299)));
    assert_eq!(brake.deadline(after(600)), Some(after(1_300)));
    // Nothing was sent, so nothing new was measured.
    brake.note_statistics(after(1_000), 2_000_000, &figures(850, 0, 0));
    assert!(!brake.is_on(after(1_300)));
    assert!(brake.is_strained(after(1_300)));
    brake.note_statistics(after(1_500), 2_000_000, &figures(149, 100_000, 0));
    assert!(!brake.is_strained(after(1_500)));
}

#[test]
fn a_way_that_is_long_but_does_not_grow_is_the_estimators() {
    let line = [300, 320, 290, 650, 640].map(|rtt| figures(rtt, 2_000_000, 0));
    let played = play(&mut Brake::default(), 2_000_000, &line);
    assert!(played.iter().all(|(begun, _)| begun.is_none()));
}

#[test]
fn a_route_that_got_longer_is_believed_after_three_seconds() {
    let start = Instant::now();
    let mut brake = Brake::default();
    brake.note_statistics(start, 60_000, &figures(50, 50_000, 0));
    let on = (1_u32..=10).map(|step| {
        let at = start + INTERVAL * step;
        // Jitter keeps the figures from being taken for the same one.
        brake.note_statistics(at, 60_000, &figures(850 + u64::from(step % 2), 50_000, 0));
        brake.is_on(at)
    });
    let on: Vec<_> = on.collect();
    assert_eq!(on[..6], [true; 6]);
    assert_eq!(on[6..], [false; 4]);
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
