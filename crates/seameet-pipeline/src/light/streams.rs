//! What is missing of each stream, and receiver reports (RFC 3550, section 6.4.2).

use std::time::Instant;

use seameet_rtp::SequenceUnwrapper;

use crate::light::header::Header;
use crate::light::{Kind, RECEIVER_SSRC};

const RECEIVER_REPORT: u8 = 201;
/// Most streams that one report tells of; the field has five bits.
const MAX_BLOCKS: usize = 31;
/// Most streams that are told apart; packets of further ones are dropped.
const MAX_STREAMS: usize = 512;

/// All streams of a connection.
#[derive(Debug)]
pub(super) struct Streams {
    begin: Instant,
    streams: Vec<Stream>,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    clock_rate: u32,
    numbers: SequenceUnwrapper,
    first: u64,
    received: u64,
    /// What was expected and received at the last report.
    reported: (u64, u64),
    /// How long packets took, in ticks of the stream's clock and with an unknown offset.
    transit: Option<u32>,
    /// Ticks, in sixteenths.
    jitter: u32,
}

impl Streams {
    pub(super) fn new(begin: Instant) -> Self {
        Self {
            begin,
            streams: Vec::new(),
        }
    }

    /// A packet came; its number, extended. `None` for one of too many streams.
    pub(super) fn take(&mut self, now: Instant, header: &Header, kind: Kind) -> Option<u64> {
        let place = self.place(header.ssrc, kind)?;
        let stream = self.streams.get_mut(place)?;
        let sequence = stream.numbers.unwrap(header.sequence);
        if stream.received == 0 {
            stream.first = sequence;
        }
        stream.received += 1;
        let since = now.saturating_duration_since(self.begin).as_micros();
        stream.note_transit(since, header.timestamp);
        Some(sequence)
    }

    fn place(&mut self, ssrc: u32, kind: Kind) -> Option<usize> {
        let known = self.streams.iter().position(|stream| stream.ssrc == ssrc);
        if known.is_none() && self.streams.len() < MAX_STREAMS {
            self.streams.push(Stream {
                ssrc,
                clock_rate: kind.clock_rate(),
                numbers: SequenceUnwrapper::new(),
                first: 0,
                received: 0,
                reported: (0, 0),
                transit: None,
                jitter: 0,
            });
            return Some(self.streams.len() - 1);
        }
        known
    }

    /// Reports of all streams.
    pub(super) fn reports(&mut self) -> Vec<Vec<u8>> {
        self.streams.chunks_mut(MAX_BLOCKS).map(report).collect()
    }
}

impl Stream {
    /// RFC 3550, appendix A.8. Ticks wrap like the timestamps do.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the difference of two wrapped times is what counts"
    )]
    fn note_transit(&mut self, micros: u128, timestamp: u32) {
        let ticks = (micros * u128::from(self.clock_rate) / 1_000_000) as u32;
        let transit = ticks.wrapping_sub(timestamp);
        if let Some(last) = self.transit.replace(transit) {
            let change = transit.wrapping_sub(last).cast_signed().unsigned_abs();
            let decay = (self.jitter + 8) >> 4;
            self.jitter = self.jitter.saturating_add(change).saturating_sub(decay);
        }
    }

    /// One block of a report (RFC 3550, section 6.4.1 and appendix A.3).
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the fields are cut as the format says"
    )]
    fn block(&mut self) -> [u8; 24] {
        let highest = self.numbers.highest().unwrap_or(self.first);
        let expected = highest + 1 - self.first.min(highest);
        let lost = expected.saturating_sub(self.received).min(0x7F_FFFF) as u32;
        let (expected_before, received_before) =
            std::mem::replace(&mut self.reported, (expected, self.received));
        let expected_now = expected.saturating_sub(expected_before);
        let lost_now = expected_now.saturating_sub(self.received - received_before);
        let share = (lost_now * 256).checked_div(expected_now).unwrap_or(0);
        let mut block = [0; 24];
        block[..4].copy_from_slice(&self.ssrc.to_be_bytes());
        block[4..8].copy_from_slice(&lost.to_be_bytes());
        block[4] = share.min(255) as u8;
        block[8..12].copy_from_slice(&(highest as u32).to_be_bytes());
        block[12..16].copy_from_slice(&(self.jitter >> 4).to_be_bytes());
        block
    }
}

fn report(streams: &mut [Stream]) -> Vec<u8> {
    // The lengths have an upper bound of 31 blocks.
    let count = u8::try_from(streams.len()).unwrap_or(31);
    let words = 1 + 6 * u16::from(count);
    let mut report = vec![0x80 | count, RECEIVER_REPORT];
    report.extend_from_slice(&words.to_be_bytes());
    report.extend_from_slice(&RECEIVER_SSRC.to_be_bytes());
    for stream in streams {
        report.extend_from_slice(&stream.block());
    }
    report
}
