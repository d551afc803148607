//! Extending sequence numbers and timestamps that wrap, tolerant of reordering.

/// Extends 16-bit RTP sequence numbers to 64 bits that never wrap.
///
/// A number is taken to lie within 32,767 ahead of, or 32,768 behind, the highest seen (RFC 3711, section
/// 3.3.1, estimates the same way). The first number is put into the second cycle (65,536 and above), so that
/// packets that were overtaken by it still have room below.
#[derive(Debug, Clone, Default)]
pub struct SequenceUnwrapper {
    highest: Option<u64>,
}

impl SequenceUnwrapper {
    /// One that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The extended form of `sequence`.
    pub fn unwrap(&mut self, sequence: u16) -> u64 {
        let extended = match self.highest {
            None => FIRST_SEQUENCE_CYCLE.saturating_add(u64::from(sequence)),
            Some(highest) => nearest(highest, u64::from(sequence), 16),
        };
        self.highest = self.highest.max(Some(extended));
        extended
    }

    /// The highest extended number so far.
    pub fn highest(&self) -> Option<u64> {
        self.highest
    }
}

/// Extends 32-bit RTP timestamps to 64 bits that never wrap, in the manner of [`SequenceUnwrapper`].
#[derive(Debug, Clone, Default)]
pub struct TimestampUnwrapper {
    highest: Option<u64>,
}

impl TimestampUnwrapper {
    /// One that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The extended form of `timestamp`.
    pub fn unwrap(&mut self, timestamp: u32) -> u64 {
        let extended = match self.highest {
            None => FIRST_TIMESTAMP_CYCLE.saturating_add(u64::from(timestamp)),
            Some(highest) => nearest(highest, u64::from(timestamp), 32),
        };
        self.highest = self.highest.max(Some(extended));
        extended
    }

    /// The highest extended timestamp so far.
    pub fn highest(&self) -> Option<u64> {
        self.highest
    }
}

/// The number whose low `bits` are those of `value` and that is nearest to `reference`; of two equally near
/// ones the lower. Stays at or above zero as long as `reference` is at least half a cycle.
pub(crate) fn nearest(reference: u64, value: u64, bits: u32) -> u64 {
    let shift = 64_u32.saturating_sub(bits);
    // The distance, sign-extended from `bits` to 64.
    let distance = (value.wrapping_sub(reference) << shift).cast_signed() >> shift;
    reference.wrapping_add_signed(distance)
}

/// Whether timestamp `a` is later than `b`, the shorter way around (RFC 3550, section 5.1: they wrap).
pub(crate) fn is_later(a: u32, b: u32) -> bool {
    a.wrapping_sub(b).cast_signed() > 0
}

const FIRST_SEQUENCE_CYCLE: u64 = 1 << 16;
const FIRST_TIMESTAMP_CYCLE: u64 = 1 << 32;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_wrap_counts_on() {
        let mut unwrapper = SequenceUnwrapper::new();
        let first = unwrapper.unwrap(65_534);
        let numbers: Vec<u64> = [65_535, 0, 1].map(|n| unwrapper.unwrap(n) - first).into();
        assert_eq!(numbers, [1, 2, 3]);
    }

    #[test]
    fn a_packet_from_before_the_wrap_stays_before_it() {
        let mut unwrapper = SequenceUnwrapper::new();
        let first = unwrapper.unwrap(65_535);
        assert_eq!(unwrapper.unwrap(2), first + 3);
        assert_eq!(unwrapper.unwrap(65_533), first - 2);
        assert_eq!(unwrapper.highest(), Some(first + 3));
    }

    #[test]
    fn a_packet_overtaken_by_the_very_first_has_room_below() {
        let mut unwrapper = SequenceUnwrapper::new();
        let first = unwrapper.unwrap(0);
        assert_eq!(unwrapper.unwrap(65_535), first - 1);
    }

    #[test]
    fn timestamps_wrap_both_ways() {
        let mut unwrapper = TimestampUnwrapper::new();
        let first = unwrapper.unwrap(u32::MAX);
        assert_eq!(unwrapper.unwrap(2_999), first + 3_000);
        assert_eq!(unwrapper.unwrap(u32::MAX - 10), first - 10);
        assert_eq!(unwrapper.highest(), Some(first + 3_000));
    }

    #[test]
    fn later_is_judged_the_shorter_way_around() {
        assert!(is_later(5, u32::MAX));
        assert!(!is_later(u32::MAX, 5));
        assert!(!is_later(7, 7));
    }

    proptest! {
        #[test]
        fn low_bits_are_kept_and_small_steps_are_exact(
            start in any::<u16>(),
            steps in prop::collection::vec(-30_000_i64..30_000, 1..200),
        ) {
            let mut unwrapper = SequenceUnwrapper::new();
            let mut highest = unwrapper.unwrap(start);
            for step in steps {
                // Far enough below zero there is no lower cycle; real streams move forward.
                let expected = highest.saturating_add_signed(step).max(1 << 15);
                let low = u16::try_from(expected & 0xFFFF).unwrap();
                prop_assert_eq!(unwrapper.unwrap(low), expected);
                highest = highest.max(expected);
            }
        }
    }
}
