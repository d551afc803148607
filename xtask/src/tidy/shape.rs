//! Files hold one idea: they are short, Rust files say first what they are, crates take the workspace's lints.

use super::Complaint;
use super::files::TextFile;

/// The longest source file, tests and generated code aside. A longer one holds two ideas.
const MAX_LINES: usize = 400;

pub(super) fn check(file: &TextFile) -> Vec<Complaint> {
    let complaints = [module_doc(file), length(file), lints(file)];
    complaints.into_iter().flatten().collect()
}

fn module_doc(file: &TextFile) -> Option<Complaint> {
    if !file.is_rust() || file.text.starts_with("//!") {
        return None;
    }
    let advice = "starts without a module doc; say in a `//!` line what the file is and what it leaves to others";
    Some(Complaint::new(&file.path, 1, "module-doc", advice))
}

fn length(file: &TextFile) -> Option<Complaint> {
    let lines = file.text.lines().count();
    let counted =
        (file.is_rust() || file.is_typescript()) && !file.is_test() && !file.is_generated();
    if !counted || lines <= MAX_LINES {
        return None;
    }
    let advice = format!(
        "{lines} lines, at most {MAX_LINES}; name the second idea in it and give it a file of its own"
    );
    Some(Complaint::new(&file.path, MAX_LINES + 1, "length", advice))
}

fn lints(file: &TextFile) -> Option<Complaint> {
    let is_crate = file.path.ends_with("/Cargo.toml") && file.text.contains("[package]");
    if !is_crate || file.text.contains("[lints]\nworkspace = true") {
        return None;
    }
    let advice = "the crate has lints of its own; write `[lints]` and `workspace = true` below it";
    Some(Complaint::new(&file.path, 1, "lints", advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        check(&TextFile::of(path, text))
            .into_iter()
            .map(|complaint| complaint.rule)
            .collect()
    }

    #[test]
    fn a_file_without_a_module_doc_is_named() {
        assert_eq!(rules("crates/a/src/b.rs", "use x;\n"), ["module-doc"]);
        assert_eq!(rules("crates/a/src/tests.rs", "use x;\n"), ["module-doc"]);
        assert!(rules("crates/a/src/b.rs", "//! What it is.\n").is_empty());
        assert!(rules("frontend/a.ts", "export {};\n").is_empty());
    }

    #[test]
    fn the_401st_line_is_one_too_many() {
        let fits = format!("//! Doc.\n{}", "\n".repeat(MAX_LINES - 1));
        let long = format!("{fits}\n");
        assert!(rules("crates/a/src/b.rs", &fits).is_empty());
        assert_eq!(rules("crates/a/src/b.rs", &long), ["length"]);
        assert_eq!(rules("frontend/apps/meet/src/a.tsx", &long), ["length"]);
    }

    #[test]
    fn tests_and_generated_files_may_be_long() {
        let long = format!("//! Doc.\n{}", "\n".repeat(MAX_LINES * 2));
        assert!(rules("crates/a/src/tests.rs", &long).is_empty());
        assert!(rules("frontend/packages/protocol/src/generated.ts", &long).is_empty());
    }

    #[test]
    fn a_crate_must_take_the_lints_of_the_workspace() {
        assert_eq!(
            rules("crates/a/Cargo.toml", "[package]\nname = \"a\"\n"),
            ["lints"]
        );
        assert!(
            rules(
                "crates/a/Cargo.toml",
                "[package]\n[lints]\nworkspace = true\n"
            )
            .is_empty()
        );
        assert!(rules("Cargo.toml", "[workspace]\n").is_empty());
    }
}
