//! How many participants of a room have which connection quality, for the counters.

use std::collections::BTreeMap;
use std::sync::Arc;

use seameet_core::ParticipantId;
use seameet_core::media::MediaEvent;

use crate::metrics::Metrics;

/// The scores of one room. They leave the counters with the room, in whatever way it ends.
#[derive(Debug)]
pub(super) struct Scores {
    metrics: Arc<Metrics>,
    by_participant: BTreeMap<ParticipantId, u8>,
}

impl Scores {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            metrics,
            by_participant: BTreeMap::new(),
        }
    }

    /// The media plane tells something. Only members count, as it may speak of somebody who left.
    pub(super) fn note(&mut self, event: &MediaEvent, is_member: impl Fn(ParticipantId) -> bool) {
        match event {
            MediaEvent::QualityChanged {
                participant,
                quality,
            } if is_member(*participant) => self.set(*participant, quality.score),
            // Nobody measures it any more, and nothing gets through.
            MediaEvent::Disconnected { participant, .. }
                if self.by_participant.contains_key(participant) =>
            {
                self.set(*participant, 0);
            }
            _ => {}
        }
    }

    /// Somebody left.
    pub(super) fn forget(&mut self, participant: ParticipantId) {
        if let Some(score) = self.by_participant.remove(&participant) {
            self.metrics.quality_ended(score);
        }
    }

    fn set(&mut self, participant: ParticipantId, score: u8) {
        self.forget(participant);
        self.metrics.quality_began(score);
        self.by_participant.insert(participant, score);
    }
}

impl Drop for Scores {
    fn drop(&mut self) {
        for score in self.by_participant.values() {
            self.metrics.quality_ended(*score);
        }
    }
}
