//! Tests of the allocator: what they have in common.

use std::time::{Duration, Instant};

use seameet_core::TrackId;
use seameet_core::media::SlotCause;
use seameet_rtp::select::{EncodingId, Layer, Meanwhile, Target};

use super::{
    Allocation, Allocator, Class, LayerChoice, Line, Queue, SlotDecision, SlotDemand, Wish,
};

mod causes;
mod ladders;
mod properties;
mod rules;
mod stability;

/// A camera's three encodings and what they take.
const CAMERA: [(u32, u64); 3] = [(180, 150_000), (360, 500_000), (720, 1_700_000)];

fn target(encoding: u8) -> Target {
    Target {
        encoding: EncodingId(encoding),
        layer: Layer::TOP,
    }
}

fn choices(offered: &[(u32, u64)]) -> Vec<LayerChoice> {
    (0..)
        .zip(offered)
        .map(|(encoding, (height, bitrate))| LayerChoice {
            target: target(encoding),
            height: Some(*height),
            fps: Some(30),
            bitrate: *bitrate,
            is_live: true,
        })
        .collect()
}

/// A camera in a large tile; the number names its slot and its track.
fn camera(number: u32) -> SlotDemand {
    SlotDemand {
        mid: number.to_string().parse().unwrap(),
        track: TrackId::new(number),
        class: Class::Other,
        wish: Wish {
            max_height: 720,
            max_fps: None,
            min_height: None,
            priority: 0,
            pinned: false,
        },
        choices: choices(&CAMERA),
        flowing: None,
        withheld: None,
        queue: Queue::Short,
    }
}

/// A line that takes so much for pictures, after the reserve.
fn line(video: u64) -> Line {
    Line {
        estimate: Some((video * 100).div_ceil(92)),
        audio: 0,
        is_suspended: false,
        is_strained: false,
    }
}

/// A subscriber in virtual time whose publishers send at once what is chosen.
struct Subscriber {
    allocator: Allocator,
    now: Instant,
    slots: Vec<SlotDemand>,
}

impl Subscriber {
    fn new(slots: Vec<SlotDemand>) -> Self {
        Self {
            allocator: Allocator::new(),
            now: Instant::now(),
            slots,
        }
    }

    /// Allocates without anything having followed the last decision.
    fn decide(&mut self, line: Line) -> Allocation {
        self.allocator.allocate(self.now, &line, &self.slots)
    }

    /// Allocates, lets what was chosen flow, and lets time pass.
    fn step(&mut self, line: Line, passed: Duration) -> Allocation {
        let allocation = self.decide(line);
        for (slot, decision) in self.slots.iter_mut().zip(&allocation.slots) {
            slot.flowing = decision.target;
        }
        self.now += passed;
        allocation
    }

    /// Steps until everything chosen flows, and tells how it is then.
    fn settle(&mut self, line: Line) -> Allocation {
        self.step(line, Duration::ZERO);
        self.decide(line)
    }

    fn seconds(&mut self, seconds: u64, line: Line) -> Allocation {
        for _ in 0..seconds {
            self.step(line, Duration::from_secs(1));
        }
        self.decide(line)
    }
}

/// The chosen encodings, in the order of the slots.
fn encodings(allocation: &Allocation) -> Vec<Option<u8>> {
    let encoding = |slot: &SlotDecision| slot.target.map(|target| target.encoding.0);
    allocation.slots.iter().map(encoding).collect()
}

fn causes(allocation: &Allocation) -> Vec<SlotCause> {
    allocation.slots.iter().map(|slot| slot.cause).collect()
}
