//! Nothing grows without end, whoever does not connect, does not read, or comes and goes.

use std::time::Duration;

use seameet_core::ParticipantId;
use seameet_core::media::{DisconnectReason, MediaCommand, MediaEvent, Offer, TrackSource};
use seameet_sfu::shard::{Drop, Occupancy};
use seameet_testkit::{ClientPlan, LinkConfig, Loss, World};

const SECOND: Duration = Duration::from_secs(1);

fn dead() -> LinkConfig {
    LinkConfig {
        loss: Loss::Random(1.0),
        ..LinkConfig::default()
    }
}

#[test]
fn a_subscriber_that_never_connects_gets_nothing_and_is_dropped_in_time() {
    let mut world = World::new(91);
    let room = world.open_room(1);
    world.join(room, &ClientPlan::full());
    world.connect();
    let ghost = world.join(room, &ClientPlan::viewer());
    world.set_links(ghost, dead(), dead());
    world.run_for(10 * SECOND);
    let held = world.occupancy();
    assert_eq!((held.peers, held.addresses, held.queued), (2, 1, 0));
    assert!(held.timers <= 6, "{} timers", held.timers);
    world.run_for(20 * SECOND);
    assert_eq!(world.counters().packets_forwarded, 0);
    assert_eq!(world.counters().keyframe_requests_sent, 0);
    let told = MediaEvent::Disconnected {
        participant: world.client(ghost).participant,
        reason: DisconnectReason::ConsentExpired,
    };
    assert!(world.events.iter().any(|one| one.event == told));
    let held = world.occupancy();
    assert_eq!((held.peers, held.names, held.subscriptions), (1, 1, 0));
}

#[test]
fn a_subscriber_that_never_reads_is_served_without_a_growing_queue() {
    let mut world = World::new(92);
    let room = world.open_room(1);
    world.join(room, &ClientPlan::full());
    let deaf = world.join(room, &ClientPlan::viewer());
    world.connect();
    world.run_for(SECOND);
    world.set_links(deaf, LinkConfig::default(), dead());
    for _ in 0..30 {
        world.run_for(SECOND);
        let held = world.occupancy();
        assert_eq!(held.queued, 0);
        assert!(held.timers <= 20, "{} timers", held.timers);
    }
}

#[test]
fn ten_thousand_joins_and_leaves_leave_nothing_behind() {
    let mut world = World::new(93);
    let room = world.open_room(1);
    // A small description, because most of the time goes into reading it.
    let plan = ClientPlan {
        audio_slots: 0,
        video_codecs: vec![seameet_core::Codec::Vp8],
        ..ClientPlan::new(&[TrackSource::Microphone], 1)
    };
    let template = world.join(room, &plan);
    let sdp = world.prepare_offer(
        template,
        &ClientPlan {
            video_slots: 0,
            audio_slots: 1,
            ..plan
        },
    );
    let mut declared = world.client(template).declarations[0];
    world.leave(template);
    let mut number = 0;
    for _ in 0..500 {
        let group: Vec<_> = (0..20)
            .map(|_| {
                number += 1;
                declared.track = seameet_core::TrackId::new(1_000 + number);
                let participant = ParticipantId::from_random(1_000 + u64::from(number));
                let offer = Offer {
                    sdp: sdp.clone(),
                    tracks: vec![declared],
                };
                let answer = world.negotiate_as(room, participant, offer, true);
                assert!(answer.is_some_and(|answer| answer.is_ok()));
                participant
            })
            .collect();
        assert_eq!(world.occupancy().tracks, 20);
        for participant in group {
            world.command(room, MediaCommand::Remove { participant });
        }
        world.events.clear();
        world.run_for(Duration::from_millis(100));
    }
    let empty_room = Occupancy {
        rooms: 1,
        ..Occupancy::default()
    };
    world.run_for(60 * SECOND);
    assert_eq!(world.occupancy(), empty_room);
    world.close_room(room);
    assert_eq!(world.occupancy(), Occupancy::default());
}

#[test]
fn hundreds_of_whole_calls_leave_nothing_behind() {
    let mut world = World::new(94);
    let room = world.open_room(1);
    for round in 0..60 {
        let pair = [(); 2].map(|()| world.join(room, &ClientPlan::full()));
        world.run_for(SECOND);
        assert!(world.client(pair[0]).connected);
        match round % 3 {
            0 => pair.iter().for_each(|id| world.leave(*id)),
            1 => pair.iter().for_each(|id| world.hang_up(*id)),
            _ => pair.iter().for_each(|id| world.silence(*id)),
        }
        world.events.clear();
    }
    world.run_for(60 * SECOND);
    let empty_room = Occupancy {
        rooms: 1,
        ..Occupancy::default()
    };
    assert_eq!(world.occupancy(), empty_room);
}

#[test]
fn a_driver_that_does_not_poll_meets_a_full_queue_and_not_a_full_memory() {
    let mut world = World::new(95);
    let room = world.open_room(1);
    let alice = world.join(room, &ClientPlan::viewer());
    world.start_capture(alice);
    world.connect();
    world.run_for(10 * SECOND);
    let mut captured = world.captured(alice).iter();
    let check = captured
        .rfind(|bytes| bytes[0] == 0)
        .expect("a check")
        .clone();
    let source = world.client(alice).mapped;
    world.inject_batch(source, &vec![check; 40_000]);
    assert!(world.counters().dropped(Drop::SendQueueFull) > 5_000);
    world.run_for(SECOND);
    assert_eq!(world.occupancy().queued, 0);
}
