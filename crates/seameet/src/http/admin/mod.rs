//! The operator's view: which rooms are open, who is in, why somebody sees what it sees. `docs/admin-api.md` documents
//! every field.
//!
//! Without a token in the settings nothing is shown at all, and without the token in the request nothing tells a room
//! that is open from one that is not.

mod guard;
mod report;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use seameet_core::{ParticipantId, RoomId};
use serde::Serialize;

use self::report::{RoomReport, RoomsReport, WhyReport};
use crate::rooms::NoAnswer;
use crate::shared::Shared;

/// The routes below `/api/v1`, behind their guard.
pub(super) fn router(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    Router::new()
        .route("/api/v1/rooms", get(rooms))
        .route("/api/v1/rooms/{room}", get(room))
        .route(
            "/api/v1/rooms/{room}/participants/{participant}/why",
            get(why),
        )
        .route_layer(from_fn_with_state(Arc::clone(shared), guard::guard))
}

/// `GET /api/v1/rooms`.
async fn rooms(State(shared): State<Arc<Shared>>) -> Response {
    let report = RoomsReport::new(&shared.directory.names());
    answer(StatusCode::OK, &report)
}

/// `GET /api/v1/rooms/{room}`.
async fn room(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Response {
    let Ok(id) = name.parse::<RoomId>() else {
        return refuse(Refusal::UnknownRoom);
    };
    match shared.directory.describe(&id).await {
        Ok(overview) => answer(StatusCode::OK, &RoomReport::new(&id, overview)),
        Err(none) => refuse(none.into()),
    }
}

/// `GET /api/v1/rooms/{room}/participants/{participant}/why`.
async fn why(
    State(shared): State<Arc<Shared>>,
    Path((name, participant)): Path<(String, String)>,
) -> Response {
    let Ok(room) = name.parse::<RoomId>() else {
        return refuse(Refusal::UnknownRoom);
    };
    let Ok(participant) = participant.parse::<ParticipantId>() else {
        return refuse(Refusal::UnknownParticipant);
    };
    match shared.directory.explain(&room, participant).await {
        Ok(explanation) => {
            let report = WhyReport::new(&room, participant, explanation.as_deref());
            answer(StatusCode::OK, &report)
        }
        Err(none) => refuse(none.into()),
    }
}

/// Why a request has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    NotEnabled,
    RateLimited,
    Unauthorized,
    UnknownRoom,
    UnknownParticipant,
    Busy,
}

impl From<NoAnswer> for Refusal {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::UnknownRoom => Self::UnknownRoom,
            NoAnswer::UnknownParticipant => Self::UnknownParticipant,
            NoAnswer::Busy => Self::Busy,
        }
    }
}

#[derive(Debug, Serialize)]
struct ErrorReport {
    code: &'static str,
    message: &'static str,
}

fn refuse(refusal: Refusal) -> Response {
    let (status, code, message) = match refusal {
        Refusal::NotEnabled => (
            StatusCode::NOT_FOUND,
            "not_enabled",
            "the operator did not set an admin_token",
        ),
        Refusal::RateLimited => (
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "too many requests from this address",
        ),
        Refusal::Unauthorized => (
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "send the admin_token as Authorization: Bearer",
        ),
        Refusal::UnknownRoom => (
            StatusCode::NOT_FOUND,
            "unknown_room",
            "no such room is open",
        ),
        Refusal::UnknownParticipant => (
            StatusCode::NOT_FOUND,
            "unknown_participant",
            "no such participant is in the room",
        ),
        Refusal::Busy => (
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "the room did not answer in time; try again",
        ),
    };
    let mut response = answer(status, &ErrorReport { code, message });
    let headers = response.headers_mut();
    match refusal {
        // RFC 6750, section 3.
        Refusal::Unauthorized => {
            headers.insert(header::WWW_AUTHENTICATE, BEARER);
        }
        Refusal::RateLimited | Refusal::Busy => {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        _ => {}
    }
    response
}

const BEARER: axum::http::HeaderValue =
    axum::http::HeaderValue::from_static("Bearer realm=\"seameet\"");
const RETRY_AFTER: axum::http::HeaderValue = axum::http::HeaderValue::from_static("1");

/// Nothing of it is to be kept by caches on the way.
const HEADERS: [(HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "application/json"),
    (header::CACHE_CONTROL, "no-store"),
];

fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(text) => (status, HEADERS, text).into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
