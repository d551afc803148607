//! cargo-deny: what the dependencies may be, as `deny.toml` says.

use std::process::Command;

use anyhow::Result;

use super::runner::Pass;
use crate::tools::DENY;
use crate::{process, workspace};

/// Checks licences, bans and sources, and the advisories when their database can be had.
///
/// The database is fetched from GitHub. A machine that cannot reach it still checks the rest, and the table of results
/// says what was left out.
pub(super) fn check() -> Result<Pass> {
    let program = DENY.program()?;
    let deny = || {
        let mut command = Command::new(&program);
        command
            .current_dir(workspace::root())
            .args(["--workspace", "--locked"]);
        command
    };
    process::run(deny().args(["check", "bans", "licenses", "sources"]))?;
    if let Err(error) = process::capture(deny().args(["fetch", "db"])) {
        let reason = cause(&format!("{error:#}"));
        println!("ADVISORIES WERE NOT CHECKED: their database cannot be fetched: {reason}");
        return Ok(Pass::Without(format!(
            "advisories were NOT checked: {reason}"
        )));
    }
    process::run(deny().args(["check", "advisories"]))?;
    Ok(Pass::Whole)
}

/// The line that tells why, out of many that repeat the command: git's `fatal:` line, or the last one.
fn cause(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let fatal = lines.clone().find(|line| line.starts_with("fatal:"));
    fatal
        .or_else(|| lines.next_back())
        .unwrap_or("no reason given")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_what_git_calls_fatal() {
        let text =
            "failed to clone\nCloning into 'db'...\nfatal: Could not resolve host: github.com\n\n";
        assert_eq!(cause(text), "fatal: Could not resolve host: github.com");
        assert_eq!(cause("one\ntwo\n"), "two");
    }
}
