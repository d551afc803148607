//! The room machine: membership, publications, chat, order of events.

mod conversation;
mod history;
mod input;
mod machine;
mod member;
mod membership;
mod negotiation;
mod notice;
mod output;
mod overview;
mod publication;
mod report;
mod resume;
mod subscription;
mod weight;

pub use input::{JoinRequest, LeaveReason, OfferRequest, OfferedTrack, RoomCommand, RoomInput};
pub use machine::Room;
pub use notice::{
    ChatMessage, ConnectionState, Notice, ParticipantInfo, ParticipantUpdate, RoomEvent,
    RoomSnapshot, SequencedEvent, TrackInfo,
};
pub use output::{RoomConfig, RoomOutput};
pub use overview::{MemberOverview, RoomOverview};

#[cfg(test)]
mod tests;
