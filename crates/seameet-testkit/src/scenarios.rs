//! The scenes that quality is judged by. Tests bound what comes out; `docs/quality.md` shows it.
//!
//! Each function plays one scene from a fixed seed and returns what was seen in it, a row for each viewer and phase.

mod lines;
mod people;
mod sources;
mod views;

use std::time::Instant;

use seameet_core::media::{SlotWish, TrackSource, View};

use crate::stage::{Sight, Stage};
use crate::video::VideoPlan;
use crate::world::ClientId;

pub use lines::{fits, full_way_back, loss, outage, squeeze, starve};
pub use people::{
    Listening, Neighbours, SenderLoss, Talkers, crowd, grid, neighbours, redundant_talk,
    sender_loss, talkers, together,
};
pub use sources::{codec_mix, deaf, late_joiner, processor, short_uplink, still_screen};
pub use views::{hidden, long_pause, rebind, resize};

/// What somebody saw in a phase of a scene.
#[derive(Debug, Clone)]
pub struct Row {
    /// Who and when, in words.
    pub phase: String,
    /// What was seen.
    pub sight: Sight,
}

/// A scene of one camera and one viewer with one slot.
#[derive(Debug)]
pub struct Pair {
    /// Where it plays.
    pub stage: Stage,
    /// Who sends.
    pub publisher: ClientId,
    /// Who watches.
    pub viewer: ClientId,
    from: Instant,
    rows: Vec<Row>,
}

impl Pair {
    /// A camera that has run for two seconds, and a viewer who just came.
    pub fn new(seed: u64, video: VideoPlan) -> Self {
        let mut stage = Stage::new(seed);
        let publisher = stage.publisher(video);
        stage.run_seconds(2);
        let viewer = stage.viewer(1);
        let from = stage.world.now();
        Self {
            stage,
            publisher,
            viewer,
            from,
            rows: Vec::new(),
        }
    }

    /// Begins a phase.
    pub fn begin(&mut self) {
        self.stage.forget();
        self.from = self.stage.world.now();
    }

    /// What was seen since the phase began.
    pub fn sight(&self) -> Sight {
        self.stage.sight(self.viewer, self.publisher, self.from)
    }

    /// Plays a phase and writes down what was seen in it.
    pub fn phase(&mut self, name: &str, seconds: u64) {
        self.begin();
        self.stage.run_seconds(seconds);
        let sight = self.sight();
        self.rows.push(Row {
            phase: name.to_owned(),
            sight,
        });
    }

    /// Says how tall a picture the viewer wants; 0 hides it.
    pub fn want(&mut self, max_height: u32) {
        let track = self.stage.world.track(self.publisher, TrackSource::Camera);
        let mut slots = self.stage.world.client(self.viewer).lines().into_iter();
        let mid = slots.find(|line| line.kind == seameet_core::MediaKind::Video);
        let wish = SlotWish {
            mid: mid.expect("the viewer has a slot").mid,
            track: Some(track),
            max_height,
            max_fps: None,
            min_height: None,
            priority: 0,
            pinned: false,
        };
        self.stage
            .world
            .set_view(self.viewer, View::Slots(vec![wish]));
    }

    /// Checks what must hold in every scene, and returns what was seen.
    pub fn finish(self) -> Vec<Row> {
        self.stage.assert_no_faults();
        self.rows
    }
}
