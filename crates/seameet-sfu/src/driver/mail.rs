//! What a worker tells its rooms, without ever waiting for one.

use std::collections::VecDeque;

use seameet_core::ParticipantId;
use seameet_core::media::{MediaEvent, SlotAssignment};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// Events kept for a room that is behind. News of slots replaces older news, so only a room that has stopped
/// altogether gets this far; it is given up.
const MAX_BACKLOG: usize = 16_384;

/// The line to one room. Nothing is lost while the room lives: what does not fit waits here, and what newer news
/// makes obsolete is merged.
#[derive(Debug)]
pub(super) struct RoomMail {
    events: mpsc::Sender<MediaEvent>,
    backlog: VecDeque<MediaEvent>,
}

/// The room does not listen any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RoomGone;

impl RoomMail {
    pub(super) fn new(events: mpsc::Sender<MediaEvent>) -> Self {
        Self {
            events,
            backlog: VecDeque::new(),
        }
    }

    pub(super) fn push(&mut self, event: MediaEvent) -> Result<(), RoomGone> {
        if !merge(&mut self.backlog, &event) {
            self.backlog.push_back(event);
        }
        self.flush()
    }

    /// Sends what waits, as far as the room takes it.
    pub(super) fn flush(&mut self) -> Result<(), RoomGone> {
        while let Some(event) = self.backlog.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.backlog.push_front(event);
                    break;
                }
                Err(TrySendError::Closed(_)) => return Err(RoomGone),
            }
        }
        if self.backlog.len() > MAX_BACKLOG {
            tracing::error!("a room has stopped taking its media events and is given up");
            return Err(RoomGone);
        }
        Ok(())
    }

    pub(super) fn waits(&self) -> bool {
        !self.backlog.is_empty()
    }
}

/// Merges news of a participant's slots into the last thing that waits for the same participant, if that is of the
/// same kind; otherwise the order would change. Returns whether it did.
fn merge(backlog: &mut VecDeque<MediaEvent>, event: &MediaEvent) -> bool {
    let last = backlog
        .iter_mut()
        .rev()
        .find(|waiting| participant(waiting) == participant(event));
    match (last, event) {
        (
            Some(MediaEvent::SlotsAssigned {
                assignments: known, ..
            }),
            MediaEvent::SlotsAssigned { assignments, .. },
        ) => {
            for assignment in assignments {
                replace(known, *assignment);
            }
            true
        }
        (
            Some(MediaEvent::SlotsNeeded { needed: known, .. }),
            MediaEvent::SlotsNeeded { needed, .. },
        ) => {
            *known = *needed;
            true
        }
        _ => false,
    }
}

fn replace(known: &mut Vec<SlotAssignment>, assignment: SlotAssignment) {
    match known.iter_mut().find(|known| known.mid == assignment.mid) {
        Some(known) => *known = assignment,
        None => known.push(assignment),
    }
}

/// `None` for what concerns the whole room.
fn participant(event: &MediaEvent) -> Option<ParticipantId> {
    Some(match event {
        MediaEvent::SpeakersChanged { .. } => return None,
        MediaEvent::Negotiated { participant, .. }
        | MediaEvent::Connected { participant }
        | MediaEvent::Disconnected { participant, .. }
        | MediaEvent::SlotsAssigned { participant, .. }
        | MediaEvent::SlotsNeeded { participant, .. }
        | MediaEvent::QualityChanged { participant, .. }
        | MediaEvent::DemandChanged { participant, .. }
        | MediaEvent::Explained { participant, .. } => *participant,
    })
}

#[cfg(test)]
mod tests {
    use seameet_core::TrackId;
    use seameet_core::media::{DisconnectReason, SlotCause};

    use super::*;

    fn slot(who: u64, mid: &str, track: u32) -> MediaEvent {
        let assignment = SlotAssignment {
            mid: mid.parse().unwrap(),
            track: Some(TrackId::new(track)),
            participant: None,
            layer: None,
            cause: SlotCause::Full,
        };
        MediaEvent::SlotsAssigned {
            participant: ParticipantId::from_random(who),
            assignments: vec![assignment],
        }
    }

    fn lost(who: u64) -> MediaEvent {
        MediaEvent::Disconnected {
            participant: ParticipantId::from_random(who),
            reason: DisconnectReason::Closed,
        }
    }

    /// Everything a slow room gets in the end, as "who mid=track,…".
    fn taken(mail: &mut RoomMail, room: &mut mpsc::Receiver<MediaEvent>) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            mail.flush().unwrap();
            let Ok(event) = room.try_recv() else {
                return lines;
            };
            let slots = match &event {
                MediaEvent::SlotsAssigned { assignments, .. } => assignments
                    .iter()
                    .map(|slot| format!(" {}={}", slot.mid, slot.track.unwrap()))
                    .collect::<Vec<_>>()
                    .concat(),
                _ => " lost".to_owned(),
            };
            let who = participant(&event).unwrap().to_string();
            lines.push(format!(
                "{}{slots}",
                who.trim_start_matches("p_").trim_start_matches('0')
            ));
        }
    }

    #[test]
    fn a_slow_room_gets_the_newest_news_of_each_slot_and_nothing_is_lost() {
        let (sender, mut room) = mpsc::channel(1);
        let mut mail = RoomMail::new(sender);
        for event in [
            slot(1, "a", 1),
            slot(1, "a", 2),
            slot(2, "a", 3),
            slot(1, "b", 4),
            slot(1, "a", 5),
            lost(1),
            slot(1, "a", 6),
        ] {
            mail.push(event).unwrap();
        }
        assert!(mail.waits());
        assert_eq!(
            taken(&mut mail, &mut room),
            ["1 a=t_1", "1 a=t_5 b=t_4", "2 a=t_3", "1 lost", "1 a=t_6"]
        );
        assert!(!mail.waits());
    }

    #[test]
    fn a_room_that_is_gone_is_told_so() {
        let (sender, room) = mpsc::channel(1);
        drop(room);
        assert_eq!(RoomMail::new(sender).push(lost(1)), Err(RoomGone));
    }
}
