//! What holds for any room.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;

const TALKERS: usize = 6;

/// Stretches of up to a second, with what each of six people sends in them.
fn stretches() -> impl Strategy<Value = Vec<(u64, Vec<Option<i8>>)>> {
    let levels = vec(option::of(-127_i8..=0), TALKERS);
    vec((1_u64..50, levels), 1..30).prop_map(|stretches| {
        stretches
            .into_iter()
            .map(|(ticks, levels)| (ticks * 20, levels))
            .collect()
    })
}

proptest! {
    #[test]
    fn never_more_than_there_are_places_nobody_twice_and_no_flapping(
        places in 0_usize..5,
        stretches in stretches(),
    ) {
        let mut bench = Bench::new(places);
        for (millis, levels) in &stretches {
            bench.run(*millis, levels);
            let mut selected = bench.selected();
            prop_assert!(selected.len() <= places);
            selected.dedup();
            prop_assert_eq!(selected.len(), bench.selector.places().iter().flatten().count());
        }
        // Each place changes hands at most once in the time of immunity.
        let elapsed = (bench.now - bench.start).as_millis();
        let bound = places * (usize::try_from(elapsed / 300).expect("small") + 1);
        prop_assert!(bench.changes.len() <= bound, "{} changes", bench.changes.len());
    }

    #[test]
    fn who_is_loudest_by_far_for_long_enough_is_heard(
        places in 1_usize..4,
        stretches in stretches(),
        loudest in 0..TALKERS,
        others in vec(option::of(-127_i8..=-30), TALKERS),
    ) {
        let mut bench = Bench::new(places);
        for (millis, levels) in &stretches {
            bench.run(*millis, levels);
        }
        let mut levels = others;
        levels[loudest] = Some(-20);
        // Whoever shouted at full scale until now fades by 10 dB in a second, down to 6 dB below.
        bench.run(3_200, &levels);
        prop_assert!(bench.selector.is_selected(u8::try_from(loudest).expect("small")));
    }

    #[test]
    fn nobody_waits_while_a_place_is_free(places in 0_usize..8, stretches in stretches()) {
        let mut bench = Bench::new(places);
        for (millis, levels) in &stretches {
            bench.run(*millis, levels);
        }
        bench.run(60, &[Some(-30); TALKERS]);
        prop_assert_eq!(bench.selected().len(), places.min(TALKERS));
    }

    #[test]
    fn no_levels_or_times_make_it_panic(
        inputs in vec((0_u8..8, any::<u8>(), any::<i8>(), 0_u64..10_000), 0..300),
    ) {
        let mut selector = LoudestSelector::new(2);
        let start = Instant::now();
        for (kind, key, level_dbov, millis) in inputs {
            // Time goes back and forth.
            let now = start + Duration::from_millis(millis);
            match kind {
                0 => selector.remove(now, key),
                1 => selector.set_places(now, usize::from(key % 4)),
                2 => selector.add(now, key),
                _ => selector.record(now, key, AudioLevel { level_dbov, voice: true }),
            }
            let _ = selector.poll(now);
            prop_assert!(selector.places().len() <= 4);
        }
    }
}
