//! The WebRTC endpoint under a participant, for machines that speak another server's language.

pub use seameet_pipeline::{
    AnswerError, LineDirection, OfferError, OfferLine, PeerConfig, PeerConnection, PeerError,
    PeerEvent, Protocol, Role, Transmit,
};

pub use crate::participant::lightly::Lightly;
