//! What happened in the server, for whoever embeds it.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use seameet_core::media::DisconnectReason;
use seameet_core::room::LeaveReason;
use seameet_core::{ErrorCode, ParticipantId, RoomId};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

use crate::room_label::room_label;

/// A fact. Events inform; they decide nothing and cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerEvent {
    /// A participant entered a room. Not told again when it resumes.
    PeerConnected {
        /// Who.
        participant: ParticipantId,
        /// Where.
        room: RoomId,
    },
    /// A connection continues a participant whose connection was lost. [`PeerConnected`](Self::PeerConnected) is not
    /// told again.
    PeerResumed {
        /// Who is back.
        participant: ParticipantId,
        /// Where.
        room: RoomId,
        /// The id that `on_authenticate` was asked about for this connection. It stands for nobody any more.
        asked_as: ParticipantId,
    },
    /// A participant is gone for good. Not told while it may still resume.
    PeerDisconnected {
        /// Who.
        participant: ParticipantId,
        /// From where.
        room: RoomId,
        /// Why.
        reason: LeaveReason,
    },
    /// A room opened for its first participant.
    RoomCreated {
        /// Which.
        room: RoomId,
    },
    /// A room ended.
    RoomDestroyed {
        /// Which.
        room: RoomId,
    },
    /// `on_authenticate` refused, took too long or panicked.
    AuthRejected {
        /// The id that the participant would have had.
        participant: ParticipantId,
        /// Where it wanted in.
        room: RoomId,
        /// What the client was told.
        reason: String,
    },
    /// A join passed authentication and was refused all the same, for example because the room is full.
    JoinRefused {
        /// The id that the participant would have had.
        participant: ParticipantId,
        /// Where it wanted in.
        room: RoomId,
        /// Why.
        code: ErrorCode,
    },
    /// `on_rate_check` refused a message.
    RateLimited {
        /// Whose.
        participant: ParticipantId,
    },
    /// A valid message of a member was taken.
    MessageReceived {
        /// Whose.
        participant: ParticipantId,
        /// The message's `type` on the wire.
        message_type: &'static str,
    },
    /// Media flows between a participant and the server.
    MediaConnected {
        /// Who.
        participant: ParticipantId,
        /// Where.
        room: RoomId,
    },
    /// Media with a participant ended; the participant itself may still be in the room.
    MediaLost {
        /// Who.
        participant: ParticipantId,
        /// Where.
        room: RoomId,
        /// Why.
        reason: DisconnectReason,
    },
    /// This reader was too slow and events were dropped for it. The stream continues.
    Lagged {
        /// How many events it did not get.
        missed: u64,
    },
}

/// Yields every [`ServerEvent`] from its creation on. It ends when the server is gone.
///
/// It is a `Stream` as well, for programs that use the combinators of the `futures` crates.
#[derive(Debug)]
pub struct EventStream {
    inner: BroadcastStream<ServerEvent>,
}

impl EventStream {
    /// The next event, or `None` when the server is gone. Cancel safe.
    pub async fn next(&mut self) -> Option<ServerEvent> {
        std::future::poll_fn(|context| self.poll_event(context)).await
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<ServerEvent>> {
        Pin::new(&mut self.inner)
            .poll_next(context)
            .map(|next| match next {
                Some(Err(BroadcastStreamRecvError::Lagged(missed))) => {
                    Some(ServerEvent::Lagged { missed })
                }
                Some(Ok(event)) => Some(event),
                None => None,
            })
    }
}

impl Stream for EventStream {
    type Item = ServerEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_event(context)
    }
}

/// The buffer is allocated at once, so a slip of the keyboard must not ask for all memory.
const MAX_CAPACITY: usize = 1 << 16;

/// Where the server's tasks put events.
///
/// Bounded: the oldest event is dropped for readers that are `capacity` events behind, and they are told how many.
#[derive(Debug, Clone)]
pub(crate) struct EventSender {
    sender: broadcast::Sender<ServerEvent>,
}

impl EventSender {
    pub(crate) fn new(capacity: usize) -> Self {
        let (sender, _) = broadcast::channel(capacity.clamp(1, MAX_CAPACITY));
        Self { sender }
    }

    /// Tells everyone who listens. Never waits.
    pub(crate) fn emit(&self, event: ServerEvent) {
        trace(&event);
        // Nobody listening is not an error.
        let _ = self.sender.send(event);
    }

    pub(crate) fn subscribe(&self) -> EventStream {
        EventStream {
            inner: BroadcastStream::new(self.sender.subscribe()),
        }
    }
}

/// The same facts for the log: a fixed target, a name, ids, and no prose, so that they are easy to filter and to find.
///
/// Rooms appear under a label; their names are told at level `debug` once. What strangers can cause as often as they
/// like is at `debug` as well and has its counters.
fn trace(event: &ServerEvent) {
    const TARGET: &str = "seameet::event";
    match event {
        ServerEvent::PeerConnected { participant, room } => {
            tracing::info!(target: TARGET, event = "peer_connected", %participant, room = %room_label(room));
        }
        ServerEvent::PeerDisconnected {
            participant,
            room,
            reason,
        } => {
            tracing::info!(target: TARGET, event = "peer_disconnected", %participant, room = %room_label(room), ?reason);
        }
        ServerEvent::PeerResumed {
            participant,
            room,
            asked_as,
        } => {
            tracing::info!(target: TARGET, event = "peer_resumed", %participant, room = %room_label(room), %asked_as);
        }
        ServerEvent::RoomCreated { room: name } => {
            let room = room_label(name);
            tracing::info!(target: TARGET, event = "room_created", %room);
            tracing::debug!(target: TARGET, event = "room_named", %room, %name);
        }
        ServerEvent::RoomDestroyed { room } => {
            tracing::info!(target: TARGET, event = "room_destroyed", room = %room_label(room));
        }
        ServerEvent::AuthRejected {
            participant, room, ..
        } => {
            tracing::debug!(target: TARGET, event = "auth_rejected", %participant, room = %room_label(room));
        }
        ServerEvent::JoinRefused {
            participant,
            room,
            code,
        } => {
            tracing::debug!(target: TARGET, event = "join_refused", %participant, room = %room_label(room), %code);
        }
        ServerEvent::RateLimited { participant } => {
            tracing::debug!(target: TARGET, event = "rate_limited", %participant);
        }
        ServerEvent::MessageReceived {
            participant,
            message_type,
        } => {
            tracing::trace!(target: TARGET, event = "message_received", %participant, message_type);
        }
        ServerEvent::MediaConnected { participant, room } => {
            tracing::info!(target: TARGET, event = "media_connected", %participant, room = %room_label(room));
        }
        ServerEvent::MediaLost {
            participant,
            room,
            reason,
        } => {
            tracing::info!(target: TARGET, event = "media_lost", %participant, room = %room_label(room), ?reason);
        }
        // Each reader has its own; none is ever emitted.
        ServerEvent::Lagged { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(name: &str) -> ServerEvent {
        ServerEvent::RoomCreated {
            room: name.parse().expect("a valid name"),
        }
    }

    #[tokio::test]
    async fn events_arrive_in_order_and_the_stream_ends_with_the_server() {
        let sender = EventSender::new(8);
        let mut events = sender.subscribe();
        sender.emit(created("a"));
        sender.emit(created("b"));
        drop(sender);
        assert_eq!(events.next().await, Some(created("a")));
        assert_eq!(events.next().await, Some(created("b")));
        assert_eq!(events.next().await, None);
    }

    #[tokio::test]
    async fn a_slow_reader_is_told_how_much_it_missed_and_goes_on() {
        let sender = EventSender::new(2);
        let mut events = sender.subscribe();
        for name in ["a", "b", "c", "d", "e"] {
            sender.emit(created(name));
        }
        assert_eq!(events.next().await, Some(ServerEvent::Lagged { missed: 3 }));
        assert_eq!(events.next().await, Some(created("d")));
        assert_eq!(events.next().await, Some(created("e")));
    }
}
