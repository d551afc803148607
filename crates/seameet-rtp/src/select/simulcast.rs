//! Changing over from one encoding to another.
//!
//! ```text
//!                 target set                    its keyframe starts,
//!   idle ─────────────────────────▶ waiting ───────────────────────────▶ forwarding
//!                                   ▲     │      current frame ended        │    ▲
//!                                   │     └────────────────┐                │    │
//!                        Stop, None │         not ended:   ▼                │    │
//!                                   │         replay within 15 ms ──────────┼────┘
//!                                   └───────────────────────────────────────┘
//! ```
//!
//! Packets are not held here. When a keyframe comes at the wrong moment (in the middle of the current frame,
//! or behind packets that should have followed it), its packets are answered with [`Decision::Wait`], and
//! [`LayerSelector::take_replay`] asks for them again as soon as they fit. Whoever caches an encoding from
//! its last keyframe on feeds them in once more; whoever does not loses nothing but the keyframe.

use std::time::{Duration, Instant};

use super::svc::{StreamFilter, Verdict};
use super::{Decision, EncodingId, Layer, LayerPacket, Meanwhile, Target};
use crate::seq::is_later;

/// Chooses one subscriber's packets of one track.
#[derive(Debug, Clone, Default)]
pub struct LayerSelector {
    target: Option<Target>,
    /// What goes out.
    current: Option<Current>,
    /// What goes out ends with its current frame.
    is_stopping: bool,
    arrival: Arrival,
}

/// The encoding that is being forwarded.
#[derive(Debug, Clone)]
struct Current {
    encoding: EncodingId,
    filter: StreamFilter,
    limit: Layer,
    meanwhile: Meanwhile,
    /// The newest frame of which anything went out, and whether its last packet did.
    frame: u32,
    is_frame_complete: bool,
}

/// How far the target's keyframe has come, while another encoding or nothing is forwarded.
#[derive(Debug, Clone, Copy, Default)]
enum Arrival {
    /// Nothing of it was seen.
    #[default]
    Absent,
    /// The newest frame of the target that had to wait.
    Early { frame: u32 },
    /// It started while the current frame had not ended.
    Pending { since: Instant },
    /// It is to be fed in once more.
    ReplayDue,
    /// That was asked for.
    ReplayTaken,
}

impl LayerSelector {
    /// One that forwards nothing until it has a target.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what the subscriber is to get; `None` pauses with the end of the current frame. `meanwhile` holds
    /// for what goes out until the target does, be it another encoding or layers that cannot be left at once.
    pub fn set_target(&mut self, target: Option<Target>, meanwhile: Meanwhile) {
        let encoding = target.map(|target| target.encoding);
        if encoding != self.target.map(|target| target.encoding) {
            self.arrival = Arrival::Absent;
        }
        self.target = target;
        self.is_stopping = target.is_none();
        let Some(current) = &mut self.current else {
            return;
        };
        current.meanwhile = meanwhile;
        match target {
            Some(target) if target.encoding == current.encoding => current.limit = target.layer,
            Some(_) if meanwhile == Meanwhile::Stop => self.is_stopping = true,
            Some(_) if meanwhile == Meanwhile::Reduce => current.limit = Layer::BASE,
            _ => {}
        }
        self.stop_if_complete();
    }

    /// What the subscriber is to get.
    pub fn target(&self) -> Option<Target> {
        self.target
    }

    /// The encoding that goes out.
    pub fn current(&self) -> Option<EncodingId> {
        self.current.as_ref().map(|current| current.encoding)
    }

    /// The layers that go out. The stream may have fewer.
    pub fn current_layer(&self) -> Option<Layer> {
        self.current.as_ref().map(|current| current.filter.layer())
    }

    /// A mask of the decode targets that can be decoded from what goes out, for
    /// [`DescriptorMunger::rewrite`](crate::DescriptorMunger::rewrite).
    pub fn decode_targets(&self) -> u32 {
        self.current
            .as_ref()
            .map_or(u32::MAX, |current| current.filter.decode_targets())
    }

    /// The encoding of which a keyframe is needed, as long as one is. Never one that is not the target.
    pub fn needs_keyframe(&self) -> Option<EncodingId> {
        let target = self.target?;
        if matches!(self.arrival, Arrival::Pending { .. } | Arrival::ReplayDue) {
            return None;
        }
        let current = self
            .current
            .as_ref()
            .filter(|current| current.encoding == target.encoding);
        let is_reached =
            current.is_some_and(|current| !current.filter.needs_keyframe(current.limit));
        (!is_reached).then_some(target.encoding)
    }

    /// An encoding whose packets, from its last keyframe on, fit now and should be fed into
    /// [`select`](Self::select) once more. Ask after each packet.
    #[must_use]
    pub fn take_replay(&mut self) -> Option<EncodingId> {
        if !matches!(self.arrival, Arrival::ReplayDue) {
            return None;
        }
        self.arrival = Arrival::ReplayTaken;
        self.target.map(|target| target.encoding)
    }

    /// What to do with a packet of the track.
    #[must_use]
    pub fn select(&mut self, now: Instant, packet: &LayerPacket<'_>) -> Decision {
        if let Some(decision) = self.select_current(packet) {
            return decision;
        }
        if self
            .target
            .is_none_or(|target| target.encoding != packet.encoding)
        {
            return Decision::Wait;
        }
        if packet.is_keyframe_start() && self.may_begin(now, packet) {
            return self.begin(packet);
        }
        self.arrival = match self.arrival {
            Arrival::Pending { since } if now.saturating_duration_since(since) >= GRACE => {
                Arrival::ReplayDue
            }
            Arrival::Absent | Arrival::Early { .. } => Arrival::Early {
                frame: packet.timestamp,
            },
            other => other,
        };
        Decision::Wait
    }

    /// Decides on a packet of the encoding that goes out; `None` if it is of another.
    fn select_current(&mut self, packet: &LayerPacket<'_>) -> Option<Decision> {
        let is_stopping = self.is_stopping;
        let current = self.current.as_mut()?;
        if current.encoding != packet.encoding {
            return None;
        }
        let is_next_frame = is_later(packet.timestamp, current.frame);
        if is_next_frame && is_stopping {
            self.current = None;
            return None;
        }
        let verdict = current
            .filter
            .select(packet, current.limit, current.meanwhile);
        let Verdict::Forward { marker } = verdict else {
            return Some(Decision::Drop);
        };
        current.note_forwarded(packet.timestamp, marker);
        // The frame before is as complete as it will be once another one has begun.
        let has_ended = current.is_frame_complete || is_next_frame;
        if has_ended && matches!(self.arrival, Arrival::Pending { .. }) {
            self.arrival = Arrival::ReplayDue;
        }
        self.stop_if_complete();
        Some(Decision::Forward {
            marker,
            begins: false,
        })
    }

    /// Whether the target's keyframe, which starts with `packet`, can go out now. Else remembers why not.
    fn may_begin(&mut self, now: Instant, packet: &LayerPacket<'_>) -> bool {
        match self.arrival {
            Arrival::ReplayTaken => return true,
            Arrival::Early { frame } if frame == packet.timestamp => {
                self.arrival = Arrival::ReplayDue;
                return false;
            }
            Arrival::Pending { .. } | Arrival::ReplayDue => return false,
            Arrival::Absent | Arrival::Early { .. } => {}
        }
        let has_ended = self
            .current
            .as_ref()
            .is_none_or(|current| current.is_frame_complete);
        if !has_ended {
            self.arrival = Arrival::Pending { since: now };
        }
        has_ended
    }

    fn begin(&mut self, packet: &LayerPacket<'_>) -> Decision {
        let layer = self.target.map_or(Layer::BASE, |target| target.layer);
        let mut filter = StreamFilter::begin(packet);
        let marker = match filter.select(packet, layer, Meanwhile::Keep) {
            Verdict::Forward { marker } => marker,
            // The base layer's first packet is never left out.
            Verdict::Drop => packet.marker,
        };
        self.arrival = Arrival::Absent;
        self.is_stopping = false;
        self.current = Some(Current {
            encoding: packet.encoding,
            filter,
            limit: layer,
            meanwhile: Meanwhile::Keep,
            frame: packet.timestamp,
            is_frame_complete: marker,
        });
        Decision::Forward {
            marker,
            begins: true,
        }
    }

    fn stop_if_complete(&mut self) {
        let is_complete = self
            .current
            .as_ref()
            .is_some_and(|current| current.is_frame_complete);
        if self.is_stopping && is_complete {
            self.current = None;
        }
    }
}

impl Current {
    fn note_forwarded(&mut self, timestamp: u32, marker: bool) {
        if is_later(timestamp, self.frame) {
            self.frame = timestamp;
            self.is_frame_complete = false;
        }
        self.is_frame_complete |= marker && timestamp == self.frame;
    }
}

/// How long a keyframe waits for the current frame to end. Packets of a frame come within a few milliseconds;
/// what is missing after that was lost, and its repair takes longer than the new picture should.
const GRACE: Duration = Duration::from_millis(15);
