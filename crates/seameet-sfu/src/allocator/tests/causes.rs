//! One test for every cause.

use super::*;

#[track_caller]
fn check(slots: Vec<SlotDemand>, video: u64, expected: &[SlotCause]) {
    let allocation = Subscriber::new(slots).settle(line(video));
    assert_eq!(causes(&allocation), expected, "{allocation:?}");
}

#[test]
fn all_that_the_publisher_sends_is_full() {
    check(vec![camera(1)], 2_000_000, &[SlotCause::Full]);
}

#[test]
fn a_small_tile_is_limited_by_its_size() {
    let mut small = camera(1);
    small.wish.max_height = 360;
    check(vec![small], 2_000_000, &[SlotCause::Size]);
}

#[test]
fn a_wish_for_few_frames_is_a_limit_by_size() {
    let mut slow = camera(1);
    slow.wish.max_fps = Some(15);
    slow.choices = temporal(&[(15, 300_000), (30, 500_000)]);
    check(vec![slow], 2_000_000, &[SlotCause::Size]);
}

#[test]
fn a_short_line_is_the_cause_when_nobody_else_has_more() {
    check(vec![camera(1)], 700_000, &[SlotCause::Bandwidth]);
}

#[test]
fn equals_do_not_blame_each_other() {
    let both = [SlotCause::Bandwidth, SlotCause::Bandwidth];
    check(vec![camera(1), camera(2)], 1_300_000, &both);
}

#[test]
fn who_has_what_is_missing_is_named() {
    let mut pinned = camera(2);
    pinned.wish.pinned = true;
    let track = TrackId::new(2);
    let expected = [SlotCause::HigherPriority { track }, SlotCause::Full];
    check(vec![camera(1), pinned], 2_100_000, &expected);
}

#[test]
fn who_has_too_little_to_help_is_not_blamed() {
    let mut pinned = camera(2);
    pinned.wish.pinned = true;
    pinned.choices = choices(&[(180, 150_000), (360, 250_000)]);
    let mut greedy = camera(1);
    greedy.choices = choices(&[(180, 150_000), (720, 1_700_000)]);
    let expected = [SlotCause::Bandwidth, SlotCause::Full];
    check(vec![greedy, pinned], 800_000, &expected);
}

#[test]
fn a_line_too_short_for_the_lowest_layer_pauses() {
    check(vec![camera(1)], 100_000, &[SlotCause::Paused]);
}

#[test]
fn rather_nothing_than_too_small() {
    let mut demanding = camera(1);
    demanding.wish.min_height = Some(360);
    check(vec![demanding.clone()], 300_000, &[SlotCause::Paused]);
    check(vec![demanding], 700_000, &[SlotCause::Bandwidth]);
}

#[test]
fn a_publisher_that_sends_only_too_small_pictures_is_the_cause() {
    let mut demanding = camera(1);
    demanding.wish.min_height = Some(360);
    demanding.choices = choices(&[(180, 150_000)]);
    check(vec![demanding], 5_000_000, &[SlotCause::Publisher]);
}

#[test]
fn a_publisher_that_stopped_the_chosen_layer_is_the_cause() {
    let mut stopped = camera(1);
    stopped.choices[2].is_live = false;
    stopped.flowing = Some(target(1));
    let allocation = Subscriber::new(vec![stopped]).decide(line(5_000_000));
    assert_eq!(encodings(&allocation), [Some(2)]);
    assert_eq!(causes(&allocation), [SlotCause::Publisher]);
}

#[test]
fn a_step_up_waits_for_a_keyframe() {
    let mut rising = camera(1);
    rising.flowing = Some(target(0));
    let allocation = Subscriber::new(vec![rising]).decide(line(5_000_000));
    assert_eq!(causes(&allocation), [SlotCause::WaitingForKeyframe]);
}

#[test]
fn a_picture_that_has_not_begun_waits_for_a_keyframe() {
    let allocation = Subscriber::new(vec![camera(1)]).decide(line(700_000));
    assert_eq!(causes(&allocation), [SlotCause::WaitingForKeyframe]);
}

#[test]
fn a_track_of_which_nothing_has_come_waits_for_a_keyframe() {
    let mut silent = camera(1);
    silent.choices.clear();
    check(vec![silent], 5_000_000, &[SlotCause::WaitingForKeyframe]);
}

#[test]
fn causes_outside_the_line_pass_through_and_take_nothing() {
    for cause in [
        SlotCause::Hidden,
        SlotCause::Muted,
        SlotCause::Codec,
        SlotCause::Empty,
    ] {
        let mut withheld = camera(1);
        withheld.withheld = Some(cause);
        withheld.flowing = Some(target(2));
        let allocation = Subscriber::new(vec![withheld, camera(2)]).settle(line(2_000_000));
        assert_eq!(causes(&allocation), [cause, SlotCause::Full]);
        assert_eq!(encodings(&allocation), [None, Some(2)]);
    }
}

/// One encoding with several frame rates.
pub(super) fn temporal(offered: &[(u32, u64)]) -> Vec<LayerChoice> {
    let mut choices = choices(offered);
    for (temporal, choice) in (0..).zip(&mut choices) {
        choice.target.encoding = EncodingId(0);
        choice.target.layer = Layer {
            spatial: 0,
            temporal,
        };
        choice.fps = choice.height.replace(720);
    }
    choices
}
