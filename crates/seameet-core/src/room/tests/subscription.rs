//! Views, slots, keyframes, lost media.

use super::script::{Play, join_request, mid, participant, track};
use crate::grant::Grant;
use crate::id::TrackId;
use crate::media::{DisconnectReason, MediaEvent, SlotWish, SlotsNeeded, TrackSource, View};
use crate::room::{JoinRequest, RoomCommand};

fn wish(line: &str, track: Option<u32>) -> SlotWish {
    SlotWish {
        mid: mid(line),
        track: track.map(TrackId::new),
        max_height: 720,
        max_fps: None,
        min_height: None,
        priority: 0,
        pinned: false,
    }
}

fn view(wishes: &[SlotWish]) -> RoomCommand {
    RoomCommand::SetView(View::Slots(wishes.to_vec()))
}

fn keyframe(track: u32) -> RoomCommand {
    RoomCommand::RequestKeyframe {
        track: TrackId::new(track),
    }
}

#[test]
fn views_of_the_rooms_tracks_reach_media() {
    let mut play = Play::call(2);
    play.command(1, view(&[wish("5", Some(2)), wish("6", None)]));
    play.expect(&["media view p1 [5=t_2, 6=-]"]);
    play.command(1, RoomCommand::SetView(View::Auto { max_video: 9 }));
    play.expect(&["media view p1 auto=9"]);
    play.command(1, keyframe(2));
    play.expect(&["media keyframe t_2 for p1"]);
}

#[test]
fn a_wish_for_a_track_that_just_went_is_a_wish_for_nothing() {
    let mut play = Play::call(2);
    play.unpublish(2, 2);
    play.forget();
    play.command(1, view(&[wish("5", Some(2))]));
    play.expect(&["media view p1 [5=-]"]);
    play.command(1, keyframe(2));
    play.expect(&["c_1 error r unknown_track"]);
}

#[test]
fn impossible_wishes_are_refused_as_a_whole() {
    let mut play = Play::call(2);
    for (wishes, code) in [
        ([wish("5", Some(2)), wish("6", Some(3))], "unknown_track"),
        ([wish("5", Some(2)), wish("6", Some(0))], "unknown_track"),
        ([wish("5", Some(2)), wish("6", Some(1))], "unknown_track"),
        ([wish("5", Some(2)), wish("5", None)], "bad_track"),
    ] {
        play.command(1, view(&wishes));
        play.expect(&[&format!("c_1 error r {code}")]);
    }
}

#[test]
fn receiving_needs_its_grant() {
    let mut play = Play::call(1);
    let mut grant = Grant::full();
    grant.subscribe = false;
    play.join_as(JoinRequest {
        grant,
        ..join_request(2)
    });
    play.forget();
    play.command(2, view(&[]));
    play.command(2, keyframe(1));
    play.expect(&["c_2 error r not_permitted", "c_2 error r not_permitted"]);
}

#[test]
fn a_need_for_slots_is_passed_on() {
    let mut play = Play::call(1);
    play.media(MediaEvent::SlotsNeeded {
        participant: participant(1),
        needed: SlotsNeeded { audio: 1, video: 3 },
    });
    play.expect(&["c_1 needs audio=1 video=3"]);
}

#[test]
fn lost_media_is_told_to_its_member_and_the_tracks_stay() {
    let mut play = Play::call(2);
    for reason in [
        DisconnectReason::ConsentExpired,
        DisconnectReason::Closed,
        DisconnectReason::Failed,
    ] {
        play.media(MediaEvent::Disconnected {
            participant: participant(1),
            reason,
        });
        play.expect(&["c_1 media lost"]);
    }
    play.join(3);
    play.expect_told(
        3,
        &["welcome p3 seq=5 peers=[p1, p2] \
           tracks=[t_1 p1 Microphone opus, t_2 p2 Microphone opus] chat=[]"],
    );
}

#[test]
fn media_that_recovered_is_not_reported_lost_after_a_resume() {
    let mut play = Play::call(1);
    play.media(MediaEvent::Disconnected {
        participant: participant(1),
        reason: DisconnectReason::ConsentExpired,
    });
    play.offer(1, &[track("0", TrackSource::Microphone)]);
    play.answer(2);
    play.media(MediaEvent::Connected {
        participant: participant(1),
    });
    play.forget();
    play.resume(2, 1, 2);
    play.expect_told(
        2,
        &["resumed p1 seq=2 peers=[] tracks=[t_1 p1 Microphone opus] chat=[] missed=[]"],
    );
}

#[test]
fn media_news_about_strangers_is_ignored() {
    let mut play = Play::call(1);
    play.media(MediaEvent::Connected {
        participant: participant(9),
    });
    play.media(MediaEvent::Disconnected {
        participant: participant(9),
        reason: DisconnectReason::Closed,
    });
    play.media(MediaEvent::SlotsAssigned {
        participant: participant(9),
        assignments: vec![],
    });
    play.expect(&[]);
}
