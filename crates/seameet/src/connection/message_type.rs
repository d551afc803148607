//! What commands are called on the wire, for events and counters.

use seameet_core::room::RoomCommand;
use seameet_core::{MediaKind, TrackSource};

/// The `type` of the message that asks for this.
pub(super) fn message_type(command: &RoomCommand) -> &'static str {
    match command {
        RoomCommand::Offer(_) => "offer",
        RoomCommand::SetSourceMuted { source, muted } => mute_type(*source, *muted),
        RoomCommand::SetTrack { .. } => "set_track",
        RoomCommand::Unpublish { .. } => "unpublish",
        RoomCommand::SetView(_) => "view",
        RoomCommand::RequestKeyframe { .. } => "request_keyframe",
        RoomCommand::Chat { .. } => "chat_message",
        RoomCommand::Data { .. } => "data",
        RoomCommand::SetHand { raised: true } => "raise_hand",
        RoomCommand::SetHand { raised: false } => "lower_hand",
        RoomCommand::React { .. } => "reaction",
        RoomCommand::Leave => "leave",
    }
}

fn mute_type(source: TrackSource, muted: bool) -> &'static str {
    match (source.kind(), muted) {
        (MediaKind::Audio, true) => "mute_audio",
        (MediaKind::Audio, false) => "unmute_audio",
        (MediaKind::Video, true) => "mute_video",
        (MediaKind::Video, false) => "unmute_video",
    }
}
