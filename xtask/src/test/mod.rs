//! `cargo xtask test`: everything CI checks, cheap checks first, with a table of what happened at the end.

mod browsers;
mod deny;
mod papers;
mod report;
mod runner;
mod rust;
mod steps;

use anyhow::{Result, bail};
use clap::Args;

use runner::Selection;

/// Options of `cargo xtask test`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave out what takes minutes: the browsers, the release checks of dependencies and documentation.
    #[arg(long)]
    fast: bool,
    /// Run this step and what it needs; may be repeated.
    #[arg(long, value_name = "STEP", conflicts_with = "fast")]
    only: Vec<String>,
    /// Go on after a step failed, so that one run reports everything.
    #[arg(long)]
    keep_going: bool,
    /// Print the steps and run none.
    #[arg(long)]
    list: bool,
}

/// Runs the chosen steps.
///
/// # Errors
///
/// Fails when a step fails, after the table was printed.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.list {
        print!("{}", report::listing(steps::ALL));
        return Ok(());
    }
    let selection = match (options.fast, options.only.as_slice()) {
        (true, _) => Selection::Quick,
        (false, []) => Selection::Everything,
        (false, names) => Selection::Named(names),
    };
    let chosen = runner::select(steps::ALL, &selection)?;
    let outcomes = runner::execute(&chosen, options.keep_going);
    print!("{}", report::table(&outcomes));
    if outcomes.iter().any(|outcome| outcome.verdict.is_failure()) {
        bail!("{}", report::closing_line(&outcomes));
    }
    println!("{}", report::closing_line(&outcomes));
    Ok(())
}
