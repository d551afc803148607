//! Statistics and sender reports.

use super::*;

fn is_media(datagram: &Transmit) -> bool {
    stream_of(&datagram.contents).is_some()
}

/// As [`carry`], but loses one of ten packets of media.
fn carry_some(now: Instant, from: &mut PeerConnection, to: &mut PeerConnection, sent: &mut u32) {
    while let Some(datagram) = from.poll_transmit() {
        *sent += u32::from(is_media(&datagram));
        if is_media(&datagram) && sent.is_multiple_of(10) {
            continue;
        }
        let (source, destination) = (datagram.source, datagram.destination);
        let contents = &datagram.contents;
        to.handle_datagram(now, datagram.protocol, source, destination, contents)
            .unwrap();
    }
}

fn statistics(events: impl IntoIterator<Item = PeerEvent>) -> Vec<PeerStatistics> {
    let told = events.into_iter().filter_map(|event| match event {
        PeerEvent::Statistics(statistics) => Some(statistics),
        _ => None,
    });
    told.collect()
}

#[test]
fn statistics_tell_the_loss_and_the_rate_of_each_direction() {
    let mut two = Two::connected(LineDirection::Send);
    let (mut sent, mut sequence) = (0, 0);
    let mut told = Vec::new();
    for _ in 0..1_000 {
        two.now += Duration::from_millis(10);
        sequence += 1;
        let packet = packet(sequence, 90);
        assert!(two.client.write(two.mid, &outgoing(&packet, two.now)));
        two.client.handle_timeout(two.now).unwrap();
        two.server.handle_timeout(two.now).unwrap();
        carry_some(two.now, &mut two.client, &mut two.server, &mut sent);
        carry(two.now, &mut two.server, &mut two.client);
        told.extend(std::iter::from_fn(|| two.server.poll_event()));
    }
    let of_server = statistics(told);
    let of_client = statistics(std::iter::from_fn(|| two.client.poll_event()));
    let count = of_server.len();
    assert!((36..=42).contains(&count), "{count}");
    let client = of_client[30];
    // A single one tells of a quarter of a second, in which 25 packets came.
    let last = &of_server[count - 20..];
    let mean = |figure: fn(&PeerStatistics) -> u64| last.iter().map(figure).sum::<u64>() / 20;
    let received_loss = mean(|one| one.received_loss_permille.unwrap().into());
    let received_bitrate = mean(|one| one.received_bitrate);
    let server = of_server[30];
    // This client reports no loss at the seam of two reports, so that its peer sees less.
    let (around_tenth, seen) = (80..=120, 40..=120);
    assert!(around_tenth.contains(&received_loss), "{received_loss}");
    assert!(
        seen.contains(&client.sent_loss_permille.unwrap()),
        "{client:?}"
    );
    assert_eq!(server.sent_loss_permille, None);
    // A hundred packets of 90 bytes and their headers a second, and the repairs.
    assert!(
        (80_000..180_000).contains(&client.sent_bitrate),
        "{client:?}"
    );
    assert!(
        (70_000..170_000).contains(&received_bitrate),
        "{received_bitrate}"
    );
    assert!(server.sent_bitrate < 30_000, "{server:?}");
    assert!(client.rtt.is_some());
}

#[test]
fn a_senders_clock_is_told_with_its_encoding() {
    let names = ["q", "h"].map(|name| name.parse().unwrap());
    let line = OfferLine {
        encodings: names.to_vec(),
        ..OfferLine::new(MediaKind::Video, LineDirection::Send)
    };
    let mut two = Two::agreed(&line, str::to_owned);
    let packet = packet(1, 50);
    let mut outgoing = outgoing(&packet, two.now);
    outgoing.rid = Some(names[1]);
    assert!(two.client.write(two.mid, &outgoing));
    two.run_for(Duration::from_secs(5));
    let mid = two.mid;
    let reports = two.events.iter().filter_map(|event| match event {
        PeerEvent::SenderReport {
            mid: told,
            encoding: 1,
            epoch: 0,
            report,
        } if *told == mid => Some(*report),
        _ => None,
    });
    let reports: Vec<_> = reports.collect();
    assert!(reports.len() >= 4, "{reports:?}");
    for pair in reports.windows(2) {
        let elapsed = pair[1].ntp.ticks_since(pair[0].ntp, 90_000);
        let counted = pair[1].rtp_timestamp.wrapping_sub(pair[0].rtp_timestamp);
        assert!((85_000..=95_000).contains(&elapsed), "{elapsed}");
        assert!(
            elapsed.abs_diff(counted.into()) < 100,
            "{elapsed} {counted}"
        );
    }
    // What the sender said of its packet's time is what arrives.
    let since = reports[0].rtp_timestamp.wrapping_sub(packet.timestamp);
    assert!(since <= 2 * 90_000, "{since}");
}
