//! Rooms share a shard and nothing else.

use std::time::Duration;

use seameet_core::ParticipantId;
use seameet_core::media::MediaCommand;
use seameet_core::media::TrackSource::{Camera, Microphone};
use seameet_sfu::shard::RoomKey;
use seameet_testkit::{ClientId, ClientPlan, World, oracle};

const SECOND: Duration = Duration::from_secs(1);

/// Two rooms with two participants each.
fn two_rooms(seed: u64) -> (World, [RoomKey; 2], [[ClientId; 2]; 2]) {
    let mut world = World::new(seed);
    let rooms = [world.open_room(1), world.open_room(2)];
    let members = rooms.map(|room| [(); 2].map(|()| world.join(room, &ClientPlan::full())));
    world.connect();
    world.run_for(SECOND);
    (world, rooms, members)
}

/// Lets two seconds pass, in which both hear and see each other.
fn assert_room_talks(world: &mut World, [one, other]: [ClientId; 2]) {
    let since = world.now();
    world.run_for(2 * SECOND);
    for (to, from) in [(one, other), (other, one)] {
        for source in [Camera, Microphone] {
            let seen = oracle::received_since(world, to, from, source, since);
            assert!(seen.len() > 90, "{to:?} lacks {source:?} of {from:?}");
        }
    }
}

#[test]
fn no_packet_crosses_rooms() {
    let (mut world, _, members) = two_rooms(31);
    world.run_for(5 * SECOND);
    for [one, other] in members {
        for (to, from) in [(one, other), (other, one)] {
            let expected = [world.client(from).number()];
            assert_eq!(world.client(to).senders(), expected);
        }
        assert_room_talks(&mut world, [one, other]);
    }
    assert_eq!(oracle::faces(&world), Ok(()));
}

#[test]
fn the_same_participant_id_in_two_rooms_is_two_participants() {
    let mut world = World::new(32);
    let rooms = [world.open_room(1), world.open_room(2)];
    let twin = ParticipantId::from_random(77);
    let members = rooms.map(|room| {
        let twin = world.join_as(room, twin, &ClientPlan::full());
        [twin, world.join(room, &ClientPlan::full())]
    });
    world.connect();
    world.run_for(2 * SECOND);
    for pair in members {
        assert_room_talks(&mut world, pair);
        assert_eq!(world.client(pair[0]).senders().len(), 1);
    }
    world.leave(members[0][0]);
    world.run_for(2 * SECOND);
    assert_room_talks(&mut world, members[1]);
}

#[test]
fn closing_a_room_leaves_the_other_untouched() {
    let (mut world, rooms, members) = two_rooms(33);
    world.close_room(rooms[0]);
    world.run_for(3 * SECOND);
    assert_room_talks(&mut world, members[1]);
    for id in members[0] {
        assert!(world.client(id).closed.is_some(), "a goodbye is said");
    }
    let held = world.occupancy();
    assert_eq!((held.rooms, held.peers, held.tracks), (1, 2, 4));
    assert_eq!((held.addresses, held.names), (2, 2));
}

#[test]
fn a_room_cannot_touch_another_rooms_tracks() {
    let (mut world, rooms, members) = two_rooms(34);
    let foreign = world.track(members[1][0], Camera);
    let participant = world.client(members[1][0]).participant;
    for command in [
        MediaCommand::SetMuted {
            track: foreign,
            muted: true,
        },
        MediaCommand::Unpublish { track: foreign },
        MediaCommand::RequestKeyframe {
            participant,
            track: foreign,
        },
        MediaCommand::Remove { participant },
    ] {
        world.command(rooms[0], command);
    }
    let asked = world.client_mut(members[1][0]).publisher(Camera);
    let requests = asked.keyframe_requests.len();
    world.run_for(2 * SECOND);
    assert_room_talks(&mut world, members[1]);
    let asked = world.client_mut(members[1][0]).publisher(Camera);
    assert_eq!(asked.keyframe_requests.len(), requests);
}

#[test]
fn a_closed_room_answers_no_offer() {
    let (mut world, rooms, members) = two_rooms(35);
    world.close_room(rooms[0]);
    let events = world.events.len();
    world.restart_ice(members[0][0]);
    assert_eq!(world.events.len(), events);
    assert_eq!(world.occupancy().peers, 2);
}
