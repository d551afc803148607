//! From what is written in four places to one configuration.
//!
//! ```text
//!   defaults < those of --dev < file < environment < flags ─▶ Layers (text with origin) ─▶ check ─▶ Config
//! ```
//!
//! Every layer is first reduced to text, so that one parser per setting serves all of them and every problem can be
//! told at once, with the place that it comes from.

mod check;
mod environment;
mod file;
mod flags;
mod layers;
mod parse;
mod problem;
mod setting;

pub(crate) use check::{Admission, Config, LogConfig, LogFormat};
pub(crate) use flags::FlagLayer;
pub(crate) use layers::Layers;
pub(crate) use problem::Problems;

use crate::args::Options;

/// Collects every layer.
///
/// # Errors
///
/// The problems of the file: unreadable, not TOML, unknown keys.
pub(crate) fn collect(options: &Options) -> Result<Layers, Problems> {
    let mut layers = Layers::of_defaults();
    if options.dev {
        layers.add(Layers::of_development());
    }
    if let Some(path) = &options.config {
        layers.add(file::read(path)?);
    }
    layers.add(environment::read(|name| std::env::var(name).ok()));
    layers.add(options.flags.clone().into_layer());
    Ok(layers)
}

#[cfg(test)]
mod tests;
