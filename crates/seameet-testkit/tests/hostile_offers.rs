//! Offers that look honest and are not: whatever becomes of who sent them, nobody else notices.
#![expect(clippy::expect_used, reason = "a failed expectation is the report")]

use std::cell::RefCell;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use seameet_core::media::TrackSource::{Camera, Microphone};
use seameet_core::media::{MediaCommand, Offer};
use seameet_core::{ErrorCode, ParticipantId};
use seameet_sfu::shard::RoomKey;
use seameet_testkit::{ClientId, ClientPlan, World, oracle};

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

/// A call, and somebody who has a good offer to mangle.
struct Siege {
    world: World,
    room: RoomKey,
    call: [ClientId; 2],
    start: Instant,
    good: String,
    participants: u64,
}

impl Siege {
    fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let room = world.open_room(1);
        let call = [(); 2].map(|()| world.join(room, &ClientPlan::full()));
        world.connect();
        let template = world.join(room, &ClientPlan::camera_only());
        let good = world.prepare_offer(template, &ClientPlan::new(&[Microphone], 1));
        world.leave(template);
        let start = world.now();
        Self {
            world,
            room,
            call,
            start,
            good,
            participants: 1_000,
        }
    }

    /// Another participant offers the good description first, if it is told to, and then a mangled copy.
    fn offer(&mut self, mischief: Vec<Mischief>, after_a_good_one: bool) -> TestCaseResult {
        self.participants += 1;
        let participant = ParticipantId::from_random(self.participants);
        let (room, mangled) = (self.room, mangle(&self.good, mischief));
        let offer = |sdp: &str| Offer {
            sdp: sdp.to_owned(),
            tracks: Vec::new(),
        };
        let world = &mut self.world;
        if after_a_good_one {
            let answer = world.negotiate_as(room, participant, offer(&self.good), true);
            prop_assert!(answer.is_some_and(|answer| answer.is_ok()));
        }
        let answer = world.negotiate_as(room, participant, offer(&mangled), true);
        if let Some(Err(error)) = answer {
            let expected = [ErrorCode::BadSdp, ErrorCode::TooLarge];
            prop_assert!(expected.contains(&error.code), "{error}");
        }
        prop_assert_eq!(world.counters().peers_failed, 0);
        world.command(room, MediaCommand::Remove { participant });
        world.run_for(Duration::from_millis(20));
        Ok(())
    }

    fn assert_call_unharmed(&mut self) {
        self.world.run_for(Duration::from_secs(1));
        assert_eq!(self.world.occupancy().peers, 2);
        let [alice, bob] = self.call;
        for (to, from) in [(alice, bob), (bob, alice)] {
            for source in [Camera, Microphone] {
                let seen = oracle::received_since(&self.world, to, from, source, self.start);
                assert!(seen.len() > 150);
                assert_eq!(oracle::continuity(&seen), Ok(()));
            }
        }
    }
}

/// Many mangled offers, always the same ones.
fn besiege(seed: u64, after_a_good_one: bool) {
    let siege = RefCell::new(Siege::new(seed));
    let config = Config {
        cases: 150,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&mischief(), |mischief| {
            siege.borrow_mut().offer(mischief, after_a_good_one)
        })
        .expect("no offer does harm");
    siege.into_inner().assert_call_unharmed();
}

#[test]
fn mangled_first_offers_harm_nobody() {
    besiege(96, false);
}

#[test]
fn mangled_further_offers_harm_nobody() {
    besiege(97, true);
}
