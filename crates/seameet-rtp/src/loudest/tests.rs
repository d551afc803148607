//! Rooms with more talkers than places, in virtual time.

mod properties;

use super::*;

const MS: Duration = Duration::from_millis(1);
const SPEECH: i8 = -28;

struct Bench {
    selector: LoudestSelector<u8>,
    start: Instant,
    now: Instant,
    /// Millisecond of each change, with the place's new talker.
    changes: Vec<(u128, Option<u8>)>,
}

impl Bench {
    fn new(places: usize) -> Self {
        let now = Instant::now();
        Self {
            selector: LoudestSelector::new(places),
            start: now,
            now,
            changes: Vec::new(),
        }
    }

    /// Everybody, by number, sends one level with every packet of 20 ms; `None` sends nothing.
    fn run(&mut self, millis: u64, levels: &[Option<i8>]) {
        for _ in 0..millis / 20 {
            for (key, level) in (0..).zip(levels) {
                if let Some(level_dbov) = *level {
                    let level = AudioLevel {
                        level_dbov,
                        voice: true,
                    };
                    self.selector.record(self.now, key, level);
                }
            }
            self.poll();
            self.now += 20 * MS;
        }
    }

    fn poll(&mut self) {
        let at = (self.now - self.start).as_millis();
        let changes = self.selector.poll(self.now);
        self.changes
            .extend(changes.iter().map(|change| (at, change.talker)));
    }

    fn selected(&self) -> Vec<u8> {
        let mut selected: Vec<u8> = self.selector.places().iter().flatten().copied().collect();
        selected.sort_unstable();
        selected
    }
}

/// `count` talkers of whom some speak.
fn room(count: usize, speakers: &[usize]) -> Vec<Option<i8>> {
    let mut levels = vec![Some(-75); count];
    for speaker in speakers {
        levels[*speaker] = Some(SPEECH);
    }
    levels
}

#[test]
fn everybody_is_heard_while_there_are_places_even_without_a_word() {
    let mut bench = Bench::new(3);
    bench.selector.add(bench.now, 2);
    bench.run(100, &[Some(-127), None]);
    assert_eq!(bench.selected(), [0, 2]);
    assert!(bench.selector.is_selected(2) && !bench.selector.is_selected(1));
}

#[test]
fn a_new_speaker_is_heard_within_a_tenth_of_a_second_if_a_place_is_silent() {
    let mut bench = Bench::new(3);
    bench.run(3_000, &room(50, &[]));
    bench.changes.clear();
    bench.run(100, &room(50, &[41]));
    assert!(bench.selector.is_selected(41));
    assert_eq!(bench.changes.len(), 1);
}

#[test]
fn fifty_talkers_share_three_places() {
    let mut bench = Bench::new(3);
    bench.run(1_000, &room(50, &[]));
    for round in 0..40_usize {
        // A conversation that wanders: two go on, one joins.
        let speakers = [0, 7, 14].map(|offset| (round * 7 + offset) % 50);
        bench.run(1_500, &room(50, &speakers));
        let mut expected = speakers.map(|speaker| u8::try_from(speaker).expect("small"));
        expected.sort_unstable();
        assert_eq!(bench.selected(), expected, "round {round}");
    }
    // Three places at first, two new voices in the first round, one in each later one, and no more.
    assert!(
        bench.changes.len() <= 3 + 3 + 40,
        "{} changes",
        bench.changes.len()
    );
}

#[test]
fn a_little_louder_is_not_enough() {
    let mut bench = Bench::new(1);
    bench.run(2_000, &[Some(-30), Some(-75)]);
    bench.run(10_000, &[Some(-30), Some(-25)]);
    assert_eq!(bench.selected(), [0]);
    bench.run(2_000, &[Some(-30), Some(-23)]);
    assert_eq!(bench.selected(), [1]);
    assert_eq!(bench.changes.len(), 2);
}

#[test]
fn two_who_shout_in_turns_do_not_flap() {
    let mut bench = Bench::new(1);
    for _ in 0..100 {
        bench.run(60, &[Some(-10), Some(-60)]);
        bench.run(60, &[Some(-60), Some(-10)]);
    }
    assert_eq!(bench.changes.len(), 1);
}

#[test]
fn who_has_just_got_a_place_keeps_it_for_a_while() {
    let mut bench = Bench::new(1);
    bench.run(100, &[Some(-50), None]);
    bench.run(160, &[Some(-50), Some(-5)]);
    assert_eq!(bench.selected(), [0]);
    bench.run(100, &[Some(-50), Some(-5)]);
    assert_eq!(bench.changes, [(0, Some(0)), (300, Some(1))]);
}

#[test]
fn silence_takes_no_place() {
    let mut bench = Bench::new(1);
    bench.run(1_000, &[Some(SPEECH), Some(-70)]);
    bench.run(20_000, &[None, Some(-70)]);
    assert_eq!(bench.selected(), [0], "silent is not gone");
    bench.run(200, &[None, Some(-55)]);
    assert_eq!(bench.selected(), [1]);
}

#[test]
fn who_was_loud_and_fell_silent_gives_way_after_two_seconds_at_the_latest() {
    let mut bench = Bench::new(1);
    bench.run(2_000, &[Some(0), Some(-75)]);
    // At full volume, the fading alone would take six seconds.
    bench.run(2_200, &[None, Some(-55)]);
    assert_eq!(bench.selected(), [1]);
}

#[test]
fn a_place_that_was_left_is_filled_at_once() {
    let mut bench = Bench::new(2);
    bench.run(1_000, &[Some(-30), Some(-30), Some(-45), Some(-60)]);
    assert_eq!(bench.selected(), [0, 1]);
    bench.selector.remove(bench.now, 1);
    assert_eq!(bench.selector.deadline(), Some(bench.now));
    bench.poll();
    assert_eq!(bench.selected(), [0, 2]);
    assert_eq!(
        bench.selector.places(),
        [Some(0), Some(2)],
        "the other one kept his"
    );
}

#[test]
fn places_come_and_go() {
    let mut bench = Bench::new(1);
    let levels = [Some(-30), Some(-31), Some(-32)];
    bench.run(1_000, &levels);
    bench.selector.set_places(bench.now, 3);
    bench.run(20, &levels);
    assert_eq!(bench.selected(), [0, 1, 2]);
    bench.selector.set_places(bench.now, 2);
    bench.run(1_000, &levels);
    assert_eq!(bench.selected(), [0, 1]);
    bench.selector.set_places(bench.now, 0);
    bench.run(1_000, &levels);
    assert_eq!(bench.selected(), [0_u8; 0]);
}

#[test]
fn nothing_is_decided_when_nothing_happens() {
    let mut bench = Bench::new(1);
    assert_eq!(bench.selector.deadline(), None);
    bench.run(20, &[Some(-30)]);
    assert_eq!(bench.selector.deadline(), None);
    let level = AudioLevel {
        level_dbov: -30,
        voice: true,
    };
    bench.selector.record(bench.now, 0, level);
    assert_eq!(bench.selector.deadline(), Some(bench.start + 50 * MS));
}
