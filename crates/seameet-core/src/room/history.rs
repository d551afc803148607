//! What a room remembers of its past: numbered events and the last chat messages.

use std::collections::VecDeque;

use crate::room::{ChatMessage, RoomEvent, SequencedEvent};

/// Numbers events and keeps the last ones for resuming members. The oldest goes first.
#[derive(Debug)]
pub(super) struct EventLog {
    capacity: usize,
    last: u32,
    events: VecDeque<SequencedEvent>,
}

impl EventLog {
    pub(super) const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            last: 0,
            events: VecDeque::new(),
        }
    }

    /// The number of the latest event; 0 before the first.
    pub(super) const fn last(&self) -> u32 {
        self.last
    }

    /// Gives an event its number.
    pub(super) fn append(&mut self, event: RoomEvent) -> SequencedEvent {
        // A room with a thousand events each second needs fifty days to get here.
        self.last = self.last.wrapping_add(1);
        let sequenced = SequencedEvent {
            seq: self.last,
            event,
        };
        push_bounded(&mut self.events, sequenced.clone(), self.capacity);
        sequenced
    }

    /// All events after `seq`; `None` when some are forgotten or `seq` was never reached.
    pub(super) fn since(&self, seq: u32) -> Option<Vec<SequencedEvent>> {
        let missing = usize::try_from(self.last.checked_sub(seq)?).ok()?;
        let skip = self.events.len().checked_sub(missing)?;
        Some(self.events.iter().skip(skip).cloned().collect())
    }
}

/// The last messages to all. The oldest goes first.
#[derive(Debug)]
pub(super) struct ChatLog {
    capacity: usize,
    last_id: u32,
    messages: VecDeque<ChatMessage>,
}

impl ChatLog {
    pub(super) const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            last_id: 0,
            messages: VecDeque::new(),
        }
    }

    /// The id for the next message, private ones included.
    pub(super) fn next_id(&mut self) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }

    pub(super) fn remember(&mut self, message: ChatMessage) {
        push_bounded(&mut self.messages, message, self.capacity);
    }

    pub(super) fn messages(&self) -> Vec<ChatMessage> {
        self.messages.iter().cloned().collect()
    }
}

/// Appends; the oldest makes room.
pub(super) fn push_bounded<T>(queue: &mut VecDeque<T>, item: T, capacity: usize) {
    queue.push_back(item);
    while queue.len() > capacity {
        queue.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ParticipantId;

    fn event(text: &str) -> RoomEvent {
        RoomEvent::Reaction {
            from: ParticipantId::from_random(1),
            reaction: text.to_owned(),
            at_ms: 0.0,
        }
    }

    fn numbers(log: &EventLog, since: u32) -> Option<Vec<u32>> {
        let events = log.since(since)?;
        Some(events.iter().map(|event| event.seq).collect())
    }

    #[test]
    fn the_log_gives_what_it_still_has_and_nothing_with_a_hole() {
        let mut log = EventLog::new(3);
        assert_eq!(numbers(&log, 0), Some(vec![]));
        for text in ["a", "b", "c", "d", "e"] {
            log.append(event(text));
        }
        assert_eq!(numbers(&log, 5), Some(vec![]));
        assert_eq!(numbers(&log, 3), Some(vec![4, 5]));
        assert_eq!(numbers(&log, 2), Some(vec![3, 4, 5]));
        assert_eq!(numbers(&log, 1), None);
        assert_eq!(numbers(&log, 6), None);
    }

    #[test]
    fn a_log_without_capacity_remembers_nothing() {
        let mut log = EventLog::new(0);
        log.append(event("a"));
        assert_eq!(numbers(&log, 0), None);
        assert_eq!(numbers(&log, 1), Some(vec![]));
    }
}
