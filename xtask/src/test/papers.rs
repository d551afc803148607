//! The README's table of options against the options that the program has.

use std::collections::BTreeSet;
use std::fmt;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{process, workspace};

/// Options that every program has and that need no row.
const COMMON: &[&str] = &["--help", "--version"];

/// Fails when an option, its variable or its default stands in `seameet serve --help` and not in the README, or the other way round.
pub(super) fn check() -> Result<()> {
    let program = workspace::built_program("debug", "seameet")?;
    let help = process::capture(Command::new(program).args(["serve", "--help"]))?;
    let readme = std::fs::read_to_string(workspace::root().join("README.md"))
        .context("README.md cannot be read")?;
    let complaints = compare(&options_of_help(&help), &options_of_table(&readme));
    if complaints.is_empty() {
        println!("README.md lists every option of `seameet serve`.");
        return Ok(());
    }
    bail!("{}", complaints.join("\n"))
}

/// An option as the program or the README tells it; what it lacks is empty.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Flag {
    name: String,
    variable: String,
    default: String,
}

impl fmt::Display for Flag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            variable,
            default,
        } = self;
        write!(
            formatter,
            "`{name}` (variable `{variable}`, default `{default}`)"
        )
    }
}

fn compare(program: &BTreeSet<Flag>, readme: &BTreeSet<Flag>) -> Vec<String> {
    let missing = program
        .difference(readme)
        .map(|flag| format!("README.md: the table of options lacks {flag}"));
    let invented = readme
        .difference(program)
        .map(|flag| format!("README.md: `seameet serve` has no {flag}; mend or remove its row"));
    missing.chain(invented).collect()
}

/// Reads clap's help: a flag begins an entry, `[env: NAME]` and `[default: …]` may stand anywhere in it.
fn options_of_help(help: &str) -> BTreeSet<Flag> {
    let mut flags: Vec<Flag> = Vec::new();
    for line in help.lines() {
        let name = line
            .split_whitespace()
            .take(2)
            .find(|word| word.starts_with("--"));
        let begins = line.trim_start().starts_with('-');
        if let Some(name) = name.filter(|_| begins) {
            flags.push(Flag {
                name: name.to_owned(),
                ..Flag::default()
            });
        }
        let Some(last) = flags.last_mut() else {
            continue;
        };
        if let Some(variable) = bracketed(line, "[env: ") {
            variable
                .split('=')
                .next()
                .unwrap_or_default()
                .clone_into(&mut last.variable);
        }
        if let Some(default) = bracketed(line, "[default: ") {
            default.clone_into(&mut last.default);
        }
    }
    flags
        .into_iter()
        .filter(|flag| !COMMON.contains(&flag.name.as_str()))
        .collect()
}

fn bracketed<'a>(line: &'a str, opening: &str) -> Option<&'a str> {
    line.split_once(opening)?.1.split(']').next()
}

/// Reads rows of the form ``| `--flag` | `VARIABLE` | `default` | …``. A cell that is not in backticks is prose and stands
/// for nothing.
fn options_of_table(readme: &str) -> BTreeSet<Flag> {
    let rows = readme.lines().filter(|line| line.starts_with("| `--"));
    rows.map(|row| {
        let mut cells = row.split('|').skip(1).map(|cell| code(cell.trim()));
        let mut next = || cells.next().unwrap_or_default();
        Flag {
            name: next(),
            variable: next(),
            default: next(),
        }
    })
    .collect()
}

fn code(cell: &str) -> String {
    let inner = cell
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'));
    inner.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: &str = "\
Options:
      --ws-addr <ADDRESS>  Where to listen [env: WS_ADDR] [default: 0.0.0.0:8080]
  -c, --config <FILE>
          A file.

          [env: SEAMEET_CONFIG=]
      --dev
          Opens it -- loudly
  -h, --help     Print help
";

    const TABLE: &str = "\
| flag | variable | default |
|---|---|---|
| `--ws-addr` | `WS_ADDR` | `0.0.0.0:8080` |
| `--config` | `SEAMEET_CONFIG` | none |
| `--dev` | – | off |
";

    #[test]
    fn both_forms_of_help_are_read() {
        let options: Vec<_> = options_of_help(HELP)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            options,
            [
                "`--config` (variable `SEAMEET_CONFIG`, default ``)",
                "`--dev` (variable ``, default ``)",
                "`--ws-addr` (variable `WS_ADDR`, default `0.0.0.0:8080`)",
            ]
        );
    }

    #[test]
    fn an_equal_table_passes() {
        assert_eq!(
            compare(&options_of_help(HELP), &options_of_table(TABLE)),
            [""; 0]
        );
    }

    #[test]
    fn a_missing_row_an_invented_row_and_a_wrong_cell_are_named() {
        let complaints =
            |table: &str| compare(&options_of_help(HELP), &options_of_table(table)).len();
        assert_eq!(complaints(&TABLE.replace("| `--dev` | – | off |\n", "")), 1);
        assert_eq!(complaints(&format!("{TABLE}| `--moon` | | |\n")), 1);
        assert_eq!(complaints(&TABLE.replace("`WS_ADDR`", "`WS_ADDRESS`")), 2);
        assert_eq!(complaints(&TABLE.replace("0:8080", "0:8081")), 2);
    }
}
