//! Lines of different and of changing width.

use std::time::Duration;

use crate::link::{LinkConfig, Loss};
use crate::scenarios::{Pair, Row};
use crate::stage::{line, wide};
use crate::video::VideoPlan;

/// A viewer on a line of so many bits per second, for twenty seconds.
pub fn fits(video: VideoPlan, bits_per_second: u64) -> Vec<Row> {
    let mut pair = Pair::new(21, video);
    pair.stage
        .world
        .set_downlink(pair.viewer, line(bits_per_second));
    pair.phase(&rate(bits_per_second), 20);
    pair.finish()
}

/// From 5 Mbit/s to 200 kbit/s and back.
pub fn squeeze(seed: u64, video: VideoPlan) -> Vec<Row> {
    changes(
        seed,
        video,
        [(5_000_000, 19), (200_000, 20), (5_000_000, 25)],
    )
}

/// From 5 Mbit/s to 20 kbit/s for a minute, and back.
pub fn starve(video: VideoPlan) -> Vec<Row> {
    changes(23, video, [(5_000_000, 15), (20_000, 60), (5_000_000, 30)])
}

fn changes(seed: u64, video: VideoPlan, phases: [(u64, u64); 3]) -> Vec<Row> {
    let mut pair = Pair::new(seed, video);
    for (bits_per_second, seconds) in phases {
        pair.stage
            .world
            .set_downlink(pair.viewer, line(bits_per_second));
        pair.phase(&rate(bits_per_second), seconds);
    }
    pair.finish()
}

/// A wide line that loses one packet of twenty.
pub fn loss(video: VideoPlan) -> Vec<Row> {
    let mut pair = Pair::new(24, video);
    let lossy = LinkConfig {
        loss: Loss::Random(0.05),
        ..wide()
    };
    pair.stage.world.set_downlink(pair.viewer, lossy);
    pair.phase("5 % lost", 30);
    pair.finish()
}

/// A viewer on a wide line whose way back gets full of something else: what it sends waits up to 0.8 seconds.
pub fn full_way_back(seed: u64, video: VideoPlan) -> Vec<Row> {
    let mut pair = Pair::new(seed, video);
    let full = LinkConfig {
        jitter: Duration::from_millis(800),
        ..wide()
    };
    pair.stage.world.set_downlink(pair.viewer, line(5_000_000));
    pair.phase("before", 12);
    pair.stage.world.set_uplink(pair.viewer, full);
    pair.phase("way back full", 20);
    pair.finish()
}

/// Two seconds in which nothing comes through: to a viewer, and from it as well or from it alone; and what follows.
pub fn outage(seed: u64, video: VideoPlan, (down, up): (bool, bool)) -> Vec<Row> {
    let mut pair = Pair::new(seed, video);
    let good = line(5_000_000);
    pair.stage.world.set_downlink(pair.viewer, good);
    pair.phase("before", 10);
    let path = |is_dead| LinkConfig {
        loss: if is_dead {
            Loss::Random(1.0)
        } else {
            Loss::Never
        },
        ..good
    };
    pair.stage
        .world
        .set_links(pair.viewer, path(up), path(down));
    pair.phase("nothing comes through", 2);
    pair.stage.world.set_links(pair.viewer, good, good);
    pair.phase("after", 8);
    pair.finish()
}

/// A rate in words.
pub(super) fn rate(bits_per_second: u64) -> String {
    match bits_per_second / 1_000 {
        kilo @ 0..1_000 => format!("{kilo} kbit/s"),
        kilo if kilo % 1_000 == 0 => format!("{} Mbit/s", kilo / 1_000),
        kilo => format!("{}.{} Mbit/s", kilo / 1_000, kilo / 100 % 10),
    }
}
