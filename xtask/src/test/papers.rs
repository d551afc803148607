//! The README's table of options against the options that the program has.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{process, workspace};

/// Options that every program has and that need no row.
const COMMON: &[&str] = &["--help", "--version"];

/// Fails when an option or its variable stands in `seameet serve --help` and not in the README, or the other way round.
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

/// An option and the environment variable that sets it, either with its dashes and capitals.
type Flag = (String, String);

fn compare(program: &BTreeSet<Flag>, readme: &BTreeSet<Flag>) -> Vec<String> {
    let show = |(flag, variable): &Flag| match variable.as_str() {
        "" => format!("`{flag}`"),
        _ => format!("`{flag}` with variable `{variable}`"),
    };
    let missing = program.difference(readme).map(|option| {
        format!(
            "README.md: the table of options lacks {}; add its row",
            show(option)
        )
    });
    let invented = readme.difference(program).map(|option| {
        format!(
            "README.md: `seameet serve` has no {}; mend or remove its row",
            show(option)
        )
    });
    missing.chain(invented).collect()
}

/// Reads clap's help: a flag begins an entry, `[env: NAME=…]` may stand anywhere in it.
fn options_of_help(help: &str) -> BTreeSet<Flag> {
    let mut options: Vec<Flag> = Vec::new();
    for line in help.lines() {
        let flag = line
            .split_whitespace()
            .take(2)
            .find(|word| word.starts_with("--"));
        let begins = line.trim_start().starts_with('-');
        if let Some(flag) = flag.filter(|_| begins) {
            options.push((flag.trim_end_matches([',', '.']).to_owned(), String::new()));
        }
        if let (Some(variable), Some(last)) = (variable_of_help(line), options.last_mut()) {
            variable.clone_into(&mut last.1);
        }
    }
    options
        .into_iter()
        .filter(|(flag, _)| !COMMON.contains(&flag.as_str()))
        .collect()
}

fn variable_of_help(line: &str) -> Option<&str> {
    line.split_once("[env: ")?.1.split(['=', ']']).next()
}

/// Reads rows of the form ``| `--flag` | `VARIABLE` | …``; a dash or nothing stands for no variable.
fn options_of_table(readme: &str) -> BTreeSet<Flag> {
    let rows = readme.lines().filter(|line| line.starts_with("| `--"));
    rows.map(|row| {
        let mut cells = row
            .split('|')
            .skip(1)
            .map(|cell| cell.trim().trim_matches('`'));
        let flag = cells
            .next()
            .unwrap_or_default()
            .split(' ')
            .next()
            .unwrap_or_default();
        let variable = cells
            .next()
            .filter(|text| text.chars().any(char::is_alphabetic));
        (flag.to_owned(), variable.unwrap_or_default().to_owned())
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: &str = "\
Options:
      --ws-addr <ADDRESS>  Where to listen [env: WS_ADDR=] [default: 0.0.0.0:8080]
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
| `--ws-addr` | `WS_ADDR` | x |
| `--config` | `SEAMEET_CONFIG` | |
| `--dev` | – | off |
";

    #[test]
    fn both_forms_of_help_are_read() {
        let options = options_of_help(HELP);
        let flags: Vec<_> = options
            .iter()
            .map(|(flag, name)| (flag.as_str(), name.as_str()))
            .collect();
        assert_eq!(
            flags,
            [
                ("--config", "SEAMEET_CONFIG"),
                ("--dev", ""),
                ("--ws-addr", "WS_ADDR")
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
    fn a_missing_row_an_invented_row_and_a_wrong_variable_are_named() {
        let without = TABLE.replace("| `--dev` | – | off |\n", "");
        assert_eq!(
            compare(&options_of_help(HELP), &options_of_table(&without)).len(),
            1
        );
        let invented = format!("{TABLE}| `--moon` | | |\n");
        assert_eq!(
            compare(&options_of_help(HELP), &options_of_table(&invented)).len(),
            1
        );
        let wrong = TABLE.replace("WS_ADDR", "WS_ADDRESS");
        assert_eq!(
            compare(&options_of_help(HELP), &options_of_table(&wrong)).len(),
            2
        );
    }
}
