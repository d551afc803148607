//! Every queue is bounded: a channel without a bound turns a slow reader into a full memory.

use super::Complaint;
use super::files::TextFile;
use super::rust_text;

/// Constructors and types of channels without a bound.
const UNBOUNDED: &[&str] = &[
    "unbounded_channel",
    "unbounded",
    "UnboundedSender",
    "UnboundedReceiver",
    // The standard library's `channel` has no bound; `sync_channel` has one. tokio's takes its bound as an argument.
    "mpsc::channel()",
];

pub(super) fn check(file: &TextFile) -> Vec<Complaint> {
    if !file.is_rust() {
        return Vec::new();
    }
    let code = rust_text::shipped_code(&file.text);
    let complain = |word: &str, line| {
        let advice = format!(
            "`{word}` has no bound; choose one and write what happens when it is reached beside it"
        );
        Complaint::new(&file.path, line, "bounded-queues", advice)
    };
    UNBOUNDED
        .iter()
        .flat_map(|word| {
            rust_text::lines_mentioning(&code, word)
                .map(|line| complain(word, line))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        check(&TextFile::of("crates/a/src/b.rs", text))
            .into_iter()
            .map(|complaint| complaint.line)
            .collect()
    }

    #[test]
    fn channels_without_a_bound_are_named() {
        assert_eq!(lines("let (a, b) = mpsc::unbounded_channel();\n"), [1]);
        assert_eq!(lines("\nlet (a, b) = std::sync::mpsc::channel();\n"), [2]);
        assert_eq!(lines("let (a, b) = flume::unbounded();\n"), [1]);
    }

    #[test]
    fn bounded_channels_pass() {
        assert!(lines("let (a, b) = mpsc::channel(64); let c = sync_channel(1);\n").is_empty());
        assert!(lines("// unbounded_channel is never used here\n").is_empty());
    }
}
