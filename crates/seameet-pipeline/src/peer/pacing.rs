//! How fast media leaves.
//!
//! With estimation of bandwidth ([`PeerConfig::bandwidth`](crate::PeerConfig::bandwidth)) video passes the engine's leaky
//! bucket: it leaves at the pace of the estimate, with a little haste, in bursts of at most forty milliseconds. Audio does
//! not wait. Repairs and probes wait like video.
//!
//! # Many packets at once
//!
//! The engine hands out one paced packet for each time it is told, and a clock that only tells every millisecond would let
//! no more than a thousand packets a second pass. So [`PeerConnection::handle_timeout`] goes on telling it, a microsecond
//! later each time, while its next deadline is near and packets come. Its clock may therefore run half a millisecond
//! ahead.
//!
//! # What waits
//!
//! The engine's queues have no end and cannot be cut, so what is paced waits in front of them. Who writes looks at
//! [`PeerConnection::backlog`], and [cuts](PeerConnection::cut_backlog) it when it is too old to be of use.

use std::time::Duration;

use seameet_core::Mid;
use str0m::bwe::{Bitrate, BweKind};
use str0m::rtp::StreamTxQueueInfo;
use str0m::{Input, Reason};

use crate::error::PeerError;
use crate::peer::event::SendBacklog;
use crate::peer::lines::SendingLine;
use crate::peer::{PeerConnection, PeerEvent};

/// Deadlines of the pacer this near are served at once.
const NEAR: Duration = Duration::from_micros(500);
/// The least step in time between two paced packets.
const TICK: Duration = Duration::from_micros(1);
/// Paced packets of one call. At a call each millisecond this is six hundred megabits a second.
const PACED_AT_ONCE: usize = 64;
/// Deadlines of other matters closer than this are served together. One that is due again at once would spin.
const TIMER_GRAIN: Duration = Duration::from_millis(1);
/// Between these an estimate by a peer's own word is believed, in bits per second.
const BELIEVABLE: std::ops::RangeInclusive<u64> = 30_000..=100_000_000;

/// What is known of the bandwidth towards a peer.
#[derive(Debug, Default)]
pub(super) struct Bandwidth {
    /// Whether it is estimated and what is sent is paced.
    pub(super) is_estimated: bool,
    /// The peer reports when each packet came, so that its own estimate is not needed.
    has_reports: bool,
    told: Option<u64>,
}

impl Bandwidth {
    pub(super) fn new(is_estimated: bool) -> Self {
        Self {
            is_estimated,
            ..Self::default()
        }
    }
}

impl PeerConnection {
    /// How much may and should be sent, in bits per second of payload. `desired` is what everything that is wanted would
    /// take: more than the estimate makes the endpoint probe for it. `minimum` is filled up with padding while the
    /// estimate is not reached, so that a step up can be tried before media takes it. Without estimation it does nothing.
    pub fn set_bitrates(&mut self, minimum: u64, desired: u64) {
        if self.bandwidth.is_estimated {
            self.rtc.bwe().set_bitrate(minimum.into(), desired.into());
        }
    }

    /// Forgets what was learned of the way to the peer and begins anew with so many bits per second of payload. Without
    /// estimation it does nothing.
    pub fn restart_estimate(&mut self, bitrate: u64) {
        if self.bandwidth.is_estimated {
            self.bandwidth.told = Some(bitrate);
            self.rtc.bwe().reset(bitrate.into());
        }
    }

    /// What waits to be sent on a line, as the last [`handle_timeout`](Self::handle_timeout) saw it; nothing without
    /// estimation, as nothing is paced then. Costs two look-ups.
    pub fn backlog(&mut self, mid: Mid) -> SendBacklog {
        let mut backlog = SendBacklog::default();
        let Some(line) = self
            .lines
            .sending_mut(mid)
            .filter(|_| self.bandwidth.is_estimated)
        else {
            return backlog;
        };
        let mut api = self.rtc.direct_api();
        for (ssrc, waiting) in line.waiting_mut() {
            let (age, packets, bytes) = waiting.backlog(self.last_now);
            backlog.age = backlog.age.max(age);
            backlog.packets += packets;
            backlog.bytes += bytes;
            let Some(queue) = api.stream_tx(&ssrc).and_then(|stream| stream.queue_info()) else {
                continue;
            };
            let age = queue
                .first_unsent()
                .map(|queued| self.last_now.saturating_duration_since(queued));
            backlog.age = backlog.age.max(age.unwrap_or_default());
            backlog.packets += queue.packet_count();
            backlog.bytes += queue.byte_size();
        }
        backlog
    }

    /// Drops what waits to be sent on a line, but for the packet or two that are next. The receiver never learns of their
    /// numbers: what is written with later ones follows what was sent. Returns how many packets were dropped; what
    /// follows has to begin with a keyframe then.
    pub fn cut_backlog(&mut self, mid: Mid) -> usize {
        let line = self.lines.sending_mut(mid);
        let streams = line.into_iter().flat_map(SendingLine::waiting_mut);
        streams.map(|(_, waiting)| waiting.cut()).sum()
    }

    /// Gives the engine the next packets to choose from.
    pub(super) fn hand_over(&mut self) {
        for (ssrc, waiting) in self.lines.waiting_mut() {
            let mut api = self.rtc.direct_api();
            let Some(stream) = api.stream_tx(&ssrc) else {
                continue;
            };
            let queued = stream
                .queue_info()
                .map_or(0, StreamTxQueueInfo::packet_count);
            for rtp in waiting.hand_over(self.last_now, queued) {
                stream.write_rtp(rtp);
            }
        }
    }

    /// Drops the repairs that wait to be sent, with what is kept for more: for a moment at which no picture goes on, so that
    /// nothing of the past waits in front of what follows.
    pub fn drop_repairs(&mut self) {
        self.lines.drop_repairs(&mut self.rtc);
    }

    /// Whether anything waits to be sent on a line; see [`backlog`](Self::backlog).
    pub fn has_backlog(&mut self, mid: Mid) -> bool {
        self.backlog(mid).packets > 0
    }

    /// The age of the oldest packet that waits on any line; see [`backlog`](Self::backlog).
    pub fn oldest_backlog(&mut self) -> Duration {
        let mids: Vec<_> = self.lines.sending_mids().collect();
        let ages = mids.into_iter().map(|mid| self.backlog(mid).age);
        ages.max().unwrap_or_default()
    }

    /// Sends what the pacer allows now.
    pub(super) fn pace(&mut self) -> Result<(), PeerError> {
        if !self.bandwidth.is_estimated {
            self.rest();
            return Ok(());
        }
        let near = self.last_now + NEAR;
        let mut is_flowing = true;
        for _ in 0..PACED_AT_ONCE {
            // Another matter that is due all the time must not hide that the pacer has more.
            let is_due = self.deadline <= near && (is_flowing || self.is_paced_next());
            let next = self.deadline.max(self.last_now + TICK);
            if !is_due || next > near {
                break;
            }
            let before = self.transmits.len();
            let now = self.advance(next);
            self.hand_over();
            self.rtc.handle_input(Input::Timeout(now))?;
            self.drain(false)?;
            is_flowing = self.transmits.len() > before;
        }
        if self.deadline <= near && !is_flowing {
            // It was served in vain.
            self.deadline = self.last_now + TIMER_GRAIN;
        }
        self.rest();
        Ok(())
    }

    /// Lets what is not the pacer's wait for its grain.
    pub(super) fn rest(&mut self) {
        if !(self.bandwidth.is_estimated && self.is_paced_next()) {
            self.deadline = self.deadline.max(self.last_now + TIMER_GRAIN);
        }
    }

    fn is_paced_next(&self) -> bool {
        matches!(self.rtc.last_timeout_reason(), Reason::Pacer(_))
    }

    /// What the engine tells unasked about its own estimate is an average over three seconds, which says neither soon
    /// enough that a line has become narrow nor that it is wide; its statistics have the estimate itself. But it says
    /// whether the peer reports at all.
    pub(super) fn take_estimate(&mut self, estimate: &BweKind) {
        match estimate {
            BweKind::Twcc {
                estimate,
                can_probe,
            } => {
                let had_reports = std::mem::replace(&mut self.bandwidth.has_reports, *can_probe);
                // The first one is what it begins with.
                if *can_probe && !had_reports {
                    self.tell_estimate(estimate.as_u64());
                }
            }
            BweKind::Remb { estimate, .. } if !self.bandwidth.has_reports => {
                let estimate = estimate.as_u64();
                let estimate = estimate.clamp(*BELIEVABLE.start(), *BELIEVABLE.end());
                self.rtc.bwe().reset(Bitrate::from(estimate));
                self.tell_estimate(estimate);
            }
            _ => {}
        }
    }

    /// What is thought at this moment.
    pub(super) fn take_current_estimate(&mut self, estimate: Option<Bitrate>) {
        if let Some(estimate) = estimate.filter(|_| self.bandwidth.has_reports) {
            self.tell_estimate(estimate.as_u64());
        }
    }

    fn tell_estimate(&mut self, estimate: u64) {
        let is_news = self.bandwidth.told.replace(estimate) != Some(estimate);
        if self.bandwidth.is_estimated && is_news {
            self.events.push_back(PeerEvent::Bandwidth { estimate });
        }
    }
}
