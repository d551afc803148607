//! Speakers, quality and demand: who is told, when again, and when they are forgotten.

use std::time::Duration;

use super::script::{Play, join_request, participant, track};
use crate::grant::Grant;
use crate::id::TrackId;
use crate::media::{
    ConnectionQuality, DisconnectReason, EncodingDemand, LineQuality, MediaEvent, QualityCause,
    SpeakerLevel, TrackSource,
};
use crate::room::JoinRequest;

fn speakers(speakers: &[(u64, i8)]) -> MediaEvent {
    let speakers = speakers.iter().map(|(number, level_dbov)| SpeakerLevel {
        participant: participant(*number),
        level_dbov: *level_dbov,
    });
    MediaEvent::SpeakersChanged {
        speakers: speakers.collect(),
    }
}

fn quality(number: u64, score: u8, causes: &[QualityCause], bitrate: u64) -> MediaEvent {
    MediaEvent::QualityChanged {
        participant: participant(number),
        quality: ConnectionQuality {
            score,
            causes: causes.to_vec(),
            uplink: LineQuality {
                bitrate,
                ..LineQuality::default()
            },
            downlink: LineQuality::default(),
        },
    }
}

fn demand(owner: u64, number: u32, wanted: &[bool]) -> MediaEvent {
    let encodings = ["q", "h", "f"].iter().zip(wanted);
    MediaEvent::DemandChanged {
        participant: participant(owner),
        track: TrackId::new(number),
        encodings: encodings
            .map(|(rid, wanted)| EncodingDemand {
                rid: Some(rid.parse().expect("a rid")),
                wanted: *wanted,
            })
            .collect(),
        max_height: Some(360),
    }
}

fn lost(number: u64) -> MediaEvent {
    MediaEvent::Disconnected {
        participant: participant(number),
        reason: DisconnectReason::ConsentExpired,
    }
}

/// What a connection was told beside the welcome.
fn reports(play: &mut Play, connection: u64) -> Vec<String> {
    let told = play.told(connection).into_iter();
    told.filter(|line| {
        ["speakers", "quality", "demand"]
            .iter()
            .any(|word| line.starts_with(word))
    })
    .collect()
}

#[test]
fn everyone_hears_who_speaks_and_once() {
    let mut play = Play::call(2);
    play.media(speakers(&[(2, -20), (1, -40)]));
    play.expect(&["c_1 speakers [p2-20, p1-40]", "c_2 speakers [p2-20, p1-40]"]);
    play.media(speakers(&[(2, -20), (1, -40)]));
    play.expect(&[]);
    play.media(speakers(&[]));
    play.expect(&["c_1 speakers []", "c_2 speakers []"]);
}

#[test]
fn a_newcomer_hears_who_speaks_and_nothing_of_silence() {
    let mut play = Play::call(2);
    play.join(3);
    assert!(reports(&mut play, 3).is_empty());
    play.media(speakers(&[(2, -20)]));
    play.join(4);
    assert_eq!(reports(&mut play, 4), ["speakers [p2-20]"]);
}

#[test]
fn who_comes_back_hears_of_silence_too() {
    let mut play = Play::call(2);
    play.media(speakers(&[(2, -20)]));
    play.disconnect(1);
    play.media(speakers(&[]));
    play.resume(3, 1, 4);
    assert_eq!(reports(&mut play, 3), ["speakers []"]);
}

#[test]
fn who_left_speaks_no_longer() {
    let mut play = Play::call(3);
    play.media(speakers(&[(2, -20), (3, -30)]));
    play.command(2, crate::room::RoomCommand::Leave);
    play.forget();
    // The media plane said it before it heard of the leave.
    play.media(speakers(&[(2, -20), (3, -30)]));
    play.expect(&[]);
    play.join(4);
    assert_eq!(reports(&mut play, 4), ["speakers [p3-30]"]);
}

#[test]
fn more_speakers_than_anybody_follows_are_cut() {
    let mut play = Play::call(1);
    play.media(speakers(&[(1, -1); 40]));
    let told = play.told(1);
    assert_eq!(told.first().expect("speakers").matches("p1").count(), 32);
}

#[test]
fn figures_are_for_the_owner_and_the_score_is_for_everyone() {
    let mut play = Play::call(2);
    play.media(quality(1, 5, &[], 100));
    play.expect(&["c_1 quality own p1 5[]", "c_2 quality p1 5[]"]);
    play.media(quality(1, 5, &[], 200));
    play.expect(&["c_1 quality own p1 5[]"]);
    play.media(quality(1, 5, &[], 200));
    play.expect(&[]);
    play.media(quality(1, 3, &[QualityCause::UplinkLoss], 200));
    play.expect(&[
        "c_1 quality own p1 3[UplinkLoss]",
        "c_2 quality p1 3[UplinkLoss]",
    ]);
    play.media(quality(1, 3, &[QualityCause::Latency], 200));
    play.expect(&["c_1 quality own p1 3[Latency]", "c_2 quality p1 3[Latency]"]);
}

#[test]
fn a_room_of_many_tells_a_score_once_to_each() {
    let mut play = Play::call(12);
    for number in 1..=12 {
        play.media(quality(number, 4, &[], 1));
    }
    play.forget();
    for round in 2..100 {
        for number in 1..=12 {
            play.media(quality(number, 4, &[], round));
        }
    }
    assert_eq!(play.told(1).len(), 98);
}

#[test]
fn a_newcomer_hears_of_every_connection_from_the_worst_on() {
    let mut play = Play::call(3);
    play.media(quality(1, 5, &[], 1));
    play.media(quality(3, 2, &[QualityCause::Latency], 1));
    play.join(4);
    assert_eq!(
        reports(&mut play, 4),
        ["quality p3 2[Latency]", "quality p1 5[]"]
    );
}

#[test]
fn who_comes_back_hears_first_of_its_own_connection() {
    let mut play = Play::call(2);
    play.media(quality(2, 1, &[], 1));
    play.media(quality(1, 5, &[], 1));
    play.disconnect(1);
    play.media(quality(1, 4, &[], 1));
    play.resume(3, 1, 5);
    assert_eq!(
        reports(&mut play, 3),
        ["quality own p1 4[]", "quality p2 1[]"]
    );
}

#[test]
fn quality_of_a_peer_connection_that_is_gone_is_taken_back() {
    let mut play = Play::call(2);
    play.media(lost(1));
    play.expect(&["c_1 media lost"]);
    play.media(quality(1, 5, &[], 1));
    play.forget();
    play.media(lost(1));
    play.expect(&[
        "c_1 media lost",
        "c_1 quality own p1 0[NoMedia]",
        "c_2 quality p1 0[NoMedia]",
    ]);
}

#[test]
fn the_quality_of_who_left_is_forgotten() {
    let mut play = Play::call(2);
    play.media(quality(2, 1, &[], 1));
    play.command(2, crate::room::RoomCommand::Leave);
    play.forget();
    play.media(quality(2, 2, &[], 1));
    play.expect(&[]);
    play.join(3);
    assert!(reports(&mut play, 3).is_empty());
}

#[test]
fn a_newcomer_of_a_crowd_is_not_drowned() {
    let mut play = Play::with(crate::room::RoomConfig {
        max_members: 300,
        ..crate::room::RoomConfig::default()
    });
    for number in 1..=200 {
        play.join(number);
        play.media(quality(number, 4, &[], 1));
    }
    play.media(quality(200, 1, &[], 1));
    play.forget();
    play.join(201);
    let told = reports(&mut play, 201);
    assert_eq!(told.len(), 128);
    assert_eq!(told.first().expect("the worst"), "quality pc8 1[]");
}

#[test]
fn demand_is_told_to_the_publisher_alone_and_once() {
    let mut play = Play::call(2);
    play.media(demand(1, 1, &[true, true, false]));
    play.expect(&["c_1 demand t_1 [q+, h+, f-]@360"]);
    play.media(demand(1, 1, &[true, true, false]));
    play.expect(&[]);
    play.media(demand(1, 1, &[false, false, false]));
    play.expect(&["c_1 demand t_1 [q-, h-, f-]@360"]);
}

#[test]
fn demand_for_what_is_not_the_publishers_is_ignored() {
    let mut play = Play::call(2);
    for (owner, track) in [(1, 2), (2, 1), (1, 9), (9, 1)] {
        play.media(demand(owner, track, &[true]));
    }
    play.expect(&[]);
    play.resume(3, 1, 4);
    assert!(reports(&mut play, 3).is_empty());
}

#[test]
fn demand_that_comes_before_the_answer_waits_for_the_track() {
    let mut play = Play::call(1);
    let lines = [
        track("0", TrackSource::Microphone),
        track("1", TrackSource::Camera),
    ];
    play.offer(1, &lines);
    play.media(demand(1, 2, &[true]));
    play.forget();
    play.answer(2);
    play.expect(&[
        "c_1 answer r [t_1@0, t_2@1]",
        "c_1 3:published t_2 p1 Camera vp8",
        "c_1 demand t_2 [q+]@360",
    ]);
}

#[test]
fn demand_of_an_offer_that_failed_is_forgotten() {
    let mut play = Play::call(1);
    play.offer(1, &[track("1", TrackSource::Camera)]);
    play.media(demand(1, 2, &[true]));
    play.fail(2);
    play.media(demand(1, 2, &[true]));
    play.resume(3, 1, 2);
    assert!(reports(&mut play, 3).is_empty());
}

#[test]
fn demand_is_told_again_after_a_resume_and_forgotten_with_its_track() {
    let mut play = Play::call(1);
    play.offer(
        1,
        &[
            track("0", TrackSource::Microphone),
            track("1", TrackSource::Camera),
        ],
    );
    play.answer(2);
    play.media(demand(1, 1, &[true]));
    play.media(demand(1, 2, &[false]));
    play.disconnect(1);
    play.media(demand(1, 2, &[true]));
    play.resume(3, 1, 3);
    assert_eq!(
        reports(&mut play, 3),
        ["demand t_1 [q+]@360", "demand t_2 [q+]@360"]
    );
    play.unpublish(3, 1);
    play.resume(4, 3, 5);
    assert_eq!(reports(&mut play, 4), ["demand t_2 [q+]@360"]);
}

#[test]
fn with_a_new_peer_connection_demand_begins_anew() {
    let mut play = Play::call(1);
    play.media(demand(1, 1, &[false]));
    play.media(lost(1));
    play.offer(1, &[track("0", TrackSource::Microphone)]);
    play.answer_afresh(2);
    play.forget();
    // The same again: the client has forgotten it.
    play.media(demand(1, 1, &[false]));
    play.expect(&["c_1 demand t_1 [q-]@360"]);
}

#[test]
fn the_operator_sees_members_in_their_order_with_tracks_and_quality() {
    let mut play = Play::call(2);
    play.media(quality(2, 3, &[QualityCause::Latency], 1));
    play.disconnect(1);
    let overview = play.room().overview();
    assert!((overview.started_at_ms - 1000.0).abs() < f64::EPSILON);
    let seen: Vec<_> = overview
        .members
        .iter()
        .map(|member| {
            let score = member.quality.as_ref().map(|quality| quality.score);
            (member.info.id, member.tracks.len(), score)
        })
        .collect();
    assert_eq!(
        seen,
        [(participant(1), 1, None), (participant(2), 1, Some(3))]
    );
    assert!(play.room().contains(participant(1)));
    assert!(!play.room().contains(participant(3)));
}

#[test]
fn who_may_not_receive_hears_of_connections_all_the_same() {
    let mut play = Play::call(1);
    let mut grant = Grant::full();
    grant.subscribe = false;
    play.join_as(JoinRequest {
        grant,
        ..join_request(2)
    });
    play.forget();
    play.media(quality(1, 5, &[], 1));
    play.expect(&["c_1 quality own p1 5[]", "c_2 quality p1 5[]"]);
}

#[test]
fn a_member_that_is_lost_for_good_leaves_no_report_behind() {
    let mut play = Play::call(2);
    play.media(speakers(&[(1, -9)]));
    play.media(quality(1, 3, &[], 1));
    play.disconnect(1);
    play.wait(Duration::from_secs(30));
    play.join(3);
    assert!(reports(&mut play, 3).is_empty());
}
