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
    let digits: String = hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::from_str(&format!("\"{digits}\"")).ok()
}
