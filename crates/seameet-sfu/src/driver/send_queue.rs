//! Trains that the kernel did not take at once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::driver::train::Train;

/// Media that waited longer is late at its receiver; what matters is retransmitted.
const MAX_AGE: Duration = Duration::from_millis(50);
/// Trains that wait; beyond, the newest is dropped. A keyframe for a full room fits several times.
const MAX_TRAINS: usize = 4_096;

/// Trains that the kernel did not take at once, oldest first.
#[derive(Debug, Default)]
pub(super) struct SendQueue {
    trains: VecDeque<(Instant, Train)>,
}

impl SendQueue {
    pub(super) fn is_empty(&self) -> bool {
        self.trains.is_empty()
    }

    /// Adds a train. Gives it back when there is no room.
    pub(super) fn push(&mut self, now: Instant, train: Train) -> Option<Train> {
        if self.trains.len() >= MAX_TRAINS {
            return Some(train);
        }
        self.trains.push_back((now, train));
        None
    }

    /// Puts a train back that the kernel refused again.
    pub(super) fn push_front(&mut self, since: Instant, train: Train) {
        self.trains.push_front((since, train));
    }

    /// The next train that is worth sending and since when it waits. What is too old goes to `late`.
    pub(super) fn pop(
        &mut self,
        now: Instant,
        mut late: impl FnMut(&Train),
    ) -> Option<(Instant, Train)> {
        while let Some((since, train)) = self.trains.pop_front() {
            if now.saturating_duration_since(since) <= MAX_AGE {
                return Some((since, train));
            }
            late(&train);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use seameet_pipeline::Transmit;

    use super::*;
    use crate::driver::train::Coupler;

    fn train(port: u16) -> Train {
        let mut coupler = Coupler::new(1);
        let address = SocketAddr::from(([192, 0, 2, 1], port));
        coupler.push(&Transmit {
            protocol: seameet_pipeline::Protocol::Udp,
            source: address,
            destination: address,
            contents: vec![0; 10],
        });
        coupler.finish().unwrap()
    }

    #[test]
    fn trains_leave_in_order_and_the_late_ones_not_at_all() {
        let start = Instant::now();
        let mut queue = SendQueue::default();
        for (after, port) in [(0, 1), (20, 2), (40, 3)] {
            assert!(
                queue
                    .push(start + Duration::from_millis(after), train(port))
                    .is_none()
            );
        }
        let (mut late, mut sent) = (Vec::new(), Vec::new());
        let now = start + Duration::from_millis(60);
        while let Some((_, train)) = queue.pop(now, |train| late.push(train.destination.port())) {
            sent.push(train.destination.port());
        }
        assert_eq!((late, sent), (vec![1], vec![2, 3]));
        assert!(queue.is_empty());
    }

    #[test]
    fn a_full_queue_gives_the_newest_back() {
        let now = Instant::now();
        let mut queue = SendQueue::default();
        for _ in 0..MAX_TRAINS {
            assert!(queue.push(now, train(1)).is_none());
        }
        assert_eq!(
            queue
                .push(now, train(2))
                .map(|train| train.destination.port()),
            Some(2)
        );
    }
}
