//! What holds for any conversation.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (-127_i8..=0).prop_map(Act::Level),
        Just(TALK),
        Just(QUIET),
        Just(Act::Nothing),
        Just(Act::Dtx),
    ]
}

/// Stretches of up to two seconds, with what each of four people does in them.
fn conversation() -> impl Strategy<Value = Vec<(u64, Vec<Act>)>> {
    vec((1_u64..100, vec(act(), 4)), 1..30).prop_map(|stretches| {
        stretches
            .into_iter()
            .map(|(ticks, acts)| (ticks * 20, acts))
            .collect()
    })
}

proptest! {
    #[test]
    fn changes_are_real_ordered_and_no_more_frequent_than_decisions(
        conversation in conversation(),
    ) {
        let mut bench = Bench::new();
        for (millis, acts) in &conversation {
            bench.run(*millis, acts);
        }
        for pair in bench.changes.windows(2) {
            prop_assert!(pair[0].1 != pair[1].1);
            prop_assert!(pair[1].0 - pair[0].0 >= 300);
        }
        for (_, speakers) in &bench.changes {
            let keys: Vec<u8> = speakers.speaking.iter().map(|speaker| speaker.key).collect();
            let mut unique = keys.clone();
            unique.sort_unstable();
            unique.dedup();
            prop_assert_eq!(unique.len(), keys.len(), "someone is listed twice");
            if let Some(dominant) = speakers.dominant {
                let place = keys.iter().position(|key| *key == dominant);
                prop_assert!(place.is_none_or(|place| place == 0));
            }
        }
    }

    #[test]
    fn whoever_speaks_alone_for_two_seconds_dominates(
        conversation in conversation(),
        key in 0_u8..4,
    ) {
        let mut bench = Bench::new();
        for (millis, acts) in &conversation {
            bench.run(*millis, acts);
        }
        let mut acts = [QUIET; 4];
        acts[usize::from(key)] = TALK;
        bench.run(2_000, &acts);
        prop_assert_eq!(bench.detector.speakers().dominant, Some(key));
    }

    #[test]
    fn silence_comes_to_rest(conversation in conversation()) {
        let mut bench = Bench::new();
        for (millis, acts) in &conversation {
            bench.run(*millis, acts);
        }
        bench.run(2_000, &[Act::Nothing; 4]);
        prop_assert_eq!(bench.detector.deadline(), None);
        prop_assert_eq!(bench.speaking(), [0_u8; 0]);
    }

    #[test]
    fn no_levels_or_times_make_it_panic(
        inputs in vec((any::<u8>(), any::<i8>(), 0_u64..10_000, any::<bool>()), 0..300),
    ) {
        let mut detector = SpeakerDetector::new();
        let start = Instant::now();
        for (key, level_dbov, millis, is_polled) in inputs {
            // Time goes back and forth.
            let now = start + Duration::from_millis(millis);
            detector.record(now, key, AudioLevel { level_dbov, voice: true });
            if is_polled {
                let _ = detector.poll(now);
            }
        }
    }
}
