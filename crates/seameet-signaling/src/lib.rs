//! The conversation of seameet: wire messages, session machine, transports.

pub mod wire;
