//! Everything that is wrong with a configuration, told at once.

use std::fmt;

use super::layers::Value;
use super::setting::Setting;

/// Everything that is wrong with a configuration.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    pub(crate) fn one(problem: impl Into<String>) -> Self {
        Self(vec![problem.into()])
    }

    pub(crate) fn add(&mut self, problem: impl Into<String>) {
        self.0.push(problem.into());
    }

    /// A value that does not parse, with the place that it was written in. A secret is not repeated.
    pub(crate) fn add_value(&mut self, setting: Setting, value: &Value, expected: &str) {
        let key = setting.row().key;
        let text = if setting.is_secret() {
            "****".to_owned()
        } else {
            format!("{:?}", value.text)
        };
        let origin = &value.origin;
        self.add(format!("{key} = {text} ({origin}): expected {expected}"));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [problem] => write!(f, "{problem}"),
            problems => {
                write!(f, "the configuration has {} problems:", problems.len())?;
                problems
                    .iter()
                    .try_for_each(|problem| write!(f, "\n  - {problem}"))
            }
        }
    }
}

impl std::error::Error for Problems {}
