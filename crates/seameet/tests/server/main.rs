//! The server on loopback: real sockets, real clients, no waiting but for what happens.

mod admission;
mod building;
mod connections;
mod conversation;
mod ending;
mod hostile;
mod pages;
mod support;
