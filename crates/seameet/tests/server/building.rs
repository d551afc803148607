//! What the builder refuses, and how it says so.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use seameet::{BuildError, Codec, Grant, IceServer, SeaMeetServer, Secret, Timing, TurnServer};

use crate::support::{loopback, open_builder};

#[test]
fn a_server_without_a_lock_is_not_built_and_the_error_says_what_to_add() {
    let builder = loopback(SeaMeetServer::builder()).allow_unlimited_rates();
    let error = builder.build().unwrap_err();
    assert!(matches!(error, BuildError::MissingAuthentication));
    for hint in [".on_authenticate(", ".allow_unauthenticated_joins()"] {
        assert!(error.to_string().contains(hint), "{error}");
    }
}

#[test]
fn a_server_without_a_rate_check_is_not_built_and_the_error_says_what_to_add() {
    let builder =
        loopback(SeaMeetServer::builder()).on_authenticate(|_, _, _| async { Ok(Grant::full()) });
    let error = builder.build().unwrap_err();
    assert!(matches!(error, BuildError::MissingRateCheck));
    for hint in [
        ".on_rate_check(",
        "rate::per_participant",
        ".allow_unlimited_rates()",
    ] {
        assert!(error.to_string().contains(hint), "{error}");
    }
}

#[test]
fn an_open_server_is_built_when_it_is_asked_for_by_name() {
    let builder = loopback(SeaMeetServer::builder())
        .allow_unauthenticated_joins()
        .allow_unlimited_rates();
    let server = builder.build().unwrap();
    assert_ne!(server.local_addr().port(), 0);
    assert_eq!(server.udp_ports().len(), 1);
}

#[test]
fn a_limit_of_zero_is_named() {
    let error = open_builder().max_rooms(0).build().unwrap_err();
    assert!(matches!(
        error,
        BuildError::Zero {
            setting: "max_rooms"
        }
    ));
    let error = open_builder().workers(0).build().unwrap_err();
    assert!(error.to_string().contains("`workers`"), "{error}");
}

/// A browser that is given one address that it cannot read makes no peer connection at all.
#[test]
fn addresses_of_ice_servers_that_browsers_refuse_are_named() {
    let server = |url: &str| IceServer {
        urls: vec![url.to_owned()],
        username: None,
        credential: None,
    };
    let error = open_builder()
        .ice_server(server("stun:stun.example.org"))
        .ice_server(server("stun.example.org"))
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("`stun.example.org`"), "{error}");
    let turn = |secret: &str, seconds| TurnServer {
        urls: vec!["turn:turn.example.org".to_owned()],
        secret: Secret::new(secret),
        ttl: Duration::from_secs(seconds),
    };
    let error = open_builder().turn_server(turn("", 60)).build();
    assert!(matches!(error, Err(BuildError::TurnSecret)));
    let error = open_builder().turn_server(turn("north", 0)).build();
    assert!(matches!(error, Err(BuildError::Duration { .. })));
    assert!(
        open_builder()
            .turn_server(turn("north", 60))
            .build()
            .is_ok()
    );
}

#[test]
fn an_operators_token_that_can_be_guessed_is_refused() {
    for token in ["", "short", "15 characters.."] {
        let error = open_builder().admin_token(token.to_owned()).build();
        assert!(matches!(error, Err(BuildError::AdminToken)), "{token}");
    }
}

/// Added to a clock they would be a panic, and a ping each zero seconds is a flood.
#[test]
fn times_that_no_server_can_keep_are_named() {
    let timing = |timing: Timing| open_builder().timing(timing);
    let (endless, default) = (Duration::MAX, Timing::default());
    for (setting, builder) in [
        ("hook_timeout", open_builder().hook_timeout(endless)),
        ("reconnect_grace", open_builder().reconnect_grace(endless)),
        ("shutdown_grace", open_builder().shutdown_grace(endless)),
        (
            "timing.join_timeout",
            timing(Timing {
                join_timeout: endless,
                ..default
            }),
        ),
        (
            "timing.silence_timeout",
            timing(Timing {
                silence_timeout: endless,
                ..default
            }),
        ),
        (
            "timing.ping_interval",
            timing(Timing {
                ping_interval: Duration::ZERO,
                ..default
            }),
        ),
    ] {
        let error = builder.build().unwrap_err();
        let named = matches!(error, BuildError::Duration { setting: name, .. } if name == setting);
        assert!(named, "{setting}: {error}");
        assert!(error.to_string().contains("at most a day"), "{error}");
    }
    assert!(
        open_builder()
            .reconnect_grace(Duration::ZERO)
            .build()
            .is_ok()
    );
}

#[test]
fn sound_is_no_video_codec_and_none_is_not_enough() {
    for codecs in [vec![], vec![Codec::Opus]] {
        let error = open_builder().video_codecs(codecs).build().unwrap_err();
        assert!(matches!(error, BuildError::VideoCodecs));
    }
}

#[test]
fn an_origin_with_a_path_is_refused() {
    let builder = open_builder().allowed_origins(["https://example.org/app"]);
    let error = builder.build().unwrap_err();
    assert!(
        error.to_string().contains("https://example.org/app"),
        "{error}"
    );
}

#[test]
fn a_folder_without_a_page_is_refused() {
    let error = open_builder()
        .static_dir("/nonexistent")
        .build()
        .unwrap_err();
    assert!(matches!(error, BuildError::StaticDir { .. }));
}

#[test]
fn an_address_in_use_is_named() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap();
    let error = open_builder().ws_addr(address).build().unwrap_err();
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[test]
fn every_worker_has_a_port() {
    let server = open_builder().workers(3).build().unwrap();
    assert_eq!(server.udp_ports().len(), 3);
}
