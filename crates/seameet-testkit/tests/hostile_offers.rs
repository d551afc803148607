//! Offers that look honest and are not: whatever becomes of who sent them, nobody else notices.

use std::cell::RefCell;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use seameet_core::media::Offer;
use seameet_core::media::TrackSource::{Camera, Microphone};
use seameet_core::{ErrorCode, ParticipantId};
use seameet_testkit::{ClientPlan, World, oracle};

/// What an attacker does to a line of a good offer.
#[derive(Debug, Clone)]
enum Mischief {
    Drop(Index),
    Repeat(Index),
    Swap(Index, Index),
    Change(Index, Index, u8),
    Number(Index, u64),
    Cut(Index),
}

fn mischief() -> impl Strategy<Value = Vec<Mischief>> {
    use Mischief::{Change, Cut, Drop, Number, Repeat, Swap};
    let index = any::<Index>;
    let one = prop_oneof![
        index().prop_map(Drop),
        index().prop_map(Repeat),
        (index(), index()).prop_map(|(one, other)| Swap(one, other)),
        (index(), index(), 32_u8..127).prop_map(|(line, at, byte)| Change(line, at, byte)),
        (index(), any::<u64>()).prop_map(|(line, number)| Number(line, number)),
        index().prop_map(Cut),
    ];
    prop::collection::vec(one, 1..6)
}

fn mangle(sdp: &str, mischief: Vec<Mischief>) -> String {
    let mut lines: Vec<String> = sdp.lines().map(ToOwned::to_owned).collect();
    for one in mischief {
        if lines.is_empty() {
            break;
        }
        let count = lines.len();
        match one {
            Mischief::Drop(line) => drop(lines.remove(line.index(count))),
            Mischief::Repeat(line) => lines.push(lines[line.index(count)].clone()),
            Mischief::Swap(one, other) => lines.swap(one.index(count), other.index(count)),
            Mischief::Change(line, at, byte) => change(&mut lines[line.index(count)], at, byte),
            Mischief::Number(line, number) => {
                let line = &mut lines[line.index(count)];
                *line = renumber(line, number);
            }
            Mischief::Cut(line) => lines.truncate(line.index(count)),
        }
    }
    lines.join("\r\n") + "\r\n"
}

fn change(line: &mut String, at: Index, byte: u8) {
    let mut bytes = line.clone().into_bytes();
    if !bytes.is_empty() {
        let at = at.index(bytes.len());
        bytes[at] = byte;
    }
    *line = String::from_utf8_lossy(&bytes).into_owned();
}

/// Replaces the line's first number.
fn renumber(line: &str, number: u64) -> String {
    let digit = |character: char| character.is_ascii_digit();
    let Some(start) = line.find(digit) else {
        return line.to_owned();
    };
    let rest = line[start..].trim_start_matches(digit);
    format!("{}{number}{rest}", &line[..start])
}

/// Sends mangled copies of a good offer, each by another participant, as first offer and as a further one.
fn besiege(seed: u64, as_first: bool) -> World {
    let mut world = World::new(seed);
    let room = world.open_room(1);
    let [alice, bob] = [(); 2].map(|()| world.join(room, &ClientPlan::full()));
    world.connect();
    let template = world.join(room, &ClientPlan::camera_only());
    let first = world.prepare_offer(template, &ClientPlan::new(&[Microphone], 1));
    let tracks = Vec::new();
    world.leave(template);
    let start = world.now();
    let cell = RefCell::new((world, 1_000));
    let config = Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&mischief(), |mischief| {
            let (world, number) = &mut *cell.borrow_mut();
            *number += 1;
            let mallory = ParticipantId::from_random(*number);
            let offer = |sdp: String| Offer {
                sdp,
                tracks: tracks.clone(),
            };
            if !as_first {
                let good = world.negotiate_as(room, mallory, offer(first.clone()), true);
                prop_assert!(good.is_some_and(|answer| answer.is_ok()));
            }
            let mangled = mangle(&first, mischief);
            let answer = world.negotiate_as(room, mallory, offer(mangled.clone()), true);
            if let Some(Err(error)) = answer {
                let expected = [ErrorCode::BadSdp, ErrorCode::TooLarge];
                prop_assert!(expected.contains(&error.code), "{error}");
            }
            prop_assert_eq!(world.counters().peers_failed, 0);
            world.command(
                room,
                seameet_core::media::MediaCommand::Remove {
                    participant: mallory,
                },
            );
            world.run_for(Duration::from_millis(20));
            Ok(())
        })
        .expect("no offer does harm");
    let (mut world, _) = cell.into_inner();
    world.run_for(Duration::from_secs(1));
    assert_eq!(world.occupancy().peers, 2);
    for (to, from) in [(alice, bob), (bob, alice)] {
        for source in [Camera, Microphone] {
            let seen = oracle::received_since(&world, to, from, source, start);
            assert!(seen.len() > 150);
            assert_eq!(oracle::continuity(&seen), Ok(()));
        }
    }
    world
}

#[test]
fn mangled_first_offers_harm_nobody() {
    besiege(96, true);
}

#[test]
fn mangled_further_offers_harm_nobody() {
    besiege(97, false);
}
