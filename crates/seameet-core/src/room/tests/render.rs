//! Outputs as short lines.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::id::ParticipantId;
use crate::media::{MediaCommand, View};
use crate::room::{
    ChatMessage, ConnectionState, Notice, ParticipantInfo, ParticipantUpdate, RoomEvent,
    RoomOutput, TrackInfo,
};

/// One output as one line; `None` for the timeout.
pub(super) fn line(output: &RoomOutput) -> Option<String> {
    Some(match output {
        RoomOutput::Send { connection, notice } => format!("{connection} {}", told(notice)),
        RoomOutput::Refuse { connection, error } => format!("{connection} refused {}", error.code),
        RoomOutput::Media(command) => format!("media {}", media(command)),
        RoomOutput::Joined { participant } => format!("joined {}", name(*participant)),
        RoomOutput::Left {
            participant,
            reason,
        } => format!("left {} {reason:?}", name(*participant)),
        RoomOutput::Ended => "ended".to_owned(),
        RoomOutput::Timeout(_) => return None,
    })
}

/// `p_0000000000000007` as `p7`.
pub(super) fn name(participant: ParticipantId) -> String {
    let text = participant.to_string();
    format!("p{}", text.trim_start_matches("p_").trim_start_matches('0'))
}

fn told(notice: &Notice) -> String {
    match notice {
        Notice::Welcome { .. } => welcome(notice),
        Notice::Event(event) => format!("{}:{}", event.seq, happened(&event.event)),
        Notice::PrivateChat(message) => format!("private {}", chat(message)),
        Notice::PrivateData {
            from, topic, body, ..
        } => {
            format!("private data {} {topic}={body}", name(*from))
        }
        Notice::Answer { request, answer } => format!(
            "answer {} {}",
            request.as_deref().unwrap_or("-"),
            list(
                answer
                    .tracks
                    .iter()
                    .map(|track| format!("{}@{}", track.track, track.mid))
            )
        ),
        Notice::Slots(slots) => format!(
            "slots {}",
            list(
                slots
                    .iter()
                    .map(|slot| format!("{}={}", slot.mid, or_none(slot.track.as_ref())))
            )
        ),
        Notice::SlotsNeeded(needed) => {
            format!("needs audio={} video={}", needed.audio, needed.video)
        }
        Notice::Speakers(_) | Notice::Quality { .. } | Notice::Demand { .. } => reported(notice),
        Notice::MediaLost => "media lost".to_owned(),
        Notice::Error { request, error } => {
            format!("error {} {}", request.as_deref().unwrap_or("-"), error.code)
        }
        Notice::Left => "goodbye".to_owned(),
        Notice::Replaced => "replaced".to_owned(),
        Notice::Removed => "removed".to_owned(),
        Notice::RoomClosing {
            reason,
            retry_after,
        } => {
            format!("closing {reason} {retry_after:?}")
        }
    }
}

fn reported(notice: &Notice) -> String {
    match notice {
        Notice::Speakers(speakers) => {
            let speakers = speakers
                .iter()
                .map(|speaker| format!("{}{}", name(speaker.participant), speaker.level_dbov));
            format!("speakers {}", list(speakers))
        }
        Notice::Quality {
            participant,
            quality,
            is_own,
        } => {
            let own = if *is_own { " own" } else { "" };
            let causes = quality.causes.iter().map(|cause| format!("{cause:?}"));
            format!(
                "quality{own} {} {}{}",
                name(*participant),
                quality.score,
                list(causes)
            )
        }
        Notice::Demand {
            track,
            encodings,
            max_height,
        } => {
            let wanted = encodings.iter().map(|demand| {
                let rid = or_none(demand.rid.as_ref());
                format!("{rid}{}", if demand.wanted { "+" } else { "-" })
            });
            format!(
                "demand {track} {}@{}",
                list(wanted),
                or_none(max_height.as_ref())
            )
        }
        _ => String::new(),
    }
}

fn welcome(notice: &Notice) -> String {
    let Notice::Welcome {
        participant,
        resumed,
        snapshot,
        missed,
        ..
    } = notice
    else {
        return String::new();
    };
    let kind = if *resumed { "resumed" } else { "welcome" };
    let missed = missed.as_ref().map(|missed| {
        let events = missed
            .iter()
            .map(|event| format!("{}:{}", event.seq, happened(&event.event)));
        list(events)
    });
    format!(
        "{kind} {} seq={} peers={} tracks={} chat={}{}",
        name(*participant),
        snapshot.seq,
        list(snapshot.peers.iter().map(member)),
        list(snapshot.tracks.iter().map(track)),
        list(snapshot.chat.iter().map(|message| chat(message))),
        missed
            .map(|missed| format!(" missed={missed}"))
            .unwrap_or_default(),
    )
}

fn happened(event: &RoomEvent) -> String {
    match event {
        RoomEvent::ParticipantJoined(info) => format!("joined {}", member(info)),
        RoomEvent::ParticipantUpdated(update) => updated(update),
        RoomEvent::ParticipantLeft {
            participant,
            reason,
        } => {
            format!("left {} {reason:?}", name(*participant))
        }
        RoomEvent::TrackPublished(info) => format!("published {}", track(info)),
        RoomEvent::TrackUpdated(info) => format!("changed {}", track(info)),
        RoomEvent::TrackUnpublished { track, participant } => {
            format!("unpublished {track} of {}", name(*participant))
        }
        RoomEvent::Chat(message) => chat(message),
        RoomEvent::Data {
            from, topic, body, ..
        } => format!("data {} {topic}={body}", name(*from)),
        RoomEvent::Reaction { from, reaction, .. } => {
            format!("reaction {} {reaction}", name(*from))
        }
    }
}

fn updated(update: &ParticipantUpdate) -> String {
    let info = ParticipantInfo {
        id: update.id,
        display_name: update.display_name.clone(),
        attributes: BTreeMap::new(),
        state: update.state,
        hand_raised: update.hand_raised,
    };
    let facts = update.attributes.as_ref();
    let facts = facts.map(|facts| format!(" {facts:?}")).unwrap_or_default();
    format!("updated {}{facts}", member(&info))
}

fn media(command: &MediaCommand) -> String {
    match command {
        MediaCommand::Explain { participant, .. } => format!("explain {participant}"),
        MediaCommand::Negotiate {
            participant,
            request,
            offer,
            subscribe,
        } => {
            let tracks = offer.tracks.iter().map(|track| {
                let muted = if track.muted { " muted" } else { "" };
                format!("{}@{} {:?}{muted}", track.track, track.mid, track.source)
            });
            format!(
                "negotiate {} #{} {}{}",
                name(*participant),
                request.0,
                list(tracks),
                if *subscribe { "" } else { " deaf" }
            )
        }
        MediaCommand::SetMuted { track, muted } => format!("muted {track} {muted}"),
        MediaCommand::Unpublish { track } => format!("unpublish {track}"),
        MediaCommand::SetView { participant, view } => match view {
            View::Auto { max_video } => format!("view {} auto={max_video}", name(*participant)),
            View::Slots(wishes) => format!(
                "view {} {}",
                name(*participant),
                list(wishes.iter().map(|wish| format!(
                    "{}={}",
                    wish.mid,
                    or_none(wish.track.as_ref())
                )))
            ),
        },
        MediaCommand::RequestKeyframe { participant, track } => {
            format!("keyframe {track} for {}", name(*participant))
        }
        MediaCommand::Remove { participant } => format!("remove {}", name(*participant)),
    }
}

fn member(info: &ParticipantInfo) -> String {
    let name = name(info.id);
    let called = info.display_name.as_ref().map(|name| format!("({name})"));
    let lost = info.state == ConnectionState::Reconnecting;
    format!(
        "{name}{}{}{}",
        called.unwrap_or_default(),
        if lost { "?" } else { "" },
        if info.hand_raised { "^" } else { "" },
    )
}

fn track(info: &TrackInfo) -> String {
    let muted = if info.muted { " muted" } else { "" };
    let size = info
        .size
        .map(|(width, height)| format!(" {width}x{height}"));
    format!(
        "{} {} {:?} {}{muted}{}",
        info.id,
        name(info.participant),
        info.source,
        info.codec.name(),
        size.unwrap_or_default()
    )
}

fn chat(message: &ChatMessage) -> String {
    let to = message.to.map(|to| format!("→{}", name(to)));
    format!(
        "chat #{} {}{} {:?}",
        message.id,
        name(message.from),
        to.unwrap_or_default(),
        message.text
    )
}

fn or_none(value: Option<&impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), ToString::to_string)
}

fn list(items: impl Iterator<Item = impl AsRef<str> + Debug>) -> String {
    let items: Vec<_> = items.collect();
    let items: Vec<_> = items.iter().map(AsRef::as_ref).collect();
    format!("[{}]", items.join(", "))
}
