//! Where things are: the repository, its build folder, what `cargo metadata` knows of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::process;

/// The folder that holds the root `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// The cargo that started this task, so that nested builds use the same toolchain.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// `git`, in the root of the repository.
pub(crate) fn git() -> Command {
    let mut command = Command::new("git");
    command.current_dir(root());
    command
}

/// What cargo knows of the workspace, dependencies resolved.
///
/// `--locked`: a task reports a stale lock file instead of rewriting it.
pub(crate) fn metadata() -> Result<Value> {
    let text = process::capture(cargo().args(["metadata", "--format-version", "1", "--locked"]))?;
    serde_json::from_str(&text).context("`cargo metadata` printed JSON that does not parse")
}

/// The build folder, wherever the environment or the configuration put it.
pub(crate) fn target_directory() -> Result<PathBuf> {
    let text = process::capture(cargo().args([
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--no-deps",
    ]))?;
    let value: Value = serde_json::from_str(&text)?;
    let path = value["target_directory"].as_str();
    Ok(PathBuf::from(
        path.context("`cargo metadata` names no target directory")?,
    ))
}

/// A program that cargo built: `name` of the profile folder (`debug` or `release`).
pub(crate) fn built_program(profile: &str, name: &str) -> Result<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(target_directory()?.join(profile).join(file))
}
