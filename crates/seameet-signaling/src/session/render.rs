//! Notices as messages.

use seameet_core::room::{Notice, RoomSnapshot};
use seameet_core::{ParticipantId, RequestError, RoomId};

use super::SessionConfig;
use crate::wire::{
    Answer, DataMessage, ErrorMessage, IceServer, Left, MediaLost, PROTOCOL_VERSION,
    PublisherDemand, Quality, Ready, ResumeInfo, RoomClosing, RoomEvent, RoomInfo, Secret,
    ServerMessage,
};

/// What the session adds to a room's notice.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) config: &'a SessionConfig,
    /// The wall clock, in milliseconds since 1970.
    pub(super) at_ms: f64,
    pub(super) room: &'a RoomId,
    pub(super) join_request: Option<String>,
    pub(super) leave_request: Option<String>,
}

/// The message that tells a notice; `None` when the close code alone tells it.
pub(super) fn message(notice: Notice, facts: Facts<'_>) -> Option<ServerMessage> {
    Some(match notice {
        welcome @ Notice::Welcome { .. } => return ready(welcome, facts),
        Notice::Event(event) => ServerMessage::Event(event.into()),
        Notice::PrivateChat(message) => {
            ServerMessage::Event(RoomEvent::ChatMessage(message.into()))
        }
        Notice::PrivateData {
            from,
            topic,
            body,
            at_ms,
        } => {
            let message = DataMessage::new(None, from, topic, body, at_ms);
            ServerMessage::Event(RoomEvent::Data(message))
        }
        Notice::Answer { request, answer } => ServerMessage::Answer(Answer::new(request, answer)),
        Notice::Slots(assignments) => ServerMessage::Slots(assignments.into()),
        Notice::SlotsNeeded(needed) => ServerMessage::RequestRenegotiation(needed.into()),
        Notice::Speakers(speakers) => ServerMessage::ActiveSpeakers((&*speakers).into()),
        Notice::Quality {
            participant,
            quality,
            is_own,
        } => ServerMessage::Quality(Quality::new(participant, &quality, is_own)),
        Notice::Demand {
            track,
            encodings,
            max_height,
        } => ServerMessage::PublisherDemand(PublisherDemand::new(track, &encodings, max_height)),
        Notice::MediaLost => ServerMessage::MediaLost(MediaLost { closed: true }),
        Notice::Error { request, error } => refusal(request, error),
        Notice::Left => ServerMessage::Left(Left {
            id: facts.leave_request,
        }),
        Notice::RoomClosing {
            reason,
            retry_after,
        } => ServerMessage::RoomClosing(RoomClosing {
            reason,
            retry_after,
        }),
        Notice::Replaced | Notice::Removed => return None,
    })
}

/// A refusal as a message.
pub(super) fn refusal(id: Option<String>, error: RequestError) -> ServerMessage {
    ServerMessage::Error(ErrorMessage {
        id,
        code: error.code,
        message: error.message,
        retryable: error.code.is_retryable(),
    })
}

/// The servers that have fixed passwords or none, then those with a password for this participant and this day.
fn ice_servers(config: &SessionConfig, participant: ParticipantId, at_ms: f64) -> Vec<IceServer> {
    let turn = config.turn_servers.iter();
    let turn = turn.map(|server| server.ice_server(participant, at_ms));
    config.ice_servers.iter().cloned().chain(turn).collect()
}

fn ready(welcome: Notice, facts: Facts<'_>) -> Option<ServerMessage> {
    let Notice::Welcome {
        participant,
        grant,
        resume,
        resumed,
        snapshot,
        missed,
    } = welcome
    else {
        return None;
    };
    let RoomSnapshot {
        seq,
        started_at_ms,
        peers,
        tracks,
        chat,
    } = snapshot;
    Some(ServerMessage::Ready(Box::new(Ready {
        id: facts.join_request,
        protocol: PROTOCOL_VERSION,
        participant: participant.to_string(),
        room: RoomInfo {
            id: facts.room.to_string(),
            seq,
            started_at: started_at_ms,
        },
        peers: peers.into_iter().map(Into::into).collect(),
        tracks: tracks.into_iter().map(Into::into).collect(),
        chat: chat.into_iter().map(Into::into).collect(),
        ice_servers: ice_servers(facts.config, participant, facts.at_ms),
        resume: ResumeInfo {
            token: Secret::new(resume.reveal()),
            ttl_ms: facts.config.resume_ttl.as_secs_f64() * 1000.0,
        },
        limits: (&facts.config.limits).into(),
        grants: grant.into(),
        resumed,
        missed: missed.map(|events| events.into_iter().map(Into::into).collect()),
    })))
}
