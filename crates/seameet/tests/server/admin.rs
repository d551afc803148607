//! The operator's view: who gets in, and what is told.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use seameet::{SeaMeetServerBuilder, TurnServer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

use crate::support::{TestServer, open_builder, soon};

const TOKEN: &str = "0123456789abcdef";

fn builder() -> SeaMeetServerBuilder {
    open_builder().admin_token(TOKEN.to_owned())
}

/// Asks over a socket, as operators do.
async fn get(server: &TestServer, path: &str, token: Option<&str>) -> (StatusCode, String, Value) {
    let authorization = token.map_or_else(String::new, |token| {
        format!("Authorization: Bearer {token}\r\n")
    });
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: x\r\n{authorization}Connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon("an answer", stream.read_to_string(&mut answer))
        .await
        .unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    (status, head.to_ascii_lowercase(), body)
}

#[tokio::test]
async fn without_a_token_in_the_settings_nothing_is_shown() {
    let server = TestServer::open();
    let _member = server.join("lab").await;
    for path in ["/api/v1/rooms", "/api/v1/rooms/lab"] {
        for token in [None, Some(TOKEN), Some("")] {
            let (status, _, body) = get(&server, path, token).await;
            assert_eq!(status, StatusCode::NOT_FOUND);
            assert_eq!(body["code"], "not_enabled");
        }
    }
}

#[tokio::test]
async fn without_the_token_a_room_that_is_open_looks_like_one_that_is_not() {
    let server = TestServer::start(builder());
    let _member = server.join("lab").await;
    for token in [None, Some("0123456789abcdeX")] {
        let open = get(&server, "/api/v1/rooms/lab", token).await;
        let closed = get(&server, "/api/v1/rooms/no-such-room", token).await;
        assert_eq!(open.0, StatusCode::UNAUTHORIZED);
        assert!(open.1.contains("www-authenticate: bearer"), "{}", open.1);
        assert_eq!((open.0, open.2), (closed.0, closed.2));
    }
}

#[tokio::test]
async fn the_operator_sees_rooms_and_who_is_in() {
    let server = TestServer::start(builder());
    let (_member, ready) = server.join("lab").await;
    let (status, head, body) = get(&server, "/api/v1/rooms", Some(TOKEN)).await;
    assert_eq!(
        (status, body),
        (StatusCode::OK, json!({ "rooms": ["lab"] }))
    );
    assert!(head.contains("cache-control: no-store"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    let (_, _, body) = get(&server, "/api/v1/rooms/lab", Some(TOKEN)).await;
    let expected = json!([{ "id": ready["participant"], "state": "connected", "tracks": [] }]);
    assert_eq!(body["participants"], expected);
    for unknown in ["/api/v1/rooms/nobody", "/api/v1/rooms/%20"] {
        let (status, _, body) = get(&server, unknown, Some(TOKEN)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(body["code"], "unknown_room");
    }
}

#[tokio::test]
async fn the_media_plane_is_asked_why() {
    let server = TestServer::start(builder());
    let (_member, ready) = server.join("lab").await;
    let participant = ready["participant"].as_str().unwrap();
    let why = |room: &str, participant: &str| {
        format!("/api/v1/rooms/{room}/participants/{participant}/why")
    };
    let (status, _, body) = get(&server, &why("lab", participant), Some(TOKEN)).await;
    // It has no peer connection, which only the media plane knows.
    let expected = json!({ "room": "lab", "participant": participant });
    assert_eq!((status, body), (StatusCode::OK, expected));
    for (path, code) in [
        (why("attic", participant), "unknown_room"),
        (why("lab", "p_00000000000000ff"), "unknown_participant"),
        (why("lab", "bob"), "unknown_participant"),
    ] {
        let (status, _, body) = get(&server, &path, Some(TOKEN)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(body["code"], code);
    }
}

#[tokio::test]
async fn guesses_are_limited_and_so_is_who_knows() {
    // Without a socket a thousand requests take no time in which the quota could grow again.
    let (router, handle) = builder().into_router().unwrap();
    let mut answers = Vec::new();
    for token in std::iter::repeat_n("a wrong token...", 999).chain([TOKEN]) {
        let request = Request::get("/api/v1/rooms")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        answers.push(response.status());
    }
    let refused = |status: StatusCode| answers.iter().filter(|told| **told == status).count();
    assert!(refused(StatusCode::UNAUTHORIZED) >= 50);
    assert!(refused(StatusCode::TOO_MANY_REQUESTS) > 500);
    assert_eq!(answers.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
    handle.shutdown().await;
}

#[tokio::test]
async fn members_are_told_turn_servers_with_a_credential_of_their_own() {
    let server = TestServer::start(open_builder().turn_server(TurnServer {
        urls: vec!["turn:turn.example.org".to_owned()],
        secret: seameet::Secret::new("north"),
        ttl: std::time::Duration::from_secs(3600),
    }));
    let (_ada, ready) = server.join("lab").await;
    let told = &ready["ice_servers"][0];
    assert_eq!(told["urls"], json!(["turn:turn.example.org"]));
    let name = told["username"].as_str().unwrap();
    let (until, participant) = name.split_once(':').unwrap();
    assert_eq!(ready["participant"], participant);
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let until: u64 = until.parse().unwrap();
    assert!((now + 3500..=now + 3600).contains(&until), "{until}");
    let (_grace, other) = server.join("lab").await;
    assert_ne!(other["ice_servers"][0]["credential"], told["credential"]);
}
