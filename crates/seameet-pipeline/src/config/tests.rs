//! Tests of endpoints' configuration.

use seameet_core::MediaKind;

use super::*;
use crate::negotiate::{LineDirection, OfferLine};
use crate::peer::PeerConnection;

fn offer_of(config: &PeerConfig) -> String {
    let mut peer = PeerConnection::new(config, Instant::now()).unwrap();
    let line = |kind| OfferLine::new(kind, LineDirection::Send);
    let lines = [line(MediaKind::Audio), line(MediaKind::Video)];
    peer.create_offer(&lines).unwrap().0
}

#[test]
fn only_the_configured_codecs_are_offered_and_opus_always() {
    let names = [
        (Codec::Vp8, "VP8/90000"),
        (Codec::Vp9, "VP9/90000"),
        (Codec::H264, "H264/90000"),
        (Codec::Av1, "AV1/90000"),
    ];
    for (chosen, _) in names {
        let mut config = PeerConfig::new(Role::Client);
        config.video_codecs = vec![chosen];
        let sdp = offer_of(&config);
        assert!(sdp.contains("opus/48000/2"));
        for (codec, name) in names {
            assert_eq!(sdp.contains(name), codec == chosen, "{name} in {chosen:?}");
        }
    }
}

#[test]
fn the_first_codec_is_the_preferred_one() {
    let mut config = PeerConfig::new(Role::Client);
    config.video_codecs = vec![Codec::Vp9, Codec::Vp8];
    let sdp = offer_of(&config);
    let at = |name| sdp.find(name).unwrap();
    assert!(at("VP9/90000") < at("VP8/90000"));
}

#[test]
fn h264_is_offered_in_constrained_baseline_first() {
    let mut config = PeerConfig::new(Role::Client);
    config.video_codecs = vec![Codec::H264];
    let sdp = offer_of(&config);
    let line = sdp
        .lines()
        .find(|line| line.starts_with("m=video"))
        .unwrap();
    let payload_types: Vec<_> = line.split(' ').skip(3).collect();
    let formats = payload_types.iter().filter_map(|payload_type| {
        let prefix = format!("a=fmtp:{payload_type} level-asymmetry-allowed=1;");
        sdp.lines().find_map(|line| line.strip_prefix(&prefix))
    });
    let offered = [
        "packetization-mode=1;profile-level-id=42e01f",
        "packetization-mode=0;profile-level-id=42e01f",
        "packetization-mode=1;profile-level-id=42001f",
    ];
    assert_eq!(formats.collect::<Vec<_>>(), offered);
}

#[test]
fn given_credentials_and_certificate_are_used() {
    let credentials = IceCredentials {
        ufrag: "chosen".to_owned(),
        password: "a password of some length".to_owned(),
    };
    let mut config = PeerConfig::new(Role::Client);
    config.credentials = Some(credentials);
    config.certificate = Some(Certificate::generate().unwrap());
    let fingerprint = |sdp: &str| {
        let line = sdp.lines().find(|line| line.starts_with("a=fingerprint:"));
        line.unwrap().to_owned()
    };
    let (first, second) = (offer_of(&config), offer_of(&config));
    assert!(first.contains("a=ice-ufrag:chosen"));
    assert_eq!(fingerprint(&first), fingerprint(&second));
    config.certificate = None;
    assert_ne!(fingerprint(&first), fingerprint(&offer_of(&config)));
}

#[test]
fn an_address_that_means_every_interface_is_no_candidate() {
    let mut config = PeerConfig::new(Role::Server);
    config.local_addresses = vec![SocketAddr::from(([0, 0, 0, 0], 10_000))];
    let refused = PeerConnection::new(&config, Instant::now()).map(|_| ());
    assert!(matches!(refused, Err(OfferError::Candidate { .. })));
}

#[test]
fn secrets_do_not_print() {
    let credentials = IceCredentials {
        ufrag: "name".to_owned(),
        password: "secret".to_owned(),
    };
    let certificate = Certificate::generate().unwrap();
    let printed = format!("{credentials:?} {certificate:?}");
    assert_eq!(printed, "IceCredentials(name) Certificate(..)");
}

#[test]
fn a_server_tells_its_tcp_addresses_as_passive_and_prefers_udp() {
    let mut client = PeerConnection::new(&PeerConfig::new(Role::Client), Instant::now()).unwrap();
    let line = OfferLine::new(MediaKind::Audio, LineDirection::Send);
    let (offer, _) = client.create_offer(&[line]).unwrap();
    let mut config = PeerConfig::new(Role::Server);
    let address = "192.0.2.1:8443".parse().unwrap();
    config.tcp_addresses = vec![address];
    config.local_addresses = vec![address];
    let mut server = PeerConnection::new(&config, Instant::now()).unwrap();
    let answer = server.accept_offer(Instant::now(), &offer).unwrap().sdp;
    let candidates = answer
        .lines()
        .filter_map(|line| line.strip_prefix("a=candidate:"));
    let candidates: Vec<Vec<_>> = candidates.map(|line| line.split(' ').collect()).collect();
    let [udp, tcp] = candidates.as_slice() else {
        panic!("two candidates in {answer}");
    };
    assert_eq!((udp[2], tcp[2]), ("udp", "tcp"));
    assert!(!udp.contains(&"tcptype"));
    assert_eq!(
        tcp[4..10],
        ["192.0.2.1", "8443", "typ", "host", "tcptype", "passive"]
    );
    let priority = |candidate: &[&str]| candidate[3].parse::<u32>().unwrap();
    assert!(priority(udp) > priority(tcp), "{candidates:?}");
}
