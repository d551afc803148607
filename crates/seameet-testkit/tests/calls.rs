//! Whole calls through the media plane, in virtual time, with real WebRTC endpoints.

use std::time::Duration;

use seameet_core::media::TrackSource::{Camera, Microphone};
use seameet_testkit::{ClientPlan, World};

#[test]
fn two_participants_receive_each_other() {
    let mut world = World::new(1);
    let room = world.open_room(1);
    let alice = world.join(room, &ClientPlan::full());
    let bob = world.join(room, &ClientPlan::full());
    world.connect();
    world.run_for(Duration::from_secs(5));
    for (from, to) in [(alice, bob), (bob, alice)] {
        for source in [Camera, Microphone] {
            let track = world.track(from, source);
            let frames = world.client_mut(from).publisher(source).frames();
            let seen = world.client(to).seen(track);
            let complete = seen
                .iter()
                .filter(|seen| seen.picture.index + 1 == seen.picture.count)
                .count();
            assert!(
                complete + 10 > frames as usize,
                "{complete} of {frames} frames of {source:?}"
            );
        }
        assert_eq!(world.client(to).senders().len(), 1);
    }
}
