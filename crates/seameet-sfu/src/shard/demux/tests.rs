//! Tests of the tables behind routing; the routing itself is tested with whole calls.

use slotmap::SlotMap;

use super::*;
use crate::shard::tests::script::{ROOM, Script};

fn keys<const COUNT: usize>() -> [PeerKey; COUNT] {
    let mut map: SlotMap<PeerKey, ()> = SlotMap::with_key();
    std::array::from_fn(|_| map.insert(()))
}

fn address(port: u16) -> Place {
    (Protocol::Udp, SocketAddr::from(([203, 0, 113, 1], port)))
}

fn connection(port: u16) -> Place {
    (Protocol::Tcp, address(port).1)
}

fn key_of(script: &Script, index: usize) -> PeerKey {
    let participant = script.speakers[index].participant;
    script.shard.peer_of(ROOM, participant).unwrap()
}

#[test]
fn an_address_belongs_to_who_proved_it_last() {
    let [one, other] = keys();
    let mut demux = Demux::default();
    assert_eq!(demux.learn(address(1), one), None);
    assert_eq!(demux.learn(address(1), one), None);
    assert_eq!(demux.learn(address(1), other), Some(one));
    assert_eq!(demux.owner(address(1)), Some(other));
    demux.forget_address(address(1), one);
    assert_eq!(
        demux.owner(address(1)),
        Some(other),
        "it is no longer the first one's to give"
    );
}

#[test]
fn who_is_forgotten_leaves_no_address_and_no_name() {
    let [one, other] = keys();
    let mut demux = Demux::default();
    for (port, key) in [(1, one), (2, one), (3, other)] {
        demux.learn(address(port), key);
    }
    demux.ufrags.insert("one".to_owned(), one);
    demux.ufrags.insert("other".to_owned(), other);
    demux.forget(one);
    assert_eq!((demux.addresses(), demux.names()), (1, 1));
    assert_eq!(demux.owner(address(3)), Some(other));
    assert_eq!(
        (demux.named("one"), demux.named("other")),
        (None, Some(other))
    );
}

#[test]
fn a_peer_keeps_its_newest_addresses() {
    let mut script = Script::with_speakers(1);
    let key = key_of(&script, 0);
    for port in 1..=40 {
        script.shard.learn(address(port), key);
    }
    let demux = &script.shard.demux;
    assert_eq!(demux.addresses(), MAX_ADDRESSES);
    assert_eq!(demux.owner(address(24)), None);
    assert!((25..=40).all(|port| demux.owner(address(port)) == Some(key)));
}

#[test]
fn an_address_that_another_peer_proves_is_taken_off_the_first_ones_list() {
    let mut script = Script::with_speakers(2);
    let [one, other] = [0, 1].map(|index| key_of(&script, index));
    script.shard.learn(address(1), one);
    script.shard.learn(address(1), other);
    let known = |key: PeerKey| script.shard.peers[key].addresses.contains(&address(1));
    assert!(!known(one) && known(other));
    script.shard.remove_peer(one);
    assert_eq!(script.shard.demux.owner(address(1)), Some(other));
}

#[test]
fn registering_a_name_again_changes_nothing() {
    let mut script = Script::with_speakers(1);
    let key = key_of(&script, 0);
    script.shard.peers[key].shown_addresses = 7;
    script.shard.register_name(key);
    assert_eq!(script.shard.demux.names(), 1);
    let shown = script.shard.peers[key].shown_addresses;
    assert_eq!(shown, 7, "only a restart forgets what was shown");
}

#[test]
fn equal_numbers_in_udp_and_tcp_are_two_places() {
    let [one, other] = keys();
    let mut demux = Demux::default();
    demux.learn(address(1), one);
    assert_eq!(demux.learn(connection(1), other), None);
    assert_eq!(demux.owner(address(1)), Some(one));
    assert_eq!(demux.owner(connection(1)), Some(other));
    demux.forget(other);
    assert_eq!(demux.owner(address(1)), Some(one));
    assert_eq!(demux.owner(connection(1)), None);
}

#[test]
fn connections_of_who_is_forgotten_are_to_be_closed_and_nothing_else() {
    let mut script = Script::with_speakers(2);
    let [one, other] = [0, 1].map(|index| key_of(&script, index));
    for place in [address(1), connection(1), connection(2)] {
        script.shard.learn(place, one);
    }
    script.shard.learn(connection(3), other);
    script.shard.hung_up(connection(1).1);
    assert!(!script.shard.peers[one].addresses.contains(&connection(1)));
    assert_eq!(
        script.shard.demux.poll_hangup(),
        None,
        "what broke needs no closing"
    );
    script.shard.remove_peer(one);
    assert_eq!(script.shard.demux.poll_hangup(), Some(connection(2).1));
    assert_eq!(script.shard.demux.poll_hangup(), None);
    assert!(script.shard.knows(Protocol::Tcp, connection(3).1));
}

#[test]
fn the_oldest_connection_of_a_peer_that_opens_too_many_is_closed() {
    let mut script = Script::with_speakers(1);
    let key = key_of(&script, 0);
    for port in 1..=17 {
        script.shard.learn(connection(port), key);
    }
    assert_eq!(script.shard.demux.poll_hangup(), Some(connection(1).1));
    assert_eq!(script.shard.demux.poll_hangup(), None);
}
