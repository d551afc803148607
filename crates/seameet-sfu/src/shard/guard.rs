//! Stepping a peer so that a bug in its state machine ends this peer alone.

use std::panic::{AssertUnwindSafe, catch_unwind};

use seameet_pipeline::PeerError;

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guarded {
    /// The peer goes on.
    Done,
    /// The engine gave up on the connection.
    Failed,
    /// The engine panicked; its state is not to be touched again.
    Panicked,
}

/// Runs one step of a peer.
pub(super) fn step(step: impl FnOnce() -> Result<(), PeerError>) -> Guarded {
    match attempt(step) {
        Some(Ok(())) => Guarded::Done,
        Some(Err(error)) => {
            tracing::debug!(%error, "peer connection failed");
            Guarded::Failed
        }
        None => Guarded::Panicked,
    }
}

/// Runs a part of a peer's work. `None` if it panicked; then the peer's state is not to be touched again.
pub(super) fn attempt<T>(work: impl FnOnce() -> T) -> Option<T> {
    // Unwind safety: after a panic the peer is dropped without another look into it.
    let attempted = catch_unwind(AssertUnwindSafe(|| {
        #[cfg(test)]
        sabotage::strike();
        work()
    }));
    if attempted.is_err() {
        tracing::error!("peer connection panicked; the peer is dropped");
    }
    attempted.ok()
}

/// A panic that tests order.
#[cfg(test)]
pub(super) mod sabotage {
    use std::cell::Cell;

    thread_local! {
        static ORDERED: Cell<Option<u32>> = const { Cell::new(None) };
    }

    /// Lets the guarded work after so many others panic.
    pub(in crate::shard) fn order(after: u32) {
        ORDERED.set(Some(after));
    }

    pub(super) fn strike() {
        match ORDERED.take() {
            Some(0) => panic!("a panic that a test ordered"),
            Some(after) => ORDERED.set(Some(after - 1)),
            None => {}
        }
    }
}
