//! About how many bytes of memory things hold. What counts are the texts that a client can make large.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::media::{EncodingDemand, SlotAssignment, SpeakerLevel};
use crate::room::{ChatMessage, Notice, ParticipantInfo, RoomEvent, RoomSnapshot, SequencedEvent};

/// What a thing costs beside its texts, in bytes.
const BASE_BYTES: usize = 128;

impl ChatMessage {
    /// About how many bytes the message holds.
    pub fn weight(&self) -> usize {
        BASE_BYTES + self.text.len()
    }
}

impl RoomEvent {
    /// About how many bytes the event holds.
    pub fn weight(&self) -> usize {
        match self {
            Self::ParticipantJoined(info) => info.weight(),
            Self::ParticipantUpdated(update) => {
                BASE_BYTES + update.attributes.as_ref().map_or(0, attributes_weight)
            }
            Self::Chat(message) => message.weight(),
            Self::Data { topic, body, .. } => BASE_BYTES + topic.len() + body.len(),
            Self::Reaction { reaction, .. } => BASE_BYTES + reaction.len(),
            Self::ParticipantLeft { .. }
            | Self::TrackPublished(_)
            | Self::TrackUpdated(_)
            | Self::TrackUnpublished { .. } => BASE_BYTES,
        }
    }
}

impl Notice {
    /// About how many bytes the notice holds, parts that it shares with others included.
    pub fn weight(&self) -> usize {
        match self {
            Self::Welcome {
                snapshot, missed, ..
            } => BASE_BYTES + snapshot.weight() + missed.as_deref().map_or(0, events_weight),
            Self::Event(event) => event.event.weight(),
            Self::PrivateChat(message) => message.weight(),
            Self::PrivateData { topic, body, .. } => BASE_BYTES + topic.len() + body.len(),
            Self::Answer { answer, .. } => BASE_BYTES + answer.sdp.len(),
            Self::Slots(assignments) => BASE_BYTES + size_of_val::<[SlotAssignment]>(assignments),
            Self::Error { error, .. } => BASE_BYTES + error.message.len(),
            Self::RoomClosing { reason, .. } => BASE_BYTES + reason.len(),
            Self::Speakers(speakers) => BASE_BYTES + size_of_val::<[SpeakerLevel]>(speakers),
            Self::Demand { encodings, .. } => {
                BASE_BYTES + size_of_val::<[EncodingDemand]>(encodings)
            }
            Self::Quality { .. }
            | Self::SlotsNeeded(_)
            | Self::MediaLost
            | Self::Left
            | Self::Replaced
            | Self::Removed => BASE_BYTES,
        }
    }
}

impl RoomSnapshot {
    fn weight(&self) -> usize {
        let peers: usize = self.peers.iter().map(ParticipantInfo::weight).sum();
        let chat: usize = self.chat.iter().map(|message| message.weight()).sum();
        peers + chat + self.tracks.len() * BASE_BYTES
    }
}

impl ParticipantInfo {
    fn weight(&self) -> usize {
        BASE_BYTES + attributes_weight(&self.attributes)
    }
}

fn attributes_weight(attributes: &BTreeMap<String, String>) -> usize {
    let attributes = attributes.iter();
    attributes
        .map(|(name, value)| name.len() + value.len())
        .sum()
}

fn events_weight(events: &[Arc<SequencedEvent>]) -> usize {
    events.iter().map(|event| event.event.weight()).sum()
}
