//! Scenes for judging quality: somebody publishes, somebody watches, and what was seen is measured.
//!
//! A [`Stage`] is a world with one room. Everybody connects on perfect lines; what is to be measured begins afterwards,
//! so that the handshakes, whose sizes the engine draws by chance, shift nothing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use seameet_core::media::{SlotCause, TrackSource};

use crate::client::ClientPlan;
use crate::link::LinkConfig;
use crate::timeline::{Span, Timeline};
use crate::video::VideoPlan;
use crate::world::{ClientId, World};
use seameet_sfu::shard::RoomKey;

/// A world with one room, in which quality is measured.
#[derive(Debug)]
pub struct Stage {
    /// The world.
    pub world: World,
    /// Its room.
    pub room: RoomKey,
    /// The server's longest backlog towards each client since [`forget`](Self::forget).
    backlogs: BTreeMap<ClientId, Duration>,
}

/// What a viewer saw of a track in a stretch of time.
#[derive(Debug, Clone)]
pub struct Sight {
    /// The height that was on the screen for the longest time.
    pub usual_height: u16,
    /// The height of the last picture.
    pub last_height: Option<u16>,
    /// How long it took until the last picture's height was there to stay.
    pub settled: Option<Duration>,
    /// When the first picture came.
    pub first: Option<Duration>,
    /// The longest time without a new picture.
    pub longest_gap: Duration,
    /// How often encoding or spatial layer changed.
    pub switches: usize,
    /// Pictures per second.
    pub fps: f64,
    /// For how long each height was on the screen; 0 stands for none.
    pub heights: BTreeMap<u16, Duration>,
    /// The longest time from camera to screen.
    pub longest_delay: Duration,
    /// The longest that a packet waited in front of the line's bottleneck.
    pub line_wait: Duration,
    /// The longest that a packet waited in the server, as sampled.
    pub server_wait: Duration,
    /// What arrived at the viewer, in bits per second.
    pub bitrate: u64,
    /// Why the slot carried what it carried in the end.
    pub cause: Option<SlotCause>,
}

/// How often the server's backlog is looked at.
const SAMPLE: Duration = Duration::from_millis(100);

/// A line with this many bits per second and twenty milliseconds each way. Its queue holds a second, and ten packets at
/// least, so that a sender that sends too much fills it before it loses packets.
pub fn line(bits_per_second: u64) -> LinkConfig {
    let ten_packets = Duration::from_secs(10 * 1_200 * 8)
        / u32::try_from(bits_per_second.max(1)).unwrap_or(u32::MAX);
    LinkConfig {
        delay: Duration::from_millis(20),
        bandwidth: Some(bits_per_second),
        queue: ten_packets.max(Duration::from_secs(1)),
        ..LinkConfig::default()
    }
}

/// A line that is never the bottleneck.
pub fn wide() -> LinkConfig {
    LinkConfig {
        delay: Duration::from_millis(20),
        ..LinkConfig::default()
    }
}

impl Stage {
    /// An empty stage.
    pub fn new(seed: u64) -> Self {
        let mut world = World::adaptive(seed);
        let room = world.open_room(1);
        Self {
            world,
            room,
            backlogs: BTreeMap::new(),
        }
    }

    /// Somebody with a camera and no slots, on a wide line.
    pub fn publisher(&mut self, video: VideoPlan) -> ClientId {
        self.join(&ClientPlan::new(&[], 0).with_video(TrackSource::Camera, video))
    }

    /// Somebody with so many slots for pictures and a wide line.
    pub fn viewer(&mut self, slots: usize) -> ClientId {
        self.join(&ClientPlan::new(&[], slots))
    }

    /// Somebody with a wide line. Returns once all is connected.
    pub fn join(&mut self, plan: &ClientPlan) -> ClientId {
        let id = self.world.join(self.room, plan);
        self.world.connect();
        self.world.set_links(id, wide(), wide());
        id
    }

    /// Lets time pass.
    pub fn run(&mut self, duration: Duration) {
        let end = self.world.now() + duration;
        while self.world.now() < end {
            let left = end.saturating_duration_since(self.world.now());
            self.world.run_for(left.min(SAMPLE));
            self.sample();
        }
    }

    /// Lets seconds pass.
    pub fn run_seconds(&mut self, seconds: u64) {
        self.run(Duration::from_secs(seconds));
    }

    fn sample(&mut self) {
        let viewers: Vec<_> = self.world.clients().map(|(id, _)| id).collect();
        for id in viewers {
            if self.world.client(id).decoders.is_empty() {
                continue;
            }
            let queued = self.world.explain(id).map(|it| it.queued);
            let longest = self.backlogs.entry(id).or_default();
            *longest = (*longest).max(queued.unwrap_or_default());
        }
    }

    /// Begins to look for the longest waits anew.
    pub fn forget(&mut self) {
        self.backlogs.clear();
        let ids: Vec<_> = self.world.clients().map(|(id, _)| id).collect();
        for id in ids {
            self.world.forget_waits(id);
        }
    }

    /// What a viewer saw of a camera on the line that carries it now.
    pub fn timeline(&self, viewer: ClientId, publisher: ClientId) -> Option<&Timeline> {
        self.timeline_of(viewer, publisher, TrackSource::Camera)
    }

    /// What a viewer saw of a source on the line that carries it now.
    pub fn timeline_of(
        &self,
        viewer: ClientId,
        publisher: ClientId,
        source: TrackSource,
    ) -> Option<&Timeline> {
        let track = self.world.track(publisher, source);
        let decoder = self.world.client(viewer).watches(track)?;
        Some(&decoder.timeline)
    }

    /// What a viewer saw of a camera since `from`, in figures.
    pub fn sight(&self, viewer: ClientId, publisher: ClientId, from: Instant) -> Sight {
        self.sight_of(viewer, publisher, TrackSource::Camera, from)
    }

    /// What a viewer saw of a source since `from`, in figures.
    pub fn sight_of(
        &self,
        viewer: ClientId,
        publisher: ClientId,
        source: TrackSource,
        from: Instant,
    ) -> Sight {
        let empty = Timeline::default();
        let timeline = self.timeline_of(viewer, publisher, source);
        let now = self.world.now();
        let span = timeline.unwrap_or(&empty).between(from, now);
        let track = self.world.track(publisher, source);
        let mut slots = self.world.client(viewer).slots.values();
        let cause = slots
            .find(|slot| slot.track == Some(track))
            .map(|slot| slot.cause);
        Sight {
            cause,
            server_wait: self.backlogs.get(&viewer).copied().unwrap_or_default(),
            line_wait: self.world.link_stats(viewer).1.longest_wait,
            bitrate: self.world.client(viewer).arrived_since(from, now),
            ..Sight::of(&span, self.world.epoch())
        }
    }

    /// No decoder found anything that a real one would have choked on.
    ///
    /// # Panics
    ///
    /// With the first fault, if there is one.
    pub fn assert_no_faults(&self) {
        for (id, client) in self.world.clients() {
            for (mid, decoder) in &client.decoders {
                let first = decoder.faults.first();
                assert!(first.is_none(), "{id:?} on line {mid}: {first:?}");
            }
        }
    }
}

impl Sight {
    fn of(span: &Span<'_>, epoch: Instant) -> Self {
        Self {
            usual_height: span.usual_height(),
            last_height: span.last_height(),
            settled: span.time_to_settle(),
            first: span.time_to_first(),
            longest_gap: span.longest_gap(),
            switches: span.switches(),
            fps: span.fps(),
            heights: span.heights(),
            longest_delay: span.longest_delay(epoch),
            line_wait: Duration::ZERO,
            server_wait: Duration::ZERO,
            bitrate: 0,
            cause: None,
        }
    }

    /// The share of the time with this height on the screen, 0 to 1.
    pub fn share_of(&self, height: u16) -> f64 {
        let total: Duration = self.heights.values().sum();
        let time = self.heights.get(&height).copied().unwrap_or_default();
        time.as_secs_f64() / total.as_secs_f64().max(f64::EPSILON)
    }

    /// The longer of the waits on the line and in the server.
    pub fn longest_wait(&self) -> Duration {
        self.line_wait.max(self.server_wait)
    }
}
