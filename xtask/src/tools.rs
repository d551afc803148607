//! Cargo subcommands that the checks use, installed when they are missing.
//!
//! What has to be compiled goes to the build folder, not to the user's own programs, and is built without
//! optimisation: these tools read small inputs, so a build of a minute serves better than one of five.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{process, workspace};

/// A tool that crates.io serves.
#[derive(Debug)]
pub(crate) struct Tool {
    /// Package and program have the same name.
    name: &'static str,
    /// The version that is installed when none is there; any other that stands on the machine is used as it is.
    version: &'static str,
}

/// Runs the Rust tests, each in a process of its own and with a time limit.
pub(crate) const NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: "0.9.143",
};

/// Checks licences, sources, bans and advisories of the dependencies.
pub(crate) const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
};

impl Tool {
    /// The program, installed if need be.
    pub(crate) fn program(&self) -> Result<PathBuf> {
        let own = workspace::target_directory()?.join("tools");
        let candidates = [PathBuf::from(self.name), own.join("bin").join(self.name)];
        if let Some(found) = candidates.iter().find(|candidate| works(candidate)) {
            return Ok(found.clone());
        }
        println!("{} is missing, building it.", self.name);
        process::run(
            workspace::cargo()
                .args([
                    "install",
                    "--locked",
                    "--debug",
                    "--version",
                    self.version,
                    "--root",
                ])
                .args([own.as_os_str(), self.name.as_ref()]),
        )
        .with_context(|| format!("install it by hand: cargo install --locked {}", self.name))?;
        Ok(own.join("bin").join(self.name))
    }
}

fn works(program: &PathBuf) -> bool {
    process::succeeds(Command::new(program).arg("--version"))
}
