//! A server on a free port and clients that talk to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use seameet::{EventStream, Grant, RunError, SeaMeetServer, SeaMeetServerBuilder, ServerHandle};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A test that waits for longer has failed; nothing is ever slept for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Awaits what must happen.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let result = timeout(PATIENCE, future).await;
    result.unwrap_or_else(|elapsed| panic!("{what} did not happen: {elapsed}"))
}

/// A builder for loopback that lets everybody in.
pub(crate) fn open_builder() -> SeaMeetServerBuilder {
    loopback(SeaMeetServer::builder())
        .on_authenticate(|_, _, _| async { Ok(Grant::full()) })
        .on_rate_check(|_| async { true })
}

/// Any free ports of the loopback address.
pub(crate) fn loopback(builder: SeaMeetServerBuilder) -> SeaMeetServerBuilder {
    builder
        .ws_addr((Ipv4Addr::LOCALHOST, 0).into())
        .udp_port(0)
        .public_ip(Ipv4Addr::LOCALHOST.into())
}

/// A running server.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) handle: ServerHandle,
    pub(crate) events: EventStream,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), RunError>>,
}

impl TestServer {
    pub(crate) fn start(builder: SeaMeetServerBuilder) -> Self {
        Self::run(builder.build().unwrap())
    }

    pub(crate) fn run(server: SeaMeetServer) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        Self {
            address: server.local_addr(),
            handle: server.handle(),
            events: server.events(),
            stop,
            running: tokio::spawn(server.run_until(async {
                // A server that is not stopped runs until the test's runtime ends.
                if stopped.await.is_err() {
                    std::future::pending::<()>().await;
                }
            })),
        }
    }

    pub(crate) fn open() -> Self {
        Self::start(open_builder())
    }

    /// Asks it to end without waiting for it.
    pub(crate) fn begin_stop(self) -> JoinHandle<Result<(), RunError>> {
        self.stop.send(()).unwrap();
        self.running
    }

    pub(crate) async fn connect(&self) -> Client {
        self.try_connect(&[]).await.unwrap()
    }

    /// Connects with further request headers.
    pub(crate) async fn try_connect(
        &self,
        headers: &[(&'static str, &str)],
    ) -> Result<Client, tungstenite::Error> {
        Client::connect(self.address, headers).await
    }

    /// Connects and joins.
    pub(crate) async fn join(&self, room: &str) -> (Client, Value) {
        let mut client = self.connect().await;
        let ready = client.join(room).await;
        (client, ready)
    }

    /// The next event that the test is interested in.
    pub(crate) async fn next_event<T>(
        &mut self,
        mut pick: impl FnMut(seameet::ServerEvent) -> Option<T>,
    ) -> T {
        let picked = async {
            loop {
                let event = self.events.next().await.unwrap();
                if let Some(picked) = pick(event) {
                    return picked;
                }
            }
        };
        soon("an event", picked).await
    }
}

/// One client's WebSocket.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub(crate) async fn connect(
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, tungstenite::Error> {
        let mut request = format!("ws://{address}/ws").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse()?);
        }
        let (socket, _) = soon("the WebSocket handshake", connect_async(request)).await?;
        Ok(Self { socket })
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        soon("a write", self.socket.send(message)).await.unwrap();
    }

    /// Joins and expects to be let in.
    pub(crate) async fn join(&mut self, room: &str) -> Value {
        self.send(&json!({ "type": "join", "protocol": 1, "room_id": room }))
            .await;
        self.expect("ready").await
    }

    /// The next message, or the close frame.
    pub(crate) async fn next(&mut self) -> Result<Value, Option<CloseFrame>> {
        loop {
            match soon("a message", self.socket.next()).await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("the connection broke: {error}"),
                None => return Err(None),
            }
        }
    }

    /// Reads until a message of this type; anything else on the way is passed over.
    pub(crate) async fn expect(&mut self, message_type: &str) -> Value {
        loop {
            match self.next().await {
                Ok(message) if message["type"] == message_type => return message,
                Ok(_) => {}
                Err(frame) => panic!("closed with {frame:?} while waiting for {message_type}"),
            }
        }
    }

    /// Reads until an error and tells its code.
    pub(crate) async fn expect_error(&mut self) -> String {
        let error = self.expect("error").await;
        error["code"].as_str().unwrap().to_owned()
    }

    /// Reads until the server closes and tells the close code.
    pub(crate) async fn expect_close(&mut self) -> u16 {
        loop {
            match self.next().await {
                Ok(_) => {}
                Err(frame) => return frame.map_or(0, |frame| frame.code.into()),
            }
        }
    }

    /// Whether the conversation still works.
    pub(crate) async fn is_served(&mut self) -> bool {
        self.send(&json!({ "type": "ping", "id": "still-there" }))
            .await;
        self.expect("pong").await["id"] == "still-there"
    }
}
