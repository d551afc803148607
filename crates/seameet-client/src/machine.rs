//! What a driver runs: a participant's side of a conversation and of its media, whatever the server's language is.

use std::net::SocketAddr;
use std::time::Instant;

use seameet_core::media::TrackSource;
use seameet_pipeline::OutgoingPacket;

use crate::participant::Output;

/// A participant as a machine: what came and the time go in, what to send and what happened come out.
pub trait Machine {
    /// The WebSocket subprotocol that its server expects (RFC 6455, section 1.9).
    const SUBPROTOCOL: Option<&'static str>;

    /// Takes a text from the WebSocket.
    fn handle_text(&mut self, now: Instant, text: &str);

    /// The WebSocket is gone.
    fn handle_disconnect(&mut self);

    /// Takes a datagram that came to its address.
    fn handle_datagram(&mut self, now: Instant, source: SocketAddr, datagram: &[u8]);

    /// Lets time pass: sends what was written, acts on timers.
    fn handle_timeout(&mut self, now: Instant);

    /// When to call [`handle_timeout`](Self::handle_timeout) next; `None` when it is over.
    fn deadline(&self) -> Option<Instant>;

    /// What to do next.
    fn poll_output(&mut self) -> Option<Output>;

    /// Sends a packet of a published track with the next [`handle_timeout`](Self::handle_timeout). Returns whether it can
    /// be sent: not before it is connected, and not in a format that was not agreed on.
    fn write(&mut self, source: TrackSource, packet: &OutgoingPacket<'_>) -> bool;

    /// Leaves the room and ends the media connection.
    fn leave(&mut self, now: Instant);
}
