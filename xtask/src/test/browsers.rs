//! Playwright: real Chromium and Firefox against the real server program.

use anyhow::Result;

use super::runner::Pass;
use crate::{frontend, prerequisites, process, system, workspace};

/// Runs the browser tests. `SEAMEET_SERVER` tells them the program, `CHROMIUM` and `FIREFOX` the browsers.
///
/// Tests of bad networks need root and a few programs; where those are not to be had they are skipped, and the table of
/// results says so.
pub(super) fn run() -> Result<Pass> {
    let chromium = prerequisites::chromium()?;
    let firefox = prerequisites::firefox()?;
    let left_out = without_networks();
    if let Some(reason) = &left_out {
        println!("BAD NETWORKS ARE NOT TESTED: {reason}");
    }
    let server = workspace::built_program("debug", "seameet")?;
    let mut tests = frontend::script_command("e2e");
    tests.env("SEAMEET_SERVER", server);
    tests.env("CHROMIUM", chromium).env("FIREFOX", firefox);
    process::run(&mut tests)?;
    Ok(left_out.map_or(Pass::Whole, |reason| {
        Pass::Without(format!("bad networks were NOT tested: {reason}"))
    }))
}

/// Why the tests of bad networks will be skipped.
fn without_networks() -> Option<String> {
    if let Err(error) = prerequisites::network_tools() {
        return Some(error.to_string());
    }
    (!system::may_make_networks())
        .then(|| "network namespaces need root and a kernel that allows them".to_owned())
}
