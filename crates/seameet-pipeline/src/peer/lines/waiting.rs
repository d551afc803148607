//! What waits in front of the engine's queue of a stream that is paced.
//!
//! ```text
//!   write ─▶ Waiting ─▶ engine, a few packets ─▶ pacer
//!               │
//!               └ cut: everything goes; what is written later takes the numbers of what went
//! ```
//!
//! The engine's queues can neither be looked into nor cut. What is old is of no use to anybody, and the receiver must not
//! ask for it: so it never gets to know that there were such numbers.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use str0m::rtp::RtpWrite;

/// Packets that the engine has to choose from: one that it sends, and the next, of which it knows when it is due.
const AHEAD: usize = 2;
/// Packets of one stream; further ones are refused. Ten seconds of three megabits a second.
const MAX_PACKETS: usize = 4_096;
/// Cuts that are remembered for packets that come late. Those from before go nowhere.
const MAX_CUTS: usize = 8;

/// See the module documentation.
#[derive(Debug, Default)]
pub(in crate::peer) struct Waiting {
    packets: VecDeque<Packet>,
    bytes: usize,
    /// The highest number that the engine got, and the highest that was written, as the writer counts.
    handed: Option<u64>,
    written: Option<u64>,
    cuts: VecDeque<Cut>,
    /// Numbers up to here stood before cuts that are forgotten.
    forgotten: Option<u64>,
}

#[derive(Debug)]
struct Packet {
    sequence: u64,
    bytes: usize,
    /// When it was first seen to wait.
    since: Option<Instant>,
    rtp: RtpWrite,
}

/// Numbers that nobody got.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// The last one before them, and the last one of them.
    after: u64,
    last: u64,
    /// How many are left out up to here, by earlier cuts too.
    left_out: u64,
}

impl Waiting {
    /// The number under which a packet leaves; `None` if it must not, as the numbers around it were cut.
    pub(in crate::peer) fn number(&self, sequence: u64) -> Option<u64> {
        for cut in self.cuts.iter().rev() {
            if sequence > cut.last {
                return Some(sequence - cut.left_out);
            }
            if sequence > cut.after {
                return None;
            }
        }
        if self.forgotten.is_some_and(|last| sequence <= last) {
            return None;
        }
        let before = self
            .cuts
            .front()
            .map_or(0, |cut| cut.left_out - (cut.last - cut.after));
        Some(sequence - before)
    }

    /// Lets a packet wait that was written with this number. Returns false when there are too many.
    pub(in crate::peer) fn push(&mut self, sequence: u64, bytes: usize, rtp: RtpWrite) -> bool {
        if self.packets.len() >= MAX_PACKETS {
            return false;
        }
        self.written = self.written.max(Some(sequence));
        self.bytes += bytes;
        self.packets.push_back(Packet {
            sequence,
            bytes,
            since: None,
            rtp,
        });
        true
    }

    pub(in crate::peer) fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// The next packets for an engine that has so many.
    pub(in crate::peer) fn hand_over(
        &mut self,
        now: Instant,
        engine_has: usize,
    ) -> impl Iterator<Item = RtpWrite> {
        let unseen = self.packets.iter_mut().rev();
        for packet in unseen.take_while(|packet| packet.since.is_none()) {
            packet.since = Some(now);
        }
        let count = AHEAD.saturating_sub(engine_has).min(self.packets.len());
        for packet in self.packets.iter().take(count) {
            self.bytes -= packet.bytes;
            self.handed = self.handed.max(Some(packet.sequence));
        }
        self.packets.drain(..count).map(|packet| packet.rtp)
    }

    /// How long the oldest has waited, how many wait, and their bytes.
    pub(in crate::peer) fn backlog(&self, now: Instant) -> (Duration, usize, usize) {
        let since = self.packets.front().and_then(|packet| packet.since);
        let age = since.map(|since| now.saturating_duration_since(since));
        (age.unwrap_or_default(), self.packets.len(), self.bytes)
    }

    /// Drops everything. Returns how many packets that were.
    pub(in crate::peer) fn cut(&mut self) -> usize {
        let dropped = self.packets.len();
        let first = self.packets.iter().map(|packet| packet.sequence).min();
        let after = self.handed.or(first.and_then(|first| first.checked_sub(1)));
        self.packets.clear();
        self.bytes = 0;
        if let Some((after, last)) = after.zip(self.written)
            && last > after
        {
            let earlier = self.cuts.back().map_or(0, |cut| cut.left_out);
            self.cuts.push_back(Cut {
                after,
                last,
                left_out: earlier + (last - after),
            });
            // What was left out in vain is left out for good.
            self.handed = Some(last);
        }
        if self.cuts.len() > MAX_CUTS {
            self.forgotten = self.cuts.pop_front().map(|cut| cut.last);
        }
        dropped
    }
}

#[cfg(test)]
mod tests;
