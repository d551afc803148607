//! What is typed.

mod load;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::FlagLayer;

pub(crate) use load::LoadOptions;

/// A video meeting server: signaling, media and web page in one program.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve meetings until SIGTERM or Ctrl-C.
    Serve(Options),
    /// Print the configuration that `serve` would use and where each value comes from.
    CheckConfig(Options),
    /// Ask the server that runs with this configuration whether it is ready; for containers.
    Healthcheck(Options),
    /// Put a server under load with participants that publish, receive and measure.
    Load(Box<LoadOptions>),
}

/// Options of every command. A flag wins over the environment, which wins over the file.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A configuration file in TOML; its keys are the flags below with underscores.
    #[arg(long, env = "SEAMEET_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// For development: let everybody into every room without a token, on 127.0.0.1:8080 unless --ws-addr says where.
    #[arg(long)]
    pub(crate) dev: bool,
    #[command(flatten)]
    pub(crate) flags: FlagLayer,
}
