//! What an allocator is told and what it answers.

use std::cmp::Reverse;
use std::time::Instant;

use seameet_core::media::SlotCause;
use seameet_core::{Mid, TrackId};
use seameet_rtp::select::{Meanwhile, Target};

/// What is known of a subscriber's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Line {
    /// What it is thought to take, in bits per second; `None` while nobody knows.
    pub estimate: Option<u64>,
    /// What of it is kept for sound, in bits per second.
    pub audio: u64,
    /// So much waits to be sent that no picture may be added.
    pub is_suspended: bool,
    /// It is full enough: nothing is to be tried on it, and nothing rises but out of a pause.
    pub is_strained: bool,
}

/// A choice of quality that a track offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerChoice {
    /// Which one.
    pub target: Target,
    /// Height of its pictures in pixels, where the stream tells.
    pub height: Option<u32>,
    /// Frames per second, where measured.
    pub fps: Option<u32>,
    /// What it may be expected to take, in bits per second; 0 while not known.
    pub bitrate: u64,
    /// The publisher sends it now.
    pub is_live: bool,
}

/// What a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A shared screen: sharpness goes before frame rate.
    Screen,
    /// The camera of who speaks.
    Speaker,
    /// Any other camera.
    Other,
}

/// How a subscriber wants to see a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Tallest useful picture in pixels.
    pub max_height: u32,
    /// Highest useful frame rate.
    pub max_fps: Option<u32>,
    /// Smallest useful picture in pixels; rather nothing than less.
    pub min_height: Option<u32>,
    /// Higher goes first.
    pub priority: u8,
    /// The viewer fixed its eyes on it.
    pub pinned: bool,
}

/// What waits to be sent on a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Nothing that would be worth a word.
    Short,
    /// Too much waited; less was sent since, and nothing may be added until it is gone.
    Draining,
    /// More than its line can carry: it must take less than what flows.
    TooOld,
}

/// A slot that shows a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotDemand {
    /// The slot.
    pub mid: Mid,
    /// The track.
    pub track: TrackId,
    /// What the track is.
    pub class: Class,
    /// How it is to be seen.
    pub wish: Wish,
    /// What the track offers, from the worst to the best.
    pub choices: Vec<LayerChoice>,
    /// What flows now.
    pub flowing: Option<Target>,
    /// Nothing can flow, whatever the line takes: the picture is hidden or muted, for example.
    pub withheld: Option<SlotCause>,
    /// What waits on it.
    pub queue: Queue,
}

/// Which slot goes first; the smaller the more important. Slots that compare equal share alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Importance {
    priority: Reverse<u8>,
    attention: u8,
    /// The tile's height in powers of two, so that tiles of nearly one size share alike.
    size: Reverse<u32>,
}

impl SlotDemand {
    /// Where the slot stands among others.
    pub fn importance(&self) -> Importance {
        let attention = match self.class {
            _ if self.wish.pinned => 0,
            Class::Screen => 0,
            Class::Speaker => 1,
            Class::Other => 2,
        };
        // Tiles beyond any screen are of one size: it is how a client says that it sets no limit.
        let height = self.wish.max_height.clamp(1, 4_096);
        Importance {
            priority: Reverse(self.wish.priority),
            attention,
            size: Reverse(height.next_power_of_two().ilog2()),
        }
    }

    /// What flows now takes so many bits per second.
    pub(crate) fn flowing_cost(&self) -> u64 {
        let flows = |choice: &&LayerChoice| Some(choice.target) == self.flowing;
        let choice = self.choices.iter().find(flows);
        choice.map_or(0, |choice| choice.bitrate)
    }
}

/// What a slot is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotDecision {
    /// The slot.
    pub mid: Mid,
    /// What it shall carry; `None` pauses it.
    pub target: Option<Target>,
    /// What happens to what flows until the target can be decoded.
    pub meanwhile: Meanwhile,
    /// Why it is not more.
    pub cause: SlotCause,
    /// What its lowest picture takes, in bits per second; `None` if it can have none whatever the line takes.
    pub lowest: Option<u64>,
}

/// How a line is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// In the order of the slots that were asked for.
    pub slots: Vec<SlotDecision>,
    /// What the choices take together, in bits per second of payload.
    pub allocated: u64,
    /// What everything that is wanted would take, in bits per second of payload.
    pub ideal: u64,
    /// What to fill the line up to, in bits per second on the line; 0 asks for nothing.
    pub minimum: u64,
    /// What to probe for, in bits per second on the line; 0 asks for nothing.
    pub desired: u64,
    /// When to allocate again at the latest.
    pub deadline: Option<Instant>,
}
