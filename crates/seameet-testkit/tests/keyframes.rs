//! Keyframes are asked for when somebody needs one, and not more often.

use std::time::{Duration, Instant};

use seameet_core::media::MediaCommand;
use seameet_core::media::TrackSource::{self, Camera, Microphone};
use seameet_testkit::{ClientId, ClientPlan, LinkConfig, Loss, World, oracle};

const SECOND: Duration = Duration::from_secs(1);
const LEAST_INTERVAL: Duration = Duration::from_millis(500);

/// One camera and so many viewers, after the first seconds.
fn audience(seed: u64, viewers: usize) -> (World, ClientId, Vec<ClientId>) {
    let mut world = World::new(seed);
    let room = world.open_room(1);
    let publisher = world.join(room, &ClientPlan::camera_only());
    let plan = ClientPlan::new(&[], 1);
    let viewers = (0..viewers).map(|_| world.join(room, &plan)).collect();
    world.connect();
    world.run_for(3 * SECOND);
    (world, publisher, viewers)
}

fn requests(world: &mut World, id: ClientId, source: TrackSource) -> Vec<Instant> {
    let publisher = world.client_mut(id).publisher(source);
    publisher.keyframe_requests.clone()
}

fn forget_requests(world: &mut World, id: ClientId) {
    let publisher = world.client_mut(id).publisher(Camera);
    publisher.keyframe_requests.clear();
}

fn assert_throttled(requests: &[Instant]) {
    for pair in requests.windows(2) {
        let interval = pair[1] - pair[0];
        assert!(interval >= LEAST_INTERVAL, "asked again after {interval:?}");
    }
}

#[test]
fn fifty_viewers_that_ask_at_once_cause_one_request() {
    let (mut world, publisher, viewers) = audience(41, 50);
    let track = world.track(publisher, Camera);
    forget_requests(&mut world, publisher);
    for viewer in &viewers {
        world.client_mut(*viewer).request_keyframe(track);
    }
    world.run_for(LEAST_INTERVAL);
    assert_eq!(requests(&mut world, publisher, Camera).len(), 1);
    assert!(world.counters().keyframe_requests_received >= 50);
}

#[test]
fn fifty_viewers_that_never_stop_asking_cause_two_requests_a_second() {
    let (mut world, publisher, viewers) = audience(42, 50);
    let track = world.track(publisher, Camera);
    forget_requests(&mut world, publisher);
    for _ in 0..50 {
        for viewer in &viewers {
            world.client_mut(*viewer).request_keyframe(track);
        }
        world.run_for(Duration::from_millis(100));
    }
    let requests = requests(&mut world, publisher, Camera);
    assert_throttled(&requests);
    assert!((9..=11).contains(&requests.len()), "{}", requests.len());
}

#[test]
fn a_viewer_that_comes_amid_a_storm_still_sees_a_picture_soon() {
    let (mut world, publisher, viewers) = audience(43, 20);
    let track = world.track(publisher, Camera);
    let room = world.room_of(publisher);
    let late = world.join(room, &ClientPlan::viewer());
    for _ in 0..20 {
        for viewer in &viewers {
            world.client_mut(*viewer).request_keyframe(track);
        }
        world.run_for(Duration::from_millis(50));
    }
    assert!(!world.client(late).seen(track).is_empty());
}

#[test]
fn a_late_joiner_sees_every_existing_track_within_a_second() {
    let mut world = World::new(44);
    let room = world.open_room(1);
    let publishers: Vec<_> = (0..6)
        .map(|_| world.join(room, &ClientPlan::new(&[Microphone, Camera], 0)))
        .collect();
    world.connect();
    world.run_for(10 * SECOND);
    let late = world.join(room, &ClientPlan::new(&[], 6));
    world.connect();
    let since = world.now();
    world.run_for(SECOND);
    for publisher in publishers {
        let seen = oracle::received_since(&world, late, publisher, Camera, since);
        assert!(seen.first().is_some_and(|first| first.picture.keyframe));
        let heard = oracle::received_since(&world, late, publisher, Microphone, since);
        assert!(heard.len() > 40, "{} packets of sound", heard.len());
    }
}

#[test]
fn twenty_that_join_at_once_cause_no_storm() {
    let mut world = World::new(45);
    let room = world.open_room(1);
    let plan = ClientPlan::new(&[Microphone, Camera], 19);
    let ids: Vec<_> = (0..20).map(|_| world.join(room, &plan)).collect();
    let start = world.now();
    world.connect();
    world.run_for(3 * SECOND);
    let seconds = (world.now() - start).as_secs();
    for id in &ids {
        let requests = requests(&mut world, *id, Camera);
        assert!(requests.len() as u64 <= 2 * seconds, "{}", requests.len());
        assert_eq!(world.client(*id).senders().len(), 19);
        forget_requests(&mut world, *id);
    }
    world.run_for(3 * SECOND);
    for id in ids {
        assert!(requests(&mut world, id, Camera).is_empty(), "all is quiet");
    }
}

#[test]
fn a_viewers_request_reaches_only_the_source_that_it_sees() {
    let mut world = World::new(46);
    let room = world.open_room(1);
    let cameras = [(); 3].map(|()| world.join(room, &ClientPlan::camera_only()));
    let viewer = world.join(room, &ClientPlan::viewer());
    world.connect();
    world.run_for(3 * SECOND);
    for camera in cameras {
        forget_requests(&mut world, camera);
    }
    let track = world.track(cameras[1], Camera);
    world.client_mut(viewer).request_keyframe(track);
    world.run_for(SECOND);
    let counts = cameras.map(|camera| requests(&mut world, camera, Camera).len());
    assert_eq!(counts, [0, 1, 0]);
    let track = world.track(cameras[2], Camera);
    // Somebody who is not shown the track burdens nobody.
    for (asker, expected) in [(cameras[0], [0, 1, 0]), (viewer, [0, 1, 1])] {
        let participant = world.client(asker).participant;
        world.command(room, MediaCommand::RequestKeyframe { participant, track });
        world.run_for(SECOND);
        let counts = cameras.map(|camera| requests(&mut world, camera, Camera).len());
        assert_eq!(counts, expected);
    }
}

#[test]
fn unmuting_asks_for_a_keyframe_and_muting_does_not() {
    let (mut world, publisher, _) = audience(47, 3);
    forget_requests(&mut world, publisher);
    world.set_muted(publisher, Camera, true);
    world.run_for(3 * SECOND);
    assert!(requests(&mut world, publisher, Camera).is_empty());
    world.set_muted(publisher, Camera, false);
    world.run_for(3 * SECOND);
    assert_eq!(requests(&mut world, publisher, Camera).len(), 1);
}

#[test]
fn a_publisher_that_does_not_answer_is_asked_ever_more_rarely() {
    let (mut world, publisher, viewers) = audience(48, 5);
    let track = world.track(publisher, Camera);
    forget_requests(&mut world, publisher);
    world.client_mut(publisher).publisher(Camera).paused = true;
    world.client_mut(viewers[0]).request_keyframe(track);
    world.run_for(60 * SECOND);
    let requests = requests(&mut world, publisher, Camera);
    assert!((7..=14).contains(&requests.len()), "{}", requests.len());
    let last = requests.windows(2).last().map(|pair| pair[1] - pair[0]);
    assert!(last >= Some(9 * SECOND));
}

#[test]
fn a_lost_request_is_repeated() {
    let (mut world, publisher, viewers) = audience(49, 1);
    let track = world.track(publisher, Camera);
    world.set_muted(publisher, Camera, true);
    world.run_for(SECOND);
    let dead = LinkConfig {
        loss: Loss::Random(1.0),
        ..LinkConfig::default()
    };
    world.set_links(publisher, LinkConfig::default(), dead);
    let since = world.now();
    world.set_muted(publisher, Camera, false);
    world.run_for(Duration::from_millis(100));
    world.set_links(publisher, LinkConfig::default(), LinkConfig::default());
    world.run_for(SECOND);
    let seen = world.client(viewers[0]).seen(track);
    assert!(seen.iter().any(|seen| seen.at > since));
}

#[test]
fn nobody_asks_for_a_track_that_nobody_receives() {
    let mut world = World::new(50);
    let room = world.open_room(1);
    let publisher = world.join(room, &ClientPlan::camera_only());
    world.connect();
    world.run_for(5 * SECOND);
    assert!(requests(&mut world, publisher, Camera).is_empty());
    assert_eq!(world.counters().keyframe_requests_sent, 0);
}
