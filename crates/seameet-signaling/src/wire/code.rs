//! Error codes as text.

use seameet_core::ErrorCode;
use serde::{Deserialize, Deserializer, Serializer, de};

/// Writes a code in its stable form.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde gives the field by reference"
)]
pub(super) fn serialize<S: Serializer>(code: &ErrorCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

/// Reads a code. A client of an older version meets codes that it does not know; they become `internal`,
/// and the message's own `retryable` says what to do.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<ErrorCode, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Err(de::Error::custom("an error code is not empty"));
    }
    Ok(ErrorCode::ALL
        .iter()
        .copied()
        .find(|code| code.as_str() == text)
        .unwrap_or(ErrorCode::Internal))
}
