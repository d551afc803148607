//! The npm side of the repository: `frontend/`, an npm workspace driven by its root scripts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::Result;

use crate::{prerequisites, process, workspace};

/// The folder of the npm workspace.
pub(crate) fn directory() -> PathBuf {
    workspace::root().join("frontend")
}

/// The folder that the page is built into.
pub(crate) fn bundle() -> PathBuf {
    directory().join("apps/meet/dist")
}

/// Installs the packages that the lock file names, unless they are there already.
pub(crate) fn install() -> Result<()> {
    prerequisites::node()?;
    if is_current(&directory()) {
        println!("frontend/node_modules is as new as the lock file.");
        return Ok(());
    }
    process::run(
        npm()
            .args(["ci", "--no-audit", "--no-fund"])
            // The tests drive the system's browser; a second copy is a download nobody asked for.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
    )
}

/// Runs a script of the workspace's root `package.json`.
pub(crate) fn script(name: &str) -> Result<()> {
    process::run(&mut script_command(name))
}

/// The command for such a script, for callers that add to its environment.
pub(crate) fn script_command(name: &str) -> Command {
    let mut command = npm();
    command.args(["run", name]);
    command
}

fn npm() -> Command {
    let mut command = prerequisites::npm();
    command.current_dir(directory());
    command
}

/// npm writes its hidden lock file last, so its age is the age of a whole installation.
fn is_current(directory: &Path) -> bool {
    let installed = modified(&directory.join("node_modules/.package-lock.json"));
    let wanted = modified(&directory.join("package-lock.json"));
    matches!((installed, wanted), (Some(installed), Some(wanted)) if installed >= wanted)
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_older_installation_is_stale_and_a_newer_one_is_current() {
        let folder = std::env::temp_dir().join(format!("seameet-xtask-{}", std::process::id()));
        fs::create_dir_all(folder.join("node_modules")).unwrap();
        assert!(!is_current(&folder), "nothing is installed yet");

        let lock = fs::File::create(folder.join("package-lock.json")).unwrap();
        let hidden = fs::File::create(folder.join("node_modules/.package-lock.json")).unwrap();
        let now = SystemTime::now();
        lock.set_modified(now).unwrap();
        hidden.set_modified(now - Duration::from_secs(5)).unwrap();
        assert!(
            !is_current(&folder),
            "the lock file changed after the installation"
        );

        hidden.set_modified(now + Duration::from_secs(5)).unwrap();
        assert!(is_current(&folder));
        fs::remove_dir_all(&folder).unwrap();
    }
}
