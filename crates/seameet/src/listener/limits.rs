//! How many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts open connections. Bounded: what is over a limit is refused, nothing waits.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionLimits {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    max_total: usize,
    max_per_address: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place that is given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    shared: Arc<Shared>,
    address: Option<IpAddr>,
}

/// Why there was no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LimitReached {
    /// The server is full.
    Total,
    /// This address has its share.
    Address,
}

impl ConnectionLimits {
    pub(crate) fn new(max_total: usize, max_per_address: usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                max_total,
                max_per_address,
                open: Mutex::default(),
            }),
        }
    }

    /// Takes a place. Without an address, as behind an embedding application that does not tell it, only the total
    /// counts.
    pub(crate) fn acquire(
        &self,
        address: impl Into<Option<IpAddr>>,
    ) -> Result<Permit, LimitReached> {
        let address = address.into().map(subscriber);
        let mut open = self.shared.lock();
        if open.total >= self.shared.max_total {
            return Err(LimitReached::Total);
        }
        if let Some(address) = address {
            let count = open.by_address.entry(address).or_default();
            if *count >= self.shared.max_per_address {
                return Err(LimitReached::Address);
            }
            *count += 1;
        }
        open.total += 1;
        drop(open);
        Ok(Permit {
            shared: Arc::clone(&self.shared),
            address,
        })
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.shared.lock();
        open.total = open.total.saturating_sub(1);
        let Some(address) = self.address else { return };
        if let Some(count) = open.by_address.get_mut(&address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.by_address.remove(&address);
            }
        }
    }
}

/// The address that stands for one subscriber: an IPv6 host owns a whole /64 (RFC 6177) and would otherwise have as
/// many addresses as it likes.
pub(crate) fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_cannot_take_every_place() {
        let limits = ConnectionLimits::new(10, 2);
        let _a = limits.acquire(ip("192.0.2.1")).unwrap();
        let _b = limits.acquire(ip("192.0.2.1")).unwrap();
        assert_eq!(
            limits.acquire(ip("192.0.2.1")).unwrap_err(),
            LimitReached::Address
        );
        assert!(limits.acquire(ip("192.0.2.2")).is_ok());
    }

    #[test]
    fn a_dropped_permit_gives_its_place_back() {
        let limits = ConnectionLimits::new(1, 1);
        let permit = limits.acquire(ip("192.0.2.1")).unwrap();
        assert_eq!(limits.acquire(None).unwrap_err(), LimitReached::Total);
        drop(permit);
        assert!(limits.acquire(ip("192.0.2.1")).is_ok());
        assert_eq!(limits.shared.lock().total, 0);
        assert!(limits.shared.lock().by_address.is_empty());
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        let limits = ConnectionLimits::new(10, 1);
        let _a = limits.acquire(ip("2001:db8::1")).unwrap();
        assert!(limits.acquire(ip("2001:db8::2")).is_err());
        assert!(limits.acquire(ip("2001:db8:0:1::1")).is_ok());
    }

    #[test]
    fn an_ipv4_address_seen_through_ipv6_is_the_same_address() {
        let limits = ConnectionLimits::new(10, 1);
        let _a = limits.acquire(ip("::ffff:192.0.2.1")).unwrap();
        assert!(limits.acquire(ip("192.0.2.1")).is_err());
    }
}
