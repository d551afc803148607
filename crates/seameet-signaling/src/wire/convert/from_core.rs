//! From what a room tells to what the server says.

use std::sync::Arc;

use seameet_core::media as core_media;
use seameet_core::room::{self, SequencedEvent};
use seameet_core::{Grant, ParticipantId};

mod quality;

use crate::wire::{
    Answer, AnsweredTrack, ChatMessage, CodecName, ConnectionState, DataMessage, Grants,
    LeaveReason, NeededSlots, ParticipantInfo, ParticipantJoined, ParticipantLeft,
    ParticipantUpdated, QualityCause, Reaction, RequestRenegotiation, RoomEvent, SlotAssignment,
    Slots, TrackInfo, TrackKind, TrackPublished, TrackSource, TrackUnpublished, TrackUpdated,
};

impl From<Arc<SequencedEvent>> for RoomEvent {
    fn from(event: Arc<SequencedEvent>) -> Self {
        // Most receivers share the event with others, so the texts are copied here, one event at a time.
        let SequencedEvent { seq, event } = Arc::unwrap_or_clone(event);
        match event {
            room::RoomEvent::ParticipantJoined(info) => {
                Self::ParticipantJoined(ParticipantJoined {
                    seq,
                    participant: info.into(),
                })
            }
            room::RoomEvent::ParticipantUpdated(update) => {
                Self::ParticipantUpdated(ParticipantUpdated {
                    seq,
                    participant: update.into(),
                })
            }
            room::RoomEvent::ParticipantLeft {
                participant,
                reason,
            } => Self::ParticipantLeft(ParticipantLeft {
                seq,
                participant: participant.to_string(),
                reason: reason.into(),
            }),
            room::RoomEvent::TrackPublished(info) => Self::TrackPublished(TrackPublished {
                seq,
                track: info.into(),
            }),
            room::RoomEvent::TrackUpdated(info) => Self::TrackUpdated(TrackUpdated {
                seq,
                track: info.into(),
            }),
            room::RoomEvent::TrackUnpublished { track, participant } => {
                Self::TrackUnpublished(TrackUnpublished {
                    seq,
                    track: track.to_string(),
                    participant: participant.to_string(),
                })
            }
            room::RoomEvent::Chat(message) => Self::ChatMessage(ChatMessage {
                seq: Some(seq),
                ..message.into()
            }),
            room::RoomEvent::Data {
                from,
                topic,
                body,
                at_ms,
            } => Self::Data(DataMessage::new(Some(seq), from, topic, body, at_ms)),
            room::RoomEvent::Reaction {
                from,
                reaction,
                at_ms,
            } => Self::Reaction(Reaction {
                seq,
                from: from.to_string(),
                reaction,
                at: at_ms,
            }),
        }
    }
}

impl DataMessage {
    /// Control data; without a sequence number when only one receiver is told.
    pub fn new(
        seq: Option<u32>,
        from: ParticipantId,
        topic: String,
        body: String,
        at: f64,
    ) -> Self {
        Self {
            seq,
            from: from.to_string(),
            topic,
            body,
            at,
        }
    }
}

impl From<Arc<room::ChatMessage>> for ChatMessage {
    /// Without a sequence number: as in private messages and in the history.
    fn from(message: Arc<room::ChatMessage>) -> Self {
        let message = Arc::unwrap_or_clone(message);
        Self {
            seq: None,
            id: format!("m_{}", message.id),
            from: message.from.to_string(),
            display_name: message.display_name.map(|name| name.to_string()),
            to: message.to.map(|receiver| receiver.to_string()),
            text: message.text,
            at: message.at_ms,
        }
    }
}

impl From<room::ParticipantInfo> for ParticipantInfo {
    fn from(info: room::ParticipantInfo) -> Self {
        Self {
            id: info.id.to_string(),
            display_name: info.display_name.map(|name| name.to_string()),
            attributes: Some(info.attributes).filter(|facts| !facts.is_empty()),
            state: info.state.into(),
            hand: info.hand_raised,
        }
    }
}

impl From<room::ParticipantUpdate> for ParticipantInfo {
    fn from(update: room::ParticipantUpdate) -> Self {
        Self {
            id: update.id.to_string(),
            display_name: update.display_name.map(|name| name.to_string()),
            attributes: update.attributes,
            state: update.state.into(),
            hand: update.hand_raised,
        }
    }
}

impl From<room::TrackInfo> for TrackInfo {
    fn from(info: room::TrackInfo) -> Self {
        Self {
            id: info.id.to_string(),
            participant: info.participant.to_string(),
            source: info.source.into(),
            kind: info.kind.into(),
            codec: info.codec.into(),
            muted: info.muted,
            encrypted: info.encrypted,
            width: info.size.map(|(width, _)| width),
            height: info.size.map(|(_, height)| height),
            fps: info.fps,
        }
    }
}

impl From<Grant> for Grants {
    fn from(grant: Grant) -> Self {
        Self {
            publish_microphone: grant.publish_microphone,
            publish_camera: grant.publish_camera,
            publish_screen: grant.publish_screen,
            subscribe: grant.subscribe,
            chat: grant.chat,
            data: grant.data,
        }
    }
}

impl Answer {
    /// The reply to the offer with this request id.
    pub fn new(id: Option<String>, answer: core_media::Answer) -> Self {
        let tracks = answer.tracks.iter().map(|track| AnsweredTrack {
            mid: track.mid.to_string(),
            track: track.track.to_string(),
        });
        Self {
            id,
            tracks: tracks.collect(),
            sdp: answer.sdp,
        }
    }
}

impl From<Vec<core_media::SlotAssignment>> for Slots {
    fn from(assignments: Vec<core_media::SlotAssignment>) -> Self {
        let assignments = assignments.into_iter().map(|slot| SlotAssignment {
            mid: slot.mid.to_string(),
            track: slot.track.map(|track| track.to_string()),
            participant: slot.participant.map(|participant| participant.to_string()),
            layer: slot.layer.map(Into::into),
            cause_track: match slot.cause {
                core_media::SlotCause::HigherPriority { track } => Some(track.to_string()),
                _ => None,
            },
            cause: slot.cause.into(),
        });
        Self {
            assignments: assignments.collect(),
        }
    }
}

impl From<core_media::SlotsNeeded> for RequestRenegotiation {
    fn from(needed: core_media::SlotsNeeded) -> Self {
        let count = |slots| u32::try_from(slots).unwrap_or(u32::MAX);
        Self {
            needed_slots: NeededSlots {
                audio: count(needed.audio),
                video: count(needed.video),
            },
        }
    }
}

twin!(core_media::TrackSource => TrackSource { Microphone, Camera, Screen, ScreenAudio });
twin!(core_media::MediaKind => TrackKind { Audio, Video });
twin!(core_media::Codec => CodecName { Opus, Vp8, Vp9, H264, Av1 });
twin!(core_media::QualityCause => QualityCause {
    UplinkLoss, DownlinkLoss, DownlinkBandwidth, Latency, NoMedia,
});
twin!(room::ConnectionState => ConnectionState { Connected, Reconnecting });
twin!(room::LeaveReason => LeaveReason { Left, ConnectionLost, Removed, RoomClosed });
