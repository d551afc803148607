//! Opening a WebSocket from an address of one's choice.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::{Error, UrlError};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::error::JoinError;

/// The port of `ws:` addresses that name none.
const PORT: u16 = 80;
/// Bytes. The library fills its buffer with zeros each time it looks whether something came.
const READ_BUFFER: usize = 4_096;

/// Where a WebSocket is and what is spoken on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) url: &'a str,
    /// The subprotocol (RFC 6455, section 1.9).
    pub(super) protocol: Option<&'static str>,
}

/// The addresses that a URL's host has.
///
/// # Errors
///
/// When the URL is none, or its host is not known.
pub async fn resolve(url: &str) -> Result<Vec<SocketAddr>, JoinError> {
    addresses(url).await.map_err(|error| refusal(url, error))
}

/// Opens a WebSocket from the local address, any if that is unspecified.
pub(super) async fn dial(
    target: Target<'_>,
    local: IpAddr,
) -> Result<WebSocketStream<TcpStream>, JoinError> {
    open(target, local)
        .await
        .map_err(|error| refusal(target.url, error))
}

fn refusal(url: &str, error: Error) -> JoinError {
    JoinError::Connect {
        url: url.to_owned(),
        source: Box::new(error),
    }
}

async fn addresses(url: &str) -> Result<Vec<SocketAddr>, Error> {
    let request = url.into_client_request()?;
    let uri = request.uri();
    if uri.scheme_str() == Some("wss") {
        return Err(Error::Url(UrlError::TlsFeatureNotEnabled));
    }
    let host = uri.host().ok_or(Error::Url(UrlError::NoHostName))?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found = lookup_host((host, uri.port_u16().unwrap_or(PORT))).await?;
    Ok(found.collect())
}

async fn open(target: Target<'_>, local: IpAddr) -> Result<WebSocketStream<TcpStream>, Error> {
    let mut request = target.url.into_client_request()?;
    if let Some(protocol) = target.protocol {
        let value = HeaderValue::from_static(protocol);
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, value);
    }
    let addresses = addresses(target.url).await?;
    let stream = connect(&addresses, local).await?;
    // Messages are small and wait for answers.
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER);
    let (signaling, _) = client_async_with_config(request, stream, Some(config)).await?;
    Ok(signaling)
}

/// Connects to the first address that answers and that the local one can reach.
async fn connect(addresses: &[SocketAddr], local: IpAddr) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        if !local.is_unspecified() && local.is_ipv4() != address.is_ipv4() {
            continue;
        }
        match connect_from(local, *address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn connect_from(local: IpAddr, address: SocketAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    if !local.is_unspecified() {
        socket.bind(SocketAddr::new(local, 0))?;
    }
    socket.connect(address).await
}
