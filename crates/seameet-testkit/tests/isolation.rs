//! Whatever becomes of one participant, nobody else's call changes.
#![expect(clippy::expect_used, reason = "a failed expectation is the report")]

use std::time::{Duration, Instant};

use seameet_core::media::TrackSource::{self, Camera, Microphone};
use seameet_core::media::{DisconnectReason, MediaEvent};
use seameet_pipeline::CloseReason;
use seameet_sfu::shard::Drop;
use seameet_testkit::{ClientId, ClientPlan, LinkConfig, World, oracle};

const SECOND: Duration = Duration::from_secs(1);

/// Three participants who see and hear each other; the last one will have an accident.
struct Call {
    world: World,
    healthy: [ClientId; 2],
    victim: ClientId,
    start: Instant,
}

impl Call {
    fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let room = world.open_room(1);
        let [alice, bob, carol] = [(); 3].map(|()| world.join(room, &ClientPlan::full()));
        for id in [alice, bob, carol] {
            let path = LinkConfig {
                delay: Duration::from_millis(15),
                ..LinkConfig::default()
            };
            world.set_links(id, path, path);
        }
        world.connect();
        world.run_for(2 * SECOND);
        let start = world.now();
        Self {
            world,
            healthy: [alice, bob],
            victim: carol,
            start,
        }
    }

    fn run(&mut self, seconds: u64) {
        self.world.run_for(Duration::from_secs(seconds));
    }

    /// Since the start the others received all of each other, each packet, in one stream.
    fn assert_others_noticed_nothing(&self) {
        let [alice, bob] = self.healthy;
        let seconds = (self.world.now() - self.start).as_secs();
        for (to, from) in [(alice, bob), (bob, alice)] {
            for (source, rate) in [(Camera, 120), (Microphone, 50)] {
                let seen = oracle::received_since(&self.world, to, from, source, self.start);
                let expected = usize::try_from(seconds * rate).expect("it is small");
                assert!(seen.len() >= expected, "{} of {expected}", seen.len());
                assert_eq!(oracle::continuity(&seen), Ok(()));
                assert_eq!(oracle::gaps(&seen), []);
            }
        }
        assert_eq!(oracle::faces(&self.world), Ok(()));
    }

    fn disconnections(&self) -> Vec<(Duration, DisconnectReason)> {
        let victim = self.world.client(self.victim).participant;
        let told = self.world.events.iter();
        told.filter_map(|told| match told.event {
            MediaEvent::Disconnected {
                participant,
                reason,
            } => {
                assert_eq!(participant, victim, "nobody else is disconnected");
                Some((told.at - self.start, reason))
            }
            _ => None,
        })
        .collect()
    }

    fn assert_victims_tiles_are_gone(&self) {
        for source in [Camera, Microphone] {
            let track = self.world.track(self.victim, source);
            for id in self.healthy {
                assert_eq!(self.world.client(id).slot_of(track), None);
            }
        }
        assert_eq!(self.world.occupancy().peers, 2);
        assert_eq!(self.world.occupancy().addresses, 2);
    }

    fn received_by(&self, source: TrackSource) -> usize {
        let [alice, _] = self.healthy;
        let (victim, start) = (self.victim, self.start);
        oracle::received_since(&self.world, alice, victim, source, start).len()
    }
}

#[test]
fn a_dead_participant_changes_nothing_for_others_and_is_dropped_in_time() {
    let mut call = Call::new(81);
    call.world.silence(call.victim);
    call.run(40);
    call.assert_others_noticed_nothing();
    let disconnections = call.disconnections();
    let [(after, reason)] = disconnections[..] else {
        panic!("{disconnections:?}");
    };
    assert_eq!(reason, DisconnectReason::ConsentExpired);
    assert!(
        after < 30 * SECOND,
        "RFC 7675 gives thirty seconds: {after:?}"
    );
    call.assert_victims_tiles_are_gone();
}

#[test]
fn a_slow_receiver_changes_nothing_for_others() {
    let mut call = Call::new(82);
    let slow = LinkConfig {
        bandwidth: Some(20_000),
        ..LinkConfig::default()
    };
    call.world
        .set_links(call.victim, LinkConfig::default(), slow);
    call.run(20);
    let (_, down) = call.world.link_stats(call.victim);
    assert!(down.queue_dropped > 1_000, "it is slow");
    call.assert_others_noticed_nothing();
    assert_eq!(call.world.occupancy().queued, 0);
}

#[test]
fn a_slow_sender_changes_nothing_for_others() {
    let mut call = Call::new(83);
    let slow = LinkConfig {
        bandwidth: Some(20_000),
        ..LinkConfig::default()
    };
    call.world
        .set_links(call.victim, slow, LinkConfig::default());
    call.run(20);
    call.assert_others_noticed_nothing();
}

#[test]
fn who_is_removed_hears_a_goodbye() {
    let mut call = Call::new(84);
    call.world.leave(call.victim);
    call.assert_victims_tiles_are_gone();
    call.run(3);
    let closed = call.world.client(call.victim).closed;
    assert_eq!(closed, Some(CloseReason::Closed));
    assert_eq!(call.disconnections(), [], "who asked needs no notice");
    call.assert_others_noticed_nothing();
}

#[test]
fn who_hangs_up_is_gone_at_once() {
    let mut call = Call::new(85);
    call.world.hang_up(call.victim);
    call.run(5);
    let disconnections = call.disconnections();
    let [(after, reason)] = disconnections[..] else {
        panic!("{disconnections:?}");
    };
    assert_eq!(reason, DisconnectReason::Closed);
    assert!(after < SECOND, "{after:?}");
    call.assert_victims_tiles_are_gone();
    call.assert_others_noticed_nothing();
}

#[test]
fn oversize_packets_are_dropped_and_counted_and_their_neighbours_pass() {
    let mut call = Call::new(86);
    let camera = |call: &mut Call, bytes| {
        call.world
            .client_mut(call.victim)
            .publisher(Camera)
            .packet_bytes = bytes;
    };
    camera(&mut call, 1_400);
    call.run(2);
    let largest = call.received_by(Camera);
    assert!(largest > 200, "1,400 bytes pass: {largest}");
    camera(&mut call, 1_401);
    call.run(3);
    let under_way = call.received_by(Camera) - largest;
    assert!(under_way <= 8, "1,401 bytes do not: {under_way}");
    assert!(call.world.counters().dropped(Drop::Oversize) > 300);
    assert!(call.received_by(Microphone) > 200, "its sound goes on");
    call.assert_others_noticed_nothing();
    assert_eq!(call.disconnections(), []);
}

#[test]
fn many_deaths_at_once_leave_the_survivors_alone() {
    let mut call = Call::new(87);
    let room = call.world.room_of(call.victim);
    let doomed: Vec<_> = (0..10)
        .map(|_| call.world.join(room, &ClientPlan::camera_only()))
        .collect();
    call.world.connect();
    for id in &doomed {
        call.world.silence(*id);
    }
    call.run(40);
    assert_eq!(call.world.occupancy().peers, 3);
    call.assert_others_noticed_nothing();
}
