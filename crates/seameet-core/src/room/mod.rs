//! The room machine: membership, publications, chat, order of events.

mod input;
mod notice;
mod output;

pub use input::{JoinRequest, LeaveReason, OfferRequest, OfferedTrack, RoomCommand, RoomInput};
pub use notice::{
    ChatMessage, ConnectionState, Notice, ParticipantInfo, RoomEvent, RoomSnapshot, SequencedEvent,
    TrackInfo,
};
pub use output::{RoomConfig, RoomOutput};
