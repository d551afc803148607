//! What a room remembers of its past: numbered events and the last chat messages.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::room::{ChatMessage, RoomEvent, SequencedEvent};

/// How much a memory holds. The oldest goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Things.
    pub(super) count: usize,
    /// Bytes, about.
    pub(super) bytes: usize,
}

/// The last things, within bounds. A thing that alone is too large is forgotten at once.
#[derive(Debug)]
pub(super) struct Recent<T> {
    bounds: Bounds,
    bytes: usize,
    /// Each with its weight.
    things: VecDeque<(T, usize)>,
}

impl<T> Recent<T> {
    pub(super) const fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            bytes: 0,
            things: VecDeque::new(),
        }
    }

    /// Appends a thing of this weight in bytes. Gives the youngest that had to make room.
    pub(super) fn push(&mut self, thing: T, weight: usize) -> Option<T> {
        self.things.push_back((thing, weight));
        self.bytes = self.bytes.saturating_add(weight);
        let mut forgotten = None;
        while self.things.len() > self.bounds.count || self.bytes > self.bounds.bytes {
            let (thing, weight) = self.things.pop_front()?;
            self.bytes -= weight;
            forgotten = Some(thing);
        }
        forgotten
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.things.iter().map(|(thing, _)| thing)
    }

    /// Takes everything out, oldest first.
    pub(super) fn take(&mut self) -> Vec<T> {
        self.bytes = 0;
        self.things.drain(..).map(|(thing, _)| thing).collect()
    }
}

/// Numbers events and keeps the last ones for resuming members. Data and reactions only take their number: they
/// are for those who are there.
#[derive(Debug)]
pub(super) struct EventLog {
    last: u32,
    /// The youngest event that should be here and is not.
    forgotten: u32,
    events: Recent<Arc<SequencedEvent>>,
}

impl EventLog {
    pub(super) const fn new(bounds: Bounds) -> Self {
        Self {
            last: 0,
            forgotten: 0,
            events: Recent::new(bounds),
        }
    }

    /// The number of the latest event; 0 before the first.
    pub(super) const fn last(&self) -> u32 {
        self.last
    }

    /// Gives an event its number.
    pub(super) fn append(&mut self, event: RoomEvent) -> Arc<SequencedEvent> {
        // A room with a thousand events each second needs fifty days to get here.
        self.last = self.last.wrapping_add(1);
        let seq = self.last;
        let sequenced = Arc::new(SequencedEvent { seq, event });
        if sequenced.event.is_repeated() {
            let weight = sequenced.event.weight();
            if let Some(event) = self.events.push(Arc::clone(&sequenced), weight) {
                self.forgotten = event.seq;
            }
        }
        sequenced
    }

    /// All events after `seq` that are repeated; `None` when some of them are forgotten or `seq` was never
    /// reached.
    pub(super) fn since(&self, seq: u32) -> Option<Vec<Arc<SequencedEvent>>> {
        (self.forgotten..=self.last).contains(&seq).then(|| {
            let missed = self.events.iter().filter(|event| event.seq > seq);
            missed.cloned().collect()
        })
    }
}

/// The last messages to all. Their texts are shared with the event log.
#[derive(Debug)]
pub(super) struct ChatLog {
    last_id: u32,
    messages: Recent<Arc<ChatMessage>>,
}

impl ChatLog {
    pub(super) const fn new(bounds: Bounds) -> Self {
        Self {
            last_id: 0,
            messages: Recent::new(bounds),
        }
    }

    /// The id for the next message, private ones included.
    pub(super) fn next_id(&mut self) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }

    pub(super) fn remember(&mut self, message: Arc<ChatMessage>) {
        let weight = message.weight();
        self.messages.push(message, weight);
    }

    pub(super) fn messages(&self) -> Vec<Arc<ChatMessage>> {
        self.messages.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ParticipantId, TrackId};

    const ROOMY: usize = 1_000_000;

    fn log(count: usize, bytes: usize) -> EventLog {
        EventLog::new(Bounds { count, bytes })
    }

    fn event() -> RoomEvent {
        RoomEvent::TrackUnpublished {
            track: TrackId::new(1),
            participant: ParticipantId::from_random(1),
        }
    }

    fn chat(text: &str) -> Arc<ChatMessage> {
        Arc::new(ChatMessage {
            id: 1,
            from: ParticipantId::from_random(1),
            display_name: None,
            to: None,
            text: text.to_owned(),
            at_ms: 0.0,
        })
    }

    fn reaction() -> RoomEvent {
        RoomEvent::Reaction {
            from: ParticipantId::from_random(1),
            reaction: "x".to_owned(),
            at_ms: 0.0,
        }
    }

    fn data(body: &str) -> RoomEvent {
        RoomEvent::Data {
            from: ParticipantId::from_random(1),
            topic: String::new(),
            body: body.to_owned(),
            at_ms: 0.0,
        }
    }

    fn numbers(log: &EventLog, since: u32) -> Option<Vec<u32>> {
        let events = log.since(since)?;
        Some(events.iter().map(|event| event.seq).collect())
    }

    #[test]
    fn the_log_gives_what_it_still_has_and_nothing_with_a_hole() {
        let mut log = log(3, ROOMY);
        assert_eq!(numbers(&log, 0), Some(vec![]));
        for _ in 0..5 {
            log.append(event());
        }
        assert_eq!(numbers(&log, 5), Some(vec![]));
        assert_eq!(numbers(&log, 3), Some(vec![4, 5]));
        assert_eq!(numbers(&log, 2), Some(vec![3, 4, 5]));
        assert_eq!(numbers(&log, 1), None);
        assert_eq!(numbers(&log, 6), None);
    }

    #[test]
    fn a_log_without_capacity_remembers_nothing() {
        let mut log = log(0, ROOMY);
        log.append(event());
        assert_eq!(numbers(&log, 0), None);
        assert_eq!(numbers(&log, 1), Some(vec![]));
    }

    #[test]
    fn large_events_push_the_older_ones_out() {
        let mut log = log(100, 4_000);
        log.append(event());
        log.append(RoomEvent::Chat(chat(&"a".repeat(2_000))));
        assert_eq!(numbers(&log, 0), Some(vec![1, 2]));
        log.append(RoomEvent::Chat(chat(&"b".repeat(3_000))));
        assert_eq!(numbers(&log, 1), None);
        assert_eq!(numbers(&log, 2), Some(vec![3]));
        log.append(RoomEvent::Chat(chat(&"c".repeat(5_000))));
        assert_eq!(numbers(&log, 3), None, "larger than the whole memory");
        assert_eq!(numbers(&log, 4), Some(vec![]));
    }

    #[test]
    fn data_and_reactions_take_a_number_and_no_memory() {
        let mut log = log(2, 1_000);
        log.append(event());
        for _ in 0..1_000 {
            log.append(reaction());
            log.append(data(&"x".repeat(16_384)));
        }
        log.append(event());
        assert_eq!(numbers(&log, 0), Some(vec![1, 2_002]));
        assert_eq!(numbers(&log, 700), Some(vec![2_002]));
        log.append(event());
        assert_eq!(numbers(&log, 0), None);
        assert_eq!(numbers(&log, 1), Some(vec![2_002, 2_003]));
    }

    #[test]
    fn chat_is_bounded_in_bytes_and_shared_with_the_log() {
        let mut messages = ChatLog::new(Bounds {
            count: 100,
            bytes: 1_000,
        });
        for text in ["a".repeat(400), "b".repeat(400), "c".repeat(400)] {
            messages.remember(chat(&text));
        }
        let kept = messages.messages();
        assert_eq!(kept.len(), 1);
        assert!(kept[0].text.starts_with('c'));

        let mut log = log(10, ROOMY);
        log.append(RoomEvent::Chat(Arc::clone(&kept[0])));
        let repeated = log.since(0).expect("nothing is forgotten");
        let RoomEvent::Chat(message) = &repeated[0].event else {
            panic!("a message, not {repeated:?}");
        };
        assert!(Arc::ptr_eq(message, &kept[0]));
    }
}
