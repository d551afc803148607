//! The repository speaks of the project alone: no folder of somebody's machine, no registry of somebody's network.

use super::Complaint;
use super::files::TextFile;

/// Top folders that exist on one machine only. Kept without slashes, or this file would complain about itself.
const PRIVATE_FOLDERS: &[&str] = &["home", "root", "Users", "work"];

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM: &str = "https://registry.npmjs.org/";

pub(super) fn check(file: &TextFile) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let advice = private_path(line).or_else(|| foreign_registry(&file.path, line));
        complaints.extend(advice.map(|text| Complaint::new(&file.path, index + 1, "words", text)));
    }
    complaints
}

fn private_path(line: &str) -> Option<String> {
    PRIVATE_FOLDERS.iter().map(|name| format!("/{name}/")).find(|path| begins_a_path(line, path)).map(|path| {
        format!("names a path below `{path}` of one machine; write it from the root of the repository")
    })
}

/// Whether `path` stands in `line` where a path can begin, not in the middle of a longer one or of an address.
fn begins_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(|c| {
            c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '}' | ')' | '*')
        })
    })
}

fn foreign_registry(path: &str, line: &str) -> Option<String> {
    let (key, expected) = match path.rsplit('/').next()? {
        "Cargo.lock" => ("source = ", CRATES_IO),
        "package-lock.json" => ("\"resolved\": ", NPM),
        _ => return None,
    };
    let value = line.trim().strip_prefix(key)?.trim_matches(['"', ',']);
    // Packages of the workspace itself are resolved to a folder.
    if value.starts_with(expected) || !value.contains("://") {
        return None;
    }
    Some(format!(
        "comes from `{value}`, not from the public registry; make the lock file against {expected}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&TextFile::of(path, text)).len()
    }

    #[test]
    fn paths_of_one_machine_are_named() {
        for folder in PRIVATE_FOLDERS {
            assert_eq!(count("docs/a.md", &format!("see `/{folder}/x/y`\n")), 1);
            assert_eq!(count("docs/a.md", &format!("/{folder}/x/y\n")), 1);
        }
    }

    #[test]
    fn addresses_and_relative_paths_pass() {
        for folder in PRIVATE_FOLDERS {
            assert_eq!(
                count("docs/a.md", &format!("https://example.org/{folder}/x\n")),
                0
            );
            assert_eq!(count("docs/a.md", &format!("src/{folder}/x\n")), 0);
        }
    }

    #[test]
    fn lock_files_name_public_registries_only() {
        assert_eq!(
            count("Cargo.lock", &format!("source = \"{CRATES_IO}\"\n")),
            0
        );
        assert_eq!(
            count(
                "Cargo.lock",
                "source = \"registry+https://mirror.example/index\"\n"
            ),
            1
        );
        assert_eq!(
            count("Cargo.lock", "source = \"git+https://github.com/a/b\"\n"),
            1
        );
        assert_eq!(
            count(
                "frontend/package-lock.json",
                &format!("  \"resolved\": \"{NPM}a/-/a-1.tgz\",\n")
            ),
            0
        );
        assert_eq!(
            count(
                "frontend/package-lock.json",
                "  \"resolved\": \"http://mirror.example/a.tgz\",\n"
            ),
            1
        );
        assert_eq!(
            count(
                "frontend/package-lock.json",
                "  \"resolved\": \"packages/client\",\n"
            ),
            0
        );
    }
}
