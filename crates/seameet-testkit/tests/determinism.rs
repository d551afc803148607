//! One seed makes one run, as far as the engine's own random names let it.

use std::time::Duration;

use seameet_core::media::TrackSource::Camera;
use seameet_testkit::{ClientPlan, LinkConfig, Loss, World};

/// A lossy call; what was lost on each path and what was forwarded.
fn run(seed: u64) -> Vec<u64> {
    let mut world = World::new(seed);
    let room = world.open_room(1);
    let ids = [(); 3].map(|()| world.join(room, &ClientPlan::full()));
    world.connect();
    let lossy = LinkConfig {
        delay: Duration::from_millis(20),
        jitter: Duration::from_millis(5),
        loss: Loss::Random(0.05),
        ..LinkConfig::default()
    };
    for id in ids {
        world.set_links(id, lossy, lossy);
    }
    world.run_for(Duration::from_secs(10));
    let mut counts = vec![world.counters().packets_forwarded];
    for id in ids {
        let (up, down) = world.link_stats(id);
        counts.extend([up.sent, up.lost, down.sent, down.lost]);
        counts.push(u64::from(world.client_mut(id).publisher(Camera).frames()));
    }
    counts
}

#[test]
fn equal_seeds_make_nearly_equal_runs() {
    let (first, second) = (run(7), run(7));
    for (one, other) in first.iter().zip(&second) {
        assert!(
            one.abs_diff(*other) <= one / 20 + 5,
            "{first:?} and {second:?} differ"
        );
    }
}

#[test]
fn other_seeds_lose_other_packets() {
    assert_ne!(run(7), run(8));
}
