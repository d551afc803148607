//! Telling what the server does from all else.
//!
//! A world plays both sides of each call. Who measures the server's part puts something [`Around`] it: a function that
//! callgrind is told to count in, or one that counts allocations.

use std::time::{Duration, Instant};

use seameet_sfu::shard::{Input, Output, Shard};

use crate::world::World;

/// Does a part of the server's work, and whatever is to be done before and after it.
pub type Around = fn(&mut dyn FnMut());

impl World {
    /// From here on the server works inside of this; `None` ends it.
    pub fn set_around(&mut self, around: Option<Around>) {
        self.around = around;
    }

    /// Nothing happens sooner after something else than this: a coarser grain makes larger batches, as they come to a
    /// server whose timers have a grain.
    pub fn set_grain(&mut self, grain: Duration) {
        self.grain = grain;
    }

    pub(super) fn feed(&mut self, now: Instant, input: Input<'_>) {
        feed(&mut self.shard, self.around, now, input);
    }
}

pub(super) fn feed(shard: &mut Shard, around: Option<Around>, now: Instant, input: Input<'_>) {
    let mut input = Some(input);
    let mut work = || {
        if let Some(input) = input.take() {
            shard.handle_input(now, input);
        }
    };
    match around {
        Some(around) => around(&mut work),
        None => work(),
    }
}

pub(super) fn poll(shard: &mut Shard, around: Option<Around>) -> Output {
    let Some(around) = around else {
        return shard.poll_output();
    };
    let mut output = None;
    around(&mut || output = Some(shard.poll_output()));
    output.expect("what is around the work does it")
}
