//! What viewers ask for: sizes, hiding, and where they are.

use std::net::SocketAddr;

use crate::scenarios::{Pair, Row};
use crate::stage::line;
use crate::video::VideoPlan;

/// A tile that grows and shrinks on a wide line.
pub fn resize(video: VideoPlan) -> Vec<Row> {
    let mut pair = Pair::new(31, video);
    pair.stage.world.set_downlink(pair.viewer, line(5_000_000));
    for height in [1080, 180, 360, 720] {
        pair.want(height);
        pair.phase(&format!("tile of {height}"), 12);
    }
    pair.finish()
}

/// Hidden for thirty seconds, then looked at again.
pub fn hidden(video: VideoPlan) -> Vec<Row> {
    let mut pair = Pair::new(32, video);
    pair.stage.world.set_downlink(pair.viewer, line(5_000_000));
    for (name, height, seconds) in [
        ("shown", 1080, 12),
        ("hidden", 0, 30),
        ("shown again", 1080, 12),
    ] {
        pair.want(height);
        pair.phase(name, seconds);
    }
    pair.finish()
}

/// Hidden while more packets pass than sequence numbers have values. Somebody else keeps watching, so that the
/// publisher goes on.
pub fn long_pause() -> (Vec<Row>, u64) {
    let mut pair = Pair::new(33, VideoPlan::single(1920, 1080, 16_000_000));
    pair.stage.viewer(1);
    pair.want(1080);
    pair.phase("shown", 3);
    pair.want(0);
    let before = pair.stage.world.link_stats(pair.publisher).0.sent;
    pair.phase("hidden", 40);
    let passed = pair.stage.world.link_stats(pair.publisher).0.sent - before;
    pair.want(1080);
    pair.phase("shown again", 5);
    (pair.finish(), passed)
}

/// The viewer's address changes while the server switches layers.
pub fn rebind(video: VideoPlan) -> Vec<Row> {
    let mut pair = Pair::new(34, video);
    pair.stage.world.set_downlink(pair.viewer, line(5_000_000));
    pair.want(180);
    pair.phase("small", 8);
    pair.want(720);
    let elsewhere = SocketAddr::from(([198, 18, 9, 9], 6_001));
    pair.stage.world.rebind(pair.viewer, elsewhere);
    pair.phase("large, elsewhere", 30);
    pair.finish()
}
