//! One encoding of a track: what is known and kept of it.

use std::time::{Duration, Instant};

use seameet_core::MediaKind;
use seameet_pipeline::{Format, ReceivedPacket};
use seameet_rtp::{
    DescriptorContext, EncodingId, EncodingMeasure, EncodingMeter, KeyframeThrottle, SourceKey,
    inspect, picture_size,
};

use crate::shard::cache::{CacheBudget, KeyframeCache};
use crate::shard::upstream::UpPacket;

/// A pause of so long ends a stretch of arrivals.
const LULL: Duration = Duration::from_secs(3);
/// What has come for so long flows.
const STEADY: Duration = Duration::from_millis(1_500);
/// An encoding from which nothing came for so long, while others of the track came, is not being sent.
const SILENT: Duration = Duration::from_secs(2);
/// A picture of an encoding that rests is still worth showing for so long.
const FRESH: Duration = Duration::from_millis(500);
/// How long a publisher that was asked to send an encoding again may take.
const RESTART: Duration = Duration::from_secs(3);

/// What the publisher was asked to do with an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Demand {
    /// Nothing: it is sent.
    Unasked,
    /// Stop it, as nobody wanted it. It can be had again at any time.
    Stopped,
    /// Send it again.
    Resumed { since: Instant },
}

/// One encoding of a track.
#[derive(Debug)]
pub(super) struct UpEncoding {
    pub(super) id: EncodingId,
    /// Which of the encoding's streams arrives; a sender may begin another one.
    pub(super) epoch: u32,
    /// Names that stream in its subscribers' rewriting.
    pub(super) stream: SourceKey,
    /// What the last packet carried.
    pub(super) format: Format,
    pub(super) keyframes: KeyframeThrottle,
    /// Listed among those whose keyframe is awaited.
    pub(super) awaited: bool,
    pub(super) meter: EncodingMeter,
    pub(super) cache: KeyframeCache,
    descriptors: DescriptorContext,
    newest_sequence: Option<u64>,
    last: Instant,
    /// Since when packets have come without a lull.
    flowing_since: Instant,
    demand: Demand,
}

impl UpEncoding {
    /// One whose first packet has come.
    pub(super) fn new(received: &ReceivedPacket, stream: SourceKey, budget: CacheBudget) -> Self {
        Self {
            id: EncodingId(received.encoding),
            epoch: received.epoch,
            stream,
            format: received.format,
            keyframes: KeyframeThrottle::new(),
            awaited: false,
            meter: EncodingMeter::new(),
            cache: KeyframeCache::new(budget),
            descriptors: DescriptorContext::new(),
            newest_sequence: None,
            last: received.arrival,
            flowing_since: received.arrival,
            demand: Demand::Unasked,
        }
    }

    /// Another stream of the encoding begins: it counts anew, and its numbers mean nothing in terms of the former's.
    pub(super) fn restart(&mut self, epoch: u32, stream: SourceKey) {
        self.epoch = epoch;
        self.stream = stream;
        self.cache.clear();
        self.descriptors = DescriptorContext::new();
        self.newest_sequence = None;
        self.meter.restart();
    }

    /// Finds out about a packet, measures it and keeps it.
    pub(super) fn take(&mut self, received: ReceivedPacket) -> (UpPacket, bool) {
        let descriptor = received.packet.descriptor.as_ref();
        let descriptor = descriptor.and_then(|bytes| self.descriptors.read(bytes).ok());
        let newest = self.newest_sequence;
        self.newest_sequence = newest.max(Some(received.packet.sequence));
        self.format = received.format;
        let mut packet = UpPacket {
            stream: self.stream,
            info: inspect(received.format.codec, &received.packet.payload),
            descriptor,
            may_begin: newest.is_none_or(|newest| newest < received.packet.sequence),
            received,
        };
        let changed = self.measure(&packet);
        if packet.received.format.codec.kind() == MediaKind::Video {
            self.cache.push(&packet);
            let first = self.cache.first();
            packet.may_begin |= first.is_some_and(|first| first.sequence() == packet.sequence());
        }
        (packet, changed)
    }

    /// When the last packet came.
    pub(super) fn last(&self) -> Instant {
        self.last
    }

    /// Packets have come for a while and still do. One that comes after a silence says nothing about the others.
    pub(super) fn is_flowing(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.flowing_since) >= STEADY
            && now.saturating_duration_since(self.last) < LULL
    }

    /// The publisher was asked to stop the encoding, or to send it again.
    pub(super) fn note_demand(&mut self, now: Instant, is_wanted: bool) {
        self.demand = match (is_wanted, self.demand) {
            (false, _) => Demand::Stopped,
            (true, Demand::Stopped) => Demand::Resumed { since: now },
            (true, demand) => demand,
        };
    }

    /// The publisher was asked to stop it and not yet to go on.
    pub(super) fn is_stopped(&self) -> bool {
        self.demand == Demand::Stopped
    }

    /// What is kept of it is from before it rested.
    pub(super) fn is_outdated(&self, now: Instant) -> bool {
        let Some(newest) = self.cache.newest() else {
            return false;
        };
        let is_from_before = match self.demand {
            Demand::Unasked => false,
            Demand::Stopped => true,
            Demand::Resumed { since } => newest.arrival < since,
        };
        is_from_before && now.saturating_duration_since(newest.arrival) > FRESH
    }

    /// Whether packets come, or would at once if they were wanted. `newest` is when the last packet of any of the
    /// track's encodings came: a silence of all of them, as of a still screen, ends none.
    pub(super) fn is_live(&self, now: Instant, newest: Instant) -> bool {
        let is_asked = match self.demand {
            Demand::Unasked => false,
            Demand::Stopped => true,
            Demand::Resumed { since } => now.saturating_duration_since(since) < RESTART,
        };
        is_asked || newest.saturating_duration_since(self.last) < SILENT
    }

    /// What ranks it among the track's encodings.
    pub(super) fn measure_of(&self) -> EncodingMeasure {
        EncodingMeasure {
            encoding: self.id,
            size: self.meter.sizes().last().copied(),
            bitrate: self.meter.cost(seameet_rtp::Layer::TOP),
        }
    }

    /// Measures a packet. Returns whether there are other sizes or layers now.
    fn measure(&mut self, packet: &UpPacket) -> bool {
        let arrival = packet.arrival();
        if arrival.saturating_duration_since(self.last) > LULL {
            self.flowing_since = arrival;
        }
        self.last = self.last.max(arrival);
        let payload = &packet.received.packet.payload;
        let is_keyframe = packet.is_keyframe_start();
        let is_video = packet.received.format.codec.kind() == MediaKind::Video;
        let before = is_keyframe.then(|| self.meter.sizes().to_vec());
        if is_keyframe && is_video {
            let sizes = picture_size::picture_sizes(packet.received.format.codec, payload);
            self.meter.set_sizes(&sizes);
        }
        let choices = self.meter.choices();
        self.meter.record(arrival, &packet.layers(), payload.len());
        self.meter.choices() != choices || before.is_some_and(|before| before != self.meter.sizes())
    }
}
