//! From an HTTP request to a WebSocket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use seameet_signaling::transport::WebSocket;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::connection::{Connection, serve};
use crate::listener::{LimitReached, Permit};
use crate::metrics::Metrics;
use crate::origin::OriginRefused;
use crate::shared::Shared;
use crate::shutdown::TaskGuard;

/// How long the client may take to receive the `101 Switching Protocols`.
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(10);
/// Signaling messages are small and few, so are the buffers: there is a pair of them per connection.
const BUFFER_BYTES: usize = 8 * 1024;

/// `GET /ws`.
pub(super) async fn upgrade(State(shared): State<Arc<Shared>>, mut request: Request) -> Response {
    if shared.shutdown.has_begun() {
        return refuse(&shared, Refusal::ShuttingDown);
    }
    if let Err(refused) = shared.origins.check(request.headers()) {
        return refuse(&shared, Refusal::Origin(refused));
    }
    let peer_address = peer_address(&request);
    let permit = match permit(&shared, &request, peer_address) {
        Ok(permit) => permit,
        Err(limit) => return refuse(&shared, Refusal::Limit(limit)),
    };
    let response = match create_response_with_body(&request, Body::empty) {
        Ok(response) => response,
        Err(error) => {
            tracing::debug!(%error, "not a WebSocket handshake");
            return refuse(&shared, Refusal::Handshake);
        }
    };
    let upgrade = hyper::upgrade::on(&mut request);
    let connection = Pending {
        upgrade,
        peer_address,
        headers: std::mem::take(request.headers_mut()),
        permit,
        guard: shared.tasks.guard(),
    };
    tokio::spawn(connection.serve(shared));
    response
}

/// A connection between the answer to its request and its first frame.
struct Pending {
    upgrade: OnUpgrade,
    peer_address: Option<SocketAddr>,
    headers: axum::http::HeaderMap,
    permit: Arc<Permit>,
    guard: TaskGuard,
}

impl Pending {
    async fn serve(self, shared: Arc<Shared>) {
        let _guard = self.guard;
        let _permit = self.permit;
        let upgraded = match timeout(UPGRADE_TIMEOUT, self.upgrade).await {
            Ok(Ok(upgraded)) => upgraded,
            Ok(Err(error)) => return tracing::debug!(%error, "the client left before the upgrade"),
            Err(_) => return tracing::debug!("the client did not take the upgrade"),
        };
        let config = websocket_config(shared.session.limits.decode.longest());
        let stream =
            WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config));
        let _counted = OpenConnection::count(&shared.metrics);
        let connection = Connection {
            socket: WebSocket::new(stream.await),
            peer_address: self.peer_address,
            headers: self.headers,
        };
        serve(connection, shared).await;
    }
}

/// Counts a connection as open until it is dropped, in whatever way it ends.
struct OpenConnection(Arc<Metrics>);

impl OpenConnection {
    fn count(metrics: &Arc<Metrics>) -> Self {
        metrics.connection_opened();
        Self(Arc::clone(metrics))
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.connection_closed();
    }
}

/// Limits that hold before a message is in memory. `longest` is the longest message of the protocol; one of up to twice
/// that is read all the same, because it can be refused without ending the connection.
fn websocket_config(longest: usize) -> WebSocketConfig {
    let limit = Some(longest.saturating_mul(2));
    let mut config = WebSocketConfig::default();
    config.read_buffer_size = BUFFER_BYTES;
    config.write_buffer_size = BUFFER_BYTES;
    config.max_message_size = limit;
    config.max_frame_size = limit;
    config
}

/// The listener told it, or the embedding application did.
fn peer_address(request: &Request) -> Option<SocketAddr> {
    let info = request.extensions().get::<ConnectInfo<SocketAddr>>();
    info.map(|ConnectInfo(address)| *address)
}

/// The place that the TCP connection has already, or a fresh one where another program accepts connections.
fn permit(
    shared: &Shared,
    request: &Request,
    address: Option<SocketAddr>,
) -> Result<Arc<Permit>, LimitReached> {
    match request.extensions().get::<Arc<Permit>>() {
        Some(permit) => Ok(Arc::clone(permit)),
        None => shared
            .limits
            .acquire(address.map(|address| address.ip()))
            .map(Arc::new),
    }
}

/// Why there is no WebSocket.
#[derive(Debug, Clone, Copy)]
enum Refusal {
    ShuttingDown,
    Origin(OriginRefused),
    Limit(LimitReached),
    Handshake,
}

fn refuse(shared: &Shared, refusal: Refusal) -> Response {
    let (status, cause, text) = match refusal {
        Refusal::ShuttingDown => (
            StatusCode::SERVICE_UNAVAILABLE,
            "shutting_down",
            "the server is shutting down\n",
        ),
        Refusal::Origin(OriginRefused::UnlistedName) => (
            StatusCode::FORBIDDEN,
            "unlisted_name",
            "this server lets everybody in without a token, so pages may connect that it serves as localhost or by its \
             address; for any other name the operator must list the page, such as http://host:port, in allowed_origins \
             (ALLOWED_ORIGINS, --allowed-origins)\n",
        ),
        Refusal::Origin(OriginRefused::Foreign) => (
            StatusCode::FORBIDDEN,
            "origin",
            "pages of this origin may not connect; the operator can allow it in allowed_origins\n",
        ),
        Refusal::Limit(LimitReached::Total) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "connection_limit",
            "the server has its maximum of connections\n",
        ),
        Refusal::Limit(LimitReached::Address) => (
            StatusCode::TOO_MANY_REQUESTS,
            "address_limit",
            "this address has its maximum of connections\n",
        ),
        Refusal::Handshake => (
            StatusCode::BAD_REQUEST,
            "handshake",
            "this address speaks WebSocket version 13\n",
        ),
    };
    shared.metrics.connection_refused(cause);
    tracing::debug!(cause, "connection refused");
    (status, text).into_response()
}
