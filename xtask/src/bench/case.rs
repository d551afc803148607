//! The cases: who sends what to whom.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::server::Server;
use crate::process;

/// Some work for a server.
#[derive(Debug)]
pub(super) struct Case {
    /// What it is called on the command line.
    pub(super) name: &'static str,
    /// What it is, in a few words.
    pub(super) title: &'static str,
    /// What is asked of the generator.
    arguments: &'static [&'static str],
    /// Done by a Janus as well, where there is one.
    pub(super) is_compared: bool,
}

/// All cases, in the order in which a round runs them.
pub(super) const ALL: &[Case] = &[
    Case {
        name: "fan-out-50",
        title: "1 → 50, 1.5 Mbit/s and sound",
        arguments: &["--publishers=1", "--subscribers=50", "--ramp=3"],
        is_compared: false,
    },
    Case {
        name: "fan-out-100",
        title: "1 → 100, 1.5 Mbit/s and sound",
        arguments: &["--publishers=1", "--subscribers=100", "--ramp=5"],
        is_compared: true,
    },
    Case {
        name: "fan-out-200",
        title: "1 → 200, 1.5 Mbit/s and sound",
        arguments: &["--publishers=1", "--subscribers=200", "--ramp=8"],
        is_compared: false,
    },
    Case {
        name: "fan-out-800",
        title: "1 → 800, 1.5 Mbit/s and sound",
        arguments: &["--publishers=1", "--subscribers=800", "--ramp=12"],
        is_compared: false,
    },
    Case {
        name: "mesh-10",
        title: "10 × 10, 1.5 Mbit/s and sound of three",
        arguments: &["--publishers=10", "--subscribers=0", "--ramp=4"],
        is_compared: false,
    },
    Case {
        name: "mesh-20",
        title: "20 × 20, 1.5 Mbit/s and sound of three",
        arguments: &["--publishers=20", "--subscribers=0", "--ramp=6"],
        is_compared: true,
    },
    Case {
        name: "meeting-10",
        title: "meeting of 10, three sizes each, grid of 9, one speaks",
        arguments: &[
            "--publishers=10",
            "--subscribers=0",
            "--simulcast",
            "--layout=grid",
            "--speaker-every=4",
            "--video-slots=9",
            "--ramp=4",
        ],
        is_compared: false,
    },
    Case {
        name: "audio-1000",
        title: "1 → 1,000, sound",
        arguments: &[
            "--publishers=1",
            "--subscribers=1000",
            "--video-kbps=0",
            "--video-slots=0",
            "--ramp=10",
        ],
        is_compared: false,
    },
    Case {
        name: "audio-room-100",
        title: "100 people, the three loudest heard",
        arguments: &[
            "--publishers=100",
            "--subscribers=0",
            "--video-kbps=0",
            "--video-slots=0",
            "--audio-slots=3",
            "--speaker-every=4",
            "--ramp=10",
        ],
        is_compared: false,
    },
    Case {
        name: "joins-500",
        title: "500 joins within 5 s",
        arguments: &[
            "--rooms=10",
            "--publishers=1",
            "--subscribers=49",
            "--video-kbps=100",
            "--ramp=5",
        ],
        is_compared: false,
    },
];

/// The case of a name.
pub(super) fn find(name: &str) -> Option<&'static Case> {
    ALL.iter().find(|case| case.name == name)
}

/// What one run of a case brought.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// Seconds of the server's processor time per million forwarded packets.
    pub(super) cost: f64,
    pub(super) packets_per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) loss_percent: f64,
    pub(super) server_cores: f64,
    pub(super) generator_cores: f64,
    /// What the server's memory grew by for each participant, in kilobytes.
    pub(super) memory_kb: f64,
    pub(super) first_media_p95_ms: f64,
    /// Who did not get in or did not stay.
    pub(super) missing: u64,
}

impl Sample {
    /// The generator had no processor time to spare, so that its figures say little.
    pub(super) fn is_void(&self) -> bool {
        self.generator_cores > 0.8
    }

    pub(super) fn line(&self) -> String {
        format!(
            "{:.2} s/Mpkt, {:.0} packets/s, p99 {:.2} ms, {:.4} % lost, server {:.2}, generator {:.2} cores",
            self.cost,
            self.packets_per_second,
            self.p99_ms,
            self.loss_percent,
            self.server_cores,
            self.generator_cores,
        )
    }

    fn read(report: &Value, idle_memory: u64) -> Result<Self> {
        let number = |name: &str| {
            let found = report.pointer(name).and_then(Value::as_f64);
            found.with_context(|| format!("the report has no {name}"))
        };
        let participants = number("/participants")?;
        let (connected, dropped) = (number("/connected")?, number("/dropped")?);
        #[expect(clippy::cast_precision_loss, reason = "megabytes")]
        let grown = number("/server_memory_bytes")? - idle_memory as f64;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count"
        )]
        Ok(Self {
            cost: number("/server_seconds_per_million_packets")?,
            packets_per_second: number("/received")? / number("/measured_s")?,
            p50_ms: number("/latency/p50_us")? / 1e3,
            p99_ms: number("/latency/p99_us")? / 1e3,
            loss_percent: number("/loss")? * 100.0,
            server_cores: number("/server_cores")?,
            generator_cores: number("/generator_cores")?,
            memory_kb: grown / participants.max(1.0) / 1e3,
            first_media_p95_ms: number("/first_media/p95_us")? / 1e3,
            missing: (participants - connected + dropped) as u64,
        })
    }
}

/// Whose server is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Ours,
    Janus,
}

impl Case {
    /// Runs it once against a server of its own.
    pub(super) fn run(
        &self,
        whose: Whose,
        program: &Path,
        seconds: u32,
        (server_cpu, load_cpu): (usize, usize),
    ) -> Result<Sample> {
        let (server, target) = match whose {
            Whose::Ours => (Server::start(program, server_cpu)?, "seameet"),
            Whose::Janus => (Server::janus(server_cpu)?, "janus"),
        };
        let idle_memory = server.memory()?;
        let mut load = Command::new(program);
        load.arg("load")
            .args(["--json", "--target", target, "--url", &server.url()])
            .args(self.arguments)
            .args(["--cpus", &load_cpu.to_string()])
            .args(["--settle=4", "--duration", &seconds.to_string()])
            .args(["--server-pid", &server.id().to_string()]);
        let report = process::capture(&mut load)?;
        let report = serde_json::from_str(&report).context("the report does not parse")?;
        Sample::read(&report, idle_memory)
    }
}
