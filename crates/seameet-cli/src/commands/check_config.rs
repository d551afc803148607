//! `seameet check-config`: the effective configuration and its origins.

use std::io::{Write as _, stdout};

use anyhow::Result;

use crate::args::Options;
use crate::config::{self, Config};

/// Prints every setting as a configuration file, secrets masked, and fails when `serve` would.
pub(crate) fn run(options: &Options) -> Result<()> {
    let layers = config::collect(options)?;
    write!(stdout(), "{layers}")?;
    Config::check(&layers, options.dev)?;
    Ok(())
}
