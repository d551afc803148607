//! The texts that rules read: what git tracks or would track, as the working tree has it.

use std::fs;

use anyhow::Result;

use crate::{process, workspace};

/// A text file of the repository.
#[derive(Debug)]
pub(super) struct TextFile {
    /// From the root of the repository, with `/` between the parts.
    pub(super) path: String,
    pub(super) text: String,
}

impl TextFile {
    #[cfg(test)]
    pub(super) fn of(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    pub(super) fn is_rust(&self) -> bool {
        self.has_extension(&["rs"])
    }

    pub(super) fn is_typescript(&self) -> bool {
        self.has_extension(&["ts", "tsx"])
    }

    pub(super) fn has_extension(&self, wanted: &[&str]) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, extension)| wanted.contains(&extension))
    }

    /// The crate under `crates/` that the file belongs to.
    pub(super) fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Whether the file holds tests: by its name, or by a folder that cargo or the frontend keeps tests in.
    pub(super) fn is_test(&self) -> bool {
        let mut parts = self.path.split('/').rev();
        let name = parts.next().unwrap_or_default();
        let by_name = name == "tests.rs" || name.contains(".test.") || name.contains(".spec.");
        by_name || parts.any(|folder| matches!(folder, "tests" | "benches" | "e2e"))
    }

    /// Whether the file is an example, which shows how a driver is written.
    pub(super) fn is_example(&self) -> bool {
        self.path.split('/').any(|folder| folder == "examples")
    }

    /// Whether a program wrote the file.
    pub(super) fn is_generated(&self) -> bool {
        self.path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with("generated."))
    }
}

/// Reads every text file that git tracks, or would track if it were added.
pub(super) fn load() -> Result<Vec<TextFile>> {
    let listing = process::capture(workspace::git().args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let mut paths: Vec<&str> = listing.split_terminator('\0').collect();
    paths.sort_unstable();
    paths.dedup();
    // A path that cannot be read as text is a picture, a font, or a file deleted a moment ago.
    let read = |path: &&str| fs::read_to_string(workspace::root().join(path)).ok();
    Ok(paths
        .iter()
        .filter_map(|path| {
            Some(TextFile {
                path: (*path).to_owned(),
                text: read(path)?,
            })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_told_by_name_or_folder() {
        let is_test = |path: &str| TextFile::of(path, "").is_test();
        assert!(is_test("crates/seameet-core/src/room/tests.rs"));
        assert!(is_test("crates/seameet/tests/join.rs"));
        assert!(is_test("frontend/packages/client/src/room.test.ts"));
        assert!(!is_test("crates/seameet-core/src/room/mod.rs"));
        assert!(!is_test("crates/seameet-testkit/src/world.rs"));
    }

    #[test]
    fn the_crate_is_the_folder_below_crates() {
        assert_eq!(
            TextFile::of("crates/seameet-sfu/src/lib.rs", "").crate_name(),
            Some("seameet-sfu")
        );
        assert_eq!(TextFile::of("xtask/src/main.rs", "").crate_name(), None);
    }
}
