//! One crate names the WebRTC engine, so that changing its version or replacing it changes one crate.
//!
//! Comments count too: prose that explains another crate by the engine's habits leaks it as well.

use super::Complaint;
use super::files::TextFile;

/// The engine.
const ENGINE: &str = "str0m";

/// The crate that wraps it.
const WRAPPER: &str = "seameet-pipeline";

pub(super) fn check(file: &TextFile) -> Vec<Complaint> {
    if file.crate_name().is_none_or(|name| name == WRAPPER) {
        return Vec::new();
    }
    let named = file
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains(ENGINE));
    named
        .map(|(index, _)| {
            let advice = format!(
                "names `{ENGINE}`; only {WRAPPER} may, speak of its types or of \"the engine\""
            );
            Complaint::new(&file.path, index + 1, "one-engine", advice)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wrapper_names_the_engine() {
        let text = "//! Doc.\n// As str0m does.\n";
        let found = check(&TextFile::of("crates/seameet-sfu/src/peer.rs", text));
        assert_eq!(
            found
                .iter()
                .map(|complaint| complaint.line)
                .collect::<Vec<_>>(),
            [2]
        );
        assert!(check(&TextFile::of("crates/seameet-pipeline/src/peer.rs", text)).is_empty());
        assert!(check(&TextFile::of("docs/media.md", text)).is_empty());
        assert_eq!(
            check(&TextFile::of(
                "crates/seameet/Cargo.toml",
                "str0m = \"1\"\n"
            ))
            .len(),
            1
        );
    }
}
