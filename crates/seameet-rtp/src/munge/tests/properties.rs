//! What holds for any loss, reordering, duplication, skipping, pausing and switching.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// One thing that happens to a munger.
#[derive(Debug, Clone)]
enum Step {
    /// The current source's next packet arrives, `lost` ones later.
    Next { lost: u64 },
    /// A packet from `back` packets ago arrives, overtaken, repaired or a second time.
    Late { back: u64 },
    /// The next packet is left out.
    Skip,
    /// Forwarding pauses while `missed` packets pass.
    Pause { missed: u64 },
    /// Forwarding goes over to another source.
    Switch { source: u64 },
    /// A late packet of any source is asked for without switching.
    LateOf { source: u64, back: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0_u64..3).prop_map(|lost| Step::Next { lost }),
        4 => (0_u64..20).prop_map(|back| Step::Late { back }),
        3 => Just(Step::Skip),
        1 => (0_u64..50).prop_map(|missed| Step::Pause { missed }),
        1 => (0_u64..4).prop_map(|source| Step::Switch { source }),
        1 => ((0_u64..4), (0_u64..20)).prop_map(|(source, back)| Step::LateOf { source, back }),
    ]
}

/// What a test knows of the world: each source's highest packet, and every mapping that was given.
struct World {
    munger: Munger,
    now: Instant,
    source: u64,
    highest: [u64; 4],
    given: HashMap<u64, (u64, u64)>,
    segments: HashMap<SegmentId, Vec<(u64, u64)>>,
}

impl World {
    fn new(start: u16) -> Self {
        Self {
            munger: Munger::new(start, 7),
            now: Instant::now(),
            source: 0,
            highest: [100, 5_000, 65_530, 1 << 40],
            given: HashMap::new(),
            segments: HashMap::new(),
        }
    }

    fn apply(&mut self, step: &Step) -> Result<(), TestCaseError> {
        self.now += Duration::from_millis(7);
        let index = usize::try_from(self.source).expect("small");
        match *step {
            Step::Next { lost } => {
                self.highest[index] += 1 + lost;
                let output = self.rewrite(self.highest[index]);
                prop_assert!(output.is_some(), "a packet in order is always forwarded");
                self.note(self.source, self.highest[index], output)
            }
            Step::Late { back } => {
                let sequence = self.highest[index].saturating_sub(back);
                let output = self.rewrite(sequence);
                self.note(self.source, sequence, output)
            }
            Step::Skip => {
                self.highest[index] += 1;
                self.munger
                    .skip(SourceKey(self.source), self.highest[index]);
                Ok(())
            }
            Step::Pause { missed } => {
                self.munger.pause();
                self.highest[index] += missed;
                Ok(())
            }
            Step::Switch { source } => {
                self.source = source;
                self.apply(&Step::Next { lost: 0 })
            }
            Step::LateOf { source, back } => {
                let highest = self.highest[usize::try_from(source).expect("small")];
                let sequence = highest.saturating_sub(back);
                let output = self.munger.late(SourceKey(source), sequence, 0);
                self.note(source, sequence, output)
            }
        }
    }

    fn rewrite(&mut self, sequence: u64) -> Option<Rewritten> {
        // One packet in three begins a frame.
        let timestamp = u32::try_from((sequence / 3) & 0xFFFF_FFFF).expect("masked");
        let timestamp = timestamp.wrapping_mul(FRAME);
        self.munger
            .rewrite(self.now, SourceKey(self.source), RATE, sequence, timestamp)
    }

    fn note(
        &mut self,
        source: u64,
        sequence: u64,
        output: Option<Rewritten>,
    ) -> Result<(), TestCaseError> {
        let Some(output) = output else { return Ok(()) };
        prop_assert!(output.sequence <= MAX_SEQUENCE);
        let input = (source, sequence);
        let earlier = *self.given.entry(output.sequence).or_insert(input);
        prop_assert_eq!(earlier, input, "{} was given twice", output.sequence);
        self.segments
            .entry(output.segment)
            .or_default()
            .push((sequence, output.sequence));
        Ok(())
    }
}

proptest! {
    #[test]
    fn no_number_is_given_to_two_packets_and_order_is_kept(
        start in any::<u16>(),
        steps in prop::collection::vec(step(), 1..400),
    ) {
        let mut world = World::new(start);
        for step in &steps {
            world.apply(step)?;
        }
        for pairs in world.segments.values_mut() {
            pairs.sort_unstable();
            pairs.dedup();
            for pair in pairs.windows(2) {
                prop_assert!(pair[0].0 < pair[1].0, "one input with two numbers: {pair:?}");
                prop_assert!(pair[0].1 < pair[1].1, "out of order: {pair:?}");
            }
        }
    }

    #[test]
    fn gaps_are_kept_whatever_the_order_of_arrival(
        first in 0_u64..1 << 40,
        offsets in prop::collection::vec(0_u64..2_000, 1..200),
    ) {
        let mut munger = Munger::new(5, 0);
        let now = Instant::now();
        for offset in std::iter::once(&0).chain(&offsets) {
            let output = munger.rewrite(now, A, RATE, first + offset, 0);
            prop_assert_eq!(output.map(|output| output.sequence), Some(5 + offset));
        }
    }

    #[test]
    fn switches_and_pauses_continue_with_the_next_number_and_a_later_time(
        stretches in prop::collection::vec((0_u64..3, 1_u64..50, any::<bool>(), 0_u64..5_000), 1..40),
    ) {
        let mut munger = Munger::new(0, u32::MAX - 10_000);
        let mut now = Instant::now();
        let mut highest = [0_u64; 3];
        let mut expected = 0;
        let mut latest: Option<u32> = None;
        for (source, length, pauses, millis) in stretches {
            if pauses {
                munger.pause();
            }
            now += Duration::from_millis(millis);
            for _ in 0..length {
                now += Duration::from_millis(33);
                let sequence = &mut highest[usize::try_from(source).expect("small")];
                *sequence += 1;
                // Each source has its own epoch.
                let timestamp = u32::try_from(*sequence).expect("small") * FRAME;
                let timestamp = timestamp.wrapping_add(u32::try_from(source).expect("small") << 30);
                let output = munger.rewrite(now, SourceKey(source), RATE, *sequence, timestamp);
                let output = output.expect("a packet in order is always forwarded");
                prop_assert_eq!(output.sequence, expected);
                prop_assert!(latest.is_none_or(|latest| is_later(output.timestamp, latest)));
                latest = Some(output.timestamp);
                expected += 1;
            }
        }
    }

    #[test]
    fn skips_in_order_leave_no_gap(kept in prop::collection::vec(any::<bool>(), 1..2_000)) {
        let mut munger = Munger::new(0, 0);
        let now = Instant::now();
        munger.rewrite(now, A, RATE, 99, 0);
        let mut expected = 1;
        for (sequence, is_kept) in (100..).zip(kept) {
            if is_kept {
                let output = munger.rewrite(now, A, RATE, sequence, 0);
                prop_assert_eq!(output.map(|output| output.sequence), Some(expected));
                expected += 1;
            } else {
                munger.skip(A, sequence);
            }
        }
    }

    #[test]
    fn no_values_make_it_panic(
        inputs in prop::collection::vec((0_u8..4, 0_u64..3, any::<u64>(), any::<u32>(), any::<u32>()), 0..300),
    ) {
        let mut munger = Munger::new(0, 0);
        let start = Instant::now();
        for (kind, source, sequence, timestamp, clock_rate) in inputs {
            // Time may even go back.
            let now = start + Duration::from_millis(u64::from(timestamp) % 100_000);
            let source = SourceKey(source);
            // Half of the numbers are at the very top.
            let sequence = if kind % 2 == 0 { sequence } else { sequence | u64::MAX << 8 };
            match kind {
                0 | 1 => {
                    let output = munger.rewrite(now, source, clock_rate, sequence, timestamp);
                    prop_assert!(output.is_none_or(|output| output.sequence <= MAX_SEQUENCE));
                }
                2 => drop(munger.late(source, sequence, timestamp)),
                _ => drop(munger.skip(source, sequence)),
            }
        }
    }
}
