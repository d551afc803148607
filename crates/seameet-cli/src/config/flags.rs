//! The layer of command line flags, made from the table.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::layers::{Layer, Origin, Value};
use super::setting::{Row, TABLE};

/// The settings that were given as flags, as text.
#[derive(Debug, Clone, Default)]
pub(crate) struct FlagLayer(Layer);

impl FlagLayer {
    pub(crate) fn into_layer(self) -> Layer {
        self.0
    }
}

impl Args for FlagLayer {
    fn augment_args(command: Command) -> Command {
        command.args(TABLE.iter().map(flag))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FlagLayer {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut layer = Self::default();
        layer.update_from_arg_matches(matches)?;
        Ok(layer)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for row in TABLE {
            if matches.value_source(row.key) != Some(ValueSource::CommandLine) {
                continue;
            }
            let given = matches.get_many::<String>(row.key).into_iter().flatten();
            let text = given.cloned().collect::<Vec<_>>().join(",");
            let origin = Origin::Flag(row.flag());
            self.0.insert(row.setting, Value { text, origin });
        }
        Ok(())
    }
}

fn flag(row: &Row) -> Arg {
    let default = match row.default {
        "" | "[]" => String::new(),
        default => format!(" [default: {default}]"),
    };
    let action = if row.setting.is_list() {
        ArgAction::Append
    } else {
        ArgAction::Set
    };
    Arg::new(row.key)
        .long(row.flag())
        .value_name(row.value_name)
        .action(action)
        .help(format!("{} [env: {}]{default}", row.help, row.variable))
}
