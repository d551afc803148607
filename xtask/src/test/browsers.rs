//! Playwright: real Chromium against the real server program.

use anyhow::Result;

use crate::{frontend, prerequisites, process, workspace};

/// Builds the server with the features the Rust tests were built with, and runs the browser tests against it.
///
/// `SEAMEET_SERVER` names the program and `CHROMIUM` the browser.
pub(super) fn run() -> Result<()> {
    let browser = prerequisites::chromium()?;
    // `--tests` unifies features as the test run did; without it half of the dependencies compile again.
    process::run(workspace::cargo().args([
        "build",
        "--workspace",
        "--locked",
        "--bins",
        "--tests",
    ]))?;
    process::run(
        frontend::script_command("e2e")
            .env(
                "SEAMEET_SERVER",
                workspace::built_program("debug", "seameet")?,
            )
            .env("CHROMIUM", browser),
    )
}
