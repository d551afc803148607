//! The words and the rules of seameet.
//!
//! Ids, media vocabulary and the [`room::Room`] state machine: who is in a room, who publishes what, who is
//! told which fact in which order. It takes inputs and the current time and returns outputs; it knows no
//! socket, no clock, no executor and no WebRTC library.
//!
//! ```text
//!   session ──RoomInput──▶ Room ──RoomOutput::Send──▶ sessions
//!   media   ──MediaEvent─▶      ──RoomOutput::Media─▶ media plane
//! ```
//!
//! # Map
//!
//! - [`id`]: participants, rooms, tracks, connections
//! - [`media`]: kinds, sources, codecs, and the values that cross between a room and the media plane
//! - [`room`]: the machine
//! - [`grant`]: what a participant may do

pub mod error;
pub mod grant;
pub mod id;
pub mod media;
pub mod room;

pub use error::{ErrorCode, RequestError};
pub use grant::{Denial, Grant};
pub use id::{ConnectionId, DisplayName, Mid, ParticipantId, ResumeToken, Rid, RoomId, TrackId};
pub use media::{Codec, MediaKind, TrackSource};
