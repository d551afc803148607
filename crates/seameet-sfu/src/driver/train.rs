//! Datagrams of equal size for one receiver, sent with one system call (UDP generic segmentation offload).

use std::net::SocketAddr;

use seameet_pipeline::Transmit;

/// The kernel takes at most this much in one call.
const MAX_BYTES: usize = 60_000;

/// Rooms of trains that are kept for the next ones; one waits while another one leaves.
const MAX_SPARE: usize = 2;

/// Datagrams for one receiver: all of `segment_size` bytes but the last, which may be shorter.
#[derive(Debug)]
pub(super) struct Train {
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) segment_size: usize,
    pub(super) contents: Vec<u8>,
    pub(super) segments: usize,
    closed: bool,
}

impl Train {
    fn start(transmit: &Transmit, mut contents: Vec<u8>) -> Self {
        contents.extend_from_slice(&transmit.contents);
        Self {
            source: transmit.source,
            destination: transmit.destination,
            segment_size: transmit.contents.len(),
            contents,
            segments: 1,
            closed: false,
        }
    }

    fn takes(&self, transmit: &Transmit, max_segments: usize) -> bool {
        !self.closed
            && self.destination == transmit.destination
            && self.source == transmit.source
            && transmit.contents.len() <= self.segment_size
            && self.segments < max_segments
            && self.contents.len() + transmit.contents.len() <= MAX_BYTES
    }

    fn push(&mut self, transmit: &Transmit) {
        self.closed = transmit.contents.len() < self.segment_size;
        self.contents.extend_from_slice(&transmit.contents);
        self.segments += 1;
    }
}

/// Couples consecutive datagrams into trains.
#[derive(Debug)]
pub(super) struct Coupler {
    max_segments: usize,
    waiting: Option<Train>,
    /// Room of trains that have left, for the next ones.
    spare: Vec<Vec<u8>>,
}

impl Coupler {
    /// `max_segments` is what the socket supports; 1 sends each datagram alone.
    pub(super) fn new(max_segments: usize) -> Self {
        Self {
            max_segments,
            waiting: None,
            spare: Vec::new(),
        }
    }

    /// Trains that begin from now on are no longer than this.
    pub(super) fn limit(&mut self, max_segments: usize) {
        self.max_segments = max_segments;
    }

    /// Adds a datagram. Returns the train that it did not fit.
    pub(super) fn push(&mut self, transmit: &Transmit) -> Option<Train> {
        if let Some(train) = &mut self.waiting
            && train.takes(transmit, self.max_segments)
        {
            train.push(transmit);
            return None;
        }
        let contents = self.spare.pop();
        let contents = contents.unwrap_or_else(|| Vec::with_capacity(MAX_BYTES));
        self.waiting.replace(Train::start(transmit, contents))
    }

    /// Takes the room of a train that has left, so that the next one needs no new one.
    pub(super) fn recycle(&mut self, mut contents: Vec<u8>) {
        if self.spare.len() < MAX_SPARE {
            contents.clear();
            self.spare.push(contents);
        }
    }

    /// The train that still waits.
    pub(super) fn finish(&mut self) -> Option<Train> {
        self.waiting.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transmit(port: u16, length: usize) -> Transmit {
        let address = |port| SocketAddr::from(([192, 0, 2, 1], port));
        Transmit {
            protocol: seameet_pipeline::Protocol::Udp,
            source: address(1),
            destination: address(port),
            contents: vec![0; length],
        }
    }

    /// Each train as "port: segments x size, bytes".
    fn couple(max_segments: usize, transmits: impl IntoIterator<Item = Transmit>) -> Vec<String> {
        let mut coupler = Coupler::new(max_segments);
        let mut trains: Vec<_> = transmits
            .into_iter()
            .filter_map(|transmit| coupler.push(&transmit))
            .collect();
        trains.extend(coupler.finish());
        trains
            .iter()
            .map(|train| {
                let Train {
                    destination,
                    segments,
                    segment_size,
                    contents,
                    ..
                } = train;
                format!(
                    "{}: {segments} x {segment_size}, {}",
                    destination.port(),
                    contents.len()
                )
            })
            .collect()
    }

    #[test]
    fn equal_datagrams_for_one_receiver_travel_together_and_a_shorter_one_ends_the_train() {
        let transmits = [100, 100, 40, 40].map(|length| transmit(9, length));
        assert_eq!(couple(64, transmits), ["9: 3 x 100, 240", "9: 1 x 40, 40"]);
    }

    #[test]
    fn a_longer_datagram_or_another_receiver_begins_a_train() {
        let transmits = [(9, 50), (9, 60), (8, 60)].map(|(port, length)| transmit(port, length));
        assert_eq!(
            couple(64, transmits),
            ["9: 1 x 50, 50", "9: 1 x 60, 60", "8: 1 x 60, 60"]
        );
    }

    #[test]
    fn a_train_is_no_longer_than_the_socket_allows() {
        assert_eq!(
            couple(2, (0..3).map(|_| transmit(9, 10))),
            ["9: 2 x 10, 20", "9: 1 x 10, 10"]
        );
        let large = couple(64, (0..60).map(|_| transmit(9, 1_200)));
        assert_eq!(large, ["9: 50 x 1200, 60000", "9: 10 x 1200, 12000"]);
    }

    #[test]
    fn a_train_in_the_room_of_another_carries_nothing_of_it() {
        let mut coupler = Coupler::new(64);
        coupler.push(&transmit(9, 100));
        let first = coupler.finish().unwrap();
        coupler.recycle(first.contents);
        coupler.push(&transmit(8, 10));
        assert_eq!(coupler.finish().unwrap().contents, [0; 10]);
    }
}
