//! The layer of environment variables.

use super::layers::{Layer, Origin, Value};
use super::setting::TABLE;

/// Reads every variable of the table. One that is set to nothing counts as not set, as container tools pass variables
/// that way.
pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Layer {
    let read = |row: &super::setting::Row| {
        let text = variable(row.variable).filter(|text| !text.trim().is_empty())?;
        let origin = Origin::Variable(row.variable);
        Some((row.setting, Value { text, origin }))
    };
    // The table is static, so its rows live as long as the origins.
    TABLE.iter().filter_map(read).collect()
}
