//! Papers point at things that exist: relative links, and paths in backticks.

use std::path::{Component, Path, PathBuf};

use super::Complaint;
use super::files::TextFile;

/// Folders whose paths, written in backticks, must exist.
const CHECKED_FOLDERS: &[&str] = &[
    "crates/",
    "docs/",
    "examples/",
    "frontend/",
    "xtask/",
    ".ci/",
    ".config/",
];

/// `exists` answers for a path from the root of the repository.
pub(super) fn check(file: &TextFile, exists: impl Fn(&Path) -> bool) -> Vec<Complaint> {
    // The change log speaks of things that were there once.
    if !file.has_extension(&["md"]) || file.path == "CHANGELOG.md" {
        return Vec::new();
    }
    let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
    let mut complaints = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let linked = link_targets(line).map(|target| normal(&folder.join(target)));
        let quoted = quoted_paths(line).map(|path| normal(Path::new(path)));
        let missing = linked.chain(quoted).filter(|path| !exists(path));
        complaints.extend(missing.map(|path| {
            let advice = format!(
                "points at `{}`, which does not exist; mend or remove it",
                path.display()
            );
            Complaint::new(&file.path, index + 1, "links", advice)
        }));
    }
    complaints
}

/// The targets of `](…)` that are files: no addresses, no anchors.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    let targets = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ', '#']).next());
    targets.filter(|target| {
        !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:")
    })
}

/// What stands in backticks and looks like a path of the repository, patterns aside.
fn quoted_paths(line: &str) -> impl Iterator<Item = &str> {
    let quoted = line.split('`').skip(1).step_by(2);
    quoted.filter(|text| {
        CHECKED_FOLDERS
            .iter()
            .any(|folder| text.starts_with(folder))
            && !text.contains(|c: char| c.is_whitespace() || "*<>{}…$:".contains(c))
            && !text.contains("NNNN")
    })
}

/// Folds `a/../b` into `b` without asking the file system.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                result.pop();
            }
            Component::Normal(part) => result.push(part),
            _ => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(path: &str, text: &str) -> usize {
        let known = ["docs/protocol.md", "crates/seameet", "README.md"];
        let exists = |path: &Path| known.iter().any(|name| Path::new(name) == path);
        check(&TextFile::of(path, text), exists).len()
    }

    #[test]
    fn links_are_followed_from_the_folder_of_the_paper() {
        assert_eq!(
            missing(
                "README.md",
                "see [it](docs/protocol.md#rules) and [us](https://example.org)\n"
            ),
            0
        );
        assert_eq!(
            missing(
                "docs/media.md",
                "see [it](protocol.md), [up](../README.md), [here](#below)\n"
            ),
            0
        );
        assert_eq!(missing("docs/media.md", "see [it](docs/protocol.md)\n"), 1);
    }

    #[test]
    fn paths_in_backticks_must_exist_and_patterns_are_left_alone() {
        assert_eq!(
            missing("README.md", "`crates/seameet` and `crates/gone`\n"),
            1
        );
        assert_eq!(
            missing(
                "README.md",
                "`docs/decisions/*.md`, `cargo test`, `crates/<name>`\n"
            ),
            0
        );
    }
}
