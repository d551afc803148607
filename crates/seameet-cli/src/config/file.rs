//! The layer of the configuration file.

use std::path::Path;

use super::layers::{Layer, Origin, Value};
use super::problem::Problems;
use super::setting::{Setting, TABLE};

/// Reads a TOML file.
pub(crate) fn read(path: &Path) -> Result<Layer, Problems> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problems::one(format!("cannot read {}: {error}", path.display())))?;
    parse(path, &text)
}

/// Reads the text of a TOML file and names every unknown key.
pub(super) fn parse(path: &Path, text: &str) -> Result<Layer, Problems> {
    // The parser's message shows the offending line, which may hold the secret; its place says enough.
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let place = error.span().map_or(String::new(), |span| {
            let before = text.get(..span.start).unwrap_or_default();
            format!(" in line {}", before.lines().count().max(1))
        });
        let path = path.display();
        Problems::one(format!("{path} is not TOML{place}: {}", error.message()))
    })?;
    let mut layer = Layer::new();
    let mut problems = Problems::default();
    for (key, value) in table {
        let origin = Origin::File(path.to_owned());
        match Setting::by_key(&key) {
            Some(setting) => {
                let text = to_text(setting, &value);
                layer.insert(setting, Value { text, origin });
            }
            None => problems.add(format!("{key} ({origin}): {}", unknown())),
        }
    }
    if problems.is_empty() {
        Ok(layer)
    } else {
        Err(problems)
    }
}

/// Lists may be written as lists; the ICE servers are tables, which JSON can write in one text.
fn to_text(setting: Setting, value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) if setting.is_list() => {
            let items: Vec<String> = items.iter().map(|item| to_text(setting, item)).collect();
            items.join(",")
        }
        toml::Value::Array(_) | toml::Value::Table(_) => {
            serde_json::to_string(value).unwrap_or_default()
        }
        other => other.to_string(),
    }
}

fn unknown() -> String {
    let keys: Vec<&str> = TABLE.iter().map(|row| row.key).collect();
    format!("there is no such setting; there are {}", keys.join(", "))
}
