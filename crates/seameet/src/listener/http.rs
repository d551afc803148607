//! Connections that speak HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::{Request, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

use super::limits::Permit;
use super::patience::Patience;
use crate::shutdown::Ending;

/// Requests carry a path and a few headers; what is longer is answered with 431.
pub(super) const MAX_HEADER_BYTES: usize = 16 * 1024;

/// What answers requests, and how long it waits.
#[derive(Debug, Clone)]
pub(super) struct HttpServer {
    pub(super) router: Router,
    pub(super) header_timeout: Duration,
    pub(super) write_timeout: Duration,
}

impl HttpServer {
    /// Answers requests until the client or the server ends.
    pub(super) async fn serve(
        self,
        stream: TcpStream,
        address: SocketAddr,
        permit: Permit,
        mut ending: Ending,
    ) {
        let (router, permit) = (self.router, Arc::new(permit));
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(address));
            // An upgraded connection outlives this service and keeps its place.
            request.extensions_mut().insert(Arc::clone(&permit));
            router.clone().oneshot(request.map(axum::body::Body::new))
        });
        let stream = Patience::new(stream, self.write_timeout);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_timeout)
            .max_buf_size(MAX_HEADER_BYTES)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = std::pin::pin!(connection);
        let result = tokio::select! {
            result = connection.as_mut() => result,
            () = ending.wait() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = result {
            tracing::debug!(%error, "HTTP connection ended");
        }
    }
}
