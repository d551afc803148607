//! What goes into a shard and what comes out.

use std::net::SocketAddr;
use std::time::Instant;

use seameet_core::ParticipantId;
use seameet_core::media::{MediaCommand, MediaEvent, Offer, RequestId};
use seameet_pipeline::{IceCredentials, ParsedOffer, Protocol, Transmit};

use crate::shard::PreparedPeer;

/// A room on a shard, numbered by the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomKey(pub u64);

/// A datagram from the network.
#[derive(Debug, Clone, Copy)]
pub struct Datagram<'a> {
    /// What carried it.
    pub protocol: Protocol,
    /// Who sent it.
    pub source: SocketAddr,
    /// The candidate address that it was sent to.
    pub destination: SocketAddr,
    /// Its bytes.
    pub contents: &'a [u8],
}

/// How a participant's first offer gets its endpoint.
#[derive(Debug)]
pub enum Endpoint {
    /// Already made and answered on another thread, which keeps the parsing of descriptions off this one.
    Prepared(Box<PreparedPeer>),
    /// The offer as read on another thread. An endpoint is made here, with this ICE name and secret, unless the
    /// participant has one.
    Parsed(Box<ParsedOffer>, IceCredentials),
    /// The offer is to be read here as well.
    Credentials(IceCredentials),
}

/// An offer of a participant.
#[derive(Debug)]
pub struct Negotiation {
    /// Its room.
    pub room: RoomKey,
    /// Who offers.
    pub participant: ParticipantId,
    /// Echoed in the answer.
    pub request: RequestId,
    /// What is offered.
    pub offer: Offer,
    /// May receive others' tracks.
    pub subscribe: bool,
    /// Where a new endpoint comes from.
    pub endpoint: Endpoint,
}

/// Everything that can happen to a shard.
#[derive(Debug)]
pub enum Input<'a> {
    /// A room begins.
    OpenRoom(RoomKey),
    /// A room ends, and every connection in it.
    CloseRoom(RoomKey),
    /// A room asks for something. Negotiation has its own input.
    Command(RoomKey, MediaCommand),
    /// A participant offers.
    Negotiate(Box<Negotiation>),
    /// A datagram arrived.
    Datagram(Datagram<'a>),
    /// A TCP connection to this address broke.
    HungUp(SocketAddr),
    /// Only time passed.
    Timeout,
}

/// Everything a shard can ask of its driver.
#[derive(Debug)]
pub enum Output {
    /// Send a datagram.
    Transmit(Transmit),
    /// Close the TCP connection to this address: no peer owns it any more. What was to be sent there came before.
    HangUp(SocketAddr),
    /// Tell a room.
    Event(RoomKey, MediaEvent),
    /// Nothing more to do until then.
    Timeout(Option<Instant>),
}
