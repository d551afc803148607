//! How many control packets a peer may send.
//!
//! Each may ask for hundreds of repairs (RFC 4585, section 6.2.1), so a peer that sends many costs far more than it
//! pays. A browser with fifty lines sends about a hundred in a second.

use std::time::{Duration, Instant};

/// Control packets in a second; further ones are dropped.
const PER_SECOND: f64 = 200.0;
/// Control packets at once after silence.
const BURST: f64 = 400.0;

/// Whether a datagram is an RTCP packet (RFC 5761, section 4).
pub(super) fn is_report(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, 192..=223, ..])
}

/// Whether a datagram is an RTP packet.
pub(super) fn is_media(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, ..]) && !is_report(datagram)
}

/// What a peer may still send.
#[derive(Debug)]
pub(super) struct Allowance {
    left: f64,
    last: Instant,
}

impl Allowance {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            left: BURST,
            last: now,
        }
    }

    /// Takes one; false when none is left.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let elapsed = now.saturating_duration_since(self.last).as_secs_f64();
        self.left = (self.left + elapsed * PER_SECOND).min(BURST);
        self.last = self.last.max(now);
        let is_left = self.left >= 1.0;
        if is_left {
            self.left -= 1.0;
        }
        is_left
    }
}

/// Datagrams that a peer's own may cause within the time that the engine needs to notice that it repairs too much.
const ASKED: usize = 600;
/// How often the engine looks.
const ASKED_WITHIN: Duration = Duration::from_millis(50);

/// What was sent because a peer asked.
#[derive(Debug)]
pub(super) struct Repairs {
    since: Instant,
    sent: usize,
}

impl Repairs {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            since: now,
            sent: 0,
        }
    }

    /// Counts one; true when it is more than allowed.
    pub(super) fn exceeds(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= ASKED_WITHIN {
            *self = Self::new(now);
        }
        self.sent += 1;
        self.sent > ASKED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_bounded_and_ordinary_reports_are_not() {
        let start = Instant::now();
        let mut allowance = Allowance::new(start);
        let flood =
            |allowance: &mut Allowance, at| (0..5_000).filter(|_| allowance.take(at)).count();
        assert_eq!(flood(&mut allowance, start), 400);
        assert_eq!(flood(&mut allowance, start + Duration::from_secs(1)), 200);
        for tick in 0..1_000 {
            let at = start + Duration::from_secs(2) + Duration::from_millis(10 * tick);
            assert!(allowance.take(at));
        }
    }

    #[test]
    fn only_control_packets_count() {
        assert!(is_report(&[0x81, 205, 0, 0]));
        for other in [
            &[0x80, 96, 0, 0][..],
            &[0x80, 0xff],
            &[0, 1],
            &[22, 200],
            &[0x80],
            &[],
        ] {
            assert!(!is_report(other));
        }
    }
}
