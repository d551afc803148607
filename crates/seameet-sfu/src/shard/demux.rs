//! From a datagram to the one peer it belongs to.
//!
//! An address is learned when the peer that a connectivity check names has authenticated it, and never otherwise.
//! A datagram is never shown to a second peer.

use std::collections::HashMap;
use std::net::SocketAddr;

use seameet_pipeline::{Protocol, stun};

use crate::shard::counters::Drop;
use crate::shard::guard::{self, Guarded};
use crate::shard::peer::PeerKey;
use crate::shard::{Datagram, MAX_DATAGRAM, Shard};

/// Addresses remembered per peer; the oldest is forgotten. A client has a few interfaces and rebinds at times.
const MAX_ADDRESSES: usize = 16;
/// Addresses that a peer may show between two ICE restarts. The engine never forgets one, so a client that shows
/// more is not answered there.
const MAX_SHOWN_ADDRESSES: usize = 256;
/// ICE names remembered per peer; the oldest is forgotten. Checks under the name before the last one may still be
/// under way.
const MAX_NAMES: usize = 2;

/// Where a client is. A UDP and a TCP address of equal numbers are two places.
pub(super) type Place = (Protocol, SocketAddr);

/// Addresses and ICE names of all peers of a shard.
#[derive(Debug, Default)]
pub(super) struct Demux {
    addresses: HashMap<Place, PeerKey>,
    ufrags: HashMap<String, PeerKey>,
    /// TCP connections that no peer owns any more. As long as what one step forgets; each is polled before the next.
    hangups: Vec<SocketAddr>,
}

impl Demux {
    /// The peer that owns an address.
    pub(super) fn owner(&self, place: Place) -> Option<PeerKey> {
        self.addresses.get(&place).copied()
    }

    /// The peer with this ICE name.
    pub(super) fn named(&self, ufrag: &str) -> Option<PeerKey> {
        self.ufrags.get(ufrag).copied()
    }

    /// Gives an address to a peer. Returns the peer that owned it before.
    fn learn(&mut self, place: Place, key: PeerKey) -> Option<PeerKey> {
        self.addresses
            .insert(place, key)
            .filter(|former| *former != key)
    }

    fn forget_address(&mut self, place: Place, key: PeerKey) {
        if self.owner(place) == Some(key) {
            self.addresses.remove(&place);
            self.hangups.extend(connection(place));
        }
    }

    /// A TCP connection to be closed.
    pub(super) fn poll_hangup(&mut self) -> Option<SocketAddr> {
        self.hangups.pop()
    }

    /// How many addresses are known.
    pub(super) fn addresses(&self) -> usize {
        self.addresses.len()
    }

    /// How many ICE names are known.
    pub(super) fn names(&self) -> usize {
        self.ufrags.len()
    }

    /// Forgets everything about a peer.
    pub(super) fn forget(&mut self, key: PeerKey) {
        let (addresses, hangups) = (&mut self.addresses, &mut self.hangups);
        let gone = addresses.extract_if(|_, owner| *owner == key);
        hangups.extend(gone.filter_map(|(place, _)| connection(place)));
        self.ufrags.retain(|_, owner| *owner != key);
    }
}

/// The far end of a TCP connection.
fn connection((protocol, address): Place) -> Option<SocketAddr> {
    (protocol == Protocol::Tcp).then_some(address)
}

impl Shard {
    /// Whether a peer authenticated itself from this address, and has it still.
    pub fn knows(&self, protocol: Protocol, address: SocketAddr) -> bool {
        self.demux.owner((protocol, address)).is_some()
    }

    /// A TCP connection broke: nobody is there any more.
    pub(super) fn hung_up(&mut self, address: SocketAddr) {
        let place = (Protocol::Tcp, address);
        if let Some(key) = self.demux.addresses.remove(&place)
            && let Some(peer) = self.peers.get_mut(key)
        {
            peer.addresses.retain(|known| *known != place);
        }
    }

    /// Registers the ICE name that a peer has now. It differs after a restart, which begins the search for paths anew.
    pub(super) fn register_name(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let name = peer.connection.local_ufrag();
        if peer.names.contains(&name) {
            return;
        }
        peer.shown_addresses = 0;
        peer.names.push_back(name.clone());
        if peer.names.len() > MAX_NAMES
            && let Some(oldest) = peer.names.pop_front()
        {
            self.demux.ufrags.remove(&oldest);
        }
        self.demux.ufrags.insert(name, key);
    }

    /// The peer that shall see this datagram.
    pub(super) fn route(&mut self, datagram: Datagram<'_>) -> Option<PeerKey> {
        if datagram.contents.len() > MAX_DATAGRAM {
            self.counters.drop(Drop::Oversize);
            return None;
        }
        if stun::is_stun(datagram.contents) {
            return self.route_stun(datagram);
        }
        let owner = self.demux.owner((datagram.protocol, datagram.source));
        if owner.is_none() {
            self.counters.drop(Drop::UnknownAddress);
        }
        owner
    }

    /// A check names its peer, so it decides over whatever address table says: after a NAT gave one client's old
    /// address to another, the other's checks must reach the other.
    fn route_stun(&mut self, datagram: Datagram<'_>) -> Option<PeerKey> {
        let request = stun::BindingRequest::read(datagram.contents);
        let named = request.and_then(|request| self.demux.named(request.server_ufrag));
        let Some(key) = named else {
            self.counters.drop(Drop::UnknownAddress);
            return None;
        };
        let peer = self.peers.get(key).filter(|peer| !peer.is_failed())?;
        let place = (datagram.protocol, datagram.source);
        if self.demux.owner(place) == Some(key) {
            return Some(key);
        }
        let shown_addresses = peer.shown_addresses;
        let connection = &peer.connection;
        let (source, destination) = (datagram.source, datagram.destination);
        match guard::attempt(|| {
            connection.accepts(datagram.protocol, source, destination, datagram.contents)
        }) {
            Some(true) => {}
            Some(false) => {
                self.counters.drop(Drop::NotAuthenticated);
                return None;
            }
            None => {
                self.fail(key, Guarded::Panicked);
                return None;
            }
        }
        if shown_addresses >= MAX_SHOWN_ADDRESSES {
            self.counters.drop(Drop::TooManyAddresses);
            return None;
        }
        self.learn(place, key);
        Some(key)
    }

    fn learn(&mut self, place: Place, key: PeerKey) {
        if let Some(former) = self.demux.learn(place, key)
            && let Some(peer) = self.peers.get_mut(former)
        {
            peer.addresses.retain(|known| *known != place);
        }
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        peer.shown_addresses += 1;
        peer.addresses.push_back(place);
        if peer.addresses.len() > MAX_ADDRESSES
            && let Some(oldest) = peer.addresses.pop_front()
        {
            self.demux.forget_address(oldest, key);
        }
    }
}

#[cfg(test)]
mod tests;
