//! The room driver: one task per room drives the room's machine and its part of the media plane.
//!
//! ```text
//!   connection ──RoomMail──▶ mailbox ─▶ Room machine ─▶ line ──News──▶ connection
//!   media plane ──MediaEvent──────────▶              ─▶ RoomMedia
//! ```
//!
//! The [`Directory`] finds a room by its name and opens it for the first who asks.

mod directory;
mod driver;
mod inquiry;
mod line;
mod mail;
mod outputs;
mod scores;

pub(crate) use directory::{Directory, DirectoryParts};
pub(crate) use inquiry::NoAnswer;
pub(crate) use line::{LineReceiver, News, line};
pub(crate) use mail::{Join, Mailbox, RoomMail};

#[cfg(test)]
mod tests;
