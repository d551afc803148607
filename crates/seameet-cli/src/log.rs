//! Where log lines go and which there are.

use std::io::stderr;

use anyhow::{Context as _, Result};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::{LogConfig, LogFormat};

/// Whether a filter can be used.
pub(crate) fn check_filter(text: &str) -> Result<(), &'static str> {
    EnvFilter::try_new(text)
        .map(|_| ())
        .map_err(|_| "a level such as info, or levels by part such as seameet=debug,info")
}

/// Writes the log to standard error from now on.
///
/// Only `tracing` is connected. Libraries that log through the older `log` interface print whole messages at their
/// finest level, tokens included, and stay unheard.
pub(crate) fn start(config: &LogConfig) -> Result<()> {
    // The engine's line stands first, so that a filter that names the engine decides.
    let filter = format!("{}=error,{}", seameet::ENGINE_LOG_TARGET, config.filter);
    let filter = EnvFilter::try_new(filter).context("the log filter")?;
    let lines = match config.format {
        LogFormat::Text => fmt::layer().with_writer(stderr).boxed(),
        LogFormat::Json => fmt::layer().json().with_writer(stderr).boxed(),
    };
    let subscriber = tracing_subscriber::registry().with(filter).with(lines);
    tracing::subscriber::set_global_default(subscriber).context("the log was started before")
}
