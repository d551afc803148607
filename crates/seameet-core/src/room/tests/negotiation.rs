//! Offers and answers.

use super::script::{Play, join_request, participant, track};
use crate::grant::Grant;
use crate::id::TrackId;
use crate::media::TrackSource::{Camera, Microphone, Screen, ScreenAudio};
use crate::media::{Answer, AnsweredTrack, Codec, MediaEvent, RequestId};
use crate::room::{JoinRequest, OfferedTrack, RoomCommand, RoomConfig};

fn two_members() -> Play {
    let mut play = Play::new();
    play.join(1);
    play.join(2);
    play.forget();
    play
}

#[test]
fn an_answered_offer_publishes_its_tracks_to_everyone() {
    let mut play = two_members();
    let camera = OfferedTrack {
        muted: true,
        ..track("1", Camera)
    };
    play.offer(1, &[track("0", Microphone), camera]);
    play.expect(&["media negotiate p1 #1 [t_1@0 Microphone, t_2@1 Camera muted]"]);
    play.answer(1);
    play.expect(&[
        "c_1 answer r [t_1@0, t_2@1]",
        "c_1 3:published t_1 p1 Microphone opus",
        "c_2 3:published t_1 p1 Microphone opus",
        "c_1 4:published t_2 p1 Camera vp8 muted",
        "c_2 4:published t_2 p1 Camera vp8 muted",
    ]);
}

#[test]
fn a_refused_offer_publishes_nothing() {
    let mut play = two_members();
    play.offer(1, &[track("0", Microphone)]);
    play.forget();
    play.fail(1);
    play.expect(&["c_1 error r bad_sdp"]);
    play.offer(1, &[track("0", Microphone)]);
    play.answer(2);
    play.expect_told(2, &["3:published t_2 p1 Microphone opus"]);
}

#[test]
fn a_line_keeps_its_track_and_a_vanished_line_loses_it() {
    let mut play = Play::call(2);
    play.offer(1, &[track("0", Microphone), track("1", Camera)]);
    play.answer(3);
    play.expect_told(2, &["5:published t_3 p1 Camera vp8"]);
    play.offer(1, &[track("1", Camera)]);
    play.expect(&["media negotiate p1 #4 [t_3@1 Camera]"]);
    play.answer(4);
    play.expect_told(2, &["6:unpublished t_1 of p1"]);
}

#[test]
fn another_source_or_another_line_is_another_track() {
    let mut play = two_members();
    play.offer(1, &[track("1", Camera)]);
    play.answer(1);
    play.offer(1, &[track("1", Screen)]);
    play.answer(2);
    play.forget();
    play.offer(1, &[track("2", Screen)]);
    play.expect(&["media negotiate p1 #3 [t_3@2 Screen]"]);
    play.answer(3);
    play.expect_told(
        2,
        &["6:unpublished t_2 of p1", "7:published t_3 p1 Screen vp8"],
    );
}

#[test]
fn a_track_that_the_media_plane_does_not_take_is_not_published() {
    let mut play = two_members();
    play.offer(1, &[track("0", Microphone), track("1", Camera)]);
    play.forget();
    let taken = AnsweredTrack {
        track: TrackId::new(1),
        mid: "0".parse().unwrap(),
        codec: Codec::Opus,
    };
    let invented = AnsweredTrack {
        track: TrackId::new(77),
        ..taken
    };
    play.media(MediaEvent::Negotiated {
        participant: participant(1),
        request: RequestId(1),
        result: Ok(Answer {
            sdp: String::new(),
            tracks: vec![taken, invented],
            fresh: false,
        }),
    });
    play.expect_told(
        1,
        &["answer r [t_1@0]", "3:published t_1 p1 Microphone opus"],
    );
}

#[test]
fn offers_in_flight_are_answered_in_order() {
    let mut play = two_members();
    play.offer(1, &[track("0", Microphone)]);
    play.offer(1, &[track("0", Microphone), track("1", Camera)]);
    play.expect(&[
        "media negotiate p1 #1 [t_1@0 Microphone]",
        "media negotiate p1 #2 [t_1@0 Microphone, t_2@1 Camera]",
    ]);
    play.answer(2);
    play.expect(&[]);
    play.answer(1);
    play.expect_told(
        1,
        &[
            "answer r [t_1@0]",
            "3:published t_1 p1 Microphone opus",
            "answer r [t_1@0, t_2@1]",
            "4:published t_2 p1 Camera vp8",
        ],
    );
}

#[test]
fn offers_in_flight_are_bounded() {
    let mut play = two_members();
    for _ in 0..4 {
        play.offer(1, &[]);
    }
    play.forget();
    play.offer(1, &[]);
    play.expect(&["c_1 error r overloaded"]);
    play.answer(1);
    play.forget();
    play.offer(1, &[]);
    play.expect(&["media negotiate p1 #5 []"]);
}

#[test]
fn an_answer_goes_to_the_current_connection() {
    let mut play = two_members();
    play.offer(1, &[track("0", Microphone)]);
    play.resume(3, 1, 2);
    play.forget();
    play.answer(1);
    play.expect(&[
        "c_3 answer r [t_1@0]",
        "c_2 3:published t_1 p1 Microphone opus",
        "c_3 3:published t_1 p1 Microphone opus",
    ]);
}

#[test]
fn tracks_are_published_while_their_owner_reconnects() {
    let mut play = two_members();
    play.offer(1, &[track("0", Microphone)]);
    play.disconnect(1);
    play.forget();
    play.answer(1);
    play.expect(&["c_2 4:published t_1 p1 Microphone opus"]);
}

#[test]
fn an_answer_for_somebody_who_left_is_dropped() {
    let mut play = two_members();
    play.offer(1, &[track("0", Microphone)]);
    play.command(1, RoomCommand::Leave);
    play.forget();
    play.answer(1);
    play.expect(&[]);
}

#[test]
fn a_withdrawn_track_does_not_return_with_an_answer_on_its_way() {
    let mut play = Play::call(2);
    play.offer(1, &[track("0", Microphone), track("1", Camera)]);
    play.unpublish(1, 1);
    play.forget();
    play.answer(3);
    play.expect_told(1, &["answer r [t_3@1]", "6:published t_3 p1 Camera vp8"]);
    play.offer(1, &[track("0", Microphone), track("1", Camera)]);
    play.expect(&["media negotiate p1 #4 [t_4@0 Microphone, t_3@1 Camera]"]);
}

#[test]
fn a_muted_track_stays_muted_through_another_offer() {
    let mut play = Play::call(1);
    play.mute(1, Microphone, true);
    play.forget();
    play.offer(1, &[track("0", Microphone)]);
    play.expect(&["media negotiate p1 #2 [t_1@0 Microphone muted]"]);
    play.answer(2);
    play.expect(&["c_1 answer r [t_1@0]"]);
}

#[test]
fn a_changed_flag_is_told() {
    let mut play = Play::call(1);
    let encrypted = OfferedTrack {
        encrypted: true,
        ..track("0", Microphone)
    };
    play.offer(1, &[encrypted]);
    play.forget();
    play.answer(2);
    play.expect_told(1, &["answer r [t_1@0]", "3:changed t_1 p1 Microphone opus"]);
}

#[test]
fn every_source_needs_its_grant() {
    let mut play = two_members();
    play.join_as(JoinRequest {
        grant: Grant::viewer(),
        ..join_request(3)
    });
    play.forget();
    for source in [Microphone, Camera, Screen, ScreenAudio] {
        play.offer(3, &[track("0", source)]);
        play.expect(&["c_3 error r not_permitted"]);
    }
    play.offer(3, &[]);
    play.expect(&["media negotiate p3 #1 []"]);
}

#[test]
fn twins_and_crowds_are_refused() {
    let mut play = Play::with(RoomConfig {
        max_tracks_per_member: 2,
        ..RoomConfig::default()
    });
    play.join(1);
    play.forget();
    play.offer(1, &[track("0", Microphone), track("0", Camera)]);
    play.expect(&["c_1 error r bad_track"]);
    play.offer(1, &[track("0", Camera), track("1", Camera)]);
    play.expect(&["c_1 error r bad_track"]);
    let three = [
        track("0", Microphone),
        track("1", Camera),
        track("2", Screen),
    ];
    play.offer(1, &three);
    play.expect(&["c_1 error r bad_track"]);
}
