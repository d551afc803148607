//! The server on loopback: real sockets, real clients, no waiting but for what happens.

#![expect(
    clippy::unwrap_used,
    reason = "in a test a failed expectation is the report"
)]

mod admin;
mod admission;
mod building;
mod connections;
mod conversation;
mod ending;
mod hostile;
mod media;
mod one_port;
mod pages;
mod support;
mod wire;
