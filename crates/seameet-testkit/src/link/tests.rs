//! Tests of the modelled path.

use super::*;

const MS: Duration = Duration::from_millis(1);

/// Sends `count` packets of `size` bytes, one per `interval`, and returns them as they arrive, with the time
/// since the start in whole microseconds.
fn run(config: LinkConfig, seed: u64, count: u32, interval: Duration, size: usize) -> Run {
    let start = Instant::now();
    let mut link = Link::new(config, seed);
    let mut arrivals = Vec::new();
    for number in 0..count {
        let now = start + interval * number;
        collect(&mut link, start, now, &mut arrivals);
        link.send(now, number, size);
    }
    collect(
        &mut link,
        start,
        start + interval * count + 60_000 * MS,
        &mut arrivals,
    );
    assert_eq!(link.in_flight(), 0);
    Run {
        arrivals,
        stats: link.stats(),
    }
}

/// Polls at each arrival up to `until`, as a driver would.
fn collect(link: &mut Link<u32>, start: Instant, until: Instant, arrivals: &mut Vec<(u32, u128)>) {
    while let Some(at) = link.next_arrival().filter(|at| *at <= until) {
        let packet = link.poll(at).expect("next_arrival announced it");
        arrivals.push((packet, (at - start).as_micros()));
    }
    assert_eq!(link.poll(until), None);
}

#[derive(Debug, PartialEq)]
struct Run {
    arrivals: Vec<(u32, u128)>,
    stats: LinkStats,
}

impl Run {
    fn numbers(&self) -> Vec<u32> {
        self.arrivals.iter().map(|(number, _)| *number).collect()
    }
}

fn rough() -> LinkConfig {
    LinkConfig {
        delay: 20 * MS,
        jitter: 30 * MS,
        loss: Loss::Random(0.1),
        duplicate: 0.05,
        reorder: Some(Reorder {
            probability: 0.1,
            extra_delay: 40 * MS,
        }),
        bandwidth: Some(2_000_000),
        queue: 50 * MS,
    }
}

#[test]
fn a_perfect_path_delivers_at_once_and_in_order() {
    let run = run(LinkConfig::default(), 1, 3, 10 * MS, 1000);
    assert_eq!(run.arrivals, [(0, 0), (1, 10_000), (2, 20_000)]);
    assert_eq!(run.stats.delivered_bytes, 3000);
}

#[test]
fn nothing_arrives_before_its_delay() {
    let start = Instant::now();
    let mut link = Link::new(
        LinkConfig {
            delay: 30 * MS,
            ..LinkConfig::default()
        },
        1,
    );
    link.send(start, 'a', 100);
    assert_eq!(link.next_arrival(), Some(start + 30 * MS));
    assert_eq!(link.poll(start + 29 * MS), None);
    assert_eq!(link.poll(start + 30 * MS), Some('a'));
    assert_eq!(link.next_arrival(), None);
}

#[test]
fn equal_seeds_give_equal_results_and_others_differ() {
    assert_eq!(
        run(rough(), 42, 2000, MS, 300),
        run(rough(), 42, 2000, MS, 300)
    );
    assert_ne!(
        run(rough(), 42, 2000, MS, 300),
        run(rough(), 43, 2000, MS, 300)
    );
}

#[test]
fn random_loss_has_the_rate_asked_for() {
    let config = LinkConfig {
        loss: Loss::Random(0.1),
        ..LinkConfig::default()
    };
    for seed in 0..5 {
        // The standard deviation of 20,000 draws is 42.
        let lost = run(config, seed, 20_000, MS, 100).stats.lost;
        assert!(
            (1_800..=2_200).contains(&lost),
            "{lost} of 20000 lost, seed {seed}"
        );
    }
}

#[test]
fn burst_loss_has_its_rate_and_its_length() {
    let burst = BurstLoss {
        enter: 0.01,
        leave: 0.2,
        good: 0.0,
        bad: 1.0,
    };
    let config = LinkConfig {
        loss: Loss::Burst(burst),
        ..LinkConfig::default()
    };
    let run = run(config, 7, 100_000, MS, 100);
    // Bad for 0.01 / 0.21 of the packets, five in a row on average.
    assert!(
        (4_300..=5_200).contains(&run.stats.lost),
        "{} lost",
        run.stats.lost
    );
    let numbers = run.numbers();
    let bursts = numbers
        .windows(2)
        .filter(|pair| pair[1] > pair[0] + 1)
        .count();
    assert!((850..=1_150).contains(&bursts), "{bursts} bursts");
}

#[test]
fn everything_sent_is_accounted_for() {
    let run = run(rough(), 5, 5000, MS, 400);
    let stats = run.stats;
    assert!(stats.lost > 0 && stats.queue_dropped > 0 && stats.duplicated > 0);
    assert_eq!(stats.sent, 5000);
    assert_eq!(
        stats.sent + stats.duplicated,
        stats.delivered + stats.lost + stats.queue_dropped
    );
    assert_eq!(stats.delivered, run.arrivals.len() as u64);
}

#[test]
fn a_bottleneck_spaces_packets_by_their_size() {
    let config = LinkConfig {
        delay: 5 * MS,
        bandwidth: Some(1_000_000),
        ..LinkConfig::default()
    };
    // 1250 bytes take 10 ms at 1 Mbit/s.
    let run = run(config, 1, 4, Duration::ZERO, 1250);
    assert_eq!(
        run.arrivals,
        [(0, 15_000), (1, 25_000), (2, 35_000), (3, 45_000)]
    );
}

#[test]
fn an_idle_bottleneck_delays_by_one_packet_only() {
    let config = LinkConfig {
        bandwidth: Some(1_000_000),
        ..LinkConfig::default()
    };
    let run = run(config, 1, 3, 50 * MS, 1250);
    assert_eq!(run.arrivals, [(0, 10_000), (1, 60_000), (2, 110_000)]);
}

#[test]
fn a_full_queue_drops_the_newest() {
    let config = LinkConfig {
        bandwidth: Some(1_000_000),
        queue: 25 * MS,
        ..LinkConfig::default()
    };
    // The waits are 0, 10, 20 and 30 ms; the last is over the bound.
    let run = run(config, 1, 6, Duration::ZERO, 1250);
    assert_eq!(run.numbers(), [0, 1, 2]);
    assert_eq!(run.stats.queue_dropped, 3);
}

#[test]
fn a_bottleneck_of_zero_lets_nothing_through() {
    let config = LinkConfig {
        bandwidth: Some(0),
        ..LinkConfig::default()
    };
    let run = run(config, 1, 5, MS, 100);
    assert_eq!(run.stats.queue_dropped, 5);
}

#[test]
fn jitter_alone_keeps_the_order() {
    let config = LinkConfig {
        delay: 10 * MS,
        jitter: 100 * MS,
        ..LinkConfig::default()
    };
    let run = run(config, 9, 1000, MS, 100);
    assert!(run.numbers().is_sorted());
    let waits = run
        .arrivals
        .iter()
        .map(|(number, at)| at - u128::from(*number) * 1000);
    assert!(waits.clone().all(|wait| (10_000..=110_000).contains(&wait)));
    assert!(waits.max().expect("a thousand arrived") > 80_000);
}

#[test]
fn reordering_holds_single_packets_back() {
    let reorder = Reorder {
        probability: 0.2,
        extra_delay: 10 * MS,
    };
    let config = LinkConfig {
        reorder: Some(reorder),
        ..LinkConfig::default()
    };
    let run = run(config, 3, 1000, MS, 100);
    let late: Vec<u32> = run
        .arrivals
        .iter()
        .filter(|(number, at)| *at != u128::from(*number) * 1000)
        .map(|(number, at)| {
            assert_eq!(*at, u128::from(*number) * 1000 + 10_000);
            *number
        })
        .collect();
    assert_eq!(late.len() as u64, run.stats.reordered);
    assert!(
        (140..=260).contains(&late.len()),
        "{} reordered",
        late.len()
    );
    let mut numbers = run.numbers();
    assert!(!numbers.is_sorted());
    numbers.sort_unstable();
    assert_eq!(numbers, (0..1000).collect::<Vec<_>>());
}

#[test]
fn duplicates_arrive_twice() {
    let config = LinkConfig {
        duplicate: 1.0,
        ..LinkConfig::default()
    };
    let run = run(config, 3, 3, MS, 100);
    assert_eq!(run.numbers(), [0, 0, 1, 1, 2, 2]);
    assert_eq!(run.stats.duplicated, 3);
}

#[test]
fn a_changed_path_leaves_what_is_in_flight_alone() {
    let start = Instant::now();
    let mut link = Link::new(
        LinkConfig {
            delay: 50 * MS,
            ..LinkConfig::default()
        },
        1,
    );
    link.send(start, 'a', 100);
    link.set_config(LinkConfig {
        loss: Loss::Random(1.0),
        ..LinkConfig::default()
    });
    link.send(start, 'b', 100);
    assert_eq!(link.poll(start + 50 * MS), Some('a'));
    assert_eq!(link.poll(start + 1000 * MS), None);
    assert_eq!(link.stats().lost, 1);
}
