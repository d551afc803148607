//! `cargo xtask codegen`: the TypeScript types of the wire protocol, written from the Rust types.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::{process, workspace};

/// Where the generated types live, from the root of the repository.
const OUTPUT: &str = "frontend/packages/protocol/src/generated.ts";

/// Options of `cargo xtask codegen`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Write nothing; fail when the committed file differs from the Rust types.
    #[arg(long)]
    check: bool,
}

/// Writes or checks the generated types.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.check { check() } else { write() }
}

/// Fails when the committed file is not what the Rust types say.
pub(crate) fn check() -> Result<()> {
    let wanted = generate()?;
    let found = fs::read_to_string(output_path()).with_context(|| {
        format!("{OUTPUT} cannot be read: run `cargo xtask codegen` and commit it")
    })?;
    match first_difference(&found, &wanted) {
        None => {
            println!("{OUTPUT} matches the Rust types.");
            Ok(())
        }
        Some(line) => bail!(
            "{OUTPUT}:{line} differs from the Rust types: run `cargo xtask codegen` and commit the file"
        ),
    }
}

fn write() -> Result<()> {
    let text = generate()?;
    let path = output_path();
    if fs::read_to_string(&path).is_ok_and(|found| found == text) {
        println!("{OUTPUT} is up to date.");
        return Ok(());
    }
    fs::write(&path, text).with_context(|| format!("cannot write {OUTPUT}"))?;
    println!("wrote {OUTPUT}");
    Ok(())
}

fn generate() -> Result<String> {
    let text = process::capture(workspace::cargo().args([
        "run",
        "--quiet",
        "--locked",
        "--package",
        "seameet-signaling",
        "--example",
        "generate_types",
    ]))?;
    if text.trim().is_empty() {
        bail!("the example `generate_types` of seameet-signaling printed nothing");
    }
    Ok(text)
}

fn output_path() -> PathBuf {
    workspace::root().join(OUTPUT)
}

/// The number of the first line in which two texts differ, counted from one.
pub(crate) fn first_difference(found: &str, wanted: &str) -> Option<usize> {
    if found == wanted {
        return None;
    }
    let same = found
        .lines()
        .zip(wanted.lines())
        .take_while(|(left, right)| left == right)
        .count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
    }

    #[test]
    fn a_changed_line_is_named() {
        assert_eq!(first_difference("a\nb\nc\n", "a\nB\nc\n"), Some(2));
    }

    #[test]
    fn a_missing_tail_and_a_missing_line_end_are_differences() {
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(first_difference("a", "a\n"), Some(2));
    }
}
