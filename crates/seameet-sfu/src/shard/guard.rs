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
    // Unwind safety: after a panic the peer is dropped without another look into it.
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(())) => Guarded::Done,
        Ok(Err(error)) => {
            tracing::debug!(%error, "peer connection failed");
            Guarded::Failed
        }
        Err(_) => {
            tracing::error!("peer connection panicked; the peer is dropped");
            Guarded::Panicked
        }
    }
}
