//! The checks, cheap ones first.
//!
//! The order and the arguments keep a run on two cores short: every cargo step names the whole workspace, so that one
//! set of features is compiled once, and the browser tests drive the server that the Rust tests already built.

use anyhow::Result;

use super::runner::{Cost, Pass, Step};
use super::{browsers, deny};
use crate::tools::NEXTEST;
use crate::{codegen, frontend, prerequisites, process, tidy, workspace};

pub(super) const ALL: &[Step] = &[
    quick("fmt", "Rust code is formatted", &[], || {
        process::run(workspace::cargo().args(["fmt", "--all", "--check"])).map(whole)
    }),
    quick("tidy", "the rules of the repository hold", &[], || {
        tidy::run().map(whole)
    }),
    quick(
        "npm",
        "the packages of the frontend are installed",
        &[],
        || frontend::install().map(whole),
    ),
    quick("types", "TypeScript type check", &["npm"], || {
        frontend::script("check").map(whole)
    }),
    quick("lint", "ESLint", &["npm"], || {
        frontend::script("lint").map(whole)
    }),
    quick("vitest", "unit tests of the frontend", &["npm"], || {
        frontend::script("test").map(whole)
    }),
    quick("bundle", "the frontend builds", &["npm"], || {
        frontend::script("build").map(whole)
    }),
    quick(
        "size",
        "the bundle is within its budget",
        &["bundle"],
        || frontend::script("size").map(whole),
    ),
    quick("clippy", "Rust code has no warnings", &["bundle"], || {
        clippy().map(whole)
    }),
    quick("nextest", "Rust tests", &["bundle"], || {
        rust_tests().map(whole)
    }),
    quick(
        "codegen",
        "the TypeScript types match the Rust types",
        &[],
        || codegen::check().map(whole),
    ),
    slow(
        "doctest",
        "examples in the documentation run",
        &["bundle"],
        || {
            process::run(workspace::cargo().args(["test", "--workspace", "--locked", "--doc"]))
                .map(whole)
        },
    ),
    slow(
        "doc",
        "the documentation builds without warnings",
        &["bundle"],
        || rustdoc().map(whole),
    ),
    slow(
        "deny",
        "licences, sources, bans and advisories of dependencies",
        &[],
        deny::check,
    ),
    slow(
        "e2e",
        "browsers against the real server",
        &["bundle"],
        || browsers::run().map(whole),
    ),
];

const fn quick(
    name: &'static str,
    does: &'static str,
    needs: &'static [&'static str],
    action: fn() -> Result<Pass>,
) -> Step {
    Step {
        name,
        does,
        needs,
        cost: Cost::Quick,
        action,
    }
}

const fn slow(
    name: &'static str,
    does: &'static str,
    needs: &'static [&'static str],
    action: fn() -> Result<Pass>,
) -> Step {
    Step {
        name,
        does,
        needs,
        cost: Cost::Slow,
        action,
    }
}

fn whole((): ()) -> Pass {
    Pass::Whole
}

fn clippy() -> Result<()> {
    prerequisites::c_compiler()?;
    process::run(workspace::cargo().args([
        "clippy",
        "--workspace",
        "--locked",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

/// nextest where it can be had, `cargo test` otherwise: the tests are the same, the time limits are missing.
fn rust_tests() -> Result<()> {
    prerequisites::c_compiler()?;
    match NEXTEST.program() {
        Ok(program) => process::run(
            std::process::Command::new(program)
                .current_dir(workspace::root())
                .args(["nextest", "run", "--workspace", "--locked"]),
        ),
        Err(reason) => {
            println!(
                "{reason:#}\nGoing on with `cargo test`: the same tests, without a time limit for each."
            );
            process::run(workspace::cargo().args([
                "test",
                "--workspace",
                "--locked",
                "--lib",
                "--bins",
                "--tests",
                "--examples",
            ]))
        }
    }
}

fn rustdoc() -> Result<()> {
    process::run(
        workspace::cargo()
            .args([
                "doc",
                "--workspace",
                "--locked",
                "--no-deps",
                "--document-private-items",
            ])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

#[cfg(test)]
mod tests {
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
            let slow = ALL
                .iter()
                .find(|other| other.cost == Cost::Slow && step.needs.contains(&other.name));
            assert!(slow.is_none(), "{} needs {slow:?}", step.name);
        }
    }
}
