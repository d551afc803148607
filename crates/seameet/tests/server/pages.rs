//! The HTTP routes beside `/ws`, asked through the router that an application embeds.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower::ServiceExt as _;

use crate::support::{Client, open_builder, soon};

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

async fn get(router: &Router, path: &str) -> Answer {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// A folder as the frontend's build leaves it, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(path.join("assets")).unwrap();
        std::fs::write(path.join("index.html"), "<!doctype html>meet").unwrap();
        std::fs::write(path.join("icon.svg"), "<svg/>").unwrap();
        std::fs::write(path.join("assets/app-1a2b.js"), "run()").unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn health_tells_life_and_readiness_apart() {
    let (router, handle) = open_builder().into_router().unwrap();
    assert_eq!(get(&router, "/livez").await.status, StatusCode::OK);
    assert_eq!(get(&router, "/readyz").await.status, StatusCode::OK);
    handle.shutdown().await;
    assert_eq!(get(&router, "/livez").await.status, StatusCode::OK);
    assert_eq!(
        get(&router, "/readyz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn the_page_is_shown_for_the_lobby_and_for_rooms_and_nothing_else() {
    let folder = Folder::new("page");
    let (router, _handle) = open_builder().static_dir(&folder.0).into_router().unwrap();
    for path in ["/", "/r/lobby", "/r/a.b:c-d_e"] {
        let answer = get(&router, path).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (StatusCode::OK, "<!doctype html>meet")
        );
        assert_eq!(answer.header("content-type"), "text/html");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
    assert_eq!(get(&router, "/other").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        get(&router, "/assets/gone.js").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        get(&router, "/..%2f..%2fCargo.toml").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn files_with_a_hash_in_their_name_are_kept_for_ever_and_others_checked() {
    let folder = Folder::new("caching");
    let (router, _handle) = open_builder().static_dir(&folder.0).into_router().unwrap();
    let script = get(&router, "/assets/app-1a2b.js").await;
    assert_eq!(script.text, "run()");
    assert_eq!(script.header("content-type"), "text/javascript");
    assert_eq!(
        script.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(
        get(&router, "/icon.svg").await.header("cache-control"),
        "no-cache"
    );
    assert_eq!(
        get(&router, "/assets/gone.js")
            .await
            .header("cache-control"),
        "no-cache"
    );
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let folder = Folder::new("security");
    let (router, _handle) = open_builder().static_dir(&folder.0).into_router().unwrap();
    for path in ["/", "/readyz", "/ws", "/gone"] {
        let answer = get(&router, path).await;
        let policy = answer.header("content-security-policy");
        for rule in [
            "default-src 'self'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "connect-src 'self';",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(
            answer
                .header("permissions-policy")
                .contains("camera=(self)")
        );
    }
}

#[tokio::test]
async fn a_request_that_is_no_handshake_is_told_what_is_spoken_here() {
    let (router, _handle) = open_builder().into_router().unwrap();
    let answer = get(&router, "/ws").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text.contains("WebSocket"));
}

#[tokio::test]
async fn the_router_merges_into_an_application_with_routes_and_a_fallback() {
    let (router, _handle) = open_builder().without_page().into_router().unwrap();
    let application = Router::new()
        .route("/", axum::routing::get(|| async { "mine" }))
        .fallback(|| async { "fallback" })
        .merge(router);
    assert_eq!(get(&application, "/").await.text, "mine");
    assert_eq!(get(&application, "/readyz").await.text, "ready\n");
    assert_eq!(get(&application, "/other").await.text, "fallback");
}

#[tokio::test]
async fn an_application_that_listens_by_itself_serves_conversations_and_ends_them() {
    let (router, handle) = open_builder().without_page().into_router().unwrap();
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let (ended, end) = oneshot::channel::<()>();
    let serving = axum::serve(socket, service).with_graceful_shutdown(async {
        end.await.unwrap();
    });
    let serving = tokio::spawn(serving.into_future());

    let mut ada = Client::connect(address, &[]).await.unwrap();
    ada.join("lobby").await;
    assert!(ada.is_served().await);
    handle.shutdown().await;
    ended.send(()).unwrap();
    ada.expect("room_closing").await;
    assert_eq!(ada.expect_close().await, 1001);
    soon("the end of the application", serving)
        .await
        .unwrap()
        .unwrap();
}

#[cfg(feature = "metrics")]
#[tokio::test]
async fn metrics_count_joins_messages_and_media() {
    use serde_json::json;

    use crate::support::TestServer;

    let server = TestServer::open();
    let (mut ada, _) = server.join("lobby").await;
    ada.send(&json!({ "type": "chat_message", "text": "hello" }))
        .await;
    ada.expect("chat_message").await;
    let mut eve = server.connect().await;
    eve.send(&json!({ "type": "join", "protocol": 1, "room_id": "no such name!" }))
        .await;
    eve.expect_close().await;

    let text = scrape(server.address).await;
    for line in [
        "seameet_connections_opened_total 2",
        "seameet_rooms 1",
        "seameet_participants 1",
        "seameet_joins_total{outcome=\"joined\"} 1",
        "seameet_joins_total{outcome=\"invalid\"} 1",
        "seameet_messages_received_total{type=\"chat_message\"} 1",
        "seameet_media_packets_received_total 0",
        "seameet_media_packets_dropped_total{cause=\"oversize\"} 0",
        "seameet_media_keyframe_requests_sent_total 0",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(
        !text.contains("lobby"),
        "names of rooms are nobody's business"
    );
}

#[cfg(feature = "metrics")]
async fn scrape(address: SocketAddr) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[cfg(feature = "embed-frontend")]
#[tokio::test]
async fn the_page_that_was_compiled_in_is_served_and_checked_by_its_tag() {
    let (router, _handle) = open_builder().into_router().unwrap();
    let page = get(&router, "/r/lobby").await;
    assert_eq!(page.header("content-type"), "text/html");
    assert_eq!(page.header("cache-control"), "no-cache");
    let request = Request::get("/")
        .header("if-none-match", page.header("etag"))
        .body(Body::empty())
        .unwrap();
    let again = router.clone().oneshot(request).await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);

    let script = page.text.split("src=\"").nth(1).unwrap();
    let script = get(&router, script.split('"').next().unwrap()).await;
    assert_eq!(script.status, StatusCode::OK);
    assert_eq!(script.header("content-type"), "text/javascript");
    assert!(script.header("cache-control").contains("immutable"));
    assert_eq!(
        get(&router, "/assets/gone.js").await.status,
        StatusCode::NOT_FOUND
    );
}
