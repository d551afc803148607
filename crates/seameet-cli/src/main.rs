//! The seameet program.

mod args;
mod commands;
mod config;
mod load;
mod log;

use std::io::{Write as _, stderr};
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Command};

/// Packets are allocated and freed by the hundred thousand a second.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(options) => commands::serve::run(&options),
        Command::CheckConfig(options) => commands::check_config::run(&options),
        Command::Healthcheck(options) => commands::healthcheck::run(&options),
        Command::Load(options) => commands::load::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when standard error is closed.
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
