//! A muted track is not forwarded, whatever its sender does, and nobody else notices.
#![expect(clippy::expect_used, reason = "a failed expectation is the report")]

use std::time::Duration;

use seameet_core::media::SlotCause;
use seameet_core::media::TrackSource::{self, Camera, Microphone, Screen};
use seameet_sfu::shard::Drop;
use seameet_testkit::{ClientId, ClientPlan, LinkConfig, Loss, World, oracle};

const SECOND: Duration = Duration::from_secs(1);

/// Two publishers of everything and a viewer.
fn call(seed: u64) -> (World, ClientId, ClientId, ClientId) {
    let mut world = World::new(seed);
    let room = world.open_room(1);
    let plan = ClientPlan::new(&[Microphone, Camera, Screen], 0);
    let alice = world.join(room, &plan);
    let bob = world.join(room, &plan);
    let viewer = world.join(room, &ClientPlan::viewer());
    world.connect();
    world.run_for(SECOND);
    (world, alice, bob, viewer)
}

fn received_for(world: &mut World, to: ClientId, from: ClientId, source: TrackSource) -> usize {
    let since = world.now();
    world.run_for(SECOND);
    oracle::received_since(world, to, from, source, since).len()
}

fn cause(world: &World, to: ClientId, from: ClientId, source: TrackSource) -> SlotCause {
    let client = world.client(to);
    let slot = client.slot_of(world.track(from, source));
    client.slots[&slot.expect("the track keeps its slot")].cause
}

#[test]
fn a_sender_that_ignores_the_mute_does_not_leak() {
    let (mut world, alice, _, viewer) = call(51);
    for source in [Microphone, Camera, Screen] {
        world.set_muted(alice, source, true);
        assert_eq!(cause(&world, viewer, alice, source), SlotCause::Muted);
        assert_eq!(received_for(&mut world, viewer, alice, source), 0);
    }
    assert!(world.counters().dropped(Drop::Muted) > 300);
}

#[test]
fn muting_one_track_changes_no_other() {
    let (mut world, alice, bob, viewer) = call(52);
    world.set_muted(alice, Camera, true);
    let since = world.now();
    world.run_for(2 * SECOND);
    for (from, source) in [
        (alice, Microphone),
        (alice, Screen),
        (bob, Microphone),
        (bob, Camera),
        (bob, Screen),
    ] {
        let seen = oracle::received_since(&world, viewer, from, source, since);
        assert!(seen.len() > 95, "{source:?} of {from:?}: {}", seen.len());
        assert_eq!(cause(&world, viewer, from, source), SlotCause::Full);
    }
}

#[test]
fn unmuting_goes_on_with_the_same_stream() {
    for sender_obeys in [true, false] {
        let (mut world, alice, _, viewer) = call(53);
        for source in [Camera, Microphone] {
            for _ in 0..3 {
                world.set_muted(alice, source, true);
                world.client_mut(alice).publisher(source).paused = sender_obeys;
                world.run_for(SECOND);
                world.client_mut(alice).publisher(source).paused = false;
                let since = world.now();
                world.set_muted(alice, source, false);
                world.run_for(SECOND);
                let seen = oracle::received_since(&world, viewer, alice, source, since);
                assert!(seen.len() > 40, "{source:?} comes back: {}", seen.len());
                assert_eq!(cause(&world, viewer, alice, source), SlotCause::Full);
                let first = seen[0].picture;
                assert!(source == Microphone || (first.keyframe && first.index == 0));
            }
            let line = world.client(viewer).seen(world.track(alice, source));
            assert_eq!(oracle::continuity(line), Ok(()));
        }
        assert_eq!(oracle::faces(&world), Ok(()));
    }
}

#[test]
fn a_track_that_begins_muted_is_heard_after_it_is_unmuted() {
    let mut world = World::new(54);
    let room = world.open_room(1);
    let viewer = world.join(room, &ClientPlan::viewer());
    let alice = world.join(room, &ClientPlan::new(&[Microphone, Camera], 0));
    for source in [Microphone, Camera] {
        world.set_muted(alice, source, true);
    }
    world.connect();
    world.run_for(2 * SECOND);
    assert!(world.client(viewer).received.is_empty());
    for source in [Microphone, Camera] {
        world.set_muted(alice, source, false);
        assert!(received_for(&mut world, viewer, alice, source) > 40);
    }
}

#[test]
fn muting_twice_is_muting_once() {
    let (mut world, alice, _, viewer) = call(55);
    world.set_muted(alice, Camera, true);
    world.set_muted(alice, Camera, true);
    world.set_muted(alice, Camera, false);
    assert!(received_for(&mut world, viewer, alice, Camera) > 90);
    let told = world.client(viewer).told.len();
    world.set_muted(alice, Camera, false);
    assert_eq!(world.client(viewer).told.len(), told, "no change, no event");
}

#[test]
fn loss_around_a_mute_leaves_no_packet_of_the_muted_time() {
    let (mut world, alice, _, viewer) = call(56);
    let lossy = LinkConfig {
        delay: Duration::from_millis(30),
        loss: Loss::Random(0.1),
        ..LinkConfig::default()
    };
    world.set_links(alice, lossy, lossy);
    world.run_for(2 * SECOND);
    world.set_muted(alice, Camera, true);
    let frame = world.client_mut(alice).publisher(Camera).frames();
    world.run_for(SECOND);
    let next = world.client_mut(alice).publisher(Camera).frames();
    world.set_muted(alice, Camera, false);
    world.run_for(2 * SECOND);
    let line = world.client(viewer).seen(world.track(alice, Camera));
    // The first and last frames were under way when the mute began and ended.
    let leaked = line
        .iter()
        .filter(|seen| seen.picture.sender == world.client(alice).number())
        .find(|seen| (frame + 1..next - 2).contains(&seen.picture.frame));
    assert_eq!(leaked, None);
    assert_eq!(oracle::source_order(line), Ok(()));
}
