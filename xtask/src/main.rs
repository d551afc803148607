//! `cargo xtask`: the tasks of this repository, each in a file of its own.
//!
//! | command | does |
//! |---|---|
//! | `bench` | measures the server against the floor of the same run and writes `docs/benchmarks.md` |
//! | `demo` | builds everything and serves a call on this machine |
//! | `test` | runs every check that CI runs |
//! | `tidy` | checks the rules that the compiler cannot state |
//! | `codegen` | writes the TypeScript types of the wire protocol |
//! | `quality` | plays the scenes of the test kit and writes what viewers see to `docs/quality.md` |
#![expect(clippy::print_stdout, reason = "a task runner talks to the terminal")]

mod bench;
mod codegen;
mod demo;
mod frontend;
mod prerequisites;
mod process;
mod quality;
mod system;
mod test;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of the seameet repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Measure the server against the floor of the same run and write `docs/benchmarks.md`.
    Bench(bench::Options),
    /// Build the frontend and the server, then serve a call on this machine.
    Demo(demo::Options),
    /// Run every check that CI runs.
    Test(test::Options),
    /// Check the rules of the repository that the compiler cannot state.
    Tidy,
    /// Write the TypeScript types of the wire protocol.
    Codegen(codegen::Options),
    /// Play the scenes of the test kit and write what viewers see to `docs/quality.md`.
    Quality(quality::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Bench(options) => bench::run(&options),
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Tidy => tidy::run(),
        Task::Codegen(options) => codegen::run(&options),
        Task::Quality(options) => quality::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Not `Result` from `main`: that prints a backtrace of this program, which helps nobody mend theirs.
        Err(error) => {
            println!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
