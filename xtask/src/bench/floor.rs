//! What engine, cipher and kernel need for a packet, without anything of ours.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{process, workspace};

/// Nanoseconds per forwarded packet, by part.
#[derive(Debug, Clone)]
pub(super) struct Floor(Value);

impl Floor {
    /// All parts together.
    pub(super) fn total(&self) -> f64 {
        self.part("total")
    }

    /// One part: `receive`, `send`, `feedback`, `timers`, `kernel`.
    pub(super) fn part(&self, name: &str) -> f64 {
        let figure = self.0.get(format!("{name}_ns"));
        figure.and_then(Value::as_f64).unwrap_or(f64::NAN)
    }
}

/// Builds the benchmark and finds its program.
pub(super) fn build() -> Result<PathBuf> {
    let messages = process::capture(workspace::cargo().args([
        "bench",
        "--no-run",
        "--locked",
        "-p",
        "seameet-pipeline",
        "--bench",
        "floor",
        "--message-format=json",
    ]))?;
    let mut programs = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_it = message.pointer("/target/name")? == "floor";
        let program = message.get("executable")?.as_str()?.to_owned();
        is_it.then_some(program)
    });
    let program = programs.next_back().context("cargo built no floor")?;
    Ok(program.into())
}

/// Runs it once, on the processor of the server.
pub(super) fn run(program: &PathBuf, cpu: usize) -> Result<Floor> {
    let mut command = Command::new("taskset");
    command
        .args(["--cpu-list", &cpu.to_string()])
        .arg(program)
        .args(["--receivers", "100", "--seconds", "5"]);
    let text = process::capture(&mut command)?;
    let figures = serde_json::from_str(&text).context("the floor prints no JSON")?;
    Ok(Floor(figures))
}
