//! The checks, cheap ones first.

use super::runner::Step;
use super::{browsers, deny, papers, rust};
use crate::{codegen, frontend, quality, tidy};

pub(super) const ALL: &[Step] = &[
    Step::new("fmt", "Rust code is formatted", &[], rust::format),
    Step::new("tidy", "the rules of the repository hold", &[], tidy::run),
    Step::new("npm", "packages of the frontend", &[], frontend::install),
    Step::new("types", "TypeScript type check", &["npm"], || {
        frontend::script("check")
    }),
    Step::new("lint", "ESLint", &["npm"], || frontend::script("lint")),
    Step::new("vitest", "tests of the frontend", &["npm"], || {
        frontend::script("test")
    }),
    Step::new("bundle", "the frontend builds", &["npm"], || {
        frontend::script("build")
    }),
    Step::new("size", "the bundle's budget", &["bundle"], || {
        frontend::script("size")
    }),
    // The server embeds the bundle, so whatever compiles it needs the bundle.
    Step::new(
        "clippy",
        "Rust code has no warnings",
        &["bundle"],
        rust::clippy,
    ),
    Step::new("nextest", "Rust tests", &["bundle"], rust::tests),
    Step::new(
        "quality",
        "docs/quality.md tells what viewers see",
        &["nextest"],
        quality::check,
    ),
    Step::new(
        "codegen",
        "TypeScript types match the Rust types",
        &[],
        codegen::check,
    ),
    Step::new("server", "the server program", &["bundle"], rust::server),
    Step::new(
        "papers",
        "README tells the server's options",
        &["server"],
        papers::check,
    ),
    Step::new(
        "doctest",
        "examples in the documentation",
        &["bundle"],
        rust::doctests,
    )
    .slow(),
    Step::new(
        "doc",
        "documentation without warnings",
        &["bundle"],
        rust::documentation,
    )
    .slow(),
    Step::new(
        "features",
        "crates build with few features",
        &[],
        rust::features,
    )
    .slow(),
    Step::partial(
        "instructions",
        "a forwarded packet needs no more instructions",
        &[],
        rust::instructions,
    )
    .slow(),
    Step::partial(
        "deny",
        "licences, sources, bans, advisories",
        &[],
        deny::check,
    )
    .slow(),
    Step::partial(
        "e2e",
        "browsers against the real server",
        &["server"],
        browsers::run,
    )
    .slow(),
];

#[cfg(test)]
mod tests {
    use super::super::runner::Cost;
    use super::*;

    #[test]
    fn every_needed_step_exists_and_stands_before() {
        for (index, step) in ALL.iter().enumerate() {
            for needed in step.needs {
                let found = ALL.iter().position(|other| other.name == *needed);
                assert!(
                    found.is_some_and(|at| at < index),
                    "{} needs {needed}",
                    step.name
                );
            }
        }
    }

    #[test]
    fn a_quick_step_needs_no_slow_one() {
        for step in ALL.iter().filter(|step| step.cost == Cost::Quick) {
            let slow = |other: &&Step| other.cost == Cost::Slow && step.needs.contains(&other.name);
            assert!(
                !ALL.iter().any(|other| slow(&other)),
                "{} is quick",
                step.name
            );
        }
    }
}
