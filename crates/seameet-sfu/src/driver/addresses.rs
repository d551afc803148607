//! Which addresses clients are told, and how they map to local ones.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use crate::config::MediaConfig;

/// Most addresses told; each costs every client a few connectivity checks.
const MAX_CANDIDATES: usize = 8;

/// Which addresses clients are told, and how they map to local ones.
///
/// Behind a one-to-one NAT the address told is not the address that a datagram arrives at; the peer connection
/// knows only the told ones, so arrivals are mapped to them.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    candidates: Vec<SocketAddr>,
    local: HashSet<IpAddr>,
}

impl Addresses {
    /// Tells `public_ips`, or else every usable address in `local` whose family has a socket.
    pub(super) fn new(public_ips: &[IpAddr], local: &[IpAddr], port: u16, ipv6: bool) -> Self {
        let told = if public_ips.is_empty() {
            local
        } else {
            public_ips
        };
        let mut ips: Vec<_> = told
            .iter()
            .filter(|ip| ipv6 || ip.is_ipv4())
            .filter(|ip| !public_ips.is_empty() || usable(**ip))
            .copied()
            .collect();
        // Loopback last: it serves a browser on this very machine when nothing else does.
        ips.sort_by_key(|ip| (ip.is_loopback(), ip.is_ipv6()));
        ips.dedup();
        let candidates = ips
            .into_iter()
            .take(MAX_CANDIDATES)
            .map(|ip| SocketAddr::new(ip, port))
            .collect();
        Self {
            candidates,
            local: local.iter().copied().collect(),
        }
    }

    /// The addresses that the listener covers, with its port. None when there is no listener.
    pub(super) fn of_listener(config: &MediaConfig) -> Self {
        let bound = config.tcp_listener;
        let local = local_ips();
        let covered = |ips: &[IpAddr], is_public| {
            let covers =
                |ip: &&IpAddr| bound.is_some_and(|bound| covers(bound.ip(), **ip, is_public));
            ips.iter().filter(covers).copied().collect::<Vec<_>>()
        };
        let port = bound.map_or(0, |bound| bound.port());
        let public = covered(&config.public_ips, true);
        if config.public_ips.is_empty() {
            return Self::new(&[], &covered(&local, false), port, true);
        }
        // A listener that covers no public address is told nowhere.
        let told = if public.is_empty() {
            &[]
        } else {
            local.as_slice()
        };
        Self::new(&public, told, port, true)
    }

    pub(super) fn candidates(&self) -> &[SocketAddr] {
        &self.candidates
    }

    /// The told address that a datagram was meant for, given the local one that it arrived at.
    pub(super) fn destination(&self, arrived_at: Option<IpAddr>, ipv6: bool) -> Option<SocketAddr> {
        let of_family = || {
            self.candidates
                .iter()
                .filter(|candidate| candidate.is_ipv6() == ipv6)
        };
        of_family()
            .find(|candidate| Some(candidate.ip()) == arrived_at)
            .or_else(|| of_family().next())
            .copied()
    }

    /// The local address to send from, when the told one is local; the system chooses otherwise.
    pub(super) fn source(&self, told: IpAddr) -> Option<IpAddr> {
        self.local.contains(&told).then_some(told)
    }
}

/// Whether a listener that is bound to one address is reached by another.
fn covers(bound: IpAddr, told: IpAddr, is_public: bool) -> bool {
    match bound {
        // Most systems let IPv4 clients in as well.
        IpAddr::V6(bound) if bound.is_unspecified() => true,
        IpAddr::V4(bound) if bound.is_unspecified() => told.is_ipv4(),
        _ if bound == told => true,
        // Behind a one-to-one NAT the public address is not one of this host; but nobody translates to loopback.
        _ => is_public && bound.is_ipv4() == told.is_ipv4() && !bound.is_loopback(),
    }
}

fn usable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_unspecified() && !ip.is_link_local(),
        // Link-local addresses need a zone, which candidates cannot carry.
        IpAddr::V6(ip) => !ip.is_unspecified() && !ip.is_unicast_link_local() && !ip.is_loopback(),
    }
}

/// The addresses of this host's interfaces.
pub(super) fn local_ips() -> Vec<IpAddr> {
    if_addrs::get_if_addrs()
        .map(|interfaces| interfaces.iter().map(if_addrs::Interface::ip).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn without_public_addresses_every_usable_local_one_is_told_and_loopback_last() {
        let local = [
            ip("127.0.0.1"),
            ip("fe80::1"),
            ip("192.0.2.7"),
            ip("2001:db8::7"),
        ];
        let addresses = Addresses::new(&[], &local, 9, true);
        let told: Vec<_> = addresses
            .candidates()
            .iter()
            .map(SocketAddr::to_string)
            .collect();
        assert_eq!(told, ["192.0.2.7:9", "[2001:db8::7]:9", "127.0.0.1:9"]);
    }

    #[test]
    fn a_public_address_is_told_alone_and_arrivals_map_to_it() {
        let addresses = Addresses::new(&[ip("203.0.113.5")], &[ip("10.0.0.4")], 9, true);
        assert_eq!(addresses.candidates(), ["203.0.113.5:9".parse().unwrap()]);
        let destination = addresses.destination(Some(ip("10.0.0.4")), false);
        assert_eq!(destination, Some("203.0.113.5:9".parse().unwrap()));
        assert_eq!(addresses.source(ip("203.0.113.5")), None);
    }

    #[test]
    fn without_an_ipv6_socket_no_ipv6_address_is_told() {
        let addresses = Addresses::new(&[ip("2001:db8::1"), ip("203.0.113.5")], &[], 9, false);
        assert_eq!(addresses.candidates().len(), 1);
        assert_eq!(addresses.destination(None, true), None);
    }

    /// What clients are told of a listener that is bound here.
    fn told(bound: &str, public: &[&str]) -> Vec<String> {
        let config = MediaConfig {
            tcp_listener: Some(bound.parse().unwrap()),
            public_ips: public.iter().map(|text| ip(text)).collect(),
            ..MediaConfig::default()
        };
        let addresses = Addresses::of_listener(&config);
        addresses
            .candidates()
            .iter()
            .map(SocketAddr::to_string)
            .collect()
    }

    #[test]
    fn a_listener_is_told_with_the_addresses_that_it_covers() {
        let both = ["203.0.113.5", "2001:db8::1"];
        assert_eq!(told("[::]:8", &both), ["203.0.113.5:8", "[2001:db8::1]:8"]);
        assert_eq!(told("0.0.0.0:8", &both), ["203.0.113.5:8"]);
        assert_eq!(told("10.0.0.4:8", &both), ["203.0.113.5:8"]);
        assert_eq!(told("[2001:db8::1]:8", &both), ["[2001:db8::1]:8"]);
    }

    #[test]
    fn a_listener_for_a_proxy_on_this_host_is_told_to_nobody_else() {
        assert!(told("127.0.0.1:8", &["203.0.113.5"]).is_empty());
        assert_eq!(told("127.0.0.1:8", &["127.0.0.1"]), ["127.0.0.1:8"]);
        assert_eq!(told("127.0.0.1:8", &[]), ["127.0.0.1:8"]);
    }

    #[test]
    fn without_a_listener_nothing_is_told() {
        assert!(
            Addresses::of_listener(&MediaConfig::default())
                .candidates()
                .is_empty()
        );
    }
}
