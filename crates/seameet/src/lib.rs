//! The facade of seameet: a WebRTC server that can be put into another program.
//!
//! It ties the room machine, the session machine and the media plane together with tasks, sockets and clocks, and
//! shows an embedder one builder, its hooks and its events.
//!
//! ```text
//!   listener ─▶ http ─▶ connection ─▶ Session ─▶ rooms ─▶ Room ─▶ MediaPlane
//!      TCP      /ws       one task    machine   one task  machine   threads, UDP
//! ```
//!
//! # Features
//!
//! | name | default | adds |
//! |---|---|---|
//! | `tungstenite` | yes | the signaling client over a WebSocket, [`WsSignaling`] |
//! | `sfu` | no | the server: `SeaMeetServer`, its hooks, events and HTTP routes |
//! | `metrics` | no | `/metrics` in the text format of Prometheus; brings `sfu` |
//! | `embed-frontend` | no | the built web application inside the program; brings `sfu` |
//!
//! # README
#![cfg_attr(feature = "sfu", doc = "")]
#![cfg_attr(feature = "sfu", doc = include_str!("../../../README.md"))]

#[cfg(feature = "sfu")]
mod assembly;
#[cfg(feature = "sfu")]
mod builder;
#[cfg(feature = "sfu")]
mod clock;
#[cfg(feature = "sfu")]
mod connection;
#[cfg(feature = "sfu")]
mod error;
#[cfg(feature = "sfu")]
mod events;
#[cfg(feature = "sfu")]
mod hook;
#[cfg(feature = "sfu")]
mod http;
#[cfg(feature = "sfu")]
mod ice;
#[cfg(feature = "sfu")]
mod listener;
#[cfg(feature = "sfu")]
mod metrics;
#[cfg(feature = "sfu")]
mod origin;
#[cfg(feature = "sfu")]
pub mod rate;
#[cfg(feature = "sfu")]
mod room_label;
#[cfg(feature = "sfu")]
mod rooms;
#[cfg(feature = "sfu")]
mod server;
#[cfg(feature = "sfu")]
mod settings;
#[cfg(feature = "sfu")]
mod shared;
#[cfg(feature = "sfu")]
mod shutdown;
#[cfg(feature = "sfu")]
mod token;

pub use seameet_core::media::DisconnectReason;
pub use seameet_core::room::LeaveReason;
pub use seameet_core::{Codec, Denial, ErrorCode, Grant, ParticipantId, RoomId};
pub use seameet_signaling::wire::{IceServer, Secret};

/// A signaling client's side of a WebSocket.
#[cfg(feature = "tungstenite")]
pub use seameet_signaling::transport::WebSocket as WsSignaling;

#[cfg(feature = "sfu")]
pub use {
    builder::SeaMeetServerBuilder,
    connection::{Connection, DefaultHandler},
    error::{BuildError, RunError},
    events::{EventStream, ServerEvent},
    hook::Verdict,
    ice::{InvalidIceUrl, check_ice_url},
    origin::{InvalidOrigin, check_origin},
    seameet_sfu::{BindError, ENGINE_LOG_TARGET, TcpRefusal, speaks_media},
    seameet_signaling::session::{
        SessionLimits as MessageLimits, SessionTiming as Timing, TurnServer,
    },
    seameet_signaling::transport::{Disconnected, Received, Transport},
    server::{SeaMeetServer, ServerHandle},
    token::Token,
};
