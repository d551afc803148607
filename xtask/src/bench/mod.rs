//! `cargo xtask bench`: what the server needs, measured against the floor of the same run.
//!
//! ```text
//!   release build ─▶ round 1: case, case, …, floor ─▶ round 2 … ─▶ medians ─▶ docs/benchmarks.md, plots
//! ```
//!
//! Server and generator are processes of their own, each on a processor of its own. Rounds interleave the cases, so that a
//! machine that gets slower does so for all of them. Figures of one run compare; those of two runs do not.

mod case;
mod figures;
mod floor;
mod instructions;
mod machine;
mod page;
mod plot;
mod server;

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::{process, workspace};
use case::{Case, Sample, Whose};
use machine::Machine;

pub(crate) use instructions::provide_valgrind;

/// Where the page and its plots live, from the root of the repository.
const PAGE: &str = "docs/benchmarks.md";
const PLOTS: &str = "docs/benchmarks";

/// Options of `cargo xtask bench`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How often each case is run; the page shows medians.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long each case is measured, in seconds.
    #[arg(long, default_value_t = 15)]
    seconds: u32,
    /// Run these cases only, and write no page.
    #[arg(long, value_delimiter = ',', value_name = "CASE")]
    only: Vec<String>,
    /// The processor of the server, and the one of the generator.
    #[arg(long, default_value = "0,1", value_delimiter = ',', num_args = 2)]
    cpus: Vec<usize>,
    /// Count instructions per forwarded packet instead, which does not depend on what else the machine does.
    #[arg(long)]
    instructions: bool,
    /// With --instructions: write nothing; fail where a packet needs 5 % more than the committed figure.
    #[arg(long, requires = "instructions")]
    check: bool,
}

/// What all rounds brought.
#[derive(Debug, Default)]
struct Findings {
    cases: BTreeMap<&'static str, Vec<Sample>>,
    /// The same work by a Janus.
    others: BTreeMap<&'static str, Vec<Sample>>,
    floors: Vec<floor::Floor>,
}

/// Runs the suite.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.instructions {
        return instructions::run(options.check);
    }
    let [server_cpu, load_cpu] = options.cpus[..] else {
        bail!("--cpus takes two processors, such as 0,1");
    };
    let chosen = chosen(&options.only)?;
    let program = build()?;
    let floor_program = floor::build()?;
    let has_janus = server::has_janus();
    let mut findings = Findings::default();
    for round in 1..=options.rounds {
        for case in &chosen {
            let cpus = (server_cpu, load_cpu);
            let run = |whose| -> Result<Sample> {
                println!(
                    "round {round} of {}: {}, {whose:?}",
                    options.rounds, case.title
                );
                let sample = case.run(whose, &program, options.seconds, cpus);
                let sample = sample.with_context(|| format!("case {}", case.name))?;
                println!("  {}", sample.line());
                Ok(sample)
            };
            findings
                .cases
                .entry(case.name)
                .or_default()
                .push(run(Whose::Ours)?);
            if case.is_compared && has_janus {
                findings
                    .others
                    .entry(case.name)
                    .or_default()
                    .push(run(Whose::Janus)?);
            }
        }
        let floor = floor::run(&floor_program, server_cpu)?;
        println!(
            "round {round} of {}: floor {} ns",
            options.rounds,
            floor.total()
        );
        findings.floors.push(floor);
    }
    if options.only.is_empty() {
        write(&findings, options)?;
    }
    Ok(())
}

/// Fails when a forwarded packet needs more instructions than the committed figures allow.
pub(crate) fn check_instructions() -> Result<()> {
    instructions::run(true)
}

fn chosen(only: &[String]) -> Result<Vec<&'static Case>> {
    if let Some(unknown) = only.iter().find(|name| case::find(name).is_none()) {
        let names: Vec<_> = case::ALL.iter().map(|case| case.name).collect();
        bail!(
            "there is no case `{unknown}`; there are {}",
            names.join(", ")
        );
    }
    let is_chosen = |case: &&Case| only.is_empty() || only.iter().any(|name| name == case.name);
    Ok(case::ALL.iter().filter(is_chosen).collect())
}

/// Builds the program as it is shipped.
fn build() -> Result<std::path::PathBuf> {
    process::run(workspace::cargo().args(["build", "--release", "--locked", "-p", "seameet-cli"]))?;
    workspace::built_program("release", "seameet")
}

fn write(findings: &Findings, options: &Options) -> Result<()> {
    let plots = workspace::root().join(PLOTS);
    fs::create_dir_all(&plots)?;
    for (name, svg) in page::plots(findings) {
        fs::write(plots.join(name), svg).with_context(|| format!("cannot write {PLOTS}/{name}"))?;
    }
    let text = page::text(findings, &Machine::read()?, options.rounds, options.seconds);
    fs::write(workspace::root().join(PAGE), text)
        .with_context(|| format!("cannot write {PAGE}"))?;
    println!("wrote {PAGE}");
    Ok(())
}
