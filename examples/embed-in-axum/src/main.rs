//! An axum application of its own with a meeting server inside.
//!
//! ```text
//! cargo run -p embed-in-axum
//! curl http://127.0.0.1:8080/              the application's own page
//! curl http://127.0.0.1:8080/rooms         which rooms are open
//! curl -X DELETE http://127.0.0.1:8080/rooms/lobby
//! ```
//!
//! Signaling is at `/ws`, health at `/livez` and `/readyz`, counters at `/metrics`. The application listens, ends and
//! limits by itself; the meeting server has its own UDP port. An application that accepts its connections one by one can let
//! clients without UDP in as well: see `SeaMeetServerBuilder::tcp_port` and `ServerHandle::adopt_media`.

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get};
use seameet::{Denial, Grant, SeaMeetServer, ServerHandle, rate};

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().init();
    let (meeting, handle) = SeaMeetServer::builder()
        .on_authenticate(|_participant, room, _token| async move {
            match room.as_str() {
                "lobby" => Ok(Grant::full()),
                _ => Err(Denial::new("only the lobby is open today")),
            }
        })
        .on_rate_check(rate::per_participant(rate::Quota::default()))
        // The application has a page of its own at `/`.
        .without_page()
        .into_router()?;
    let application = application(handle.clone()).merge(meeting);

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 8080)).await?;
    // The connect info lets the meeting server limit connections per address.
    let service = application.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            let _ = tokio::signal::ctrl_c().await;
            // Members are told before the sockets close; without it axum would wait for them to leave.
            handle.shutdown().await;
        })
        .await?;
    Ok(())
}

/// What the application does beside meetings.
fn application(handle: ServerHandle) -> Router {
    Router::new()
        .route("/", get(|| async { "An application with rooms inside.\n" }))
        .route("/rooms", get(list))
        .route("/rooms/{room}", delete(close))
        .with_state(handle)
}

async fn list(State(handle): State<ServerHandle>) -> String {
    let names: Vec<String> = handle.rooms().iter().map(ToString::to_string).collect();
    names.join("\n")
}

async fn close(State(handle): State<ServerHandle>, Path(room): Path<String>) -> StatusCode {
    let Ok(room) = room.parse() else {
        return StatusCode::BAD_REQUEST;
    };
    if handle.close_room(&room, "closed by the operator").await {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}
