//! Credentials as a real TURN server takes them: coturn with `use-auth-secret`. Skipped, and loudly, where coturn is
//! not installed.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failed expectation is the report, and a skipped test must be seen"
)]

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use seameet_core::ParticipantId;
use seameet_signaling::session::TurnServer;
use seameet_signaling::wire::Secret;

const SECRET: &str = "the secret of the test";

/// A TURN server on this machine, ended with the test.
struct Coturn {
    process: Child,
    port: u16,
}

impl Coturn {
    fn start() -> Option<Self> {
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let port = TcpListener::bind(loopback).unwrap().local_addr().unwrap();
        let port = port.port();
        let folder = std::env::temp_dir().join(format!("seameet-coturn-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let process = Command::new("turnserver")
            .args([
                "-n",
                "--no-tls",
                "--no-dtls",
                "--no-cli",
                "--allow-loopback-peers",
            ])
            .args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"])
            .args([
                "--use-auth-secret",
                "--realm=seameet.test",
                "--log-file=stdout",
            ])
            .arg(format!("--listening-port={port}"))
            .arg(format!("--static-auth-secret={SECRET}"))
            .arg(format!("--pidfile={}", folder.join("pid").display()))
            .arg(format!("--userdb={}", folder.join("db").display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(process) = process else {
            eprintln!("SKIPPED: coturn is not installed (apt-get install coturn)");
            return None;
        };
        Some(Self { process, port })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "another program says nothing when it is ready, so it is asked until it answers"
    )]
    fn wait(&self) {
        for _ in 0..400 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("coturn does not listen");
    }

    /// Whether a client with this credential gets an allocation and its bytes through it.
    fn relays_for(&self, server: &TurnServer, made_before: Duration) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let made = now.saturating_sub(made_before);
        let participant = ParticipantId::from_random(7);
        let made = server.ice_server(participant, made.as_secs_f64() * 1000.0);
        let client = Command::new("turnutils_uclient")
            .args([
                "-y",
                "-c",
                "-n",
                "1",
                "-m",
                "1",
                "-p",
                &self.port.to_string(),
            ])
            .args(["-u", &made.username.unwrap()])
            .args(["-w", made.credential.unwrap().reveal()])
            .arg("127.0.0.1")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&client.stdout);
        told.contains("Total lost packets 0 (0.0")
    }
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn server(secret: &str) -> TurnServer {
    TurnServer {
        urls: Vec::new(),
        secret: Secret::new(secret),
        ttl: Duration::from_secs(60),
    }
}

#[test]
fn coturn_relays_for_our_credentials_and_for_no_others() {
    let Some(coturn) = Coturn::start() else {
        return;
    };
    coturn.wait();
    assert!(coturn.relays_for(&server(SECRET), Duration::ZERO));
    assert!(!coturn.relays_for(&server("another secret"), Duration::ZERO));
    assert!(
        !coturn.relays_for(&server(SECRET), Duration::from_secs(120)),
        "they have ended"
    );
}
