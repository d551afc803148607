//! Whether the process lives and whether it takes calls.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::shared::Shared;

/// The process answers, so it lives.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// Ready from the moment the sockets are bound, which is before this can be asked, until the shutdown begins or a media
/// worker dies.
pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> (StatusCode, &'static str) {
    if shared.shutdown.has_begun() {
        (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n")
    } else if !shared.is_healthy() {
        (StatusCode::SERVICE_UNAVAILABLE, "a media worker is gone\n")
    } else {
        (StatusCode::OK, "ready\n")
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::SeaMeetServer;

    #[tokio::test]
    async fn a_server_whose_media_worker_died_lives_and_is_not_ready() {
        let builder = SeaMeetServer::builder()
            .udp_port(0)
            .public_ip(Ipv4Addr::LOCALHOST.into())
            .allow_unauthenticated_joins()
            .allow_unlimited_rates();
        let (_router, handle) = builder.into_router().unwrap();
        let status = async || ready(State(Arc::clone(&handle.shared))).await;
        assert_eq!(status().await, (StatusCode::OK, "ready\n"));
        handle.shared.media.shutdown().await;
        let sick = (StatusCode::SERVICE_UNAVAILABLE, "a media worker is gone\n");
        assert_eq!(status().await, sick);
    }
}
