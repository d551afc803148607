//! Whatever a slot carries, it is one continuous stream, and it shows whom it was said to show.

use std::time::Duration;

use seameet_core::media::MediaCommand::{SetMuted, SetView};
use seameet_core::media::TrackSource::{Camera, Microphone, Screen};
use seameet_core::media::{SlotCause, SlotWish, View};
use seameet_core::{MediaKind, Mid, TrackId};
use seameet_testkit::{ClientId, ClientPlan, LinkConfig, World, oracle};

const SECOND: Duration = Duration::from_secs(1);

/// Some publishers of sound and picture, and a viewer with so many slots of each kind.
fn studio(seed: u64, publishers: usize, slots: usize) -> (World, Vec<ClientId>, ClientId) {
    let mut world = World::new(seed);
    let room = world.open_room(1);
    let plan = ClientPlan::new(&[Microphone, Camera], 0);
    let publishers: Vec<_> = (0..publishers).map(|_| world.join(room, &plan)).collect();
    // A request for a keyframe takes its time, so that other frames come first after each switch.
    let far = LinkConfig {
        delay: Duration::from_millis(40),
        ..LinkConfig::default()
    };
    for publisher in &publishers {
        world.set_links(*publisher, far, far);
    }
    let viewer = world.join(room, &ClientPlan::new(&[], slots));
    world.connect();
    world.run_for(SECOND);
    (world, publishers, viewer)
}

fn video_slots(world: &World, viewer: ClientId) -> Vec<Mid> {
    let lines = world.client(viewer).lines();
    let video = lines.iter().filter(|line| line.kind == MediaKind::Video);
    video.map(|line| line.mid).collect()
}

fn wish(mid: Mid, track: Option<TrackId>) -> SlotWish {
    SlotWish {
        mid,
        track,
        max_height: 720,
        max_fps: None,
        min_height: None,
        priority: 0,
        pinned: false,
    }
}

fn show(world: &mut World, viewer: ClientId, wishes: Vec<SlotWish>) {
    world.set_view(viewer, View::Slots(wishes));
}

fn assert_streams_and_faces(world: &World) {
    for (id, client) in world.clients() {
        for (mid, line) in &client.received {
            assert_eq!(oracle::continuity(line), Ok(()), "{id:?} on line {mid}");
            assert_eq!(oracle::repeats(line), []);
        }
    }
    assert_eq!(oracle::faces(world), Ok(()));
    assert!(world.strays.is_empty(), "nothing goes to nobody");
}

#[test]
fn a_slot_that_is_switched_between_faces_stays_one_stream() {
    let (mut world, publishers, viewer) = studio(21, 3, 1);
    let slot = video_slots(&world, viewer)[0];
    // It shows the first one already.
    for round in 1..=15 {
        let shown = publishers[round % 3];
        let track = world.track(shown, Camera);
        let since = world.now();
        show(&mut world, viewer, vec![wish(slot, Some(track))]);
        world.run_for(Duration::from_millis(700));
        let seen = oracle::received_since(&world, viewer, shown, Camera, since);
        assert!(seen.len() > 10, "round {round}: {} packets", seen.len());
        assert!(seen[0].picture.keyframe && seen[0].picture.index == 0);
    }
    assert_streams_and_faces(&world);
}

#[test]
fn two_slots_that_swap_their_faces_never_show_the_wrong_one() {
    let (mut world, publishers, viewer) = studio(22, 2, 2);
    let slots = video_slots(&world, viewer);
    let tracks: Vec<_> = publishers
        .iter()
        .map(|id| world.track(*id, Camera))
        .collect();
    for round in 0..10 {
        let (first, second) = (tracks[round % 2], tracks[(round + 1) % 2]);
        show(
            &mut world,
            viewer,
            vec![wish(slots[0], Some(first)), wish(slots[1], Some(second))],
        );
        world.run_for(SECOND);
        assert_eq!(world.client(viewer).slot_of(first), Some(slots[0]));
        assert_eq!(world.client(viewer).slot_of(second), Some(slots[1]));
    }
    assert_streams_and_faces(&world);
}

#[test]
fn slots_pass_from_those_who_leave_to_those_who_come() {
    let (mut world, mut present, viewer) = studio(23, 2, 2);
    let room = world.room_of(viewer);
    for round in 0..8 {
        let leaver = present.remove(round % 2);
        world.leave(leaver);
        let plan = ClientPlan::new(&[Microphone, Camera], 0);
        present.push(world.join(room, &plan));
        world.run_for(SECOND);
        let since = world.now();
        world.run_for(SECOND);
        for shown in &present {
            for source in [Camera, Microphone] {
                let seen = oracle::received_since(&world, viewer, *shown, source, since);
                assert!(
                    seen.len() > 30,
                    "{shown:?} is not received in round {round}"
                );
            }
        }
    }
    assert_streams_and_faces(&world);
}

#[test]
fn a_slot_is_announced_before_its_media_even_when_both_fall_into_one_batch() {
    let (mut world, publishers, viewer) = studio(24, 3, 1);
    let room = world.room_of(viewer);
    let participant = world.client(viewer).participant;
    let slot = video_slots(&world, viewer)[0];
    for round in 0..200 {
        let shown = publishers[round % 3];
        let wishes = vec![wish(slot, Some(world.track(shown, Camera)))];
        world
            .client_mut(shown)
            .publisher(Camera)
            .request_keyframe_quietly();
        let view = View::Slots(wishes);
        world.command_amid_arrivals(room, SetView { participant, view });
        // The publisher of the only audio slot leaves it to the next one.
        let track = world.track(publishers[0], Microphone);
        let muted = round % 2 == 0;
        world.command_amid_arrivals(room, SetMuted { track, muted });
        world.run_for(Duration::from_millis(90));
    }
    assert_streams_and_faces(&world);
}

#[test]
fn sound_moves_to_the_next_speaker_within_one_stream() {
    let (mut world, publishers, viewer) = studio(25, 3, 1);
    for leaver in &publishers[..2] {
        world.leave(*leaver);
        world.run_for(SECOND);
    }
    let last = world.track(publishers[2], Microphone);
    let line = world.client(viewer).seen(last);
    let mut senders: Vec<_> = line.iter().map(|seen| seen.picture.sender).collect();
    senders.dedup();
    assert_eq!(senders, [1, 2, 3]);
    assert_streams_and_faces(&world);
}

#[test]
fn a_hidden_slot_rests_and_returns_as_the_same_stream() {
    let (mut world, publishers, viewer) = studio(26, 1, 1);
    let slot = video_slots(&world, viewer)[0];
    let track = world.track(publishers[0], Camera);
    for _ in 0..5 {
        let mut hidden = wish(slot, Some(track));
        hidden.max_height = 0;
        show(&mut world, viewer, vec![hidden]);
        let hidden_at = world.now();
        world.run_for(SECOND);
        // What had left the server arrives within the world's shortest step.
        let under_way = hidden_at + Duration::from_millis(1);
        let line = world.client(viewer).received[&slot].iter();
        assert_eq!(line.filter(|seen| seen.at > under_way).count(), 0);
        assert_eq!(world.client(viewer).slots[&slot].cause, SlotCause::Hidden);
        let shown_at = world.now();
        show(&mut world, viewer, vec![wish(slot, Some(track))]);
        world.run_for(SECOND);
        let seen = oracle::received_since(&world, viewer, publishers[0], Camera, shown_at);
        assert!(seen.len() > 80, "{} packets after it was shown", seen.len());
        assert!(seen[0].picture.keyframe);
    }
    assert_streams_and_faces(&world);
}

#[test]
fn one_participants_camera_and_screen_are_told_apart() {
    let mut world = World::new(27);
    let room = world.open_room(1);
    let presenter = world.join(room, &ClientPlan::new(&[Camera, Screen], 0));
    let viewer = world.join(room, &ClientPlan::viewer());
    world.connect();
    world.run_for(2 * SECOND);
    let [camera, screen] = [Camera, Screen].map(|source| {
        let track = world.track(presenter, source);
        world.client(viewer).slot_of(track)
    });
    assert!(camera.is_some() && screen.is_some() && camera != screen);
    assert_streams_and_faces(&world);
}

#[test]
fn nobody_receives_its_own_tracks() {
    let mut world = World::new(28);
    let room = world.open_room(1);
    let ids: Vec<_> = (0..3)
        .map(|_| world.join(room, &ClientPlan::full()))
        .collect();
    world.connect();
    world.run_for(2 * SECOND);
    for id in ids {
        let own = world.client(id).number();
        let senders = world.client(id).senders();
        assert_eq!(senders.len(), 2);
        assert!(!senders.contains(&own));
    }
    assert_streams_and_faces(&world);
}
