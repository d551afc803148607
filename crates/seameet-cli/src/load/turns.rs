//! Who speaks when.

use std::time::{Duration, Instant};

/// Publishers speak one after another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turns {
    /// How long each speaks.
    pub(crate) every: Duration,
}

impl Turns {
    /// Whether one of so many speaks at a time since the beginning.
    pub(crate) fn speaks(
        self,
        (begin, now): (Instant, Instant),
        place: u32,
        publishers: u32,
    ) -> bool {
        let since = now.saturating_duration_since(begin).as_millis();
        let turn = since / self.every.as_millis().max(1);
        turn % u128::from(publishers.max(1)) == u128::from(place)
    }
}

#[cfg(test)]
mod tests {
    //! Tests of taking turns.

    use super::*;

    #[test]
    fn one_speaks_at_any_time_and_all_in_turn() {
        let begin = Instant::now();
        let turns = Turns {
            every: Duration::from_secs(5),
        };
        let speakers = (0..40).map(|second| {
            let now = begin + Duration::from_secs(second);
            let speaks = |place: &u32| turns.speaks((begin, now), *place, 3);
            (0..3).filter(speaks).collect::<Vec<_>>()
        });
        let speakers: Vec<_> = speakers.collect();
        assert!(speakers.iter().all(|at| at.len() == 1), "{speakers:?}");
        assert_eq!(
            speakers[4..16]
                .iter()
                .step_by(5)
                .flatten()
                .collect::<Vec<_>>(),
            [&0, &1, &2]
        );
    }
}
