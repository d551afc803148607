//! `cargo xtask quality`: what viewers see, as the scenes of the test kit play it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::codegen::first_difference;
use crate::{process, workspace};

/// Where the page lives, from the root of the repository.
const OUTPUT: &str = "docs/quality.md";
const PROGRAM: &str = "quality_table";

/// Options of `cargo xtask quality`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Write nothing; fail when the committed page differs from what the scenes come to.
    #[arg(long)]
    check: bool,
}

/// Writes or checks the page.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.check { check() } else { write() }
}

/// Fails when the committed page is not what the scenes come to.
pub(crate) fn check() -> Result<()> {
    let wanted = play()?;
    let found = fs::read_to_string(output_path()).with_context(|| {
        format!("{OUTPUT} cannot be read: run `cargo xtask quality` and commit it")
    })?;
    let Some(line) = first_difference(&found, &wanted) else {
        println!("{OUTPUT} tells what the scenes come to.");
        return Ok(());
    };
    for (found, wanted) in found.lines().zip(wanted.lines()) {
        if found != wanted {
            println!("- {found}\n+ {wanted}");
        }
    }
    bail!(
        "{OUTPUT}:{line} differs from what the scenes come to: if that is meant, run `cargo xtask quality` and commit \
         the page"
    )
}

fn write() -> Result<()> {
    let text = play()?;
    let path = output_path();
    if fs::read_to_string(&path).is_ok_and(|found| found == text) {
        println!("{OUTPUT} is up to date.");
        return Ok(());
    }
    fs::write(&path, text).with_context(|| format!("cannot write {OUTPUT}"))?;
    println!("wrote {OUTPUT}");
    Ok(())
}

/// Compiled with what the tests are compiled with, so that after them nothing is left to compile.
fn play() -> Result<String> {
    process::run(
        workspace::cargo()
            .args([
                "build",
                "--quiet",
                "--workspace",
                "--all-features",
                "--locked",
                "--tests",
            ])
            .args(["--example", PROGRAM]),
    )?;
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let examples = workspace::target_directory()?
        .join("debug")
        .join("examples");
    let text = process::capture(&mut Command::new(examples.join(name)))?;
    if text.trim().is_empty() {
        bail!("the example `{PROGRAM}` of seameet-testkit printed nothing");
    }
    Ok(text)
}

fn output_path() -> PathBuf {
    workspace::root().join(OUTPUT)
}
