//! Random decisions that a seed repeats.

use std::time::Duration;

/// A small generator, seeded and not for secrets.
#[derive(Debug, Clone)]
pub struct Rng(fastrand::Rng);

impl Rng {
    /// The generator of this seed: equal seeds decide equally.
    pub fn from_seed(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A further generator, so that one part's decisions do not depend on how often another part decides.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self(self.0.fork())
    }

    /// True with this probability; values of 0 and below never, 1 and above always. Draws in any case, so
    /// that a changed probability shifts no later decision.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.f64() < probability
    }

    /// A number from 0 up to but not including 1.
    pub fn share(&mut self) -> f64 {
        self.0.f64()
    }

    /// A duration from zero up to and including `max`, all alike probable.
    pub fn duration_up_to(&mut self, max: Duration) -> Duration {
        let nanos = u64::try_from(max.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.0.u64(0..=nanos))
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0.u64(0..bound.max(1))
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0.u64(..)
    }

    /// Any bytes.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_decide_equally_and_others_differ() {
        let draw = |seed| -> Vec<u64> {
            let mut rng = Rng::from_seed(seed);
            (0..8).map(|_| rng.number()).collect()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn a_fork_does_not_depend_on_later_draws() {
        let mut one = Rng::from_seed(1);
        let mut other = Rng::from_seed(1);
        let mut fork_of_one = one.fork();
        let mut fork_of_other = other.fork();
        one.number();
        assert_eq!(fork_of_one.number(), fork_of_other.number());
    }

    #[test]
    fn certain_chances_are_certain() {
        let mut rng = Rng::from_seed(3);
        assert!((0..1000).all(|_| rng.chance(1.0)));
        assert!(!(0..1000).any(|_| rng.chance(0.0)));
    }

    #[test]
    fn drawn_values_stay_within_their_bounds() {
        let mut rng = Rng::from_seed(4);
        let max = Duration::from_nanos(3);
        let durations: Vec<u128> = (0..200)
            .map(|_| rng.duration_up_to(max).as_nanos())
            .collect();
        assert!((0..=3).all(|value| durations.contains(&value)));
        assert!(durations.iter().all(|&value| value <= 3));
        assert_eq!(rng.below(0), 0);
        assert!((0..200).all(|_| rng.below(5) < 5));
    }
}
