//! Tests of choosing encodings and layers.

mod decode_target;
mod order;
mod properties;
mod publisher;
mod simulcast;
mod temporal;
mod vp9;

use std::time::{Duration, Instant};

use publisher::{Bench, Sent};

use super::*;

const LOW: EncodingId = EncodingId(2);
const MID: EncodingId = EncodingId(0);
const HIGH: EncodingId = EncodingId(1);

fn whole(encoding: EncodingId) -> Target {
    Target {
        encoding,
        layer: Layer::TOP,
    }
}

fn layers(encoding: EncodingId, spatial: u8, temporal: u8) -> Target {
    Target {
        encoding,
        layer: Layer { spatial, temporal },
    }
}

const FORWARD: Decision = Decision::Forward {
    marker: false,
    begins: false,
};
const LAST: Decision = Decision::Forward {
    marker: true,
    begins: false,
};
const BEGIN: Decision = Decision::Forward {
    marker: false,
    begins: true,
};
