//! One sending line of a subscriber, and how a track's packets become the line's one continuous stream.

use std::time::Instant;

use seameet_core::media::SlotCause;
use seameet_core::{MediaKind, Mid, TrackId};
use seameet_pipeline::{MediaLine, ReceivedPacket};
use seameet_rtp::{Munger, PacketInfo, Rewritten, SegmentId, SourceKey, Vp8Munger, Vp8Rewrite};

use crate::shard::track::TrackKey;

/// What a subscriber was last told about a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) track: Option<TrackId>,
    pub(super) cause: SlotCause,
}

/// Whether packets of the track can go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// Video that a decoder could not begin with.
    WaitingForKeyframe,
    /// They do.
    Flowing,
    /// The subscriber negotiated no matching format.
    Unsendable,
}

impl Flow {
    /// Sound can begin anywhere.
    fn start(kind: MediaKind) -> Self {
        match kind {
            MediaKind::Audio => Self::Flowing,
            MediaKind::Video => Self::WaitingForKeyframe,
        }
    }
}

/// Why a packet does not go out on a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Withheld {
    /// The slot is hidden, or its video waits for a keyframe.
    NotWanted,
    /// The packet is older than anything that could still be placed.
    TooLate,
}

/// How a packet goes out on a slot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forwarded {
    pub(super) numbers: Rewritten,
    pub(super) vp8: Option<Vp8Rewrite>,
}

/// One sending line of a subscriber. Its SSRC stays for life; what it carries is switched behind it.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) mid: Mid,
    pub(super) kind: MediaKind,
    /// The client still receives on this line.
    pub(super) active: bool,
    pub(super) track: Option<TrackKey>,
    /// The subscriber wants no picture for now.
    pub(super) hidden: bool,
    pub(super) announced: Announced,
    flow: Flow,
    /// The stretch of output that went out last.
    segment: Option<SegmentId>,
    munger: Munger,
    vp8: Vp8Munger,
}

impl Slot {
    /// An empty slot. The numbers to start with are random in production, as RFC 3550 section 5.1 asks.
    pub(super) fn new(
        mid: Mid,
        kind: MediaKind,
        first_sequence: u16,
        first_timestamp: u32,
    ) -> Self {
        Self {
            mid,
            kind,
            active: true,
            track: None,
            hidden: false,
            announced: Announced {
                track: None,
                cause: SlotCause::Empty,
            },
            flow: Flow::start(kind),
            segment: None,
            munger: Munger::new(first_sequence, first_timestamp),
            vp8: Vp8Munger::default(),
        }
    }

    /// Carries another track from now on.
    pub(super) fn switch(&mut self, track: Option<TrackKey>) {
        self.track = track;
        self.pause();
    }

    /// What follows does not continue what went out: video needs a keyframe, numbers close the hole.
    pub(super) fn pause(&mut self) {
        self.flow = Flow::start(self.kind);
        self.munger.pause();
    }

    /// The line exists no longer, not even as one that rests.
    pub(super) fn is_void(&self, lines: &[MediaLine]) -> bool {
        !self.active && !lines.iter().any(|line| line.mid == self.mid)
    }

    /// A picture is wanted and a keyframe would begin it.
    pub(super) fn awaits_keyframe(&self) -> bool {
        self.flow == Flow::WaitingForKeyframe && !self.hidden
    }

    /// Packets go out.
    pub(super) fn flows(&self) -> bool {
        self.flow == Flow::Flowing
    }

    /// Notes whether the subscriber can be sent the format of the packets that come. Returns whether that is news.
    pub(super) fn set_sendable(&mut self, sendable: bool) -> bool {
        let news = sendable == (self.flow == Flow::Unsendable);
        if !sendable {
            self.flow = Flow::Unsendable;
        } else if news {
            self.pause();
        }
        news
    }

    /// Leaves a number of the stream out, so that nobody misses it.
    pub(super) fn skip(&mut self, stream: SourceKey, sequence: u64) {
        if self.flows() {
            self.munger.skip(stream, sequence);
        }
    }

    /// Whether and how a packet goes out.
    pub(super) fn forward(
        &mut self,
        now: Instant,
        stream: SourceKey,
        received: &ReceivedPacket,
        info: &PacketInfo,
    ) -> Result<Forwarded, Withheld> {
        if self.hidden || (!self.flows() && !info.keyframe_start) {
            return Err(Withheld::NotWanted);
        }
        let packet = &received.packet;
        let clock_rate = received.format.codec.clock_rate();
        let numbers = self
            .munger
            .rewrite(now, stream, clock_rate, packet.sequence, packet.timestamp)
            .ok_or(Withheld::TooLate)?;
        // A late keyframe of what went out before a pause still has its place, but nothing can follow it.
        if !self.flows()
            && self
                .segment
                .is_some_and(|segment| numbers.segment <= segment)
        {
            return Err(Withheld::TooLate);
        }
        self.flow = Flow::Flowing;
        self.segment = Some(numbers.segment);
        let vp8 = match &info.vp8 {
            Some(vp8) => {
                let rewritten = self.vp8.rewrite(numbers.segment, vp8);
                Some(rewritten.ok_or(Withheld::TooLate)?)
            }
            None => None,
        };
        Ok(Forwarded { numbers, vp8 })
    }

    /// Why the slot is in the state it is in.
    pub(super) fn cause(&self, muted: bool) -> SlotCause {
        if self.track.is_none() {
            SlotCause::Empty
        } else if muted {
            SlotCause::Muted
        } else if self.hidden {
            SlotCause::Hidden
        } else {
            match self.flow {
                Flow::WaitingForKeyframe => SlotCause::WaitingForKeyframe,
                Flow::Flowing => SlotCause::Full,
                Flow::Unsendable => SlotCause::Codec,
            }
        }
    }
}
