//! What members receive: views, slots, keyframes, and the loss of media.

use std::collections::BTreeSet;

use crate::error::{ErrorCode, RequestError};
use crate::id::{ParticipantId, TrackId};
use crate::media::{MediaCommand, SlotAssignment, SlotWish, SlotsNeeded, View};
use crate::room::{Notice, Room, RoomOutput};

impl Room {
    pub(super) fn set_view(
        &mut self,
        sender: ParticipantId,
        view: View,
    ) -> Result<(), RequestError> {
        self.check_subscribe(sender)?;
        let view = match view {
            View::Slots(wishes) => View::Slots(self.check_wishes(sender, wishes)?),
            auto @ View::Auto { .. } => auto,
        };
        self.push(RoomOutput::Media(MediaCommand::SetView {
            participant: sender,
            view,
        }));
        Ok(())
    }

    pub(super) fn request_keyframe(
        &mut self,
        sender: ParticipantId,
        track: TrackId,
    ) -> Result<(), RequestError> {
        self.check_subscribe(sender)?;
        if !self.publications.contains_key(&track) {
            return Err(unknown(track));
        }
        self.push(RoomOutput::Media(MediaCommand::RequestKeyframe {
            participant: sender,
            track,
        }));
        Ok(())
    }

    fn check_subscribe(&self, sender: ParticipantId) -> Result<(), RequestError> {
        let granted = self
            .members
            .get(&sender)
            .is_some_and(|member| member.grant.subscribe);
        if granted {
            return Ok(());
        }
        let message = "receiving is not granted";
        Err(RequestError::new(ErrorCode::NotPermitted, message))
    }

    /// A wish for a track that just went is a wish for nothing: its sender could not know. A track that never
    /// was is a mistake.
    fn check_wishes(
        &self,
        sender: ParticipantId,
        mut wishes: Vec<SlotWish>,
    ) -> Result<Vec<SlotWish>, RequestError> {
        let mut mids = BTreeSet::new();
        for wish in &mut wishes {
            if !mids.insert(wish.mid) {
                let message = format!("the slot {} appears twice", wish.mid);
                return Err(RequestError::new(ErrorCode::BadTrack, message));
            }
            let Some(track) = wish.track else { continue };
            match self.publications.get(&track) {
                Some(publication) if publication.info.participant == sender => {
                    let message = format!("{track} is your own; it is not sent back");
                    return Err(RequestError::new(ErrorCode::UnknownTrack, message));
                }
                Some(_) => {}
                None if self.was_minted(track) => wish.track = None,
                None => return Err(unknown(track)),
            }
        }
        Ok(wishes)
    }

    fn was_minted(&self, track: TrackId) -> bool {
        (TrackId::new(1)..=TrackId::new(self.minted_tracks)).contains(&track)
    }

    pub(super) fn slots_assigned(
        &mut self,
        participant: ParticipantId,
        assignments: Vec<SlotAssignment>,
    ) {
        if let Some(member) = self.members.get_mut(&participant) {
            member.remember_slots(&assignments);
            self.tell(participant, Notice::Slots(assignments));
        }
    }

    pub(super) fn slots_needed(&mut self, participant: ParticipantId, needed: SlotsNeeded) {
        if let Some(member) = self.members.get_mut(&participant) {
            member.slots_needed = Some(needed);
            self.tell(participant, Notice::SlotsNeeded(needed));
        }
    }

    /// The media plane has removed the endpoint, whatever the reason. The member's tracks stay published: it is
    /// expected to begin a new peer connection.
    pub(super) fn media_lost(&mut self, participant: ParticipantId) {
        if let Some(member) = self.members.get_mut(&participant) {
            member.forget_media();
            member.media_lost = true;
            self.tell(participant, Notice::MediaLost);
            self.quality_lost(participant);
        }
    }
}

fn unknown(track: TrackId) -> RequestError {
    let message = format!("{track} is not a track of this room");
    RequestError::new(ErrorCode::UnknownTrack, message)
}
