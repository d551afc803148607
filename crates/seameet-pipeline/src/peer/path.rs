//! Where the client is now.
//!
//! ```text
//!   check from elsewhere, answered, nominating ─▶ the path moves there at once
//!   the same check again from elsewhere        ─▶ refused: somebody repeats what was overheard
//! ```
//!
//! The engine keeps to a nominated path until it has been silent for fifteen seconds. A client whose NAT forgot its
//! address is elsewhere long before, and whoever has its former address should not be sent its media. So the newest
//! authenticated nomination wins, as a client sends nominations on its chosen path only.

use std::collections::VecDeque;
use std::net::SocketAddr;

use crate::stun::BindingRequest;

/// Requests remembered against repetition; the oldest is forgotten. At one in three seconds this is half an hour.
const MAX_REQUESTS: usize = 600;

#[derive(Debug, Default)]
pub(super) struct Path {
    selected: Option<SocketAddr>,
    /// Answered checks and where each came from.
    requests: VecDeque<([u8; 12], SocketAddr)>,
}

impl Path {
    /// Whether a check was answered before and now comes from another place. From the same place it is a
    /// retransmission of one whose answer was lost (RFC 8489, section 6.2.1).
    pub(super) fn is_repeated(&self, source: SocketAddr, request: &BindingRequest<'_>) -> bool {
        self.origin(request.transaction)
            .is_some_and(|origin| origin != source)
    }

    fn origin(&self, transaction: [u8; 12]) -> Option<SocketAddr> {
        self.requests
            .iter()
            .find(|(known, _)| *known == transaction)
            .map(|(_, origin)| *origin)
    }

    /// The engine authenticated and answered a check.
    pub(super) fn answered(&mut self, source: SocketAddr, request: &BindingRequest<'_>) {
        // One that is sent again must not push others out, or a flood of one would make room for the next.
        if self.origin(request.transaction).is_none() {
            if self.requests.len() >= MAX_REQUESTS {
                self.requests.pop_front();
            }
            self.requests.push_back((request.transaction, source));
        }
        if request.nominates {
            self.selected = Some(source);
        }
    }

    /// Where media goes; `None` before any nomination.
    pub(super) fn selected(&self) -> Option<SocketAddr> {
        self.selected
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

    #[test]
    fn the_newest_nomination_wins_and_other_checks_move_nothing() {
        let mut path = Path::default();
        path.answered(at(1), &request(1, false));
        assert_eq!(path.selected(), None);
        path.answered(at(1), &request(2, true));
        path.answered(at(2), &request(3, false));
        assert_eq!(path.selected(), Some(at(1)));
        path.answered(at(2), &request(4, true));
        assert_eq!(path.selected(), Some(at(2)));
    }

    #[test]
    fn a_check_counts_once_but_may_be_sent_again_from_the_same_place() {
        let mut path = Path::default();
        assert!(!path.is_repeated(at(1), &request(1, true)));
        path.answered(at(1), &request(1, true));
        assert!(!path.is_repeated(at(1), &request(1, true)));
        assert!(path.is_repeated(at(2), &request(1, true)));
        assert!(!path.is_repeated(at(2), &request(2, true)));
    }

    #[test]
    fn a_check_that_is_not_nominated_may_be_sent_again_from_its_place() {
        let mut path = Path::default();
        path.answered(at(1), &request(1, true));
        path.answered(at(2), &request(2, false));
        assert!(!path.is_repeated(at(2), &request(2, false)));
        assert!(path.is_repeated(at(1), &request(2, false)));
        assert!(path.is_repeated(at(3), &request(1, true)));
    }

    #[test]
    fn a_flood_of_one_check_does_not_make_another_forgotten() {
        let mut path = Path::default();
        path.answered(at(1), &request(1, true));
        for _ in 0..MAX_REQUESTS {
            path.answered(at(1), &request(2, true));
        }
        assert!(path.is_repeated(at(2), &request(1, true)));
    }

    #[test]
    fn the_memory_of_checks_is_bounded() {
        let mut path = Path::default();
        for number in 0..2_000_u64 {
            let mut transaction = [0; 12];
            transaction[..8].copy_from_slice(&number.to_be_bytes());
            let request = BindingRequest {
                transaction,
                ..request(0, true)
            };
            path.answered(at(1), &request);
        }
        assert_eq!(path.requests.len(), MAX_REQUESTS);
    }
}
