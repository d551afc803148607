//! Cameras and screens that are not all alike.

use std::time::Duration;

use seameet_core::Codec;
use seameet_core::media::TrackSource;

use crate::client::ClientPlan;
use crate::scenarios::{Pair, Row};
use crate::stage::{Stage, line};
use crate::video::VideoPlan;

/// A viewer who comes when the camera has run for ten seconds.
pub fn late_joiner(video: VideoPlan) -> Vec<Row> {
    let mut pair = Pair::new(41, video);
    pair.stage.run_seconds(10);
    join_late(pair)
}

/// A viewer who comes to a camera that made a keyframe half a second ago and never answers requests for one.
pub fn deaf() -> Vec<Row> {
    let mut pair = Pair::new(42, VideoPlan::single(640, 360, 500_000));
    pair.stage.run_seconds(1);
    let now = pair.stage.world.now();
    let camera = pair.stage.world.client_mut(pair.publisher);
    camera
        .encoder(TrackSource::Camera)
        .request_keyframe(now, None);
    pair.stage.run(Duration::from_millis(500));
    let camera = pair.stage.world.client_mut(pair.publisher);
    camera.encoder(TrackSource::Camera).deaf = true;
    join_late(pair)
}

fn join_late(mut pair: Pair) -> Vec<Row> {
    pair.viewer = pair.stage.viewer(1);
    pair.phase("first seconds", 5);
    pair.finish()
}

/// A shared screen on which nothing moves for a minute.
pub fn still_screen() -> (Vec<Row>, usize) {
    let mut stage = Stage::new(43);
    let plan = ClientPlan::new(&[], 0).with_video(TrackSource::Screen, VideoPlan::still_screen());
    let publisher = stage.join(&plan);
    stage.run_seconds(2);
    let viewer = stage.viewer(1);
    stage.world.set_downlink(viewer, line(3_000_000));
    let from = stage.world.now();
    stage.forget();
    stage.run_seconds(60);
    let sight = stage.sight_of(viewer, publisher, TrackSource::Screen, from);
    let encoder = stage
        .world
        .client_mut(publisher)
        .encoder(TrackSource::Screen);
    let requests = encoder.keyframe_requests.len();
    stage.assert_no_faults();
    let phase = "one minute".to_owned();
    (vec![Row { phase, sight }], requests)
}

/// The publisher's processor gets too slow for the largest encoding, and later fast enough again.
pub fn processor() -> Vec<Row> {
    let mut pair = Pair::new(44, VideoPlan::simulcast());
    pair.stage.world.set_downlink(pair.viewer, line(5_000_000));
    for (name, encodings) in [("all", 3), ("without the largest", 2), ("all again", 3)] {
        let encoder = pair
            .stage
            .world
            .client_mut(pair.publisher)
            .encoder(TrackSource::Camera);
        encoder.limit_encodings(encodings);
        pair.phase(name, 15);
    }
    pair.finish()
}

/// A publisher whose own line gets too narrow for its largest encoding, and later wide enough again.
pub fn short_uplink() -> Vec<Row> {
    let mut stage = Stage::new(45);
    let mut plan = ClientPlan::new(&[], 0).with_video(TrackSource::Camera, VideoPlan::simulcast());
    plan.uplink = Some(2_000_000);
    let publisher = stage.join(&plan);
    let viewer = stage.viewer(1);
    let mut rows = Vec::new();
    for (phase, rate) in [
        ("5 Mbit/s", 5_000_000),
        ("1 Mbit/s", 1_000_000),
        ("5 Mbit/s again", 5_000_000),
    ] {
        stage.world.set_uplink(publisher, line(rate));
        stage.forget();
        let from = stage.world.now();
        stage.run_seconds(45);
        let sight = stage.sight(viewer, publisher, from);
        rows.push(Row {
            phase: phase.to_owned(),
            sight,
        });
    }
    stage.assert_no_faults();
    rows
}

/// Four cameras with a codec each, and one viewer on a wide line.
pub fn codec_mix() -> Vec<Row> {
    let mut stage = Stage::new(46);
    let cameras = [
        ("VP8 simulcast", VideoPlan::simulcast()),
        ("H.264 simulcast", VideoPlan::simulcast_h264()),
        ("VP9 layers", VideoPlan::layered(Codec::Vp9)),
        ("AV1 layers", VideoPlan::layered(Codec::Av1)),
    ];
    let cameras = cameras.map(|(name, video)| (name, stage.publisher(video)));
    let viewer = stage.viewer(4);
    stage.world.set_downlink(viewer, line(10_000_000));
    stage.forget();
    let from = stage.world.now();
    stage.run_seconds(20);
    stage.assert_no_faults();
    let rows = cameras.map(|(name, publisher)| Row {
        phase: name.to_owned(),
        sight: stage.sight(viewer, publisher, from),
    });
    rows.to_vec()
}
