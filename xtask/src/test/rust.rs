//! The checks of the Rust side.
//!
//! The arguments keep a run on two cores short: every step names the whole workspace with all features, so that one set
//! of features is compiled once, and the browser tests drive the server that the Rust tests compiled.

use std::process::Command;

use anyhow::Result;

use super::runner::Pass;
use crate::tools::NEXTEST;
use crate::{bench, prerequisites, process, workspace};

/// What clippy, the tests and the server are compiled with.
const WHOLE: &[&str] = &["--workspace", "--all-features", "--locked"];

/// What others may compile instead: packages and features of an embedder that wants less.
const SMALLER: &[&[&str]] = &[
    &["--package", "seameet", "--no-default-features"],
    &[
        "--package",
        "seameet",
        "--no-default-features",
        "--features",
        "sfu",
    ],
    &["--package", "seameet-signaling", "--no-default-features"],
];

pub(super) fn format() -> Result<()> {
    process::run(workspace::cargo().args(["fmt", "--all", "--check"]))
}

pub(super) fn clippy() -> Result<()> {
    prerequisites::c_compiler()?;
    let mut clippy = workspace::cargo();
    clippy
        .arg("clippy")
        .args(WHOLE)
        .args(["--all-targets", "--", "-D", "warnings"]);
    process::run(&mut clippy)
}

/// nextest where it can be had, `cargo test` otherwise: the tests are the same, the time limits are missing.
pub(super) fn tests() -> Result<()> {
    prerequisites::c_compiler()?;
    match NEXTEST.program() {
        Ok(program) => {
            let mut nextest = Command::new(program);
            nextest.current_dir(workspace::root());
            process::run(nextest.args(["nextest", "run"]).args(WHOLE))
        }
        Err(reason) => {
            println!("{reason:#}");
            println!("Going on with `cargo test`: the same tests, without a time limit for each.");
            let targets = ["--lib", "--bins", "--tests", "--examples"];
            process::run(workspace::cargo().arg("test").args(WHOLE).args(targets))
        }
    }
}

/// `--tests` unifies features as the test run did; without it half of the dependencies would compile again.
pub(super) fn server() -> Result<()> {
    process::run(
        workspace::cargo()
            .arg("build")
            .args(WHOLE)
            .args(["--bins", "--tests"]),
    )
}

pub(super) fn doctests() -> Result<()> {
    process::run(workspace::cargo().args(["test", "--doc"]).args(WHOLE))
}

/// Only libraries: the program has the name of the facade, and their pages would lie in one folder. Private items are
/// documented as well, so a link to one is no dead end.
pub(super) fn documentation() -> Result<()> {
    let mut doc = workspace::cargo();
    doc.arg("doc")
        .args(WHOLE)
        .args(["--lib", "--no-deps", "--document-private-items"]);
    doc.env(
        "RUSTDOCFLAGS",
        "-D warnings -A rustdoc::private_intra_doc_links",
    );
    process::run(&mut doc)
}

/// Features add and never change, so each smaller set must compile.
pub(super) fn features() -> Result<()> {
    for arguments in SMALLER {
        process::run(
            workspace::cargo()
                .args(["check", "--locked"])
                .args(*arguments),
        )?;
    }
    Ok(())
}

/// Counts what a forwarded packet needs, where callgrind can be had.
pub(super) fn instructions() -> Result<Pass> {
    if let Err(error) = bench::provide_valgrind() {
        println!("INSTRUCTIONS WERE NOT COUNTED: {error:#}");
        return Ok(Pass::Without(format!(
            "instructions were NOT counted: {error}"
        )));
    }
    bench::check_instructions()?;
    Ok(Pass::Whole)
}
