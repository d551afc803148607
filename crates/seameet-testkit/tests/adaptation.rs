//! What a subscriber's line takes decides what it is sent, it is told why, and publishers stop what nobody wants.

use seameet_core::media::{SlotCause, SlotReport, TrackSource};
use seameet_testkit::stage::{Stage, line};
use seameet_testkit::video::VideoPlan;

#[test]
fn a_narrow_line_gets_the_smallest_picture_and_says_why() {
    let mut stage = Stage::new(1);
    let alice = stage.publisher(VideoPlan::simulcast());
    let bob = stage.viewer(1);
    stage.world.set_downlink(bob, line(300_000));
    stage.run_seconds(10);
    let narrow = stage.world.now();
    stage.run_seconds(10);
    let sight = stage.sight(bob, alice, narrow);
    assert_eq!(sight.last_height, Some(180), "{sight:?}");
    assert_eq!(sight.cause, Some(SlotCause::Bandwidth), "{sight:?}");
}

#[test]
fn what_nobody_watches_is_stopped_and_comes_back_within_a_second() {
    let mut stage = Stage::new(2);
    let alice = stage.publisher(VideoPlan::simulcast());
    stage.run_seconds(4);
    let camera = TrackSource::Camera;
    let sending = stage.world.client_mut(alice).encoder(camera).sending();
    assert!(sending.iter().all(|is_sent| !is_sent), "{sending:?}");
    let bob = stage.viewer(1);
    let since = stage.world.now();
    stage.run_seconds(1);
    let sight = stage.sight(bob, alice, since);
    assert!(sight.last_height.is_some(), "{sight:?}");
}

#[test]
fn an_explanation_names_every_choice() {
    let mut stage = Stage::new(3);
    stage.publisher(VideoPlan::simulcast());
    let bob = stage.viewer(1);
    stage.run_seconds(15);
    let explanation = stage.world.explain(bob).expect("bob is connected");
    let is_filled = |slot: &&SlotReport| slot.track.is_some();
    let slot = explanation.slots.iter().find(is_filled);
    let slot = slot.expect("bob sees alice");
    assert_eq!(slot.cause, SlotCause::Full, "{explanation:?}");
    assert_eq!(slot.current, slot.target);
    assert!(slot.layers.len() >= 3, "{slot:?}");
    assert!(
        explanation
            .estimate
            .is_some_and(|estimate| estimate > explanation.allocated)
    );
    assert_eq!(explanation.allocated, explanation.desired);
    assert_eq!(explanation.quality.score, 5, "{explanation:?}");
}
