//! The wall clock, for what people are shown.

use std::time::{SystemTime, UNIX_EPOCH};

/// Whole milliseconds since 1970. A clock that is set before that year counts as 0.
pub(crate) fn wall_clock_ms() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| (since.as_secs_f64() * 1000.0).floor())
}
