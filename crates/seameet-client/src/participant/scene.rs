//! What there is to see: others' pictures, who speaks, and the slots to show them in.

use seameet_core::Mid;
use seameet_signaling::wire::{RoomEvent, ServerMessage, TrackInfo, TrackKind};

/// What there is to see.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// The participant's own id.
    pub own: String,
    /// Others' pictures, in the order in which they came.
    pub pictures: Vec<TrackInfo>,
    /// The ids of those who speak, the dominant one first.
    pub speakers: Vec<String>,
    /// The media lines of the video slots.
    pub slots: Vec<Mid>,
}

impl Scene {
    /// Takes what the server said; true if there is something else to see now.
    pub(super) fn take(&mut self, message: &ServerMessage) -> bool {
        match message {
            ServerMessage::Ready(ready) => {
                self.own.clone_from(&ready.participant);
                self.pictures.clear();
                for track in &ready.tracks {
                    self.add(track);
                }
                true
            }
            ServerMessage::ActiveSpeakers(active) => {
                let speakers = active.speakers.iter();
                let speakers: Vec<_> = speakers.map(|it| it.participant.clone()).collect();
                let changed = self.speakers != speakers;
                self.speakers = speakers;
                changed
            }
            ServerMessage::Event(RoomEvent::TrackPublished(event)) => self.add(&event.track),
            ServerMessage::Event(RoomEvent::TrackUnpublished(event)) => {
                self.remove(|track| track.id == event.track)
            }
            ServerMessage::Event(RoomEvent::ParticipantLeft(event)) => {
                self.remove(|track| track.participant == event.participant)
            }
            _ => false,
        }
    }

    fn add(&mut self, track: &TrackInfo) -> bool {
        let is_seen = track.kind == TrackKind::Video && track.participant != self.own;
        if is_seen {
            self.pictures.push(track.clone());
        }
        is_seen
    }

    fn remove(&mut self, is_gone: impl Fn(&TrackInfo) -> bool) -> bool {
        let before = self.pictures.len();
        self.pictures.retain(|track| !is_gone(track));
        self.pictures.len() < before
    }
}
