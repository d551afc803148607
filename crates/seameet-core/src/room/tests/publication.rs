//! Changes of published tracks.

use super::script::{Play, track};
use crate::id::TrackId;
use crate::media::TrackSource::{Camera, Microphone};
use crate::room::RoomCommand;

fn set(track: u32, muted: Option<bool>, size: Option<(u32, u32)>) -> RoomCommand {
    RoomCommand::SetTrack {
        track: TrackId::new(track),
        muted,
        size,
        fps: None,
    }
}

#[test]
fn a_mute_reaches_media_and_members_once() {
    let mut play = Play::call(2);
    play.mute(1, Microphone, true);
    play.expect(&[
        "media muted t_1 true",
        "c_1 5:changed t_1 p1 Microphone opus muted",
        "c_2 5:changed t_1 p1 Microphone opus muted",
    ]);
    play.mute(1, Microphone, true);
    play.expect(&[]);
    play.mute(1, Microphone, false);
    play.expect_told(2, &["6:changed t_1 p1 Microphone opus"]);
}

#[test]
fn a_mute_before_the_track_is_an_error_and_is_not_remembered() {
    let mut play = Play::call(1);
    play.mute(1, Camera, true);
    play.expect(&["c_1 error r unknown_track"]);
    play.offer(1, &[track("1", Camera)]);
    play.expect(&["media negotiate p1 #2 [t_2@1 Camera]"]);
    play.mute(1, Camera, true);
    play.expect(&["c_1 error r unknown_track"]);
}

#[test]
fn sizes_are_told_without_bothering_media() {
    let mut play = Play::call(2);
    play.command(1, set(1, None, Some((640, 360))));
    play.expect_told(2, &["5:changed t_1 p1 Microphone opus 640x360"]);
    play.command(1, set(1, Some(true), None));
    play.expect(&[
        "media muted t_1 true",
        "c_1 6:changed t_1 p1 Microphone opus muted 640x360",
        "c_2 6:changed t_1 p1 Microphone opus muted 640x360",
    ]);
}

#[test]
fn nobody_changes_a_track_of_somebody_else() {
    let mut play = Play::call(2);
    play.command(1, set(2, Some(true), None));
    play.expect(&["c_1 error r unknown_track"]);
    play.unpublish(1, 2);
    play.expect(&["c_1 error r unknown_track"]);
    play.unpublish(1, 99);
    play.expect(&["c_1 error r unknown_track"]);
}

#[test]
fn a_withdrawn_track_is_gone_for_all() {
    let mut play = Play::call(2);
    play.unpublish(1, 1);
    play.expect(&[
        "media unpublish t_1",
        "c_1 5:unpublished t_1 of p1",
        "c_2 5:unpublished t_1 of p1",
    ]);
    play.mute(1, Microphone, true);
    play.expect(&["c_1 error r unknown_track"]);
}
