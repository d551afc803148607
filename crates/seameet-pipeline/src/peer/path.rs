//! Where the client is now.
//!
//! ```text
//!   check from elsewhere, answered, nominating ─▶ the path moves there at once
//!   check on another path, the selected silent ─▶ the path moves there
//!   the same check again from elsewhere        ─▶ refused: somebody repeats what was overheard
//! ```
//!
//! The engine keeps to a nominated path until it has been silent for fifteen seconds. A client whose NAT forgot its
//! address is elsewhere long before, and whoever has its former address should not be sent its media. So the newest
//! authenticated nomination wins, as a client sends nominations on its chosen path only. Some clients nominate once and
//! then only renew consent (RFC 7675); these are followed when their chosen path falls silent and another does not.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::peer::Protocol;
use crate::stun::BindingRequest;

/// Requests remembered against repetition; the oldest is forgotten. At one in three seconds this is half an hour.
const MAX_REQUESTS: usize = 600;
/// Silence after which a path without nomination may follow. Consent is renewed every four to six seconds (RFC 7675,
/// section 5.1).
const SILENCE: Duration = Duration::from_secs(7);

/// A pair of addresses between which datagrams go, and how. A TCP connection's ports mean something else than the same
/// numbers of UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) protocol: Protocol,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
}

/// Where a check came from.
type Origin = (Protocol, SocketAddr);

#[derive(Debug, Default)]
pub(super) struct Path {
    /// The chosen pair and when its last check was answered.
    selected: Option<(Pair, Instant)>,
    /// Answered checks and where each came from.
    requests: VecDeque<([u8; 12], Origin)>,
}

impl Path {
    /// Whether a check was answered before and now comes from another place. From the same place it is a
    /// retransmission of one whose answer was lost (RFC 8489, section 6.2.1).
    pub(super) fn is_repeated(&self, source: Origin, request: &BindingRequest<'_>) -> bool {
        self.origin(request.transaction)
            .is_some_and(|origin| origin != source)
    }

    fn origin(&self, transaction: [u8; 12]) -> Option<Origin> {
        self.requests
            .iter()
            .find(|(known, _)| *known == transaction)
            .map(|(_, origin)| *origin)
    }

    /// The engine authenticated and answered a check on a pair.
    pub(super) fn answered(&mut self, now: Instant, pair: Pair, request: &BindingRequest<'_>) {
        // One that is sent again must not push others out, or a flood of one would make room for the next.
        let is_new = self.origin(request.transaction).is_none();
        if is_new {
            if self.requests.len() >= MAX_REQUESTS {
                self.requests.pop_front();
            }
            let origin = (pair.protocol, pair.remote);
            self.requests.push_back((request.transaction, origin));
        }
        // Nor is it a sign of life: who took over an address could send again what its former owner sent.
        if is_new && self.follows(now, pair, request.nominates) {
            self.selected = Some((pair, now));
        }
    }

    /// The pair becomes the chosen one, or is it and lives. Which other pairs live need not be remembered: the next
    /// check on one of them shows it.
    fn follows(&self, now: Instant, pair: Pair, nominates: bool) -> bool {
        match self.selected {
            _ if nominates => true,
            Some((selected, _)) if selected == pair => true,
            Some((_, last)) => now.saturating_duration_since(last) >= SILENCE,
            None => false,
        }
    }

    /// Between which addresses media goes; `None` before any nomination.
    pub(super) fn selected(&self) -> Option<Pair> {
        self.selected.map(|(pair, _)| pair)
    }

    /// The engine has no path any more.
    pub(super) fn forget(&mut self) {
        self.selected = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(number: u8, nominates: bool) -> BindingRequest<'static> {
        BindingRequest {
            transaction: [number; 12],
            server_ufrag: "server",
            nominates,
        }
    }

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn from(port: u16) -> Origin {
        (Protocol::Udp, at(port))
    }

    fn pair(port: u16) -> Pair {
        Pair {
            protocol: Protocol::Udp,
            local: SocketAddr::from(([198, 51, 100, 1], 10_000)),
            remote: at(port),
        }
    }

    #[test]
    fn the_newest_nomination_wins_and_other_checks_move_nothing() {
        let (mut path, now) = (Path::default(), Instant::now());
        path.answered(now, pair(1), &request(1, false));
        assert_eq!(path.selected(), None);
        path.answered(now, pair(1), &request(2, true));
        path.answered(now, pair(2), &request(3, false));
        assert_eq!(path.selected(), Some(pair(1)));
        path.answered(now, pair(2), &request(4, true));
        assert_eq!(path.selected(), Some(pair(2)));
    }

    #[test]
    fn a_check_counts_once_but_may_be_sent_again_from_the_same_place() {
        let (mut path, now) = (Path::default(), Instant::now());
        assert!(!path.is_repeated(from(1), &request(1, true)));
        path.answered(now, pair(1), &request(1, true));
        assert!(!path.is_repeated(from(1), &request(1, true)));
        assert!(path.is_repeated(from(2), &request(1, true)));
        assert!(!path.is_repeated(from(2), &request(2, true)));
    }

    #[test]
    fn a_check_that_is_not_nominated_may_be_sent_again_from_its_place() {
        let (mut path, now) = (Path::default(), Instant::now());
        path.answered(now, pair(1), &request(1, true));
        path.answered(now, pair(2), &request(2, false));
        assert!(!path.is_repeated(from(2), &request(2, false)));
        assert!(path.is_repeated(from(1), &request(2, false)));
        assert!(path.is_repeated(from(3), &request(1, true)));
    }

    #[test]
    fn a_client_that_nominates_once_is_followed_when_its_path_falls_silent() {
        let (mut path, start) = (Path::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        path.answered(start, pair(1), &request(1, true));
        path.answered(after(5), pair(1), &request(2, false));
        path.answered(after(8), pair(2), &request(3, false));
        assert_eq!(path.selected(), Some(pair(1)), "it was heard of at five");
        path.answered(after(12), pair(2), &request(4, false));
        assert_eq!(path.selected(), Some(pair(2)));
        path.answered(after(13), pair(1), &request(5, false));
        assert_eq!(path.selected(), Some(pair(2)), "it does not flap");
    }

    #[test]
    fn a_check_that_is_sent_again_keeps_no_path_alive() {
        let (mut path, start) = (Path::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        path.answered(start, pair(1), &request(1, true));
        path.answered(after(6), pair(1), &request(1, true));
        path.answered(after(8), pair(2), &request(2, false));
        assert_eq!(path.selected(), Some(pair(2)));
        path.answered(after(9), pair(1), &request(1, true));
        assert_eq!(path.selected(), Some(pair(2)), "nor does it move anything");
    }

    #[test]
    fn the_same_client_address_seen_by_another_of_ours_is_another_path() {
        let (mut path, now) = (Path::default(), Instant::now());
        let other = Pair {
            local: SocketAddr::from(([198, 51, 100, 2], 10_000)),
            ..pair(1)
        };
        path.answered(now, pair(1), &request(1, true));
        path.answered(now, other, &request(2, true));
        assert_eq!(path.selected(), Some(other));
        path.forget();
        assert_eq!(path.selected(), None);
    }

    #[test]
    fn the_same_addresses_over_another_protocol_are_another_path() {
        let (mut path, now) = (Path::default(), Instant::now());
        let tcp = Pair {
            protocol: Protocol::Tcp,
            ..pair(1)
        };
        path.answered(now, pair(1), &request(1, true));
        assert!(path.is_repeated((Protocol::Tcp, at(1)), &request(1, true)));
        path.answered(now, tcp, &request(2, true));
        assert_eq!(path.selected(), Some(tcp));
    }

    #[test]
    fn a_flood_of_one_check_does_not_make_another_forgotten() {
        let (mut path, now) = (Path::default(), Instant::now());
        path.answered(now, pair(1), &request(1, true));
        for _ in 0..MAX_REQUESTS {
            path.answered(now, pair(1), &request(2, true));
        }
        assert!(path.is_repeated(from(2), &request(1, true)));
    }

    #[test]
    fn the_memory_of_checks_is_bounded() {
        let (mut path, now) = (Path::default(), Instant::now());
        for number in 0..2_000_u64 {
            let mut transaction = [0; 12];
            transaction[..8].copy_from_slice(&number.to_be_bytes());
            let request = BindingRequest {
                transaction,
                ..request(0, true)
            };
            path.answered(now, pair(1), &request);
        }
        assert_eq!(path.requests.len(), MAX_REQUESTS);
    }
}
