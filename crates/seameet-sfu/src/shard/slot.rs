//! One sending line of a subscriber: which packets of a track it gets, and what is known about why.

use std::time::{Duration, Instant};

use seameet_core::media::{SlotCause, SlotLayer};
use seameet_core::{MediaKind, Mid, TrackId};
use seameet_pipeline::MediaLine;
use seameet_rtp::{Decision, EncodingId, Layer, LayerSelector, Meanwhile, SourceKey, Target};

use crate::shard::outlet::Outlet;
use crate::shard::track::{TrackKey, UpTrack};
use crate::shard::upstream::UpPacket;

/// A slot that got nothing for so long, while other encodings of its track came, takes one of those.
const STARVED: Duration = Duration::from_millis(700);

/// What a subscriber was last told about a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) track: Option<TrackId>,
    pub(super) layer: Option<SlotLayer>,
    pub(super) cause: SlotCause,
}

/// What flows, as the selector names it.
pub(super) type Flow = Option<(EncodingId, Layer)>;

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
    /// Why the slot is to carry less than the best, as whoever chose its target says.
    pub(super) limit: Option<SlotCause>,
    /// Numbers of what goes out.
    pub(super) outlet: Outlet,
    /// The subscriber negotiated a format for what the track sends.
    sendable: bool,
    selector: LayerSelector,
    /// What was asked for; the selector may have a substitute for it.
    target: Option<Target>,
    meanwhile: Meanwhile,
    /// What flowed when that was last noted.
    noted: Flow,
    /// When something went out last, or a new beginning was made.
    fed: Instant,
}

impl Slot {
    /// An empty slot. The numbers to start with are random in production, as RFC 3550 section 5.1 asks.
    pub(super) fn new(mid: Mid, kind: MediaKind, outlet: Outlet, now: Instant) -> Self {
        Self {
            mid,
            kind,
            active: true,
            track: None,
            hidden: false,
            announced: Announced {
                track: None,
                layer: None,
                cause: SlotCause::Empty,
            },
            limit: None,
            outlet,
            sendable: true,
            selector: LayerSelector::new(),
            target: None,
            meanwhile: Meanwhile::Keep,
            noted: None,
            fed: now,
        }
    }

    /// Carries another track from now on, whose layers are to be chosen anew.
    pub(super) fn switch(&mut self, now: Instant, track: Option<TrackKey>) {
        self.track = track;
        self.target = None;
        self.meanwhile = Meanwhile::Keep;
        self.limit = None;
        self.sendable = true;
        self.pause(now);
    }

    /// What follows does not continue what went out: video needs a keyframe, numbers close the hole.
    pub(super) fn pause(&mut self, now: Instant) {
        self.outlet.pause();
        self.selector = LayerSelector::new();
        self.selector.set_target(self.target, Meanwhile::Keep);
        self.fed = now;
    }

    /// The line exists no longer, not even as one that rests.
    pub(super) fn is_void(&self, lines: &[MediaLine]) -> bool {
        !self.active && !lines.iter().any(|line| line.mid == self.mid)
    }

    /// Says what the subscriber is to get; `None` pauses with the end of the current frame. `meanwhile` holds for
    /// what goes out until the target does.
    pub(super) fn set_target(
        &mut self,
        now: Instant,
        target: Option<Target>,
        meanwhile: Meanwhile,
    ) {
        if (self.target, self.meanwhile) == (target, meanwhile) {
            return;
        }
        let encoding = |target: Option<Target>| target.map(|target| target.encoding);
        if encoding(self.target) != encoding(target) {
            self.fed = now;
        }
        self.target = target;
        self.meanwhile = meanwhile;
        self.selector.set_target(target, meanwhile);
    }

    /// What was asked for.
    pub(super) fn target(&self) -> Option<Target> {
        self.target
    }

    /// The layer that flows now.
    pub(super) fn layer(&self, track: &UpTrack) -> Option<SlotLayer> {
        let (encoding, layer) = self.shown()?;
        track.describe(encoding, layer)
    }

    /// The encoding of which the slot needs a keyframe, as long as it does.
    pub(super) fn needs_keyframe(&self) -> Option<EncodingId> {
        let is_wanted = self.kind == MediaKind::Video && self.sendable && !self.hidden;
        self.selector.needs_keyframe().filter(|_| is_wanted)
    }

    /// The encoding that a keyframe helps a subscriber with that cannot go on: the one that flows, else the one that
    /// is to flow.
    pub(super) fn shown_encoding(&self) -> Option<EncodingId> {
        let target = self.selector.target().map(|target| target.encoding);
        self.selector.current().or(target).filter(|_| !self.hidden)
    }

    /// Whether an encoding is what the slot gets or is to get.
    pub(super) fn uses(&self, encoding: EncodingId) -> bool {
        let target = self.selector.target().map(|target| target.encoding);
        !self.hidden && [self.selector.current(), target].contains(&Some(encoding))
    }

    /// Whether packets go out.
    pub(super) fn flows(&self) -> bool {
        match self.kind {
            MediaKind::Audio => self.sendable,
            MediaKind::Video => self.selector.current().is_some(),
        }
    }

    /// The subscriber can be sent what the track sends.
    pub(super) fn is_sendable(&self) -> bool {
        self.sendable
    }

    /// Notes whether the subscriber can be sent the format of the packets that come. Returns whether that is news.
    pub(super) fn set_sendable(&mut self, now: Instant, sendable: bool) -> bool {
        let news = self.sendable != sendable;
        if news {
            self.sendable = sendable;
            self.pause(now);
        }
        news
    }

    /// What to do with a packet of the track's.
    pub(super) fn select(&mut self, now: Instant, packet: &UpPacket) -> Decision {
        if self.hidden {
            return Decision::Wait;
        }
        if self.kind == MediaKind::Audio {
            return Decision::Forward {
                marker: packet.received.packet.marker,
                begins: false,
            };
        }
        let is_current = self.selector.current() == Some(packet.encoding());
        if is_current && self.outlet.stream() != Some(packet.stream) {
            // The encoding began another stream.
            self.pause(now);
        }
        if !packet.may_begin && !is_current {
            return Decision::Wait;
        }
        self.selector.select(now, &packet.layers())
    }

    /// An encoding whose cached packets fit now and are to be fed in. Ask after each packet.
    pub(super) fn take_replay(&mut self) -> Option<EncodingId> {
        self.selector.take_replay()
    }

    /// What goes out now is decodable by itself up to these decode targets.
    pub(super) fn decode_targets(&self) -> u32 {
        self.selector.decode_targets()
    }

    /// Something went out.
    pub(super) fn note_fed(&mut self, now: Instant) {
        self.fed = now;
    }

    /// Nothing has gone out for so long that another encoding is better than none.
    pub(super) fn is_starved(&self, now: Instant) -> bool {
        self.kind == MediaKind::Video
            && self.target.is_some()
            && !self.hidden
            && now.saturating_duration_since(self.fed) >= STARVED
    }

    /// Takes another encoding until something of the target comes.
    pub(super) fn substitute(&mut self, now: Instant, target: Target) {
        self.pause(now);
        self.selector.set_target(Some(target), Meanwhile::Keep);
    }

    /// Takes a better substitute from its next keyframe on.
    pub(super) fn improve(&mut self, target: Target) {
        self.selector.set_target(Some(target), Meanwhile::Keep);
    }

    /// Something of an encoding came. If it is what was asked for it is aimed for again, unless a substitute has not
    /// even begun. Returns whether it is.
    pub(super) fn end_substitution(&mut self, encoding: EncodingId) -> bool {
        let asked = self.target.map(|target| target.encoding);
        let has_returned = asked == Some(encoding) && self.selector.current().is_some();
        if has_returned {
            self.selector.set_target(self.target, self.meanwhile);
        }
        has_returned
    }

    /// What flows before and now, if that changed since it was last asked.
    pub(super) fn take_news(&mut self) -> Option<(Flow, Flow)> {
        let flow = self.shown();
        let before = std::mem::replace(&mut self.noted, flow);
        (before != flow).then_some((before, flow))
    }

    /// What flows, as the selector names it.
    pub(super) fn shown(&self) -> Flow {
        self.selector.current().zip(self.selector.current_layer())
    }

    /// Leaves a number of the stream out, so that nobody misses it.
    pub(super) fn skip(&mut self, stream: SourceKey, sequence: u64) {
        if self.flows() {
            self.outlet.skip(stream, sequence);
        }
    }

    /// Why the slot is in the state it is in.
    pub(super) fn cause(&self, muted: bool) -> SlotCause {
        if self.track.is_none() {
            SlotCause::Empty
        } else if muted {
            SlotCause::Muted
        } else if self.hidden {
            SlotCause::Hidden
        } else if !self.sendable {
            SlotCause::Codec
        } else if self.flows() || self.target.is_none() && self.limit.is_some() {
            self.limit.unwrap_or(SlotCause::Full)
        } else {
            SlotCause::WaitingForKeyframe
        }
    }
}
