//! What offers change, and that refused ones change nothing.
#![expect(clippy::expect_used, reason = "a failed expectation is the report")]

use std::time::Duration;

use seameet_core::media::TrackSource::{Camera, Microphone, Screen};
use seameet_core::media::{
    DisconnectReason, MediaCommand, MediaEvent, Offer, SlotCause, SlotsNeeded, TrackDeclaration,
};
use seameet_core::{Codec, ErrorCode, ParticipantId, TrackId};
use seameet_sfu::shard::{Drop, RoomKey};
use seameet_testkit::{ClientId, ClientPlan, World, oracle};

const SECOND: Duration = Duration::from_secs(1);

/// Two participants who see and hear each other.
fn call(seed: u64) -> (World, RoomKey, ClientId, ClientId) {
    let mut world = World::new(seed);
    let room = world.open_room(1);
    let alice = world.join(room, &ClientPlan::full());
    let bob = world.join(room, &ClientPlan::full());
    world.connect();
    world.run_for(SECOND);
    (world, room, alice, bob)
}

fn assert_call_flows(world: &mut World, pair: [ClientId; 2]) {
    let start = world.now();
    world.run_for(2 * SECOND);
    for (to, from) in [(pair[0], pair[1]), (pair[1], pair[0])] {
        for source in [Camera, Microphone] {
            let seen = oracle::received_since(world, to, from, source, start);
            assert!(seen.len() > 90, "{source:?} of {from:?}: {}", seen.len());
            assert_eq!(oracle::continuity(&seen), Ok(()));
        }
    }
    assert_eq!(oracle::faces(world), Ok(()));
}

fn needs_of(world: &World, id: ClientId) -> Vec<SlotsNeeded> {
    let participant = world.client(id).participant;
    let needs = world.events.iter().filter_map(|told| match &told.event {
        MediaEvent::SlotsNeeded {
            participant: whose,
            needed,
        } if *whose == participant => Some(*needed),
        _ => None,
    });
    needs.collect()
}

fn slots(audio_and_video: usize) -> ClientPlan {
    ClientPlan::new(&[], audio_and_video)
}

fn code_of(
    result: Option<Result<seameet_core::media::Answer, seameet_core::RequestError>>,
) -> Option<ErrorCode> {
    result
        .expect("every offer is answered")
        .err()
        .map(|error| error.code)
}

#[test]
fn a_viewer_with_too_few_slots_is_asked_for_more_and_then_sees_everyone() {
    let mut world = World::new(101);
    let room = world.open_room(1);
    let plan = ClientPlan::new(&[Microphone, Camera], 0);
    for _ in 0..6 {
        world.join(room, &plan);
    }
    let viewer = world.join(room, &slots(2));
    world.connect();
    world.run_for(2 * SECOND);
    let lacks = |number| SlotsNeeded {
        audio: number,
        video: number,
    };
    assert_eq!(needs_of(&world, viewer), [lacks(4)]);
    assert_eq!(world.client(viewer).senders().len(), 2);
    world.offer(viewer, &slots(4));
    world.run_for(2 * SECOND);
    assert_eq!(world.client(viewer).senders().len(), 6);
    assert_eq!(needs_of(&world, viewer), [lacks(4)]);
    world.join(room, &plan);
    assert_eq!(needs_of(&world, viewer), [lacks(4), lacks(1)]);
    world.run_for(2 * SECOND);
    assert_eq!(oracle::faces(&world), Ok(()));
    for line in world.client(viewer).received.values() {
        assert_eq!(oracle::continuity(line), Ok(()));
    }
}

/// Descriptions that nobody can answer.
fn garbage() -> Vec<(String, ErrorCode)> {
    let head = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    let line = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
    let bad = [
        String::new(),
        "hello".to_owned(),
        "v=0".to_owned(),
        "\0\0\0\0".to_owned(),
        "m=".repeat(10),
        format!("{head}{line}"),
        format!("{head}{}", "x".repeat(100_000)),
        format!("{head}m=audio 99999999999999999999 UDP/TLS/RTP/SAVPF 111\r\n"),
        format!("{head}{line}a=mid:{}\r\n", "m".repeat(5_000)),
        format!("{head}a=fingerprint:sha-256 00\r\n{line}"),
        "😀".repeat(1_000),
    ];
    let large = [
        format!("{head}{}", line.repeat(10_000)),
        format!("{head}{}", "a=x\r\n".repeat(10_000)),
        "\n".repeat(10_000),
    ];
    let bad = bad.into_iter().map(|sdp| (sdp, ErrorCode::BadSdp));
    bad.chain(large.into_iter().map(|sdp| (sdp, ErrorCode::TooLarge)))
        .collect()
}

#[test]
fn garbage_as_a_first_offer_is_refused_and_leaves_nothing_behind() {
    let (mut world, room, alice, bob) = call(102);
    let before = world.occupancy();
    for (number, (sdp, code)) in garbage().into_iter().enumerate() {
        let offer = Offer {
            sdp: sdp.clone(),
            tracks: Vec::new(),
        };
        let mallory = ParticipantId::from_random(9_000 + number as u64);
        let result = world.negotiate_as(room, mallory, offer, true);
        let start: String = sdp.chars().take(60).collect();
        assert_eq!(code_of(result), Some(code), "{start:?}");
    }
    assert_eq!(world.occupancy(), before);
    assert_call_flows(&mut world, [alice, bob]);
}

#[test]
fn garbage_after_a_good_offer_keeps_the_call_going() {
    let (mut world, _, alice, bob) = call(103);
    let before = world.occupancy();
    for (sdp, code) in garbage() {
        let result = world.negotiate(alice, sdp);
        assert_eq!(code_of(result), Some(code));
    }
    let now = world.occupancy();
    assert_eq!(
        (now.tracks, now.subscriptions),
        (before.tracks, before.subscriptions)
    );
    assert_eq!(now.peers, before.peers);
    assert_call_flows(&mut world, [alice, bob]);
    world.offer(alice, &slots(1));
    assert!(world.client(alice).refused_answers.is_empty());
    assert_call_flows(&mut world, [alice, bob]);
}

#[test]
fn an_offer_that_contradicts_the_last_one_ends_that_peer_alone_and_says_so() {
    let (mut world, room, alice, bob) = call(104);
    let carol = world.join(room, &ClientPlan::full());
    world.connect();
    let offer = world.prepare_offer(carol, &slots(1));
    // The line of the first offer that this one must repeat is gone.
    let first = offer.find("m=").expect("there are lines");
    let second = offer[first + 2..].find("m=").expect("there are more lines");
    let cut = format!("{}{}", &offer[..first], &offer[first + 2 + second..]);
    let result = world.negotiate(carol, cut);
    assert_eq!(code_of(result), Some(ErrorCode::BadSdp));
    let participant = world.client(carol).participant;
    let told = MediaEvent::Disconnected {
        participant,
        reason: DisconnectReason::Failed,
    };
    assert!(world.events.iter().any(|one| one.event == told));
    assert_eq!(world.occupancy().peers, 2);
    assert_call_flows(&mut world, [alice, bob]);
    world.reconnect(carol, &ClientPlan::full());
    world.connect();
    assert_call_flows(&mut world, [alice, carol]);
}

#[test]
fn tracks_on_lines_that_do_not_fit_are_not_answered() {
    let mut world = World::new(105);
    let room = world.open_room(1);
    let alice = world.join(room, &ClientPlan::full());
    let bob = world.join(room, &ClientPlan::viewer());
    world.connect();
    world.run_for(SECOND);
    let lines = world.client(alice).lines();
    let (microphone, camera, slot) = (lines[0].mid, lines[1].mid, lines[2].mid);
    let declare = |number, mid, source| TrackDeclaration {
        track: TrackId::new(number),
        mid,
        source,
        muted: false,
    };
    let good = world.client(alice).declarations.clone();
    let unknown = "nowhere".parse().expect("it is a mid");
    world.client_mut(alice).declarations.extend([
        declare(90, slot, Screen),
        declare(91, slot, Microphone),
        declare(92, microphone, Screen),
        declare(93, unknown, Screen),
        declare(94, camera, Screen),
    ]);
    let offer = world.prepare_offer(alice, &slots(1));
    let answer = world.negotiate(alice, offer);
    let answer = answer.expect("an answer").expect("a good one");
    let answered: Vec<_> = answer.tracks.iter().map(|track| track.track).collect();
    let expected: Vec<_> = good.iter().map(|declared| declared.track).collect();
    assert_eq!(answered, expected);
    assert_eq!(world.occupancy().tracks, 2);
    let start = world.now();
    world.run_for(SECOND);
    for source in [Camera, Microphone] {
        assert!(oracle::received_since(&world, bob, alice, source, start).len() > 40);
    }
    world.client_mut(alice).declarations = vec![good[1], declare(95, microphone, Screen)];
    let offer = world.prepare_offer(alice, &slots(1));
    let answer = world.negotiate(alice, offer);
    let answer = answer.expect("an answer").expect("a good one");
    assert_eq!(answer.tracks.len(), 1, "sound is no screen");
    assert_eq!(answer.tracks[0].track, good[1].track);
}

#[test]
fn a_track_that_is_unpublished_ends_and_its_line_may_carry_another() {
    let (mut world, room, alice, bob) = call(106);
    let former = world.track(alice, Camera);
    let slot = world.client(bob).slot_of(former).expect("it is seen");
    world.command(room, MediaCommand::Unpublish { track: former });
    assert_eq!(world.client(bob).slots[&slot].track, None);
    let start = world.now();
    world.run_for(SECOND);
    let leaked = world.client(bob).received[&slot].iter();
    assert_eq!(leaked.filter(|seen| seen.at > start).count(), 0);
    assert!(world.counters().dropped(Drop::NoTrack) > 90);
    let next = TrackId::new(900);
    let client = world.client_mut(alice);
    client.published.push(next);
    for declared in &mut client.declarations {
        if declared.source == Camera {
            declared.track = next;
        }
    }
    world.offer(alice, &slots(1));
    assert_call_flows(&mut world, [alice, bob]);
    assert_eq!(
        oracle::continuity(&world.client(bob).received[&slot]),
        Ok(())
    );
}

#[test]
fn a_track_that_the_next_offer_does_not_declare_ends() {
    let (mut world, _, alice, bob) = call(107);
    let camera = world.track(alice, Camera);
    world.client_mut(alice).withdraw(Camera);
    world.offer(alice, &slots(1));
    assert_eq!(world.client(bob).slot_of(camera), None);
    assert_eq!(world.occupancy().tracks, 3);
    let start = world.now();
    world.run_for(SECOND);
    assert!(oracle::received_since(&world, bob, alice, Microphone, start).len() > 40);
}

#[test]
fn a_line_that_becomes_inactive_loses_its_track_and_a_slot_its_picture() {
    let (mut world, _, alice, bob) = call(108);
    let camera = world.track(alice, Camera);
    let offer = world.prepare_offer(alice, &slots(1));
    let (head, lines) = offer.split_once("m=").expect("there are lines");
    let idle = |direction: &str, line: &str| line.replacen(direction, "a=inactive", 1);
    let lines: Vec<_> = lines
        .split("m=")
        .enumerate()
        .map(|(index, line)| match index {
            1 => idle("a=sendonly", line),
            6 => idle("a=recvonly", line),
            _ => line.to_owned(),
        })
        .collect();
    let seen = world.client(alice).lines()[6].mid;
    let bobs = world.client(alice).slot_of(world.track(bob, Camera));
    assert_eq!(bobs, Some(seen), "the slot that goes shows something");
    let sdp = format!("{head}m={}", lines.join("m="));
    let own = world.client(alice).lines()[1].mid;
    let publishers = &mut world.client_mut(alice).publishers;
    publishers.retain(|publisher| publisher.mid != own);
    assert!(code_of(world.negotiate(alice, sdp)).is_none());
    assert_eq!(world.client(bob).slot_of(camera), None);
    let moved = world.client(alice).slot_of(world.track(bob, Camera));
    assert!(
        moved.is_some() && moved != Some(seen),
        "it moved to {moved:?}"
    );
    let start = world.now();
    world.run_for(SECOND);
    assert!(oracle::received_since(&world, alice, bob, Camera, start).len() > 90);
    assert!(oracle::received_since(&world, bob, alice, Microphone, start).len() > 40);
    assert_eq!(oracle::faces(&world), Ok(()));
}

#[test]
fn a_viewer_without_the_codec_hears_and_is_told_why_it_sees_nothing() {
    let mut world = World::new(109);
    let room = world.open_room(1);
    let alice = world.join(room, &ClientPlan::new(&[Microphone, Camera], 0));
    let plan = ClientPlan {
        video_codecs: vec![Codec::H264],
        ..ClientPlan::viewer()
    };
    let viewer = world.join(room, &plan);
    let other = world.join(room, &ClientPlan::viewer());
    world.connect();
    let start = world.now();
    world.run_for(2 * SECOND);
    let camera = world.track(alice, Camera);
    let slot = world.client(viewer).slot_of(camera).expect("it has a slot");
    assert_eq!(world.client(viewer).slots[&slot].cause, SlotCause::Codec);
    assert!(world.client(viewer).seen(camera).is_empty());
    assert!(world.counters().dropped(Drop::NoFormat) > 0);
    assert!(oracle::received_since(&world, viewer, alice, Microphone, start).len() > 90);
    assert!(oracle::received_since(&world, other, alice, Camera, start).len() > 200);
}

#[test]
fn who_may_not_subscribe_receives_nothing_until_granted() {
    let mut world = World::new(110);
    let room = world.open_room(1);
    let alice = world.join(room, &ClientPlan::full());
    let plan = ClientPlan {
        may_subscribe: false,
        ..ClientPlan::full()
    };
    let guest = world.join(room, &plan);
    world.connect();
    let start = world.now();
    world.run_for(2 * SECOND);
    assert!(world.client(guest).received.is_empty());
    assert!(world.client(guest).told.is_empty());
    assert!(needs_of(&world, guest).is_empty());
    assert!(oracle::received_since(&world, alice, guest, Camera, start).len() > 200);
    world.client_mut(guest).may_subscribe = true;
    world.offer(guest, &slots(1));
    assert_call_flows(&mut world, [alice, guest]);
    world.client_mut(guest).may_subscribe = false;
    world.offer(guest, &slots(1));
    world.run_for(Duration::from_millis(10));
    let start = world.now();
    world.run_for(SECOND);
    let late = world.client(guest).received.values().flatten();
    assert_eq!(late.filter(|seen| seen.at > start).count(), 0);
}

#[test]
fn a_call_survives_many_offers_in_a_row() {
    let (mut world, _, alice, bob) = call(111);
    for _ in 0..15 {
        world.offer(alice, &slots(1));
        world.run_for(Duration::from_millis(100));
    }
    assert_call_flows(&mut world, [alice, bob]);
    for line in world.client(bob).received.values() {
        assert_eq!(oracle::continuity(line), Ok(()));
    }
    let result = {
        let offer = world.prepare_offer(alice, &slots(20));
        world.negotiate(alice, offer)
    };
    assert_eq!(
        code_of(result),
        Some(ErrorCode::TooLarge),
        "64 lines at most"
    );
    assert_call_flows(&mut world, [alice, bob]);
}
