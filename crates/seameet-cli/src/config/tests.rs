//! One problem or one precedence per test.

use std::path::Path;

use super::layers::{Layer, Origin, Value};
use super::setting::Setting;
use super::*;

fn of_file(text: &str) -> Layer {
    file::parse(Path::new("seameet.toml"), text).unwrap()
}

fn of_variables(variables: &[(&str, &str)]) -> Layer {
    environment::read(|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name)?;
        Some(found.1.to_owned())
    })
}

fn of_flag(setting: Setting, text: &str) -> Layer {
    let origin = Origin::Flag(setting.row().flag());
    Layer::from([(
        setting,
        Value {
            text: text.to_owned(),
            origin,
        },
    )])
}

fn layers(stronger: impl IntoIterator<Item = Layer>) -> Layers {
    let mut layers = Layers::of_defaults();
    stronger.into_iter().for_each(|layer| layers.add(layer));
    layers
}

/// The problems of a configuration that has some.
fn problems(layers: &Layers, dev: bool) -> String {
    Config::check(layers, dev).unwrap_err().to_string()
}

#[test]
fn defaults_alone_need_a_decision_about_admission_and_nothing_else() {
    let layers = layers([]);
    assert!(Config::check(&layers, true).is_ok());
    let told = problems(&layers, false);
    for way_out in ["SEAMEET_AUTH_TOKEN", "--auth-token", "--dev"] {
        assert!(told.contains(way_out), "{told}");
    }
}

#[test]
fn an_open_server_stays_on_this_machine_unless_somebody_says_where_it_listens() {
    let listens = |stronger: Vec<Layer>| {
        let development = Layers::of_development();
        let layers = layers([development].into_iter().chain(stronger));
        Config::check(&layers, true).unwrap().ws_addr.to_string()
    };
    assert_eq!(listens(vec![]), "127.0.0.1:8080");
    assert_eq!(
        listens(vec![of_variables(&[("WS_ADDR", "0.0.0.0:80")])]),
        "0.0.0.0:80"
    );
    assert_eq!(
        listens(vec![of_file("ws_addr = \"192.0.2.1:80\"")]),
        "192.0.2.1:80"
    );
}

#[test]
fn each_layer_wins_over_the_one_below() {
    let file = of_file("udp_port = 1\nworkers = 2\nmax_rooms = 3");
    let variables = of_variables(&[("WORKERS", "20"), ("MAX_ROOMS", "30")]);
    let flag = of_flag(Setting::MaxRooms, "300");
    let config = Config::check(&layers([file, variables, flag]), true).unwrap();
    assert_eq!(config.udp_port, 1);
    assert_eq!(config.workers, 20);
    assert_eq!(config.max_rooms, 300);
    assert_eq!(config.max_room_members, 25);
}

#[test]
fn every_problem_is_told_at_once_with_its_origin() {
    let file = of_file("workers = 0\nmax_rooms = -1");
    let variables = of_variables(&[("UDP_PORT", "70000")]);
    let flag = of_flag(Setting::PublicIp, "example.org");
    let told = problems(&layers([file, variables, flag]), true);
    for part in [
        "4 problems",
        "workers = \"0\" (file seameet.toml)",
        "max_rooms = \"-1\" (file seameet.toml)",
        "udp_port = \"70000\" (environment variable UDP_PORT)",
        "public_ip = \"example.org\" (flag --public-ip)",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let layers = layers([of_variables(&[
        ("WORKERS", ""),
        ("SEAMEET_AUTH_TOKEN", " "),
    ])]);
    assert_eq!(Config::check(&layers, true).unwrap().workers, 1);
    assert!(problems(&layers, false).contains("nobody could join"));
}

#[test]
fn lists_may_be_lists_in_the_file_and_commas_elsewhere() {
    let file = of_file("public_ip = [\"192.0.2.1\", \"2001:db8::1\"]");
    let variables = of_variables(&[("VIDEO_CODECS", "av1, vp8")]);
    let config = Config::check(&layers([file, variables]), true).unwrap();
    assert_eq!(config.public_ips.len(), 2);
    assert_eq!(
        config.video_codecs,
        [seameet::Codec::Av1, seameet::Codec::Vp8]
    );
}

#[test]
fn ice_servers_are_tables_in_the_file() {
    let file = of_file(
        "[[ice_servers]]\nurls = [\"turn:turn.example.org\"]\nusername = \"a\"\ncredential = \"b\"",
    );
    let config = Config::check(&layers([file]), true).unwrap();
    assert_eq!(config.ice_servers[0].urls, ["turn:turn.example.org"]);
}

#[test]
fn an_unknown_key_of_the_file_is_named_and_the_known_ones_are_listed() {
    let error = file::parse(Path::new("seameet.toml"), "udp_prot = 1").unwrap_err();
    let told = error.to_string();
    assert!(
        told.contains("udp_prot") && told.contains("udp_port"),
        "{told}"
    );
}

#[test]
fn a_file_that_is_not_toml_is_told_by_line_and_without_its_content() {
    let text = "workers = 1\nauth_token = hunter2";
    let told = file::parse(Path::new("seameet.toml"), text)
        .unwrap_err()
        .to_string();
    assert!(told.contains("line 2"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn secrets_are_masked_wherever_a_configuration_is_printed() {
    let secret = of_variables(&[
        ("SEAMEET_AUTH_TOKEN", "hunter2"),
        ("ICE_SERVERS", "hunter2"),
        ("TURN_SECRET", "hunter2"),
        ("SEAMEET_ADMIN_TOKEN", "hunter2"),
    ]);
    let layers = layers([secret]);
    let printed = format!("{layers} {layers:?} {}", problems(&layers, true));
    assert!(!printed.contains("hunter2"), "{printed}");
    assert!(printed.contains("auth_token = \"****\"  # environment variable SEAMEET_AUTH_TOKEN"));
}

#[test]
fn a_printed_configuration_can_be_read_again() {
    let printed = layers([of_flag(Setting::Workers, "3")]).to_string();
    let again = Config::check(&layers([of_file(&printed)]), true).unwrap();
    assert_eq!(again.workers, 3);
}

#[test]
fn a_secret_beside_dev_is_a_contradiction() {
    let told = problems(
        &layers([of_variables(&[("SEAMEET_AUTH_TOKEN", "x")])]),
        true,
    );
    assert!(told.contains("--dev lets everybody in"), "{told}");
}

#[test]
fn a_turn_server_needs_addresses_and_a_secret() {
    let urls = (
        "TURN_URLS",
        "turn:turn.example.org, turns:turn.example.org:5349",
    );
    let secret = ("TURN_SECRET", "north");
    let config = Config::check(&layers([of_variables(&[urls, secret])]), true).unwrap();
    let server = &config.turn_servers[0];
    assert_eq!(server.urls.len(), 2);
    assert_eq!(server.ttl.as_secs(), 21_600);
    for half in [urls, secret] {
        let told = problems(&layers([of_variables(&[half])]), true);
        assert!(told.contains("come together"), "{told}");
    }
    let wrong = of_variables(&[("TURN_URLS", "turn.example.org"), ("TURN_TTL", "0")]);
    let told = problems(&layers([wrong]), true);
    assert!(
        told.contains("turn_urls") && told.contains("turn_ttl"),
        "{told}"
    );
    let wrong = of_variables(&[("ICE_SERVERS", r#"[{"urls":["turn.example.org"]}]"#)]);
    assert!(problems(&layers([wrong]), true).contains("ice_servers"));
}

#[test]
fn the_operators_view_is_closed_unless_a_token_opens_it() {
    let token = |text| {
        Config::check(
            &layers([of_variables(&[("SEAMEET_ADMIN_TOKEN", text)])]),
            true,
        )
    };
    assert!(token("").unwrap().admin_token.is_none());
    assert!(token("0123456789abcdef").unwrap().admin_token.is_some());
    let told = token("0123456789").unwrap_err().to_string();
    assert!(
        told.contains("16 bytes") && !told.contains("0123456789"),
        "{told}"
    );
}
