//! Where participants come from.
//!
//! Servers limit what one address may do, as they should. On one machine the whole of 127.0.0.0/8 is this machine, on
//! Linux without any setup, so that each participant can have an address of its own as it would have elsewhere.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

/// The first address that is given away; those below are in use by resolvers and the like.
const FIRST: u32 = u32::from_be_bytes([127, 1, 0, 1]);
/// As many are given away before they begin again.
const COUNT: u32 = 1 << 22;

/// Where participants come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// All from one address.
    One(IpAddr),
    /// Each from its own, which all are this machine.
    Loopback,
}

impl Origin {
    /// What suits a server at these addresses, unless somebody chose.
    pub(crate) fn choose(chosen: Option<IpAddr>, server: &[SocketAddr]) -> Self {
        let is_here = cfg!(target_os = "linux")
            && server
                .first()
                .is_some_and(|address| address.is_ipv4() && address.ip().is_loopback());
        match chosen {
            Some(address) => Self::One(address),
            None if is_here => Self::Loopback,
            None => Self::One(Ipv4Addr::UNSPECIFIED.into()),
        }
    }

    /// The address from which this machine reaches others, for servers that do not take media on 127.0.0.1. Nothing is
    /// sent to find it.
    pub(crate) fn outward() -> Option<Self> {
        // An address for documentation (RFC 5737), which stands for everything that is elsewhere.
        let elsewhere = SocketAddr::from(([192, 0, 2, 1], 9));
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        socket.connect(elsewhere).ok()?;
        Some(Self::One(socket.local_addr().ok()?.ip()))
    }

    /// The address of a participant; unspecified if the system is to choose.
    pub(crate) fn of(self, participant: u32) -> IpAddr {
        match self {
            Self::One(address) => address,
            Self::Loopback => Ipv4Addr::from(FIRST + participant % COUNT).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    //! Tests of choosing addresses.

    use super::*;

    fn server(text: &str) -> Vec<SocketAddr> {
        vec![text.parse().expect("it is an address")]
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn on_this_machine_everybody_has_an_own_address() {
        let origin = Origin::choose(None, &server("127.0.0.1:8080"));
        let addresses: std::collections::HashSet<_> =
            (0..70_000).map(|number| origin.of(number)).collect();
        assert_eq!(addresses.len(), 70_000);
        assert!(addresses.iter().all(IpAddr::is_loopback));
    }

    #[test]
    fn elsewhere_and_where_somebody_chose_there_is_one() {
        let origin = Origin::choose(None, &server("192.0.2.1:8080"));
        assert!(origin.of(1).is_unspecified());
        let chosen: IpAddr = "127.0.0.9".parse().expect("it is an address");
        let origin = Origin::choose(Some(chosen), &server("127.0.0.1:8080"));
        assert_eq!((origin.of(1), origin.of(2)), (chosen, chosen));
    }
}
