//! The web application that was compiled into the program.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// The built application. Building with the feature `embed-frontend` fails when it was not built before.
#[derive(rust_embed::RustEmbed)]
#[folder = "../../frontend/apps/meet/dist"]
#[exclude = "*.map"]
struct Files;

/// Whether there is a page. In a build for development the files are read from their folder, which may be gone.
pub(super) fn is_there() -> bool {
    Files::get("index.html").is_some()
}

/// Serves the files that were compiled in.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(index))
        .route("/r/{*room}", get(index))
        .route("/{*file}", get(file))
}

async fn index(headers: HeaderMap) -> Response {
    serve("index.html", &headers)
}

async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    serve(&path, &headers)
}

fn serve(path: &str, headers: &HeaderMap) -> Response {
    let Some(file) = Files::get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = entity_tag(&file.metadata.sha256_hash());
    let known = headers.get(header::IF_NONE_MATCH);
    if tag.is_some() && known == tag.as_ref() {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = Response::new(Body::from(file.data));
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind.as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(tag) = tag {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The first half of the hash tells files apart well enough.
fn entity_tag(hash: &[u8; 32]) -> Option<HeaderValue> {
    let half = *hash.first_chunk::<16>()?;
    HeaderValue::from_str(&format!("\"{:032x}\"", u128::from_be_bytes(half))).ok()
}
