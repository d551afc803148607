//! Texts with their origins, the stronger over the weaker.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::setting::{Setting, TABLE};

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    /// `--dev` changes some defaults.
    Development,
    File(PathBuf),
    Variable(&'static str),
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Development => f.write_str("default with --dev"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag --{name}"),
        }
    }
}

/// A text and where it was written. It may be a secret, so it does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value(.. from {})", self.origin)
    }
}

/// What one place says.
pub(crate) type Layer = BTreeMap<Setting, Value>;

/// What all places say together.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    values: Layer,
}

impl Layers {
    pub(crate) fn of_defaults() -> Self {
        let defaults = TABLE.iter().map(|row| {
            let value = Value {
                text: row.default.to_owned(),
                origin: Origin::Default,
            };
            (row.setting, value)
        });
        Self {
            values: defaults.collect(),
        }
    }

    /// What `--dev` puts over the defaults: a server without a lock must not be reached by the network unless somebody
    /// says where it listens.
    pub(crate) fn of_development() -> Layer {
        let loopback = Value {
            text: "127.0.0.1:8080".to_owned(),
            origin: Origin::Development,
        };
        Layer::from([(Setting::WsAddr, loopback)])
    }

    /// Puts a stronger layer on top.
    pub(crate) fn add(&mut self, layer: Layer) {
        self.values.extend(layer);
    }

    pub(crate) fn get(&self, setting: Setting) -> Value {
        let missing = || Value {
            text: String::new(),
            origin: Origin::Default,
        };
        self.values.get(&setting).cloned().unwrap_or_else(missing)
    }

    /// Whether anything was said, be it by default.
    pub(crate) fn is_set(&self, setting: Setting) -> bool {
        !self.get(setting).text.is_empty()
    }
}

impl fmt::Display for Layers {
    /// As a configuration file with the origins as comments; secrets are masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in TABLE {
            let value = self.get(row.setting);
            let secret = row.setting.is_secret() && value.origin != Origin::Default;
            match value.text.as_str() {
                "" => writeln!(f, "# {} is not set", row.key)?,
                _ if secret => writeln!(f, "{} = \"****\"  # {}", row.key, value.origin)?,
                text => {
                    let quoted = toml::Value::from(text);
                    writeln!(f, "{} = {quoted}  # {}", row.key, value.origin)?;
                }
            }
        }
        Ok(())
    }
}
