//! A participant on a WebSocket and a UDP port.

mod dial;

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::error::{EndReason, JoinError};
use crate::participant::{Event, Output, Participant};
use crate::plan::ParticipantPlan;
pub use dial::resolve;
use dial::{Target, dial};

/// Largest datagram that is read.
const MAX_DATAGRAM: usize = 2_048;
/// Datagrams that are read before time goes on.
const BATCH: usize = 64;

/// A participant and its sockets.
#[derive(Debug)]
pub struct Driver {
    participant: Participant,
    socket: UdpSocket,
    signaling: WebSocketStream<TcpStream>,
    buffer: Box<[u8]>,
}

impl Driver {
    /// Connects to a server's WebSocket and opens a UDP port, both from the local address, or from whichever reaches the
    /// server if that is unspecified.
    ///
    /// # Errors
    ///
    /// [`JoinError`] when the server cannot be reached or no port can be opened.
    pub async fn connect(
        url: &str,
        local: IpAddr,
        plan: impl FnOnce(SocketAddr) -> ParticipantPlan,
    ) -> Result<Self, JoinError> {
        let target = Target {
            url,
            protocol: None,
        };
        let signaling = dial(target, local).await?;
        let here = signaling.get_ref().local_addr()?.ip();
        let socket = UdpSocket::bind(SocketAddr::new(here, 0)).await?;
        let participant = Participant::new(plan(socket.local_addr()?), Instant::now())?;
        Ok(Self {
            participant,
            socket,
            signaling,
            buffer: vec![0; MAX_DATAGRAM].into_boxed_slice(),
        })
    }

    /// The participant, to write packets or to leave. What that causes goes out with the next [`next`](Self::next).
    pub fn participant(&mut self) -> &mut Participant {
        &mut self.participant
    }

    /// Runs it until something happened, `until` has come or it is over. Cancelling loses nothing.
    pub async fn next(&mut self, until: Instant) -> Option<Event> {
        loop {
            if let Some(event) = self.flush().await {
                return Some(event);
            }
            let is_over = self.participant.deadline().is_none();
            if is_over || Instant::now() >= until {
                return None;
            }
            self.wait(until).await;
        }
    }

    /// Sends what there is to send. Stops at the first event.
    async fn flush(&mut self) -> Option<Event> {
        while let Some(output) = self.participant.poll_output() {
            match output {
                Output::Event(event) => return Some(event),
                Output::Transmit(transmit) => {
                    // A datagram that cannot be sent is lost, as any other may be.
                    let _ = self
                        .socket
                        .try_send_to(&transmit.contents, transmit.destination);
                }
                Output::Text(text) => {
                    if self.signaling.send(Message::text(text)).await.is_err() {
                        self.participant.handle_disconnect();
                    }
                }
            }
        }
        None
    }

    /// Waits for a text, a datagram or a deadline, and takes it.
    async fn wait(&mut self, until: Instant) {
        let deadline = self.participant.deadline();
        let deadline = deadline.map_or(until, |deadline| deadline.min(until));
        tokio::select! {
            message = self.signaling.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    self.participant.handle_text(Instant::now(), &text);
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => self.participant.handle_disconnect(),
                Some(Ok(_)) => {}
            },
            readable = self.socket.readable() => if readable.is_ok() {
                self.receive();
            },
            () = tokio::time::sleep_until(deadline.into()) => {}
        }
        self.participant.handle_timeout(Instant::now());
    }

    fn receive(&mut self) {
        let now = Instant::now();
        for _ in 0..BATCH {
            let Ok((length, source)) = self.socket.try_recv_from(&mut self.buffer) else {
                return;
            };
            if let Some(datagram) = self.buffer.get(..length) {
                self.participant.handle_datagram(now, source, datagram);
            }
        }
    }

    /// Leaves the room and tells the server.
    pub async fn leave(mut self) -> Option<EndReason> {
        self.participant.leave(Instant::now());
        let mut reason = None;
        while let Some(event) = self.flush().await {
            if let Event::Ended(end) = event {
                reason = Some(end);
            }
        }
        let _ = self.signaling.close(None).await;
        reason
    }
}
