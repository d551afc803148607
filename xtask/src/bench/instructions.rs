//! Instructions per forwarded packet, counted by callgrind: a figure that does not depend on what else a machine does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use crate::{process, system, workspace};

/// The committed figures, from the root of the repository.
const COMMITTED: &str = "docs/benchmarks/instructions.json";
const PROGRAM: &str = "hot_path";
/// A call and how many people are in it.
const CALLS: [(&str, &str); 3] = [("fan-out", "20"), ("meeting", "6"), ("audio", "30")];
/// So much more is no accident, in percent.
const TOLERANCE: u64 = 5;

/// Counts, and writes the figures or holds them against the committed ones.
pub(super) fn run(check: bool) -> Result<()> {
    provide_valgrind()?;
    let program = build()?;
    let mut counted = Map::new();
    for (call, people) in CALLS {
        let figure = count(&program, call, people)?;
        println!("{call} {people}: {figure} instructions per forwarded packet");
        counted.insert(format!("{call} {people}"), json!(figure));
    }
    if check {
        return compare(&committed()?, &counted);
    }
    let path = path();
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    let text = serde_json::to_string_pretty(&counted)? + "\n";
    fs::write(&path, text).with_context(|| format!("cannot write {COMMITTED}"))
}

/// Sees to it that callgrind can be run.
///
/// # Errors
///
/// Says how to install it where this program may not.
pub(crate) fn provide_valgrind() -> Result<()> {
    let is_there = || process::succeeds(Command::new("valgrind").arg("--version"));
    if is_there() {
        return Ok(());
    }
    let installed = system::install_debian_packages(&["valgrind"]);
    if is_there() {
        return Ok(());
    }
    installed.context("valgrind is missing: install the package `valgrind` of your system")
}

/// What the page says of it.
pub(super) fn section() -> String {
    let rows = committed().map(|figures| {
        let rows = figures
            .iter()
            .map(|(call, figure)| format!("| {call} | {figure} |\n"));
        rows.collect::<String>()
    });
    format!(
        "## Instructions\n\n\
         User-space instructions of the server per forwarded packet, as `cargo xtask bench --instructions` counts them with \
         callgrind in simulated calls. CI fails when one grows by more than {TOLERANCE} %. Callgrind knows no AVX-512: ciphers \
         take fewer on recent processors.\n\n| call, people | instructions per packet |\n|---|---|\n{}",
        rows.unwrap_or_default()
    )
}

fn path() -> PathBuf {
    workspace::root().join(COMMITTED)
}

fn committed() -> Result<Map<String, Value>> {
    let text = fs::read_to_string(path()).with_context(|| format!("cannot read {COMMITTED}"))?;
    serde_json::from_str(&text).with_context(|| format!("{COMMITTED} does not parse"))
}

fn compare(committed: &Map<String, Value>, counted: &Map<String, Value>) -> Result<()> {
    let mut grown = Vec::new();
    for (call, figure) in counted {
        let before = committed.get(call).and_then(Value::as_u64);
        let before = before.with_context(|| format!("{COMMITTED} has no \"{call}\""))?;
        let now = figure.as_u64().unwrap_or(u64::MAX);
        if now.saturating_mul(100) > before * (100 + TOLERANCE) {
            grown.push(format!("{call}: {now} after {before}"));
        } else if now * (100 + TOLERANCE) < before * 100 {
            println!(
                "{call}: {now} after {before}; commit the gain with `cargo xtask bench --instructions`"
            );
        }
    }
    if grown.is_empty() {
        return Ok(());
    }
    bail!(
        "a forwarded packet needs over {TOLERANCE} % more instructions: {}. If that is meant, run `cargo xtask bench \
         --instructions` and commit {COMMITTED}",
        grown.join("; ")
    )
}

/// Optimised, but without the link-time optimisation that would take minutes.
fn build() -> Result<PathBuf> {
    process::run(workspace::cargo().args([
        "build",
        "--quiet",
        "--profile=counted",
        "--locked",
        "-p",
        "seameet-testkit",
        "--example",
        PROGRAM,
    ]))?;
    let folder = workspace::target_directory()?.join("counted");
    Ok(folder.join("examples").join(PROGRAM))
}

/// Plays a call under callgrind.
fn count(program: &Path, call: &str, people: &str) -> Result<u64> {
    let output = workspace::target_directory()?.join(format!("callgrind.{call}.out"));
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--quiet", "--collect-atstart=no"])
        .arg("--toggle-collect=*servers_work*")
        .arg(format!("--callgrind-out-file={}", output.display()))
        .arg(program)
        .args([call, people]);
    let told = process::capture(&mut command)?;
    let told: Value = serde_json::from_str(&told).context("the call printed no JSON")?;
    let packets = told.get("media_out").and_then(Value::as_u64).unwrap_or(0);
    let counted = fs::read_to_string(&output).context("callgrind wrote nothing")?;
    let total = total(&counted).context("callgrind counted nothing")?;
    total.checked_div(packets).context("nothing was forwarded")
}

/// The sum of a callgrind file.
fn total(counted: &str) -> Option<u64> {
    let line = counted.lines().find_map(|line| {
        let summary = line.strip_prefix("totals:");
        summary.or_else(|| line.strip_prefix("summary:"))
    })?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(figure: u64) -> Map<String, Value> {
        Map::from_iter([("fan-out 20".to_owned(), json!(figure))])
    }

    #[test]
    fn growth_beyond_the_tolerance_fails_and_a_gain_does_not() {
        assert!(compare(&figures(1_000), &figures(1_050)).is_ok());
        let error = compare(&figures(1_000), &figures(1_051)).unwrap_err();
        assert!(error.to_string().contains("1051 after 1000"), "{error}");
        assert!(compare(&figures(1_000), &figures(500)).is_ok());
        assert!(compare(&Map::new(), &figures(1)).is_err());
    }

    #[test]
    fn the_sum_of_a_callgrind_file_is_read() {
        assert_eq!(total("events: Ir\nsummary: 1234\n"), Some(1234));
        assert_eq!(total("fn=(1) main\ntotals: 77\n"), Some(77));
        assert_eq!(total("events: Ir\n"), None);
    }
}
