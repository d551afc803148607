//! Conversations in virtual time.

mod properties;

use super::*;

const SPEECH: i8 = -28;
const HISS: i8 = -75;
const MS: Duration = Duration::from_millis(1);

/// What someone does for a while.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Sends this level with every packet.
    Level(i8),
    /// Sends nothing at all.
    Nothing,
    /// Sends a packet of silence every 400 ms, as Opus does when nothing is said.
    Dtx,
}

struct Bench {
    detector: SpeakerDetector<u8>,
    start: Instant,
    now: Instant,
    /// Millisecond and outcome of each change.
    changes: Vec<(u128, Speakers<u8>)>,
}

impl Bench {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            detector: SpeakerDetector::new(),
            start: now,
            now,
            changes: Vec::new(),
        }
    }

    /// Everybody, by number, does one thing for a while; packets are 20 ms long.
    fn run(&mut self, millis: u64, acts: &[Act]) {
        for step in 0..millis / 20 {
            for (key, act) in (0..).zip(acts) {
                let level = match act {
                    Act::Level(level) => Some(*level),
                    Act::Dtx if step % 20 == 0 => Some(-127),
                    Act::Dtx | Act::Nothing => None,
                };
                if let Some(level_dbov) = level {
                    let level = AudioLevel {
                        level_dbov,
                        voice: false,
                    };
                    self.detector.record(self.now, key, level);
                }
            }
            self.now += 20 * MS;
            self.poll();
        }
    }

    fn poll(&mut self) {
        if let Some(speakers) = self.detector.poll(self.now) {
            self.changes
                .push(((self.now - self.start).as_millis(), speakers));
        }
    }

    /// The millisecond and key of each change of the dominant speaker.
    fn dominants(&self) -> Vec<(u128, Option<u8>)> {
        let mut dominants: Vec<(u128, Option<u8>)> = Vec::new();
        for (at, speakers) in &self.changes {
            if dominants
                .last()
                .is_none_or(|(_, last)| *last != speakers.dominant)
            {
                dominants.push((*at, speakers.dominant));
            }
        }
        dominants
    }

    fn speaking(&self) -> Vec<u8> {
        let speaking = &self.detector.speakers().speaking;
        speaking.iter().map(|speaker| speaker.key).collect()
    }
}

const TALK: Act = Act::Level(SPEECH);
const QUIET: Act = Act::Level(HISS);

#[test]
fn the_first_to_speak_dominates_within_half_a_second() {
    let mut bench = Bench::new();
    bench.run(2_000, &[QUIET, TALK, QUIET]);
    assert_eq!(bench.dominants(), [(300, Some(1))]);
    assert_eq!(bench.speaking(), [1]);
}

#[test]
fn nobody_dominates_a_silent_room() {
    let mut bench = Bench::new();
    bench.run(5_000, &[QUIET, Act::Dtx, Act::Level(-60)]);
    assert_eq!(bench.changes, []);
}

#[test]
fn who_goes_on_when_the_other_has_ended_takes_over_within_a_second() {
    let mut bench = Bench::new();
    bench.run(5_000, &[TALK, QUIET]);
    bench.run(3_000, &[QUIET, TALK]);
    let [(_, Some(0)), (at, Some(1))] = bench.dominants()[..] else {
        panic!("{:?}", bench.dominants());
    };
    assert!((5_300..=6_000).contains(&at), "at {at}");
    assert_eq!(bench.speaking(), [1]);
}

#[test]
fn who_has_just_ended_takes_over_no_more() {
    let mut bench = Bench::new();
    bench.run(3_000, &[TALK, QUIET]);
    bench.run(580, &[QUIET, TALK]);
    bench.run(3_000, &[QUIET, QUIET]);
    assert_eq!(bench.dominants().len(), 1);
}

#[test]
fn a_cough_changes_nothing() {
    let mut bench = Bench::new();
    bench.run(5_000, &[TALK, QUIET]);
    bench.run(200, &[TALK, Act::Level(-5)]);
    bench.run(5_000, &[TALK, QUIET]);
    assert_eq!(bench.dominants().len(), 1);
}

#[test]
fn a_pause_for_breath_changes_nothing_though_another_coughs_in_it() {
    let mut bench = Bench::new();
    for _ in 0..5 {
        bench.run(3_000, &[TALK, QUIET]);
        bench.run(200, &[QUIET, Act::Level(-20)]);
        bench.run(100, &[QUIET, QUIET]);
    }
    assert_eq!(bench.dominants().len(), 1);
}

#[test]
fn two_at_once_change_nothing_even_if_the_second_is_louder() {
    let mut bench = Bench::new();
    bench.run(5_000, &[TALK, QUIET]);
    bench.run(10_000, &[TALK, Act::Level(-18)]);
    assert_eq!(bench.dominants(), [(300, Some(0))]);
    assert_eq!(bench.speaking(), [0, 1], "but both speak");
}

#[test]
fn the_dominant_one_stays_so_in_silence_without_speaking() {
    let mut bench = Bench::new();
    bench.run(3_000, &[TALK, QUIET]);
    bench.run(10_000, &[QUIET, QUIET]);
    assert_eq!(bench.dominants().len(), 1);
    assert_eq!(bench.detector.speakers().dominant, Some(0));
    assert_eq!(bench.speaking(), [0_u8; 0]);
}

#[test]
fn silence_without_packets_is_silence() {
    let mut bench = Bench::new();
    bench.run(3_000, &[TALK, Act::Dtx]);
    bench.run(3_000, &[Act::Nothing, TALK]);
    bench.run(3_000, &[TALK, Act::Dtx]);
    let keys: Vec<Option<u8>> = bench.dominants().iter().map(|(_, key)| *key).collect();
    assert_eq!(keys, [Some(0), Some(1), Some(0)]);
}

#[test]
fn a_silent_room_needs_no_timer_and_wakes_up_again() {
    let mut bench = Bench::new();
    bench.run(3_000, &[TALK]);
    bench.run(3_000, &[Act::Nothing]);
    assert_eq!(bench.detector.deadline(), None);
    assert_eq!(bench.speaking(), [0_u8; 0]);
    bench.run(3_600_000, &[Act::Nothing, Act::Nothing]);
    bench.run(600, &[Act::Nothing, TALK]);
    assert_eq!(bench.detector.speakers().dominant, Some(1));
}

#[test]
fn lost_packets_do_not_end_speech() {
    let mut bench = Bench::new();
    bench.run(2_000, &[TALK, QUIET]);
    let before = bench.changes.len();
    for _ in 0..50 {
        bench.run(60, &[TALK, QUIET]);
        bench.run(40, &[Act::Nothing, QUIET]);
    }
    assert_eq!(bench.changes.len(), before);
}

#[test]
fn packets_of_sixty_milliseconds_are_speech_too() {
    let mut bench = Bench::new();
    for _ in 0..50 {
        bench.run(20, &[TALK]);
        bench.run(40, &[Act::Nothing]);
    }
    assert_eq!(bench.dominants(), [(300, Some(0))]);
    assert_eq!(bench.speaking(), [0]);
}

#[test]
fn steady_noise_becomes_background() {
    let mut bench = Bench::new();
    // A fan and a quiet speaker, who is louder than it for his listeners.
    bench.run(10_000, &[Act::Level(-55), QUIET]);
    bench.run(3_000, &[Act::Level(-55), Act::Level(-45)]);
    assert_eq!(bench.detector.speakers().dominant, Some(1));
    assert_eq!(bench.speaking(), [1]);
}

#[test]
fn speakers_keep_their_places_while_they_speak() {
    let mut bench = Bench::new();
    bench.run(2_000, &[QUIET, QUIET, TALK]);
    bench.run(2_000, &[QUIET, TALK, TALK]);
    bench.run(2_000, &[TALK, TALK, TALK]);
    assert_eq!(bench.speaking(), [2, 1, 0]);
    bench.run(2_000, &[TALK, TALK, QUIET]);
    assert_eq!(bench.detector.speakers().dominant, Some(0));
    assert_eq!(bench.speaking(), [0, 1]);
}

#[test]
fn levels_are_told_in_steps() {
    let mut bench = Bench::new();
    bench.run(2_000, &[Act::Level(-28)]);
    bench.run(2_000, &[Act::Level(-30)]);
    let levels = || {
        bench
            .detector
            .speakers()
            .speaking
            .first()
            .map(|speaker| speaker.level_dbov)
    };
    assert_eq!(levels(), Some(-31));
    let changes = bench.changes.len();
    bench.run(2_000, &[Act::Level(-29)]);
    assert_eq!(bench.changes.len(), changes, "within the step");
    bench.run(2_000, &[Act::Level(-10)]);
    let level = bench
        .detector
        .speakers()
        .speaking
        .first()
        .map(|speaker| speaker.level_dbov);
    assert_eq!(level, Some(-13));
}

#[test]
fn who_left_neither_speaks_nor_dominates() {
    let mut bench = Bench::new();
    bench.run(3_000, &[TALK, QUIET]);
    bench.detector.remove(0);
    bench.run(600, &[Act::Nothing, QUIET]);
    let nobody = Speakers {
        dominant: None,
        speaking: Vec::new(),
    };
    assert_eq!(
        bench.changes.last().map(|(_, speakers)| speakers),
        Some(&nobody)
    );
    bench.run(600, &[Act::Nothing, TALK]);
    assert_eq!(bench.detector.speakers().dominant, Some(1));
}
