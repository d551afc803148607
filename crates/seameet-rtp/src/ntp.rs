//! Wall-clock time of senders: NTP timestamps in sender reports (RFC 3550, sections 4 and 6.4.1).

/// An NTP timestamp: seconds since 1900 in the upper 32 bits, fractions of a second in the lower ones. Wraps in
/// 2036; differences are taken the shorter way around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NtpTime(pub u64);

impl NtpTime {
    /// How many ticks of a clock this is later than `earlier`; negative if it is earlier.
    pub fn ticks_since(self, earlier: Self, clock_rate: u32) -> i64 {
        let difference = i128::from(self.0.wrapping_sub(earlier.0).cast_signed());
        // Below 2^63 * 2^32, so nothing is cut off before the shift.
        let ticks = difference.saturating_mul(i128::from(clock_rate)) >> 32;
        i64::try_from(ticks).unwrap_or(i64::MAX)
    }

    /// Whether the sender has a clock at all; zero says that it has none.
    pub fn is_known(self) -> bool {
        self.0 != 0
    }
}

/// What a sender report says about time: these two denote the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SenderReport {
    /// By the sender's wall clock.
    pub ntp: NtpTime,
    /// By the stream's RTP timestamps.
    pub rtp_timestamp: u32,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn differences_are_in_ticks_and_signed() {
        let start = NtpTime(5 << 32);
        assert_eq!(
            NtpTime((6 << 32) | (1 << 31)).ticks_since(start, 90_000),
            135_000
        );
        assert_eq!(start.ticks_since(NtpTime(6 << 32), 48_000), -48_000);
        assert_eq!(start.ticks_since(start, 90_000), 0);
    }

    #[test]
    fn the_wrap_of_2036_is_no_jump() {
        let before = NtpTime(u64::from(u32::MAX) << 32);
        assert_eq!(NtpTime(1 << 32).ticks_since(before, 1_000), 2_000);
    }

    #[test]
    fn zero_is_no_time() {
        assert!(!NtpTime(0).is_known() && NtpTime(1).is_known());
    }

    proptest! {
        #[test]
        fn no_values_make_it_panic(a in any::<u64>(), b in any::<u64>(), rate in any::<u32>()) {
            NtpTime(a).ticks_since(NtpTime(b), rate);
        }
    }
}
