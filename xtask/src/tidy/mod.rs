//! `cargo xtask tidy`: the rules of the repository that the compiler cannot state.
//!
//! Each rule is a function from text or from the dependency graph to complaints, and each has tests that make it
//! fail: a rule that cannot fail is no rule.

mod arrows;
mod engine;
mod files;
mod graph;
mod links;
mod purity;
mod queues;
mod rust_text;
mod shape;
mod words;

use std::fmt;

use anyhow::{Result, bail};

use crate::workspace;

/// One broken rule: where, which, and what to do about it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Complaint {
    file: String,
    /// Counted from one.
    line: usize,
    rule: &'static str,
    advice: String,
}

impl Complaint {
    fn new(
        file: impl Into<String>,
        line: usize,
        rule: &'static str,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            file: file.into(),
            line,
            rule,
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}:{}: [{}] {}",
            self.file, self.line, self.rule, self.advice
        )
    }
}

/// Checks every rule and prints each complaint.
///
/// # Errors
///
/// Fails when a rule is broken, after all rules were checked.
pub(crate) fn run() -> Result<()> {
    let files = files::load()?;
    let graph = graph::Graph::read(&workspace::metadata()?)?;
    let mut complaints = Vec::new();
    for file in &files {
        complaints.extend(shape::check(file));
        complaints.extend(purity::check(file));
        complaints.extend(queues::check(file));
        complaints.extend(engine::check(file));
        complaints.extend(words::check(file));
        complaints.extend(links::check(file, |path| {
            workspace::root().join(path).exists()
        }));
    }
    complaints.extend(arrows::check(&graph));
    report(complaints, files.len())
}

fn report(mut complaints: Vec<Complaint>, files: usize) -> Result<()> {
    complaints.sort();
    for complaint in &complaints {
        println!("{complaint}");
    }
    if complaints.is_empty() {
        println!("tidy: {files} files, no complaints");
        return Ok(());
    }
    bail!("tidy: {} complaints in {files} files", complaints.len())
}
