//! The accept loop.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};

use super::http::HttpServer;
use super::limits::{ConnectionLimits, Permit};
use super::media::MediaDoor;
use super::sniff::{Language, sniff};
use crate::shutdown::{Ending, Tasks};

/// How long a client may take for its first byte, and again for the head of a request; a silent connection is closed
/// after it, be it fresh or kept alive after an answer.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may take none of what it is sent before it is given up.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long the loop rests when the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// What the accept loop works with.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) router: Router,
    pub(crate) limits: ConnectionLimits,
    /// `None` closes connections that speak media.
    pub(crate) media: Option<MediaDoor>,
    pub(crate) header_timeout: Duration,
    pub(crate) write_timeout: Duration,
}

impl Listener {
    pub(crate) fn new(socket: TcpListener, router: Router, limits: ConnectionLimits) -> Self {
        Self {
            socket,
            router,
            limits,
            media: None,
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
        Ok(permit) => permit,
        Err(limit) => {
            tracing::debug!(?limit, "connection refused");
            return;
        }
    };
    // Signaling messages are small and must not wait for each other. Failure costs latency alone.
    let _ = stream.set_nodelay(true);
    let arrival = Arrival {
        stream,
        address,
        permit,
        http: HttpServer {
            router: listener.router.clone(),
            header_timeout: listener.header_timeout,
            write_timeout: listener.write_timeout,
        },
        media: listener.media.clone(),
    };
    let (ending, guard) = (ending.clone(), tasks.guard());
    tokio::spawn(async move {
        let _guard = guard;
        arrival.serve(ending).await;
    });
}

/// A fresh connection.
struct Arrival {
    stream: TcpStream,
    address: SocketAddr,
    permit: Permit,
    http: HttpServer,
    media: Option<MediaDoor>,
}

impl Arrival {
    async fn serve(self, mut ending: Ending) {
        let language = tokio::select! {
            language = sniff(&self.stream, self.http.header_timeout) => language,
            () = ending.wait() => return,
        };
        match language {
            Ok(Language::Http) => {
                let serving = self
                    .http
                    .serve(self.stream, self.address, self.permit, ending);
                // The state of a request is large.
                Box::pin(serving).await;
            }
            Ok(Language::Media) => tokio::select! {
                () = carry(self.media, self.stream, self.address, self.permit) => {}
                () = ending.wait() => {}
            },
            Err(error) => tracing::debug!(%error, "connection without a word"),
        }
    }
}

async fn carry(media: Option<MediaDoor>, stream: TcpStream, address: SocketAddr, permit: Permit) {
    let Some(door) = media else { return };
    if let Err(refusal) = door.take(stream, address.ip(), permit).await {
        tracing::debug!(%refusal, "media connection refused");
    }
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
