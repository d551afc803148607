//! Whether the process lives and whether it takes calls.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::shared::Shared;

/// The process answers, so it lives.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// Ready from the moment the sockets are bound, which is before this can be asked, until the shutdown begins.
pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> (StatusCode, &'static str) {
    if shared.shutdown.has_begun() {
        (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n")
    } else {
        (StatusCode::OK, "ready\n")
    }
}
