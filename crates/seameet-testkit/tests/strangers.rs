//! Datagrams of people who are not in the call: no answer, no address learned, no effect.
#![expect(clippy::expect_used, reason = "a failed expectation is the report")]

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use seameet_core::media::MediaEvent;
use seameet_core::media::TrackSource::{Camera, Microphone};
use seameet_pipeline::{
    IceCredentials, LineDirection, OfferLine, PeerConfig, PeerConnection, Role,
};
use seameet_sfu::shard::{Drop, Occupancy};
use seameet_testkit::{ClientId, ClientPlan, World, oracle};

const SECOND: Duration = Duration::from_secs(1);

struct Siege {
    world: World,
    alice: ClientId,
    bob: ClientId,
    start: Instant,
    before: Occupancy,
}

impl Siege {
    /// A call between two participants. Everything that Alice sent was captured by somebody on her way.
    fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let room = world.open_room(1);
        let alice = world.join(room, &ClientPlan::full());
        let bob = world.join(room, &ClientPlan::full());
        world.start_capture(alice);
        world.connect();
        world.run_for(2 * SECOND);
        let (start, before) = (world.now(), world.occupancy());
        Self {
            world,
            alice,
            bob,
            start,
            before,
        }
    }

    fn attack(&mut self, datagrams: &[Vec<u8>]) {
        self.world.inject_batch(stranger(), datagrams);
        self.assert_nothing_learned();
    }

    fn assert_nothing_learned(&self) {
        assert!(self.world.strays.is_empty(), "a stranger is answered");
        let now = self.world.occupancy();
        assert_eq!(now.addresses, self.before.addresses);
        assert_eq!(
            (now.peers, now.names),
            (self.before.peers, self.before.names)
        );
        assert_eq!(self.world.counters().peers_failed, 0);
    }

    /// The call went on, with no more than a few packets of sound lost. The engine looks up the stream of a packet by
    /// its header before it authenticates it, so a forgery from a participant's own address that names one of its
    /// media lines and a new SSRC can cost that line the packet after it.
    fn assert_call_goes_on(mut self) {
        self.world.run_for(5 * SECOND);
        self.assert_nothing_learned();
        for (to, from) in [(self.alice, self.bob), (self.bob, self.alice)] {
            for source in [Camera, Microphone] {
                let seen = oracle::received_since(&self.world, to, from, source, self.start);
                assert!(seen.len() > 200, "{} packets of {source:?}", seen.len());
                let lost = oracle::gaps(&seen).len();
                assert!(lost <= 5, "{lost} packets of {source:?} lost");
                assert_eq!(oracle::repeats(&seen), []);
            }
        }
    }

    /// The call went on as if nothing had been.
    fn assert_call_unharmed(mut self) {
        self.world.run_for(5 * SECOND);
        self.assert_nothing_learned();
        for (to, from) in [(self.alice, self.bob), (self.bob, self.alice)] {
            for source in [Camera, Microphone] {
                let seen = oracle::received_since(&self.world, to, from, source, self.start);
                assert!(seen.len() > 200, "{} packets of {source:?}", seen.len());
                assert_eq!(oracle::continuity(&seen), Ok(()));
            }
        }
    }

    fn answer_of(&self, id: ClientId) -> String {
        let participant = self.world.client(id).participant;
        let mut answers = self
            .world
            .events
            .iter()
            .filter_map(|told| match &told.event {
                MediaEvent::Negotiated {
                    participant: whose,
                    result: Ok(answer),
                    ..
                } if *whose == participant => Some(answer.sdp.clone()),
                _ => None,
            });
        answers.next_back().expect("the client got an answer")
    }
}

fn stranger() -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 66], 6_666))
}

/// Connectivity checks of an endpoint that was given this answer, named as the victim's client.
fn checks_of_impostor(client_ufrag: String, answer: &str) -> Vec<Vec<u8>> {
    let mut now = Instant::now();
    let mut config = PeerConfig::new(Role::Client);
    config.local_addresses = vec![SocketAddr::from(([10, 9, 9, 9], 9_999))];
    config.credentials = Some(IceCredentials {
        ufrag: client_ufrag,
        password: "an impostor's own password".to_owned(),
    });
    let mut impostor = PeerConnection::new(&config, now).expect("it is a client");
    let (_, mids) = impostor.create_offer(&lines()).expect("there are lines");
    let mids: Vec<_> = mids.iter().map(ToString::to_string).collect();
    impostor
        .accept_answer(now, &with_mids(answer, &mids))
        .expect("the answer fits");
    let mut sent = Vec::new();
    for _ in 0..50 {
        now += Duration::from_millis(100);
        impostor.handle_timeout(now).expect("the impostor lives");
        sent.extend(std::iter::from_fn(|| impostor.poll_transmit()).map(|sent| sent.contents));
    }
    assert!(sent.len() > 3, "an impostor tries");
    sent
}

/// The lines of [`ClientPlan::full`].
fn lines() -> Vec<OfferLine> {
    use LineDirection::{Receive, Send};
    use seameet_core::MediaKind::{Audio, Video};
    let line = |kind, direction| OfferLine::new(kind, direction);
    let mut lines = vec![line(Audio, Send), line(Video, Send)];
    lines.extend(vec![line(Audio, Receive); 4]);
    lines.extend(vec![line(Video, Receive); 4]);
    lines
}

fn with_mids(sdp: &str, mids: &[String]) -> String {
    let mut names = mids.iter();
    let rename = |line: &str| {
        if line.starts_with("a=group:BUNDLE") {
            format!("a=group:BUNDLE {}\r\n", mids.join(" "))
        } else if line.starts_with("a=mid:") {
            format!("a=mid:{}\r\n", names.next().expect("as many lines"))
        } else {
            format!("{line}\r\n")
        }
    };
    sdp.lines().map(rename).collect()
}

fn with_attribute(sdp: &str, attribute: &str, value: &str) -> String {
    let replace = |line: &str| {
        if line.starts_with(attribute) {
            format!("{attribute}{value}\r\n")
        } else {
            format!("{line}\r\n")
        }
    };
    sdp.lines().map(replace).collect()
}

#[test]
fn a_check_with_a_wrong_password_is_not_answered() {
    let mut siege = Siege::new(71);
    let client = siege.world.client_mut(siege.alice).ufrag();
    let answer = with_attribute(
        &siege.answer_of(siege.alice),
        "a=ice-pwd:",
        "wrongwrongwrongwrongwrong",
    );
    let checks = checks_of_impostor(client, &answer);
    siege.attack(&checks);
    let refused = siege.world.counters().dropped(Drop::NotAuthenticated);
    assert_eq!(refused, checks.len() as u64);
    siege.assert_call_unharmed();
}

#[test]
fn a_check_for_an_unknown_name_is_not_answered() {
    let mut siege = Siege::new(72);
    let client = siege.world.client_mut(siege.alice).ufrag();
    let answer = siege.answer_of(siege.alice);
    let (_, name) = answer.split_once("a=ice-ufrag:").expect("it has a name");
    let name = name.lines().next().expect("a line follows").to_owned();
    // It stands in the candidates as well.
    let answer = answer.replace(&name, "nobody");
    let checks = checks_of_impostor(client, &answer);
    siege.attack(&checks);
    let refused = siege.world.counters().dropped(Drop::UnknownAddress);
    assert_eq!(refused, checks.len() as u64);
    siege.assert_call_unharmed();
}

#[test]
fn a_check_by_the_wrong_client_name_is_not_answered() {
    let mut siege = Siege::new(73);
    let answer = siege.answer_of(siege.alice);
    let checks = checks_of_impostor("mallory".to_owned(), &answer);
    siege.attack(&checks);
    siege.assert_call_unharmed();
}

#[test]
fn overheard_datagrams_are_worth_nothing_from_elsewhere() {
    let mut siege = Siege::new(74);
    let captured = siege.world.captured(siege.alice).to_vec();
    let of_kind = |range: std::ops::RangeInclusive<u8>| {
        captured
            .iter()
            .filter(|bytes| range.contains(&bytes[0]))
            .count()
    };
    assert!(of_kind(0..=3) > 2, "checks were overheard");
    assert!(of_kind(20..=63) > 1, "the DTLS handshake was overheard");
    assert!(of_kind(128..=191) > 100, "media was overheard");
    for _ in 0..3 {
        siege.attack(&captured);
        siege.world.run_for(SECOND);
    }
    siege.assert_call_unharmed();
}

#[test]
fn overheard_datagrams_are_worth_nothing_from_their_own_address_either() {
    let mut siege = Siege::new(75);
    let captured = siege.world.captured(siege.alice).to_vec();
    let source = siege.world.client(siege.alice).mapped;
    siege.world.inject_batch(source, &captured);
    let checks = captured.iter().filter(|bytes| bytes[0] <= 3).count() as u64;
    assert!(checks > 2);
    siege.assert_call_unharmed();
}

#[test]
fn a_participant_who_speaks_from_anothers_address_does_not_keep_it() {
    let mut siege = Siege::new(76);
    let room = siege.world.room_of(siege.alice);
    let mallory = siege.world.join(room, &ClientPlan::viewer());
    siege.world.connect();
    let own = siege.world.client(mallory).mapped;
    let victim = siege.world.client(siege.bob).mapped;
    siege.world.rebind(mallory, victim);
    siege.world.run_for(4 * SECOND);
    siege.world.rebind(mallory, own);
    siege.world.run_for(4 * SECOND);
    let start = siege.world.now();
    siege.world.run_for(5 * SECOND);
    let seen = oracle::received_since(&siege.world, siege.alice, siege.bob, Camera, start);
    assert!(seen.len() > 500, "{} packets of the victim", seen.len());
    assert_eq!(oracle::faces(&siege.world), Ok(()));
}

#[test]
fn datagrams_of_any_size_are_counted_and_dropped() {
    let mut siege = Siege::new(77);
    let sizes = (0..=40).chain([576, 1_400, 1_499, 1_500, 1_501, 1_970, 2_000, 9_000, 65_507]);
    for first in [0, 1, 3, 20, 22, 63, 64, 127, 128, 191, 192, 255] {
        let datagrams: Vec<_> = sizes.clone().map(|size| vec![first; size]).collect();
        let before = siege.world.counters();
        siege.attack(&datagrams);
        let after = siege.world.counters();
        let oversize = after.dropped(Drop::Oversize) - before.dropped(Drop::Oversize);
        let unknown = after.dropped(Drop::UnknownAddress) - before.dropped(Drop::UnknownAddress);
        assert_eq!(oversize, 5);
        assert_eq!(unknown + oversize, datagrams.len() as u64);
    }
    siege.assert_call_unharmed();
}

#[test]
fn oversize_datagrams_of_a_participant_are_dropped_too() {
    let mut siege = Siege::new(78);
    let source = siege.world.client(siege.alice).mapped;
    let datagrams: Vec<_> = [1_501, 1_970, 65_507].map(|size| vec![0x80; size]).to_vec();
    siege.world.inject_batch(source, &datagrams);
    assert_eq!(siege.world.counters().dropped(Drop::Oversize), 3);
    siege.assert_call_unharmed();
}

/// What an attacker makes of a datagram that it overheard.
#[derive(Debug, Clone)]
enum Forgery {
    Random(Vec<u8>),
    /// The n-th overheard one, cut to a length, with one byte changed.
    Altered(prop::sample::Index, u16, u16, u8),
}

fn forgeries() -> impl Strategy<Value = Vec<Forgery>> {
    let random = prop::collection::vec(any::<u8>(), 0..1_600).prop_map(Forgery::Random);
    let altered = (
        any::<prop::sample::Index>(),
        any::<u16>(),
        any::<u16>(),
        1_u8..,
    )
        .prop_map(|(which, length, at, change)| Forgery::Altered(which, length, at, change));
    prop::collection::vec(prop_oneof![random, altered], 1..100)
}

fn forge(captured: &[Vec<u8>], forgery: Forgery) -> Vec<u8> {
    match forgery {
        Forgery::Random(bytes) => bytes,
        Forgery::Altered(which, length, at, change) => {
            let mut bytes = which.get(captured).clone();
            // Half of them keep their length.
            if length % 2 == 0 {
                bytes.truncate(usize::from(length) % (bytes.len() + 1));
            }
            let length = bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(usize::from(at) % length) {
                *byte ^= change;
            }
            bytes
        }
    }
}

/// Lets an attacker send forgeries from an address, many times over, always the same ones.
fn besiege(seed: u64, from_alice: bool) -> Siege {
    let siege = Siege::new(seed);
    let captured = siege.world.captured(siege.alice).to_vec();
    let source = if from_alice {
        siege.world.client(siege.alice).mapped
    } else {
        stranger()
    };
    let siege = RefCell::new(siege);
    let config = Config {
        cases: 100,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&forgeries(), |forged| {
            let datagrams: Vec<_> = forged
                .into_iter()
                .map(|one| forge(&captured, one))
                .collect();
            let mut siege = siege.borrow_mut();
            siege.world.inject_batch(source, &datagrams);
            siege.assert_nothing_learned();
            siege.world.run_for(Duration::from_millis(10));
            Ok(())
        })
        .expect("no forgery has an effect");
    siege.into_inner()
}

#[test]
fn forgeries_of_strangers_have_no_effect() {
    besiege(79, false).assert_call_unharmed();
}

#[test]
fn forgeries_in_a_participants_name_do_not_end_the_call() {
    besiege(80, true).assert_call_goes_on();
}
