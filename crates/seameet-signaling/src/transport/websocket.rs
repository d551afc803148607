//! The WebSocket, over `tokio-tungstenite`.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::{Disconnected, Received, Transport};

/// A side that does not take one fragment in so long is gone. A long message may take longer as a whole.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Longer texts go out in fragments of so many bytes (RFC 6455, section 5.4), so that progress on a slow line is seen.
const FRAGMENT_BYTES: usize = 16 * 1024;
/// How long the other side may take to answer a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// How much of a message that is too large is read and thrown away, so that the refusal can be read. Whoever sends more
/// does not get to read it.
const MAX_DISCARDED_BYTES: usize = 64 * 1024 * 1024;
/// Read at once while discarding.
const DISCARD_BUFFER_BYTES: usize = 16 * 1024;
/// Longest reason of a close frame: a control frame carries 125 bytes, two of them the code (RFC 6455, section 5.5).
const MAX_REASON_BYTES: usize = 123;

/// A WebSocket whose opening handshake is done.
#[derive(Debug)]
pub struct WebSocket<S> {
    stream: WebSocketStream<S>,
    /// A message was announced that will not be read, so nothing after it can be.
    broken: bool,
}

/// The server cannot be reached or does not speak WebSocket.
#[derive(Debug, thiserror::Error)]
#[error("cannot open a WebSocket")]
pub struct ConnectError(#[source] Box<Error>);

/// A configuration that reads no message longer than `limit` bytes, so that one that is larger never is in memory.
pub fn websocket_config(limit: usize) -> WebSocketConfig {
    let mut config = WebSocketConfig::default();
    config.max_message_size = Some(limit);
    config.max_frame_size = Some(limit);
    config
}

impl WebSocket<MaybeTlsStream<TcpStream>> {
    /// Connects to a server as a client that reads messages of up to `limit` bytes.
    pub async fn connect(url: &str, limit: usize) -> Result<Self, ConnectError> {
        let config = websocket_config(limit);
        // Small messages that somebody waits for: do not let the kernel hold them back.
        let disable_nagle = true;
        let (stream, _response) = connect_async_with_config(url, Some(config), disable_nagle)
            .await
            .map_err(|error| ConnectError(Box::new(error)))?;
        Ok(Self::new(stream))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> WebSocket<S> {
    /// Wraps a stream that was opened with [`websocket_config`], or with limits of its own.
    pub const fn new(stream: WebSocketStream<S>) -> Self {
        Self {
            stream,
            broken: false,
        }
    }

    async fn write(&mut self, message: Message) -> Result<(), Disconnected> {
        match timeout(WRITE_TIMEOUT, self.stream.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Disconnected),
        }
    }

    /// Reads until the other side closes as well.
    async fn await_answer(&mut self) {
        if self.broken {
            self.discard().await;
        } else {
            while let Some(Ok(_)) = self.stream.next().await {}
        }
    }

    /// Throws away what is not going to be read. A socket that is closed with unread bytes in it resets the
    /// connection, and the other side loses what it was told last.
    async fn discard(&mut self) {
        let mut buffer = vec![0; DISCARD_BUFFER_BYTES];
        let mut discarded = 0;
        while discarded < MAX_DISCARDED_BYTES {
            match self.stream.get_mut().read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(bytes) => discarded += bytes,
            }
        }
    }

    fn failed(&mut self, error: &Error) -> Received {
        self.broken = true;
        tracing::debug!(%error, "WebSocket ended");
        match error {
            Error::Capacity(_) => Received::TooLarge,
            _ => Received::Closed { code: None },
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Transport for WebSocket<S> {
    async fn receive(&mut self) -> Received {
        if self.broken {
            return Received::Closed { code: None };
        }
        match self.stream.next().await {
            Some(Ok(Message::Text(text))) => Received::Text(text.as_str().to_owned()),
            Some(Ok(Message::Binary(_))) => Received::Binary,
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Received::Alive,
            Some(Ok(Message::Close(frame))) => Received::Closed {
                code: frame.map(|frame| frame.code.into()),
            },
            Some(Err(error)) => self.failed(&error),
            None => Received::Closed { code: None },
        }
    }

    async fn send(&mut self, text: String) -> Result<(), Disconnected> {
        if text.len() <= FRAGMENT_BYTES {
            return self.write(Message::text(text)).await;
        }
        let mut rest = text.as_str();
        let mut kind = Data::Text;
        while !rest.is_empty() {
            let (fragment, after) = rest.split_at(beginning(rest, FRAGMENT_BYTES).len());
            let payload = fragment.as_bytes().to_vec();
            let frame = Frame::message(payload, OpCode::Data(kind), after.is_empty());
            self.write(Message::Frame(frame)).await?;
            (rest, kind) = (after, Data::Continue);
        }
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), Disconnected> {
        self.write(Message::Ping(Vec::new().into())).await
    }

    async fn close(&mut self, code: u16, reason: &str) {
        let frame = CloseFrame {
            code: CloseCode::from(code),
            reason: beginning(reason, MAX_REASON_BYTES).into(),
        };
        if self.write(Message::Close(Some(frame))).await.is_ok() {
            // Without an answer the socket is closed all the same.
            let _ = timeout(CLOSE_TIMEOUT, self.await_answer()).await;
        }
    }
}

/// As much of a text as fits into so many bytes.
fn beginning(text: &str, bytes: usize) -> &str {
    let fits = text
        .char_indices()
        .map(|(start, character)| start + character.len_utf8())
        .take_while(|end| *end <= bytes)
        .last();
    fits.and_then(|end| text.get(..end)).unwrap_or_default()
}
