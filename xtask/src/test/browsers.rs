//! Playwright: real Chromium against the real server program.

use anyhow::Result;

use crate::{frontend, prerequisites, process, workspace};

/// Runs the browser tests. `SEAMEET_SERVER` tells them the program and `CHROMIUM` the browser.
pub(super) fn run() -> Result<()> {
    let browser = prerequisites::chromium()?;
    let server = workspace::built_program("debug", "seameet")?;
    let mut tests = frontend::script_command("e2e");
    process::run(tests.env("SEAMEET_SERVER", server).env("CHROMIUM", browser))
}
