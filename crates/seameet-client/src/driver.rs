//! A participant on a WebSocket and a UDP port.

mod dial;
mod socket;

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::time::Instant;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::error::{EndReason, JoinError};
use crate::machine::Machine;
use crate::participant::{Event, Output, Participant};
use crate::plan::ParticipantPlan;
pub use dial::resolve;
use dial::{Target, dial};
use socket::MediaSocket;

/// A participant and its sockets.
#[derive(Debug)]
pub struct Driver<M = Participant> {
    machine: M,
    socket: MediaSocket,
    signaling: WebSocketStream<TcpStream>,
    /// Kept from one wait to the next, as most have the same deadline.
    alarm: Pin<Box<Sleep>>,
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
        let make = |address| Participant::new(plan(address), Instant::now());
        Self::connect_machine(url, local, make).await
    }
}

impl<M: Machine> Driver<M> {
    /// As [`connect`](Driver::connect), for a participant that speaks another server's language. `make` gets the address
    /// that media comes from.
    ///
    /// # Errors
    ///
    /// [`JoinError`] when the server cannot be reached or no port can be opened.
    pub async fn connect_machine(
        url: &str,
        local: IpAddr,
        make: impl FnOnce(SocketAddr) -> Result<M, JoinError>,
    ) -> Result<Self, JoinError> {
        let target = Target {
            url,
            protocol: M::SUBPROTOCOL,
        };
        let signaling = dial(target, local).await?;
        let socket = MediaSocket::bind(signaling.get_ref().local_addr()?.ip())?;
        Ok(Self {
            machine: make(socket.address()?)?,
            socket,
            signaling,
            alarm: Box::pin(tokio::time::sleep_until(Instant::now().into())),
        })
    }

    /// The participant, to write packets or to leave. What that causes goes out with the next [`next`](Self::next).
    pub fn participant(&mut self) -> &mut M {
        &mut self.machine
    }

    /// Runs it until something happened, `until` has come or it is over. Cancelling loses nothing.
    pub async fn next(&mut self, until: Instant) -> Option<Event> {
        loop {
            if let Some(event) = self.flush().await {
                return Some(event);
            }
            let is_over = self.machine.deadline().is_none();
            if is_over || Instant::now() >= until {
                return None;
            }
            self.wait(until).await;
        }
    }

    /// Sends what there is to send. Stops at the first event.
    async fn flush(&mut self) -> Option<Event> {
        while let Some(output) = self.machine.poll_output() {
            match output {
                Output::Event(event) => return Some(event),
                Output::Transmit(transmit) => self.socket.send(&transmit),
                Output::Text(text) => {
                    if self.signaling.send(Message::text(text)).await.is_err() {
                        self.machine.handle_disconnect();
                    }
                }
            }
        }
        None
    }

    /// Waits for a text, a datagram or a deadline, and takes it.
    async fn wait(&mut self, until: Instant) {
        let deadline = self.machine.deadline();
        let deadline = deadline.map_or(until, |deadline| deadline.min(until));
        if self.alarm.deadline() != deadline.into() {
            self.alarm.as_mut().reset(deadline.into());
        }
        tokio::select! {
            message = self.signaling.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    self.machine.handle_text(Instant::now(), &text);
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => self.machine.handle_disconnect(),
                Some(Ok(_)) => {}
            },
            is_readable = self.socket.readable() => if is_readable {
                self.receive();
            },
            () = &mut self.alarm => {}
        }
        self.machine.handle_timeout(Instant::now());
    }

    fn receive(&mut self) {
        let now = Instant::now();
        let machine = &mut self.machine;
        self.socket
            .receive(|source, datagram| machine.handle_datagram(now, source, datagram));
    }

    /// Leaves the room and tells the server.
    pub async fn leave(mut self) -> Option<EndReason> {
        self.machine.leave(Instant::now());
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
