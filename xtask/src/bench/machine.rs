//! Where and when figures were taken.

use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::{process, workspace};

/// What a reader must know to compare.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) processor: String,
    pub(super) processors: usize,
    pub(super) kernel: String,
    pub(super) compiler: String,
    pub(super) date: String,
    pub(super) commit: String,
}

impl Machine {
    /// Asks the system.
    pub(super) fn read() -> Result<Self> {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpuinfo.lines().find(|line| line.starts_with("model name"));
        let model = model.and_then(|line| line.split(':').nth(1));
        let one_line = |command: &mut Command| -> Result<String> {
            Ok(process::capture(command)?.trim().to_owned())
        };
        Ok(Self {
            processor: model.unwrap_or("unknown").trim().to_owned(),
            processors: std::thread::available_parallelism()?.get(),
            kernel: one_line(Command::new("uname").arg("-sr"))?,
            compiler: one_line(Command::new("rustc").arg("--version"))?,
            date: one_line(Command::new("date").args(["-u", "+%F"]))?,
            commit: one_line(workspace::git().args(["rev-parse", "--short", "HEAD"]))?,
        })
    }
}
