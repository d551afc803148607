//! Tests of scores and their causes.

use super::*;

fn facts() -> Facts {
    Facts {
        statistics: PeerStatistics {
            rtt: Some(Duration::from_millis(40)),
            is_transport_rtt: true,
            received_loss_permille: Some(0),
            reported_loss_permille: None,
            sent_loss_permille: Some(0),
            received_bitrate: 1_000_000,
            sent_bitrate: 1_000_000,
        },
        available: Some(3_000_000),
        allocated: 1_000_000,
        ideal: 1_000_000,
        is_expected: true,
    }
}

#[track_caller]
fn check(facts: &Facts, score: u8, causes: &[QualityCause]) {
    let quality = Quality::default().update(Instant::now(), facts).unwrap();
    assert_eq!((quality.score, quality.causes.as_slice()), (score, causes));
}

#[test]
fn a_short_clean_line_is_excellent() {
    check(&facts(), 5, &[]);
}

#[test]
fn loss_takes_its_toll_in_either_direction() {
    for (permille, score) in [(10, 5), (30, 4), (70, 3), (120, 2), (200, 1)] {
        let mut up = facts();
        up.statistics.received_loss_permille = Some(permille);
        let told: &[_] = if permille >= 20 {
            &[QualityCause::UplinkLoss]
        } else {
            &[]
        };
        check(&up, score, told);
        let mut down = facts();
        down.statistics.sent_loss_permille = Some(permille);
        let told: &[_] = if permille >= 20 {
            &[QualityCause::DownlinkLoss]
        } else {
            &[]
        };
        check(&down, score, told);
    }
}

#[test]
fn a_long_way_is_a_cause() {
    let mut far = facts();
    far.statistics.rtt = Some(Duration::from_millis(600));
    check(&far, 3, &[QualityCause::Latency]);
}

#[test]
fn a_line_that_carries_less_than_wanted_is_a_cause() {
    for (allocated, score) in [
        (900_000, 5),
        (600_000, 4),
        (300_000, 3),
        (50_000, 2),
        (0, 1),
    ] {
        let mut narrow = facts();
        narrow.allocated = allocated;
        let told: &[_] = if allocated < 600_000 {
            &[QualityCause::DownlinkBandwidth]
        } else {
            &[]
        };
        let quality = Quality::default().update(Instant::now(), &narrow).unwrap();
        assert_eq!(quality.score, score, "{allocated}");
        assert!(
            quality.causes == told || allocated == 600_000,
            "{quality:?}"
        );
    }
}

#[test]
fn the_worst_cause_comes_first() {
    let mut bad = facts();
    bad.statistics.received_loss_permille = Some(30);
    bad.statistics.sent_loss_permille = Some(90);
    check(
        &bad,
        2,
        &[QualityCause::DownlinkLoss, QualityCause::UplinkLoss],
    );
}

#[test]
fn ten_seconds_without_media_are_the_end() {
    let now = Instant::now();
    let mut silent = facts();
    silent.statistics.received_bitrate = 0;
    let mut quality = Quality::default();
    quality.update(now, &silent);
    quality.update(now + SILENCE / 2, &silent);
    assert_eq!(quality.latest().score, 5);
    let lost = quality.update(now + SILENCE, &silent).unwrap();
    assert_eq!(
        (lost.score, lost.causes.as_slice()),
        (0, [QualityCause::NoMedia].as_slice())
    );
    let back = quality.update(now + SILENCE * 2, &facts()).unwrap();
    assert_eq!(back.score, 5);
}

#[test]
fn who_has_nothing_to_send_is_not_lost() {
    let now = Instant::now();
    let mut viewer = facts();
    viewer.statistics.received_bitrate = 0;
    viewer.is_expected = false;
    let mut quality = Quality::default();
    quality.update(now, &viewer);
    quality.update(now + SILENCE * 3, &viewer);
    assert_eq!(quality.latest().score, 5);
}

#[test]
fn a_score_falls_at_once_and_rises_when_it_is_clearly_better() {
    let now = Instant::now();
    let mut quality = Quality::default();
    let mut with_loss = |permille| {
        let mut facts = facts();
        facts.statistics.sent_loss_permille = Some(permille);
        for _ in 0..FIGURES {
            quality.update(now, &facts);
        }
        quality.latest().score
    };
    assert_eq!(
        [5, 15, 10, 15, 10, 2].map(&mut with_loss),
        [5, 4, 4, 4, 4, 5]
    );
}

#[test]
fn the_same_again_is_not_news_and_another_bitrate_is() {
    let now = Instant::now();
    let mut quality = Quality::default();
    assert!(quality.update(now, &facts()).is_some());
    let mut similar = facts();
    similar.statistics.sent_bitrate = 1_200_000;
    assert!(quality.update(now, &similar).is_none());
    similar.statistics.sent_bitrate = 2_000_000;
    let quarter = Duration::from_millis(250);
    let told =
        (1_u32..=20).filter(|step| quality.update(now + quarter * *step, &similar).is_some());
    assert_eq!(told.collect::<Vec<_>>(), [8], "once it has lasted");
}

#[test]
fn the_room_is_not_told_more_often_than_every_other_second() {
    let now = Instant::now();
    let mut quality = Quality::default();
    let quarter = Duration::from_millis(250);
    let told = (0_u32..80).filter(|step| {
        let mut facts = facts();
        facts.statistics.sent_loss_permille = Some(if step / 8 % 2 == 0 { 0 } else { 1_000 });
        quality.update(now + quarter * *step, &facts).is_some()
    });
    let told: Vec<_> = told.collect();
    assert!(
        told.windows(2).all(|pair| pair[1] - pair[0] >= 8),
        "{told:?}"
    );
    assert!(told.len() > 5, "{told:?}");
}

#[test]
fn a_burst_of_loss_counts_as_much_as_it_lasts() {
    let mut quality = Quality::default();
    let mut lossy = facts();
    lossy.statistics.sent_loss_permille = Some(80);
    for facts in [[facts(); FIGURES - 1].as_slice(), &[lossy]].concat() {
        quality.update(Instant::now(), &facts);
    }
    let downlink = quality.latest().downlink;
    assert_eq!(downlink.loss_permille, Some(10));
}
