//! The program as it is started by people and by containers.

#![expect(
    clippy::unwrap_used,
    reason = "in a test a failed expectation is the report"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_seameet");

/// The program without whatever the environment of the tests holds.
fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .env_clear()
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn output(command: &mut Command) -> (bool, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.success(), text(stdout), text(stderr))
}

/// A server on free ports that is killed when the test ends early.
struct Server {
    process: Child,
    stdout: BufReader<ChildStdout>,
    address: String,
}

impl Server {
    fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = program(&["serve"]);
        command
            .args(["--ws-addr", "127.0.0.1:0", "--udp-port", "0"])
            .args(["--public-ip", "127.0.0.1"])
            .args(arguments)
            .envs(variables.iter().copied());
        let mut process = command.spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line
            .split_once("http://localhost:")
            .and_then(|(_, rest)| rest.split(' ').next())
            .map_or_else(
                || panic!("no address in {line:?}"),
                |port| format!("127.0.0.1:{port}"),
            );
        Self {
            process,
            stdout,
            address,
        }
    }

    /// Sends a signal by its name.
    #[cfg(unix)]
    fn send(&self, signal: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Sends a signal by its name and awaits the end.
    #[cfg(unix)]
    fn stop(mut self, signal: &str) -> (bool, String) {
        self.send(signal);
        let mut log = String::new();
        let mut stderr = self.process.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        self.stdout.read_to_string(&mut String::new()).unwrap();
        (self.process.wait().unwrap().success(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already when the test went well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_server_without_a_token_does_not_start_and_says_what_to_do() {
    let (success, _, stderr) = output(&mut program(&["serve"]));
    assert!(!success);
    for hint in ["SEAMEET_AUTH_TOKEN", "--auth-token", "--dev"] {
        assert!(stderr.contains(hint), "{stderr}");
    }
}

#[cfg(unix)]
#[test]
fn signals_end_the_server_cleanly() {
    for signal in ["TERM", "INT"] {
        let server = Server::start(&["--dev"], &[]);
        TcpStream::connect(&server.address).unwrap();
        let (success, log) = server.stop(signal);
        assert!(success, "{log}");
        assert!(log.contains(&format!("SIG{signal}")), "{log}");
    }
}

#[cfg(unix)]
#[test]
fn a_quiet_server_serves_until_a_signal_too() {
    let mut server = Server::start(&["--dev", "--log", "error"], &[]);
    let (healthy, ..) = output(&mut program(&["healthcheck", "--ws-addr", &server.address]));
    assert!(healthy);
    assert!(server.process.try_wait().unwrap().is_none());
    let (success, log) = server.stop("TERM");
    assert!(success, "{log}");
}

/// A client that does not answer the farewell would keep the server for a while.
#[cfg(unix)]
#[test]
fn a_second_signal_ends_the_server_at_once() {
    let server = Server::start(&["--dev"], &[]);
    let mut client = TcpStream::connect(&server.address).unwrap();
    let handshake = format!(
        "GET /ws HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        server.address
    );
    client.write_all(handshake.as_bytes()).unwrap();
    client.read_exact(&mut [0; 12]).unwrap();
    server.send("TERM");
    // The farewell tells that the end began.
    let mut answer = Vec::new();
    while !answer.ends_with(b"room_closing") {
        let mut byte = [0];
        client.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    let (success, log) = server.stop("INT");
    assert!(!success, "{log}");
    assert!(log.contains("SIGINT again"), "{log}");
}

#[cfg(unix)]
#[test]
fn an_open_server_says_so_loudly_and_a_locked_one_does_not() {
    let (_, log) = Server::start(&["--dev"], &[]).stop("TERM");
    assert!(log.contains("WARN"), "{log}");
    assert!(log.contains("OPEN SERVER"), "{log}");
    assert!(!log.contains("UNLIMITED RATES"), "{log}");

    let secret = [("SEAMEET_AUTH_TOKEN", "secret-of-the-test")];
    let (_, log) = Server::start(&["--log", "trace"], &secret).stop("TERM");
    assert!(!log.contains("OPEN SERVER"), "{log}");
    assert!(!log.contains("secret-of-the-test"), "{log}");
}

#[cfg(unix)]
#[test]
fn the_log_can_be_json() {
    let (_, log) = Server::start(&["--dev", "--log-format", "json"], &[]).stop("TERM");
    let mut lines = log.lines().peekable();
    assert!(lines.peek().is_some());
    for line in lines {
        let parsed: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(parsed["level"].is_string(), "{line}");
    }
}

#[test]
fn the_health_check_tells_a_server_that_runs_from_one_that_does_not() {
    let server = Server::start(&["--dev"], &[]);
    let (healthy, ..) = output(&mut program(&["healthcheck", "--ws-addr", &server.address]));
    assert!(healthy);
    let address = server.address.clone();
    drop(server);
    let (healthy, _, stderr) = output(&mut program(&["healthcheck", "--ws-addr", &address]));
    assert!(!healthy);
    assert!(stderr.contains("no answer"), "{stderr}");
}

#[test]
fn the_effective_configuration_is_printed_with_its_origins_and_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seameet.toml");
    std::fs::write(&file, "max_rooms = 7\nworkers = 7\nudp_port = 7000\n").unwrap();
    let mut command = program(&["check-config", "--udp-port", "9000"]);
    command
        .env("SEAMEET_CONFIG", &file)
        .env("WORKERS", "8")
        .env("SEAMEET_AUTH_TOKEN", "secret-of-the-test");
    let (success, stdout, stderr) = output(&mut command);
    assert!(success, "{stderr}");
    for line in [
        format!("max_rooms = \"7\"  # file {}", file.display()),
        "workers = \"8\"  # environment variable WORKERS".to_owned(),
        "udp_port = \"9000\"  # flag --udp-port".to_owned(),
        "max_room_members = \"25\"  # default".to_owned(),
        "auth_token = \"****\"  # environment variable SEAMEET_AUTH_TOKEN".to_owned(),
    ] {
        assert!(stdout.contains(&line), "{line} is missing in\n{stdout}");
    }
    assert!(!stdout.contains("secret-of-the-test"));
}

#[test]
fn an_open_server_listens_on_this_machine_alone_by_default() {
    let (success, stdout, stderr) = output(&mut program(&["check-config", "--dev"]));
    assert!(success, "{stderr}");
    let line = "ws_addr = \"127.0.0.1:8080\"  # default with --dev";
    assert!(stdout.contains(line), "{stdout}");
}

#[test]
fn every_problem_is_told_before_anything_is_bound() {
    let arguments = ["serve", "--dev", "--workers", "0", "--ws-addr", "nowhere"];
    let (success, _, stderr) = output(&mut program(&arguments));
    assert!(!success);
    assert!(stderr.contains("2 problems"), "{stderr}");
    assert!(
        stderr.contains("workers = \"0\" (flag --workers)"),
        "{stderr}"
    );
    assert!(
        stderr.contains("ws_addr = \"nowhere\" (flag --ws-addr)"),
        "{stderr}"
    );
}

#[test]
fn a_load_measures_what_the_server_forwards() {
    let server = Server::start(&["--dev"], &[]);
    let url = format!("ws://{}/ws", server.address);
    let process = server.process.id().to_string();
    let load = [
        "load",
        "--json",
        "--all-join",
        "--max-loss",
        "0",
        "--url",
        &url,
        "--server-pid",
        &process,
        "--publishers",
        "2",
        "--subscribers",
        "3",
        "--video-kbps",
        "500",
        "--ramp",
        "1",
        "--duration",
        "3",
    ];
    let (success, stdout, stderr) = output(&mut program(&load));
    assert!(success, "{stderr}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["connected"], 5);
    assert_eq!(report["lost"], 0);
    // Two cameras of about 75 packets a second and two microphones of 50; publishers do not hear themselves.
    let received = report["received"].as_u64().unwrap();
    assert!((1_500..5_000).contains(&received), "{report}");
    assert!(report["latency"]["p50_us"].as_u64().unwrap() > 0);
    assert!(
        report["server_seconds_per_million_packets"]
            .as_f64()
            .unwrap()
            > 0.0
    );
}

#[test]
fn a_load_whose_thresholds_do_not_hold_fails_and_says_which() {
    // Nobody listens there.
    let load = [
        "load",
        "--all-join",
        "--url",
        "ws://127.0.0.1:9/ws",
        "--subscribers",
        "1",
        "--ramp",
        "0",
        "--settle",
        "0",
        "--duration",
        "0.2",
    ];
    let (success, _, stderr) = output(&mut program(&load));
    assert!(!success);
    assert!(stderr.contains("2 participants did not get in"), "{stderr}");
}

/// Puts the server under a load of one publisher for three seconds.
fn load(server: &Server, arguments: &[&str]) -> (bool, String, String) {
    let url = format!("ws://{}/ws", server.address);
    let mut command = program(&[
        "load",
        "--url",
        &url,
        "--video-kbps",
        "300",
        "--settle",
        "0",
    ]);
    if !arguments.contains(&"--every") {
        command.args(["--ramp", "0", "--duration", "3"]);
    }
    command.args(arguments);
    output(&mut command)
}

#[test]
fn who_is_refused_for_a_moment_tries_again_until_it_is_in() {
    let limits = ["--dev", "--join-burst", "1", "--joins-per-second", "5"];
    let server = Server::start(&limits, &[]);
    let one_address = ["--local", "127.0.0.1", "--subscribers", "2"];
    let more = ["--json", "--all-join"];
    let (success, stdout, stderr) = load(&server, &[&one_address[..], &more].concat());
    assert!(success, "{stderr}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["connected"], 3);
    assert!(
        report["refusals"]["rate_limited"].as_u64() >= Some(1),
        "{report}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn participants_on_this_machine_have_addresses_of_their_own() {
    let limits = ["--dev", "--join-burst", "1", "--joins-per-second", "1"];
    let server = Server::start(&limits, &[]);
    let (success, stdout, stderr) = load(&server, &["--subscribers", "3", "--all-join"]);
    assert!(success, "{stderr}");
    assert!(!stdout.contains("rate_limited"), "{stdout}");
}

#[test]
fn a_refusal_says_which_setting_of_the_server_lifts_it() {
    let server = Server::start(&["--dev", "--max-room-members", "2"], &[]);
    let (success, stdout, _) = load(&server, &["--subscribers", "2", "--all-join"]);
    assert!(!success);
    assert!(stdout.contains("1 never got in"), "{stdout}");
    assert!(stdout.contains("room_full"), "{stdout}");
    assert!(stdout.contains("--max-room-members"), "{stdout}");
}

#[test]
fn a_load_grows_step_by_step_and_tells_of_each() {
    let server = Server::start(&["--dev"], &[]);
    let steps = [
        "--step",
        "1",
        "--every",
        "2",
        "--ramp",
        "0.5",
        "--publishers",
        "2",
    ];
    let shape = ["--codec", "h264", "--simulcast", "--speaker-every", "1"];
    let more = [
        "--json",
        "--subscribers",
        "2",
        "--layout",
        "speaker",
        "--all-join",
    ];
    let (success, stdout, stderr) = load(&server, &[&steps[..], &shape, &more].concat());
    assert!(success, "{stderr}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let steps = report["steps"].as_array().unwrap();
    let connected: Vec<_> = steps.iter().map(|step| &step["connected"]).collect();
    assert_eq!(connected, [3, 4]);
    for step in steps {
        assert!(step["received"].as_u64() > Some(100), "{step}");
        assert_eq!(step["forged"], 0, "{step}");
    }
    assert!(stderr.contains("packets/s"), "{stderr}");
}

#[test]
fn a_step_that_breaks_a_threshold_is_the_last() {
    let server = Server::start(&["--dev", "--max-room-members", "3"], &[]);
    let steps = ["--step", "1", "--every", "1", "--ramp", "0.2", "--all-join"];
    let (success, stdout, stderr) = load(
        &server,
        &[&steps[..], &["--json", "--subscribers", "9"]].concat(),
    );
    assert!(!success);
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["steps"].as_array().unwrap().len(), 3, "{stderr}");
}
