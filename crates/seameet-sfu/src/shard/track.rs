//! What one publisher sends on one line.

use std::time::{Duration, Instant};

use seameet_core::media::TrackSource;
use seameet_core::{Mid, ParticipantId, TrackId};
use seameet_pipeline::{Format, ReceivedPacket};
use seameet_rtp::red::RedStripper;
use seameet_rtp::{
    EncodingId, EncodingMeasure, EncodingOrder, PublicationClock, RateMeter, SourceKey,
};

use crate::shard::RoomKey;
use crate::shard::cache::CacheBudget;
use crate::shard::demand::Demand;
use crate::shard::encoding::UpEncoding;
use crate::shard::peer::PeerKey;
use crate::shard::upstream::UpPacket;

/// Most encodings of a track; packets of further ones are dropped.
const MAX_ENCODINGS: usize = 8;
/// How often bitrates are compared, for encodings whose sizes do not tell which is the better one.
const ORDER_INTERVAL: Duration = Duration::from_secs(1);

slotmap::new_key_type! {
    /// A track of a shard.
    pub(super) struct TrackKey;
}

/// A slot that receives a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subscriber {
    pub(super) peer: PeerKey,
    pub(super) slot: usize,
}

/// What one publisher sends on one line.
#[derive(Debug)]
pub(super) struct UpTrack {
    pub(super) id: TrackId,
    pub(super) room: RoomKey,
    pub(super) peer: PeerKey,
    pub(super) participant: ParticipantId,
    pub(super) mid: Mid,
    pub(super) source: TrackSource,
    pub(super) muted: bool,
    /// In the order of their first packets, which says nothing.
    pub(super) encodings: Vec<UpEncoding>,
    /// Which is the better one.
    pub(super) order: EncodingOrder,
    ordered_at: Option<Instant>,
    /// Relates the encodings' timestamps; known from the first packet on.
    pub(super) clock: Option<PublicationClock>,
    pub(super) subscribers: Vec<Subscriber>,
    /// Takes redundant sound apart, and of which stream.
    pub(super) stripper: (Option<SourceKey>, RedStripper),
    /// What it takes then; `None` for sound that comes without redundancy.
    pub(super) plain: Option<RateMeter>,
    /// What its publisher was told about them.
    pub(super) demand: Demand,
}

/// What became of a packet that came.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) packet: UpPacket,
    /// The choices of layers are others now.
    pub(super) is_changed: bool,
}

/// A track as its publisher declared it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared {
    pub(super) id: TrackId,
    pub(super) room: RoomKey,
    pub(super) peer: PeerKey,
    pub(super) participant: ParticipantId,
    pub(super) mid: Mid,
    pub(super) source: TrackSource,
    pub(super) muted: bool,
}

impl UpTrack {
    /// A track of which nothing has come yet.
    pub(super) fn new(declared: Declared) -> Self {
        Self {
            id: declared.id,
            room: declared.room,
            peer: declared.peer,
            participant: declared.participant,
            mid: declared.mid,
            source: declared.source,
            muted: declared.muted,
            encodings: Vec::new(),
            order: EncodingOrder::new(),
            ordered_at: None,
            clock: None,
            subscribers: Vec::new(),
            stripper: (None, RedStripper::new()),
            plain: None,
            demand: Demand::default(),
        }
    }

    pub(super) fn encoding(&self, id: EncodingId) -> Option<&UpEncoding> {
        self.encodings.iter().find(|encoding| encoding.id == id)
    }

    pub(super) fn encoding_mut(&mut self, id: EncodingId) -> Option<&mut UpEncoding> {
        self.encodings.iter_mut().find(|encoding| encoding.id == id)
    }

    /// Takes a packet that came. `stream` names its stream if it is a new one. `None` if the packet is of no use: of
    /// a stream that was given up, or of more encodings than there can be.
    pub(super) fn take(
        &mut self,
        received: ReceivedPacket,
        stream: SourceKey,
        budget: &CacheBudget,
    ) -> Option<Taken> {
        let id = EncodingId(received.encoding);
        let is_new = self.encoding(id).is_none();
        if is_new {
            if self.encodings.len() >= MAX_ENCODINGS {
                return None;
            }
            let encoding = UpEncoding::new(&received, stream, budget.clone());
            self.encodings.push(encoding);
        }
        let clock_rate = received.format.codec.clock_rate();
        let clock = self
            .clock
            .get_or_insert_with(|| PublicationClock::new(clock_rate));
        let encoding = self
            .encodings
            .iter_mut()
            .find(|encoding| encoding.id == id)?;
        if encoding.epoch != received.epoch {
            if received.epoch < encoding.epoch {
                return None;
            }
            encoding.restart(received.epoch, stream);
            clock.forget(id);
        }
        clock.note_packet(received.arrival, id, received.packet.timestamp);
        let now = received.arrival;
        let (packet, is_changed) = encoding.take(received);
        let is_changed = self.rank(now, is_new || is_changed) || is_changed || is_new;
        Some(Taken { packet, is_changed })
    }

    /// When the last packet of any encoding came.
    pub(super) fn last_packet(&self) -> Option<Instant> {
        self.encodings.iter().map(UpEncoding::last).max()
    }

    /// What the packets carry that come.
    pub(super) fn format(&self) -> Option<Format> {
        let newest = self.encodings.iter().max_by_key(|encoding| encoding.last());
        newest.map(|encoding| encoding.format)
    }

    /// Forgets pictures of the past: nobody is to see them any more.
    pub(super) fn clear_caches(&mut self) {
        for encoding in &mut self.encodings {
            encoding.cache.clear();
        }
    }

    /// Ranks the encodings anew if it is time. Returns whether their order changed.
    fn rank(&mut self, now: Instant, is_due: bool) -> bool {
        let is_due = is_due
            || self.encodings.len() > 1
                && self
                    .ordered_at
                    .is_none_or(|at| now.saturating_duration_since(at) >= ORDER_INTERVAL);
        if !is_due {
            return false;
        }
        self.ordered_at = Some(now);
        let measures: Vec<EncodingMeasure> =
            self.encodings.iter().map(UpEncoding::measure_of).collect();
        let before = self.order.encodings().to_vec();
        self.order.update(&measures);
        self.order.encodings() != before
    }
}
