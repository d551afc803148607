//! A room's line to one connection.
//!
//! It is bounded by [`OutboxLimits`]: in notices and in bytes. A connection that is too far behind is given up and
//! closed; its participant may resume and gets what it missed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use seameet_core::RequestError;
use seameet_core::room::{JoinRequest, Notice};
use seameet_signaling::outbox::{Outbox, OutboxLimits};
use tokio::sync::Notify;

/// The room's end. When it is dropped, the connection reads what waits and then [`News::RoomGone`].
#[derive(Debug)]
pub(crate) struct LineSender(Arc<Line>);

/// The connection's end.
#[derive(Debug)]
pub(crate) struct LineReceiver(Arc<Line>);

/// What a connection hears.
#[derive(Debug)]
pub(crate) enum News {
    /// News for the session.
    Notice(Box<Notice>),
    /// The join was refused.
    Refused(RequestError),
    /// The room ended before it read the join; a fresh one will take it.
    TryAgain(Box<JoinRequest>),
    /// The client reads too slowly.
    Overflow,
    /// The room is gone and said nothing.
    RoomGone,
}

/// Why a notice did not get on the line. Either way the connection is gone for the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The client reads too slowly.
    Overflow,
    /// The connection ended.
    Gone,
}

#[derive(Debug)]
struct Line {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    waiting: Outbox,
    /// What follows after the waiting notices.
    last: Option<News>,
    receiver_gone: bool,
}

/// Lays a line.
pub(crate) fn line() -> (LineSender, LineReceiver) {
    let line = Arc::new(Line {
        state: Mutex::new(State {
            waiting: Outbox::new(OutboxLimits::default()),
            last: None,
            receiver_gone: false,
        }),
        changed: Notify::new(),
    });
    (LineSender(Arc::clone(&line)), LineReceiver(line))
}

impl LineSender {
    /// Never waits.
    pub(crate) fn push(&self, notice: Notice) -> Result<(), Lost> {
        let mut state = self.0.lock();
        if state.receiver_gone {
            return Err(Lost::Gone);
        }
        let pushed = state.waiting.push(notice).map_err(|overflow| {
            tracing::debug!(%overflow, "a client reads too slowly; its connection is closed");
            // What waits is of no use to a connection that is closed, and the resume brings it again.
            state.waiting = Outbox::new(OutboxLimits::default());
            state.last = Some(News::Overflow);
            Lost::Overflow
        });
        drop(state);
        self.0.changed.notify_one();
        pushed
    }

    /// Says the last word.
    pub(crate) fn finish(self, last: News) {
        self.0.lock().last.get_or_insert(last);
    }
}

impl Drop for LineSender {
    fn drop(&mut self) {
        self.0.lock().last.get_or_insert(News::RoomGone);
        self.0.changed.notify_one();
    }
}

impl LineReceiver {
    /// The next news; after the last word it never resolves again. Cancel safe.
    pub(crate) async fn next(&mut self) -> News {
        loop {
            if let Some(news) = self.0.lock().take() {
                return news;
            }
            // A notification that comes between the look and the wait is kept by `Notify`.
            self.0.changed.notified().await;
        }
    }
}

impl Drop for LineReceiver {
    fn drop(&mut self) {
        self.0.lock().receiver_gone = true;
    }
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self) -> Option<News> {
        match self.waiting.pop() {
            Some(notice) => Some(News::Notice(Box::new(notice))),
            None => self.last.take(),
        }
    }
}
