//! Two transports that are each other's other side, for tests.

use tokio::sync::mpsc;

use super::{Disconnected, Received, Transport};

/// Messages that wait in one direction; whoever sends one more waits.
const CAPACITY: usize = 64;

/// One side of a pair. Behaves as a WebSocket does, without a network.
#[derive(Debug)]
pub struct MemoryTransport {
    outgoing: Option<mpsc::Sender<Frame>>,
    incoming: mpsc::Receiver<Frame>,
    /// Longest message that this side reads, in bytes.
    limit: usize,
    broken: bool,
}

#[derive(Debug)]
enum Frame {
    Text(String),
    Ping,
    Pong,
    Close(u16),
}

/// Two connected transports. Neither reads a message longer than `limit` bytes.
pub fn memory_pair(limit: usize) -> (MemoryTransport, MemoryTransport) {
    let (left, from_left) = mpsc::channel(CAPACITY);
    let (right, from_right) = mpsc::channel(CAPACITY);
    let side = |outgoing, incoming| MemoryTransport {
        outgoing: Some(outgoing),
        incoming,
        limit,
        broken: false,
    };
    (side(left, from_right), side(right, from_left))
}

impl MemoryTransport {
    async fn put(&mut self, frame: Frame) -> Result<(), Disconnected> {
        let outgoing = self.outgoing.as_ref().ok_or(Disconnected)?;
        outgoing.send(frame).await.map_err(|_| Disconnected)
    }

    fn read(&mut self, frame: Option<Frame>) -> Received {
        match frame {
            Some(Frame::Text(text)) if text.len() > self.limit => {
                self.broken = true;
                Received::TooLarge
            }
            Some(Frame::Text(text)) => Received::Text(text),
            Some(Frame::Ping) => {
                // A full queue carries signs of life enough, so the answer may be dropped.
                let _ = self
                    .outgoing
                    .as_ref()
                    .map(|side| side.try_send(Frame::Pong));
                Received::Alive
            }
            Some(Frame::Pong) => Received::Alive,
            Some(Frame::Close(code)) => Received::Closed { code: Some(code) },
            None => Received::Closed { code: None },
        }
    }
}

impl Transport for MemoryTransport {
    async fn receive(&mut self) -> Received {
        if self.broken {
            return Received::Closed { code: None };
        }
        let frame = self.incoming.recv().await;
        self.read(frame)
    }

    async fn send(&mut self, text: String) -> Result<(), Disconnected> {
        self.put(Frame::Text(text)).await
    }

    async fn ping(&mut self) -> Result<(), Disconnected> {
        self.put(Frame::Ping).await
    }

    async fn close(&mut self, code: u16, _reason: &str) {
        // When it fails the other side is gone already.
        let _ = self.put(Frame::Close(code)).await;
        self.outgoing = None;
    }
}
