//! The web application.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::services::{ServeDir, ServeFile};

use crate::settings::PageSource;

/// The build gives files below this path names that contain a hash of their content.
const HASHED: &str = "/assets/";
const CACHE_FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// May be stored, must be asked for again: an old page would ask for files that the new server does not have.
const CACHE_CHECKED: HeaderValue = HeaderValue::from_static("no-cache");

/// Where the application comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frontend {
    /// A folder with `index.html`.
    Directory(PathBuf),
    /// The program itself.
    #[cfg(feature = "embed-frontend")]
    Embedded,
}

impl Frontend {
    /// What a server shows, if anything.
    pub(crate) fn choose(source: &PageSource) -> Option<Self> {
        match source {
            PageSource::Directory(path) => Some(Self::Directory(path.clone())),
            #[cfg(feature = "embed-frontend")]
            PageSource::Embedded => super::embedded::is_there().then_some(Self::Embedded),
            #[cfg(not(feature = "embed-frontend"))]
            PageSource::Embedded => None,
            PageSource::None => None,
        }
    }

    /// `/` and `/r/*` show the application, every other path a file or nothing.
    pub(crate) fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let router = match self {
            Self::Directory(path) => directory_router(path),
            #[cfg(feature = "embed-frontend")]
            Self::Embedded => super::embedded::router(),
        };
        router.layer(from_fn(set_caching))
    }
}

fn directory_router<S: Clone + Send + Sync + 'static>(path: &Path) -> Router<S> {
    let index = ServeFile::new(path.join("index.html"));
    let files = ServeDir::new(path).append_index_html_on_directories(false);
    Router::new()
        .route_service("/", index.clone())
        .route_service("/r/{*room}", index)
        .route_service("/{*file}", files)
}

async fn set_caching(request: Request, next: Next) -> Response {
    let hashed = request.uri().path().starts_with(HASHED);
    let mut response = next.run(request).await;
    let cacheable = hashed && response.status().is_success();
    let value = if cacheable {
        CACHE_FOREVER
    } else {
        CACHE_CHECKED
    };
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}
