//! The versioned wire messages: what travels as JSON between client and server.
//!
//! These types are the protocol's source. The TypeScript types and the tables of `docs/protocol.md` follow
//! them. Only here do types derive `Serialize`; the rest of the server speaks in `seameet_core` values, and
//! conversions between the two stand in `convert.rs`.
//!
//! Conventions: tags and fields in snake case, ids as strings, times as `f64` milliseconds, an absent field
//! for every `None`, no integer above 32 bits.

mod client;
mod code;
mod common;
mod convert;
mod decode;
mod event;
mod json;
mod line;
mod server;
#[cfg(feature = "typescript")]
mod typescript;

pub use client::{
    AutoView, ClientBody, ClientInfo, ClientMessage, IceCandidate, Join, Offer, OfferedTrack,
    RequestKeyframe, Resume, SendChat, SendData, SendReaction, SetTrack, SlotWish, Unpublish, View,
};
pub use common::{
    CodecName, ConnectionState, LeaveReason, QualityCause, Secret, SlotCause, TrackKind,
    TrackSource,
};
pub use decode::{
    DecodeError, DecodeLimits, MAX_REQUEST_ID_CHARS, Rejected, decode_client, decode_server,
};
pub use event::{
    ChatMessage, DataMessage, ParticipantJoined, ParticipantLeft, ParticipantUpdated, Reaction,
    RoomEvent, TrackPublished, TrackUnpublished, TrackUpdated,
};
pub use json::JsonBounds;
pub use line::{
    ActiveSpeaker, ActiveSpeakers, EncodingDemand, LineQuality, OwnQuality, PublisherDemand,
    Quality,
};
pub use server::{
    Answer, AnsweredTrack, ErrorMessage, Grants, IceServer, Left, Limits, MediaLost, NeededSlots,
    ParticipantInfo, Pong, Ready, RequestRenegotiation, ResumeInfo, RoomClosing, RoomInfo,
    ServerMessage, SlotAssignment, SlotLayer, Slots, TrackInfo,
};
#[cfg(feature = "typescript")]
pub use typescript::typescript;

/// The version of the protocol that these types describe.
pub const PROTOCOL_VERSION: u32 = 1;

#[cfg(test)]
mod tests;
