//! The HTTP routes: WebSocket, health, metrics, the operator's view, web application.

mod admin;
#[cfg(feature = "embed-frontend")]
mod embedded;
mod frontend;
mod health;
mod security;
mod upgrade;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use crate::shared::Shared;

pub(crate) use frontend::Frontend;

/// Every route of the server. There is no fallback, so that the router can be merged into another.
pub(crate) fn router(shared: Arc<Shared>, frontend: Option<&Frontend>) -> Router {
    let mut router = Router::new()
        .route("/ws", get(upgrade::upgrade))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .merge(admin::router(&shared));
    #[cfg(feature = "metrics")]
    {
        router = router.route("/metrics", get(metrics));
    }
    if let Some(frontend) = frontend {
        router = router.merge(frontend.router());
    }
    router
        .layer(from_fn(security::add_headers))
        .with_state(shared)
}

/// All counters in the text format of Prometheus.
#[cfg(feature = "metrics")]
async fn metrics(
    axum::extract::State(shared): axum::extract::State<Arc<Shared>>,
) -> impl axum::response::IntoResponse {
    const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let text = crate::metrics::render(&shared.registry);
    ([(axum::http::header::CONTENT_TYPE, FORMAT)], text)
}
