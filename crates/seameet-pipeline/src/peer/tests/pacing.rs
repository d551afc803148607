//! What leaves when, on modelled links.

use std::collections::VecDeque;

use str0m::bwe::BweKind;

use super::*;

const STEP: Duration = Duration::from_millis(1);
/// One way without a queue.
const DELAY: Duration = Duration::from_millis(20);

/// Nothing is written to a line whose packets wait longer.
const LATE: Duration = Duration::from_millis(150);

/// A server that estimates, sending to a client over a link with a rate.
struct Paced {
    two: Two,
    /// Bits per second.
    rate: u64,
    /// The link drops what would wait longer.
    longest_queue: Duration,
    free_at: Instant,
    on_the_way: VecDeque<(Instant, Transmit)>,
    back: VecDeque<(Instant, Transmit)>,
    sequence: u16,
    estimate: u64,
    longest_wait: Duration,
    received: usize,
    sequences: Vec<u64>,
}

impl Paced {
    fn new(initial: u64, rate: u64) -> Self {
        let mut server = config(Role::Server, 2, 1_400);
        server.bandwidth = Some(initial);
        let line = OfferLine::new(MediaKind::Video, LineDirection::Receive);
        let two = Two::configured(&server, &line, str::to_owned);
        Self {
            rate,
            longest_queue: Duration::from_secs(1),
            free_at: two.now,
            on_the_way: VecDeque::new(),
            back: VecDeque::new(),
            sequence: 0,
            estimate: initial,
            longest_wait: Duration::ZERO,
            received: 0,
            sequences: Vec::new(),
            two,
        }
    }

    fn write(&mut self, count: usize, size: usize) {
        for _ in 0..count {
            self.sequence += 1;
            let packet = packet(self.sequence, size);
            let outgoing = outgoing(&packet, self.two.now);
            assert!(self.two.server.write(self.two.mid, &outgoing));
        }
    }

    /// Lets a millisecond pass; returns how many datagrams left the server.
    fn step(&mut self) -> usize {
        self.two.now += STEP;
        let now = self.two.now;
        self.two.server.handle_timeout(now).unwrap();
        self.two.client.handle_timeout(now).unwrap();
        let mut left = 0;
        while let Some(datagram) = self.two.server.poll_transmit() {
            left += 1;
            let start = self.free_at.max(now);
            let wait = start - now;
            if wait <= self.longest_queue {
                let bits = datagram.contents.len() as u64 * 8;
                self.free_at = start + Duration::from_micros(bits * 1_000_000 / self.rate);
                self.longest_wait = self.longest_wait.max(wait);
                self.on_the_way.push_back((self.free_at + DELAY, datagram));
            }
        }
        while let Some(datagram) = self.two.client.poll_transmit() {
            self.back.push_back((now + DELAY, datagram));
        }
        deliver(now, &mut self.on_the_way, &mut self.two.client);
        deliver(now, &mut self.back, &mut self.two.server);
        while let Some(event) = self.two.server.poll_event() {
            if let PeerEvent::Bandwidth { estimate } = event {
                self.estimate = estimate;
            }
        }
        while let Some(event) = self.two.client.poll_event() {
            if let PeerEvent::Rtp(received) = event {
                self.received += 1;
                self.sequences.push(received.packet.sequence);
            }
        }
        left
    }

    /// Sends thirty frames a second that fill so much of the estimate, in percent, and none while others wait for long.
    fn follow(&mut self, seconds: u32, percent: u64) {
        for _ in 0..seconds * 30 {
            let bytes = self.estimate * percent / 100 / 8 / 30;
            let is_late = self.two.server.backlog(self.two.mid).age > LATE;
            let bytes = if is_late { 0 } else { bytes };
            let packets = usize::try_from(bytes / 1_000).unwrap();
            self.write(packets, 1_000);
            let rest = usize::try_from(bytes % 1_000).unwrap();
            self.write(usize::from(rest > 0), rest);
            for _ in 0..33 {
                self.step();
            }
        }
    }
}

fn deliver(now: Instant, on_the_way: &mut VecDeque<(Instant, Transmit)>, to: &mut PeerConnection) {
    while on_the_way.front().is_some_and(|(at, _)| *at <= now) {
        let (_, datagram) = on_the_way.pop_front().unwrap();
        let (source, destination) = (datagram.source, datagram.destination);
        let contents = &datagram.contents;
        to.handle_datagram(now, datagram.protocol, source, destination, contents)
            .unwrap();
    }
}

#[test]
fn the_estimate_settles_at_what_the_link_takes() {
    let mut paced = Paced::new(1_000_000, 500_000);
    paced.two.server.set_bitrates(0, 2_500_000);
    // An estimate that is not filled drifts above what the link takes, and one that is filled leaves no room for headers.
    paced.follow(10, 75);
    paced.longest_wait = Duration::ZERO;
    let before = paced.received;
    for _ in 0..20 {
        paced.follow(1, 75);
        let estimate = paced.estimate;
        assert!((300_000..=800_000).contains(&estimate), "{estimate}");
        let age = paced.two.server.backlog(paced.two.mid).age;
        assert!(age < 2 * LATE, "{age:?}");
    }
    let wait = paced.longest_wait;
    assert!(wait < Duration::from_millis(300), "{wait:?} in the link");
    assert!(paced.received - before > 20 * 50);
}

#[test]
fn the_estimate_grows_where_there_is_room() {
    let mut paced = Paced::new(300_000, 5_000_000);
    paced.two.server.set_bitrates(0, 3_000_000);
    paced.follow(15, 90);
    let estimate = paced.estimate;
    assert!(estimate > 2_000_000, "{estimate}");
}

#[test]
fn many_packets_at_once_leave_at_the_pace_and_not_one_in_a_millisecond() {
    let mut paced = Paced::new(20_000_000, 1_000_000_000);
    paced.write(1_000, 1_000);
    let mid = paced.two.mid;
    let mut left = Vec::new();
    for _ in 0..500 {
        left.push(paced.step());
        assert_eq!(
            paced.two.server.has_backlog(mid),
            paced.two.server.backlog(mid).packets > 0
        );
    }
    let in_the_first: usize = left.iter().take(50).sum();
    assert!(
        (100..500).contains(&in_the_first),
        "{in_the_first} in 50 ms"
    );
    assert_eq!(paced.received, 1_000);
    assert_eq!(paced.two.server.backlog(mid), SendBacklog::default());
}

#[test]
fn a_backlog_tells_its_age() {
    let mut paced = Paced::new(100_000, 1_000_000_000);
    assert_eq!(paced.two.server.oldest_backlog(), Duration::ZERO);
    paced.write(100, 1_000);
    for _ in 0..200 {
        paced.step();
    }
    let backlog = paced.two.server.backlog(paced.two.mid);
    assert!(backlog.packets > 50 && backlog.bytes == backlog.packets * 1_000);
    assert!(backlog.age >= Duration::from_millis(190), "{backlog:?}");
    assert_eq!(paced.two.server.oldest_backlog(), backlog.age);
    let unpaced = &mut Two::connected(LineDirection::Receive);
    let packet = packet(1, 50);
    assert!(
        unpaced
            .server
            .write(unpaced.mid, &outgoing(&packet, unpaced.now))
    );
    assert_eq!(unpaced.server.backlog(unpaced.mid), SendBacklog::default());
}

#[test]
fn what_is_cut_is_never_sent_nor_missed() {
    let mut paced = Paced::new(100_000, 1_000_000_000);
    let mid = paced.two.mid;
    paced.write(100, 1_000);
    for _ in 0..100 {
        paced.step();
    }
    let waits = paced.two.server.backlog(mid).packets;
    let dropped = paced.two.server.cut_backlog(mid);
    assert!(dropped >= waits - 2, "{dropped} of {waits}");
    assert!(paced.two.server.backlog(mid).packets <= 2);
    paced.write(3, 1_000);
    for _ in 0..2_000 {
        paced.step();
    }
    assert_eq!(paced.received, 103 - dropped);
    let first = paced.sequences[0];
    let expected: Vec<u64> = (first..).take(paced.received).collect();
    assert_eq!(paced.sequences, expected, "one after another");
}

#[test]
fn sound_does_not_wait_and_is_not_cut() {
    let mut server = config(Role::Server, 2, 1_400);
    server.bandwidth = Some(30_000);
    let line = OfferLine::new(MediaKind::Audio, LineDirection::Receive);
    let mut two = Two::configured(&server, &line, str::to_owned);
    for sequence in 1..=50 {
        let packet = packet(sequence, 200);
        let outgoing = OutgoingPacket {
            format: Format::OPUS,
            ..outgoing(&packet, two.now)
        };
        assert!(two.server.write(two.mid, &outgoing));
    }
    assert_eq!(two.server.cut_backlog(two.mid), 0);
    two.server.handle_timeout(two.now).unwrap();
    let sent = std::iter::from_fn(|| two.server.poll_transmit());
    let sound = sent.filter(|datagram| crate::peer::reports::is_media(&datagram.contents));
    assert_eq!(sound.count(), 50, "at once");
}

#[test]
fn deadlines_come_seldom_when_nothing_is_to_be_sent() {
    let mut paced = Paced::new(1_000_000, 1_000_000_000);
    paced.follow(1, 50);
    let (start, mut calls) = (paced.two.now, 0);
    let mut now = start;
    while now < start + Duration::from_secs(1) {
        now = paced.two.server.deadline().max(now);
        paced.two.server.handle_timeout(now).unwrap();
        while paced.two.server.poll_transmit().is_some() {}
        calls += 1;
    }
    assert!(calls < 1_200, "{calls} calls");
}

#[test]
fn an_endpoint_without_estimation_tells_nothing_of_it() {
    let mut two = Two::connected(LineDirection::Receive);
    two.server.set_bitrates(1_000, 2_000);
    two.run_for(Duration::from_secs(5));
    let told = |event: &PeerEvent| matches!(event, PeerEvent::Bandwidth { .. });
    assert!(!two.events.iter().any(told));
}

/// A server in front of a peer that has estimated so much itself (REMB).
fn remb(two: &mut Two, estimate: u64) -> Vec<u64> {
    two.server.take_estimate(&BweKind::Remb {
        estimate: estimate.into(),
        mid: convert::engine_mid(two.mid),
    });
    bandwidths(two)
}

fn twcc(two: &mut Two, estimate: u64, can_probe: bool) -> Vec<u64> {
    two.server.take_estimate(&BweKind::Twcc {
        estimate: estimate.into(),
        can_probe,
    });
    bandwidths(two)
}

fn bandwidths(two: &mut Two) -> Vec<u64> {
    let estimate = |event| match event {
        PeerEvent::Bandwidth { estimate } => Some(estimate),
        _ => None,
    };
    std::iter::from_fn(|| two.server.poll_event())
        .filter_map(estimate)
        .collect()
}

#[test]
fn a_peers_own_estimate_is_told_again_after_a_new_beginning() {
    let two = &mut Paced::new(1_000_000, 5_000_000).two;
    twcc(two, 1_000_000, false);
    assert_eq!(remb(two, 500_000), [500_000]);
    assert_eq!(remb(two, 500_000), [], "no news");
    two.server.restart_estimate(200_000);
    assert_eq!(remb(two, 500_000), [500_000]);
    two.server.restart_estimate(500_000);
    assert_eq!(remb(two, 500_000), [], "that is what it began with");
    assert_eq!(remb(two, 1), [30_000], "what nobody believes");
}

#[test]
fn a_peers_own_estimate_counts_while_it_does_not_report() {
    let two = &mut Paced::new(1_000_000, 5_000_000).two;
    twcc(two, 1_000_000, false);
    assert_eq!(twcc(two, 900_000, true), [900_000]);
    assert_eq!(remb(two, 500_000), []);
    assert_eq!(twcc(two, 900_000, false), []);
    assert_eq!(remb(two, 500_000), [500_000]);
}
