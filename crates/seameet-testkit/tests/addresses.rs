//! Honest changes of address: the call goes on, and nothing follows the client to where it no longer is.

use std::net::SocketAddr;
use std::time::Duration;

use seameet_core::media::TrackSource::{Camera, Microphone};
use seameet_sfu::shard::Drop;
use seameet_testkit::{ClientId, ClientPlan, LinkConfig, World, oracle};

const SECOND: Duration = Duration::from_secs(1);

struct Call {
    world: World,
    alice: ClientId,
    bob: ClientId,
}

impl Call {
    /// Two participants who see and hear each other.
    fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let room = world.open_room(1);
        let alice = world.join(room, &ClientPlan::full());
        let bob = world.join(room, &ClientPlan::full());
        let path = LinkConfig {
            delay: Duration::from_millis(20),
            ..LinkConfig::default()
        };
        world.set_links(alice, path, path);
        world.set_links(bob, path, path);
        world.connect();
        world.run_for(2 * SECOND);
        Self { world, alice, bob }
    }

    /// Both see and hear the other again within this time.
    fn assert_recovers_within(&mut self, limit: Duration) {
        // What was under way at the change does not count.
        self.world.run_for(Duration::from_millis(100));
        let start = self.world.now();
        let (alice, bob) = (self.alice, self.bob);
        let recovered = self.world.run_until(limit, |world| {
            [(alice, bob), (bob, alice)].into_iter().all(|(to, from)| {
                [Camera, Microphone].into_iter().all(|source| {
                    !oracle::received_since(world, to, from, source, start).is_empty()
                })
            })
        });
        assert!(recovered, "no media both ways within {limit:?}");
        // Repairs of what was lost meanwhile.
        self.world.run_for(SECOND);
    }

    fn assert_flows_without_a_gap(&mut self, duration: Duration) {
        let start = self.world.now();
        self.world.run_for(duration);
        for (to, from) in [(self.alice, self.bob), (self.bob, self.alice)] {
            for source in [Camera, Microphone] {
                let seen = oracle::received_since(&self.world, to, from, source, start);
                assert!(seen.len() as u64 > 40 * duration.as_secs());
                assert_eq!(oracle::continuity(&seen), Ok(()));
            }
        }
    }
}

fn address(host: u8, port: u16) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, host], port))
}

#[test]
fn after_a_nat_rebind_media_flows_both_ways_within_seconds() {
    let mut call = Call::new(61);
    let former = call.world.client(call.alice).mapped;
    call.world.rebind(call.alice, address(1, 1_111));
    call.assert_recovers_within(4 * SECOND);
    let strays = call.world.strays.len();
    assert!(
        call.world
            .strays
            .iter()
            .all(|stray| stray.destination == former)
    );
    call.assert_flows_without_a_gap(20 * SECOND);
    assert_eq!(
        call.world.strays.len(),
        strays,
        "the former address is left alone"
    );
    assert_eq!(call.world.client(call.alice).closed, None);
}

#[test]
fn both_participants_may_rebind_again_and_again() {
    let mut call = Call::new(62);
    for port in 1..=20 {
        call.world.rebind(call.alice, address(1, port));
        call.world.rebind(call.bob, address(2, port));
        call.assert_recovers_within(4 * SECOND);
    }
    call.assert_flows_without_a_gap(5 * SECOND);
    let held = call.world.occupancy();
    assert!(held.addresses <= 32, "{} addresses", held.addresses);
}

#[test]
fn two_participants_whose_addresses_are_swapped_both_recover() {
    let mut call = Call::new(63);
    let [first, second] = [call.alice, call.bob].map(|id| call.world.client(id).mapped);
    call.world.rebind(call.alice, second);
    call.world.rebind(call.bob, first);
    call.assert_recovers_within(4 * SECOND);
    call.assert_flows_without_a_gap(20 * SECOND);
    assert!(call.world.strays.is_empty());
    assert_eq!(oracle::faces(&call.world), Ok(()));
}

#[test]
fn an_ice_restart_interrupts_nothing() {
    let mut call = Call::new(64);
    for _ in 0..10 {
        call.world.restart_ice(call.alice);
        call.assert_flows_without_a_gap(2 * SECOND);
    }
    call.assert_flows_without_a_gap(20 * SECOND);
    let held = call.world.occupancy();
    assert!(held.names <= 4, "{} names", held.names);
}

#[test]
fn an_ice_restart_from_another_network_brings_the_call_along() {
    let mut call = Call::new(65);
    call.world.rebind(call.alice, address(1, 2_222));
    call.world.restart_ice(call.alice);
    call.assert_recovers_within(2 * SECOND);
    call.assert_flows_without_a_gap(5 * SECOND);
}

#[test]
fn a_new_peer_connection_of_a_participant_replaces_the_old_one() {
    let mut call = Call::new(66);
    let participant = call.world.client(call.alice).participant;
    let former = call.world.client(call.alice).mapped;
    call.world.reconnect(call.alice, &ClientPlan::full());
    assert_eq!(call.world.client(call.alice).participant, participant);
    call.assert_recovers_within(3 * SECOND);
    call.assert_flows_without_a_gap(5 * SECOND);
    let held = call.world.occupancy();
    assert_eq!((held.peers, held.tracks, held.addresses), (2, 4, 2));
    assert_eq!(oracle::faces(&call.world), Ok(()));
    // To the old endpoint goes a goodbye and what was under way, then nothing.
    let strays = call.world.strays.iter();
    assert!(strays.clone().all(|stray| stray.destination == former));
    assert!(strays.count() < 20);
}

#[test]
fn a_new_peer_connection_may_keep_its_address_and_bring_new_tracks() {
    let mut call = Call::new(67);
    let former = call.world.client(call.alice).mapped;
    let camera = call.world.track(call.alice, Camera);
    for source in [Microphone, Camera] {
        call.world.client_mut(call.alice).withdraw(source);
    }
    call.world.reconnect(call.alice, &ClientPlan::full());
    call.world.rebind(call.alice, former);
    assert_ne!(call.world.track(call.alice, Camera), camera);
    call.assert_recovers_within(3 * SECOND);
    call.assert_flows_without_a_gap(5 * SECOND);
    assert_eq!(call.world.occupancy().tracks, 4);
}

#[test]
fn a_client_that_shows_too_many_addresses_is_not_answered_at_further_ones() {
    let mut world = World::new(68);
    let room = world.open_room(1);
    let nomad = world.join(room, &ClientPlan::camera_only());
    world.client_mut(nomad).publisher(Camera).paused = true;
    world.connect();
    for port in 1..=270 {
        world.rebind(nomad, address(1, port));
        world.run_for(3 * SECOND);
        assert!(world.occupancy().addresses <= 16);
    }
    assert!(world.counters().dropped(Drop::TooManyAddresses) > 3);
    assert!(world.client(nomad).closed.is_some());
}
