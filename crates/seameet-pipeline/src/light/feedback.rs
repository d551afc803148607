//! When packets came, for the sender's estimate of bandwidth.
//!
//! The message is that of draft-holmer-rmcat-transport-wide-cc-extensions-01: a status of two bits for each packet number,
//! and for each that came the time since the one before, in quarters of a millisecond.

use std::time::Instant;

use seameet_rtp::SequenceUnwrapper;

use crate::light::RECEIVER_SSRC;

/// Transport feedback (RFC 4585, section 6.2; format 15).
const FORMAT: u8 = 0x80 | 15;
const TRANSPORT_FEEDBACK: u8 = 205;
/// Microseconds of a tick of the time between packets, and of the reference time.
const TICK: i64 = 250;
const REFERENCE: i64 = 64_000;
/// Most packets that one message tells of, those that are missing included.
const MAX_STATUSES: u64 = 400;
/// Most packets that wait to be told of; the oldest are forgotten beyond.
const MAX_WAITING: usize = 4_096;
/// Statuses in a chunk of two bits each.
const IN_CHUNK: usize = 7;

/// What became of a packet, with the bytes that its time takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Missing,
    Soon(u8),
    Late(i16),
}

impl Status {
    const fn code(self) -> u16 {
        match self {
            Self::Missing => 0,
            Self::Soon(_) => 1,
            Self::Late(_) => 2,
        }
    }
}

/// What came and was not told yet.
#[derive(Debug)]
pub(super) struct Feedback {
    begin: Instant,
    numbers: SequenceUnwrapper,
    /// Numbers, and microseconds since the beginning.
    waiting: Vec<(u64, i64)>,
    /// The number after the highest that was told of.
    next: Option<u64>,
    ssrc: u32,
    count: u8,
}

impl Feedback {
    pub(super) fn new(begin: Instant) -> Self {
        Self {
            begin,
            numbers: SequenceUnwrapper::new(),
            waiting: Vec::new(),
            next: None,
            ssrc: 0,
            count: 0,
        }
    }

    /// A packet came.
    pub(super) fn take(&mut self, now: Instant, number: u16, ssrc: u32) {
        let at = now.saturating_duration_since(self.begin).as_micros();
        let number = self.numbers.unwrap(number);
        self.ssrc = ssrc;
        if self.waiting.len() >= MAX_WAITING {
            self.waiting.drain(..MAX_WAITING / 2);
        }
        self.waiting
            .push((number, i64::try_from(at).unwrap_or(i64::MAX)));
    }

    /// The messages that tell of all that came since the last ones.
    pub(super) fn reports(&mut self) -> Vec<Vec<u8>> {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_unstable();
        waiting.dedup_by_key(|(number, _)| *number);
        let mut rest = waiting.as_slice();
        let mut reports = Vec::new();
        while let Some((first, _)) = rest.first() {
            // What came before its turn was told as missing; it is told once more. A long silence is not.
            let base = self
                .next
                .filter(|next| next < first && first - next < MAX_STATUSES);
            let (report, told) = self.report(base.unwrap_or(*first), rest);
            reports.push(report);
            rest = rest.get(told..).unwrap_or_default();
        }
        waiting.clear();
        self.waiting = waiting;
        reports
    }

    /// A message from `base` on, and how many packets it tells of.
    fn report(&mut self, base: u64, packets: &[(u64, i64)]) -> (Vec<u8>, usize) {
        let reference = packets.first().map_or(0, |(_, at)| at / REFERENCE);
        let mut statuses = Vec::new();
        let mut last = reference * REFERENCE;
        let mut told = 0;
        for (number, at) in packets {
            let ticks = (at - last) / TICK;
            let status = match (u8::try_from(ticks), i16::try_from(ticks)) {
                (Ok(ticks), _) => Status::Soon(ticks),
                (_, Ok(ticks)) => Status::Late(ticks),
                _ => break,
            };
            let place = number - base;
            if place >= MAX_STATUSES {
                break;
            }
            statuses.resize(usize::try_from(place).unwrap_or(0), Status::Missing);
            statuses.push(status);
            last += ticks * TICK;
            told += 1;
        }
        self.next = self.next.max(Some(base + statuses.len() as u64));
        self.count = self.count.wrapping_add(1);
        let count = self.count.wrapping_sub(1);
        (
            encode(base, reference, (self.ssrc, count), &statuses),
            told.max(1),
        )
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers, the reference time and the length wrap as the format says"
)]
fn encode(base: u64, reference: i64, (ssrc, count): (u32, u8), statuses: &[Status]) -> Vec<u8> {
    let mut message = vec![FORMAT, TRANSPORT_FEEDBACK, 0, 0];
    message.extend_from_slice(&RECEIVER_SSRC.to_be_bytes());
    message.extend_from_slice(&ssrc.to_be_bytes());
    message.extend_from_slice(&(base as u16).to_be_bytes());
    message.extend_from_slice(&(statuses.len() as u16).to_be_bytes());
    message.extend_from_slice(&(reference as u32).to_be_bytes()[1..]);
    message.push(count);
    write_chunks(&mut message, statuses);
    for status in statuses {
        match status {
            Status::Missing => {}
            Status::Soon(ticks) => message.push(*ticks),
            Status::Late(ticks) => message.extend_from_slice(&ticks.to_be_bytes()),
        }
    }
    message.resize(message.len().next_multiple_of(4), 0);
    let words = (message.len() / 4 - 1) as u16;
    message[2..4].copy_from_slice(&words.to_be_bytes());
    message
}

/// Runs of equal statuses where they are longer than a chunk of single ones.
fn write_chunks(message: &mut Vec<u8>, mut statuses: &[Status]) {
    while let Some(first) = statuses.first() {
        let run = statuses
            .iter()
            .take_while(|status| status.code() == first.code())
            .count();
        let (chunk, length) = if run >= IN_CHUNK {
            let run = run.min(0x1FFF);
            (
                first.code() << 13 | u16::try_from(run).unwrap_or(0x1FFF),
                run,
            )
        } else {
            let single = statuses.iter().take(IN_CHUNK).enumerate();
            let bits = single.map(|(place, status)| status.code() << (12 - 2 * place));
            (0xC000 | bits.sum::<u16>(), IN_CHUNK.min(statuses.len()))
        };
        message.extend_from_slice(&chunk.to_be_bytes());
        statuses = statuses.get(length..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn feedback(arrivals: &[(u16, u64)]) -> Vec<Vec<u8>> {
        let begin = Instant::now();
        let mut feedback = Feedback::new(begin);
        for (number, millis) in arrivals {
            feedback.take(begin + Duration::from_millis(*millis), *number, 9);
        }
        feedback.reports()
    }

    /// By hand, from the draft's section 3.1.
    #[test]
    fn a_message_is_as_the_draft_says() {
        let reports = feedback(&[(5, 65), (6, 65), (8, 166)]);
        let expected = [
            0x8F, 205, 0, 6, 0, 0, 0, 1, 0, 0, 0, 9, 0, 5, 0, 4, 0, 0, 1, 0,
            // Two that came, one that did not, one that came late.
            0xD4, 0x80, 4, 0, 0x01, 0x94, 0, 0,
        ];
        assert_eq!(reports, [expected.to_vec()]);
    }

    #[test]
    fn many_that_came_are_one_run_and_what_does_not_fit_comes_in_another_message() {
        let all: Vec<_> = (0..1_000).map(|number| (number, 10)).collect();
        let reports = feedback(&all);
        assert_eq!(reports.len(), 3);
        assert_eq!(reports[0][20..22], [0x20 | 1, 0x90]);
        let told = reports
            .iter()
            .map(|it| u16::from_be_bytes([it[14], it[15]]));
        assert_eq!(told.sum::<u16>(), 1_000);
    }

    #[test]
    fn a_long_silence_begins_a_new_message() {
        let reports = feedback(&[(1, 10), (2, 20_000), (60_000, 20_001)]);
        assert_eq!(reports.len(), 3);
        assert!(reports.iter().all(|report| report.len().is_multiple_of(4)));
    }

    #[test]
    fn what_is_missing_between_two_messages_is_told_and_what_comes_twice_is_not() {
        let begin = Instant::now();
        let mut feedback = Feedback::new(begin);
        feedback.take(begin, 10, 9);
        assert_eq!(feedback.reports().len(), 1);
        feedback.take(begin, 13, 9);
        feedback.take(begin, 13, 9);
        let report = feedback.reports().remove(0);
        assert_eq!(report[12..16], [0, 11, 0, 3]);
        assert!(feedback.reports().is_empty());
    }
}
