//! TCP candidates and ICE restarts.

use super::*;

fn by_tcp(role: Role, host: u8) -> PeerConfig {
    let mut config = config(role, host, 1_400);
    config.tcp_addresses = std::mem::take(&mut config.local_addresses);
    config
}

fn arrived(two: &mut Two) -> Vec<u64> {
    let told = std::mem::take(&mut two.events);
    let packets = told.into_iter().filter_map(|event| match event {
        PeerEvent::Rtp(received) => Some(received.packet.sequence),
        _ => None,
    });
    packets.collect()
}

fn video() -> OfferLine {
    OfferLine::new(MediaKind::Video, LineDirection::Send)
}

#[test]
fn an_answer_names_the_servers_tcp_address_as_passive() {
    let mut server = config(Role::Server, 2, 1_400);
    server.tcp_addresses = vec![SocketAddr::from(([192, 0, 2, 2], 8_080))];
    let now = Instant::now();
    let mut client = PeerConnection::new(&config(Role::Client, 1, 1_400), now).unwrap();
    let mut server = PeerConnection::new(&server, now).unwrap();
    let (offer, _) = client.create_offer(&[video()]).unwrap();
    let answer = server.accept_offer(now, &offer).unwrap().sdp;
    let candidates: Vec<_> = answer
        .lines()
        .filter(|line| line.starts_with("a=candidate:"))
        .collect();
    let [udp, tcp] = candidates[..] else {
        panic!("{candidates:?}");
    };
    assert!(udp.contains(" udp ") && udp.contains("192.0.2.2 5000 typ host"));
    assert!(tcp.contains(" tcp ") && tcp.contains("192.0.2.2 8080 typ host tcptype passive"));
}

#[test]
fn media_goes_by_tcp_where_there_is_nothing_else() {
    let (client, server) = (by_tcp(Role::Client, 1), by_tcp(Role::Server, 2));
    let mut two = Two::between(&client, &server, &video(), str::to_owned);
    two.send(1, 50);
    assert_eq!(arrived(&mut two), [1]);
    let selected = two.server.path.selected().unwrap();
    assert_eq!(selected.protocol, Protocol::Tcp);
    assert!(two.server.request_keyframe(two.mid, 0));
    two.server.handle_timeout(two.now).unwrap();
    let sent = std::iter::from_fn(|| two.server.poll_transmit());
    assert!(sent.map(|datagram| datagram.protocol).eq([Protocol::Tcp]));
}

#[test]
fn a_client_that_restarts_ice_is_answered_and_its_former_checks_are_refused() {
    let mut two = Two::connected(LineDirection::Send);
    two.send(1, 50);
    let former = two.server.local_ufrag();
    // A check with the former name that did not come through yet.
    let check = std::iter::repeat_with(|| {
        two.now += Duration::from_millis(100);
        two.client.handle_timeout(two.now).unwrap();
        std::iter::from_fn(|| two.client.poll_transmit())
            .find(|datagram| BindingRequest::read(&datagram.contents).is_some())
    });
    let check = check.take(100).flatten().next().unwrap();
    let accepts = |two: &Two| {
        let (source, destination) = (check.source, check.destination);
        // From elsewhere, as known addresses need no name.
        let source = SocketAddr::new(source.ip(), 9);
        two.server
            .accepts(Protocol::Udp, source, destination, &check.contents)
    };
    assert!(accepts(&two));

    let offer = two.client.create_ice_restart().unwrap();
    let answer = two.server.accept_offer(two.now, &offer).unwrap().sdp;
    two.client.accept_answer(two.now, &answer).unwrap();
    let renamed = two.server.local_ufrag();
    assert_ne!(renamed, former);
    assert!(answer.contains(&format!("a=ice-ufrag:{renamed}")));
    assert!(!accepts(&two));
    two.send(2, 50);
    two.run_for(Duration::from_secs(20));
    two.send(3, 50);
    assert_eq!(arrived(&mut two), [1, 2, 3]);
    let ended = |event: &PeerEvent| matches!(event, PeerEvent::Closed(_));
    assert!(!two.events.iter().any(ended));
}
