//! Plays the scenes of `seameet_testkit::scenarios` and prints `docs/quality.md`; `cargo xtask quality` writes it.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

fn main() {
    print!("{}", seameet_testkit::report::document());
}
