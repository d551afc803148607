//! What waits to be told to a slow client.
//!
//! The queue is bounded in notices and in bytes. Overflow policy: the connection is closed, because every notice
//! matters to a client that wants to know its room; the participant may resume and gets what it missed. What is no event
//! but a state coalesces, as only the latest state matters: what a slot carries, who speaks, how good a connection is,
//! what is wanted of a track. So these never fill the queue, however often they change.

use std::collections::VecDeque;

use seameet_core::media::SlotAssignment;
use seameet_core::room::Notice;

/// How much may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxLimits {
    /// Notices.
    pub notices: usize,
    /// Bytes, about.
    pub bytes: usize,
}

impl Default for OutboxLimits {
    /// A burst of a full room fits, and so does the welcome with a full chat history.
    fn default() -> Self {
        Self {
            notices: 512,
            bytes: 2 * 1024 * 1024,
        }
    }
}

/// The client reads too slowly. Close its connection; it may resume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{notices} notices of about {bytes} bytes wait for the client")]
pub struct Overflow {
    /// Notices that wait.
    pub notices: usize,
    /// Their size in bytes, about.
    pub bytes: usize,
}

/// Notices for one connection, in order.
#[derive(Debug)]
pub struct Outbox {
    limits: OutboxLimits,
    queue: VecDeque<Notice>,
    bytes: usize,
}

impl Outbox {
    /// An empty queue.
    pub const fn new(limits: OutboxLimits) -> Self {
        Self {
            limits,
            queue: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Appends a notice. A first notice always fits, however large, so that a large room can be entered at all.
    ///
    /// # Errors
    ///
    /// [`Overflow`] when the queue is full; the notice is dropped and the connection must be closed.
    pub fn push(&mut self, notice: Notice) -> Result<(), Overflow> {
        let notice = match notice {
            Notice::Slots(newer) => Notice::Slots(self.merge_waiting_slots(newer)),
            other => {
                self.drop_outdated(&other);
                other
            }
        };
        let bytes = self.bytes.saturating_add(notice.weight());
        let full = self.queue.len() >= self.limits.notices || bytes > self.limits.bytes;
        if full && !self.queue.is_empty() {
            return Err(Overflow {
                notices: self.queue.len(),
                bytes: self.bytes,
            });
        }
        self.bytes = bytes;
        self.queue.push_back(notice);
        Ok(())
    }

    /// Takes the oldest notice.
    pub fn pop(&mut self) -> Option<Notice> {
        let notice = self.queue.pop_front()?;
        self.bytes = self.bytes.saturating_sub(notice.weight());
        Some(notice)
    }

    /// How many notices wait.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Takes out a waiting notice that the newer one replaces. The newer one goes to the end: it may name somebody who
    /// is announced after the older one.
    fn drop_outdated(&mut self, newer: &Notice) {
        if !matches!(
            newer,
            Notice::Speakers(_) | Notice::Quality { .. } | Notice::Demand { .. }
        ) {
            return;
        }
        let outdated = self.queue.iter().position(|older| replaces(newer, older));
        if let Some(older) = outdated.and_then(|position| self.queue.remove(position)) {
            self.bytes = self.bytes.saturating_sub(older.weight());
        }
    }

    /// Takes waiting assignments out and lays the newer ones over them. They move to the end: a newer assignment
    /// may name a track that is announced after the older one.
    fn merge_waiting_slots(&mut self, newer: Vec<SlotAssignment>) -> Vec<SlotAssignment> {
        let waiting = self
            .queue
            .iter()
            .position(|notice| matches!(notice, Notice::Slots(_)));
        let Some(waiting) = waiting.and_then(|position| self.queue.remove(position)) else {
            return newer;
        };
        self.bytes = self.bytes.saturating_sub(waiting.weight());
        let Notice::Slots(mut merged) = waiting else {
            return newer;
        };
        merged.retain(|old| newer.iter().all(|new| new.mid != old.mid));
        merged.extend(newer);
        merged
    }
}

/// Whether both say the same kind of thing of the same subject.
fn replaces(newer: &Notice, older: &Notice) -> bool {
    match (newer, older) {
        (Notice::Speakers(_), Notice::Speakers(_)) => true,
        (
            Notice::Quality { participant, .. },
            Notice::Quality {
                participant: other, ..
            },
        ) => participant == other,
        (Notice::Demand { track, .. }, Notice::Demand { track: other, .. }) => track == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
