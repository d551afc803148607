//! The accept loop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::{Request, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use super::limits::ConnectionLimits;
use super::patience::Patience;
use crate::shutdown::{Ending, Tasks};

/// How long a client may take for the head of a request; a silent connection is closed after it, be it fresh or kept
/// alive after an answer.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take none of what it is sent before it is given up.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long the loop rests when the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// Requests carry a path and a few headers; what is longer is answered with 431.
pub(super) const MAX_HEADER_BYTES: usize = 16 * 1024;

/// What the accept loop works with.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) router: Router,
    pub(crate) limits: ConnectionLimits,
    pub(crate) header_timeout: Duration,
    pub(crate) write_timeout: Duration,
}

impl Listener {
    pub(crate) fn new(socket: TcpListener, router: Router, limits: ConnectionLimits) -> Self {
        Self {
            socket,
            router,
            limits,
            header_timeout: HEADER_TIMEOUT,
            write_timeout: WRITE_TIMEOUT,
        }
    }
}

/// Accepts until the server ends. Nothing that a client does or leaves undone delays the next `accept`.
pub(crate) async fn serve(listener: Listener, mut ending: Ending, tasks: Tasks) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.socket.accept() => accepted,
            () = ending.wait() => return,
        };
        match accepted {
            Ok((stream, address)) => spawn(&listener, stream, address, &ending, &tasks),
            Err(error) => rest_if_needed(&error).await,
        }
    }
}

fn spawn(
    listener: &Listener,
    stream: TcpStream,
    address: SocketAddr,
    ending: &Ending,
    tasks: &Tasks,
) {
    let permit = match listener.limits.acquire(address.ip()) {
        Ok(permit) => Arc::new(permit),
        Err(limit) => {
            tracing::debug!(?limit, "connection refused");
            return;
        }
    };
    // Signaling messages are small and must not wait for each other. Failure costs latency alone.
    let _ = stream.set_nodelay(true);
    let router = listener.router.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        // An upgraded connection outlives this service and keeps its place.
        request.extensions_mut().insert(Arc::clone(&permit));
        router.clone().oneshot(request.map(axum::body::Body::new))
    });
    let stream = Patience::new(stream, listener.write_timeout);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(listener.header_timeout)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let (mut ending, guard) = (ending.clone(), tasks.guard());
    tokio::spawn(async move {
        let _guard = guard;
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
    });
}

/// Errors of one connection are its own; anything else is most likely a lack of file descriptors, which passes.
async fn rest_if_needed(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        return;
    }
    tracing::error!(%error, "cannot accept connections for now");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
