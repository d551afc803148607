//! What stands in for the counters when the feature `metrics` is off.

#![expect(
    clippy::unused_self,
    reason = "the calls are those of the counters, which have something to count in"
)]

use super::JoinOutcome;

/// Counts nothing.
#[derive(Debug, Default)]
pub(crate) struct Metrics {}

impl Metrics {
    pub(crate) fn connection_opened(&self) {}
    pub(crate) fn connection_closed(&self) {}
    pub(crate) fn connection_refused(&self, _cause: &'static str) {}
    pub(crate) fn room_opened(&self) {}
    pub(crate) fn room_closed(&self) {}
    pub(crate) fn room_failed(&self) {}
    pub(crate) fn participant_joined(&self) {}
    pub(crate) fn participant_left(&self) {}
    pub(crate) fn quality_began(&self, _score: u8) {}
    pub(crate) fn quality_ended(&self, _score: u8) {}
    pub(crate) fn join(&self, _outcome: JoinOutcome) {}
    pub(crate) fn message(&self, _message_type: &'static str) {}
    pub(crate) fn rate_limited(&self) {}
    pub(crate) fn outbox_overflow(&self) {}
}
