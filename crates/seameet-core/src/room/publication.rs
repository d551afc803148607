//! Published tracks, and who may change them.

use crate::error::{ErrorCode, RequestError};
use crate::id::{Mid, ParticipantId, TrackId};
use crate::media::{MediaCommand, TrackSource};
use crate::room::{Room, RoomEvent, RoomOutput, TrackInfo};

/// A track that can be received.
#[derive(Debug)]
pub(super) struct Publication {
    pub(super) info: TrackInfo,
    /// The publisher's media line.
    pub(super) mid: Mid,
}

impl Room {
    pub(super) fn set_source_muted(
        &mut self,
        sender: ParticipantId,
        source: TrackSource,
        muted: bool,
    ) -> Result<(), RequestError> {
        let track = self
            .publications
            .values()
            .find(|publication| {
                publication.info.participant == sender && publication.info.source == source
            })
            .map(|publication| publication.info.id)
            .ok_or_else(|| {
                let message = format!("no {source:?} is published");
                RequestError::new(ErrorCode::UnknownTrack, message)
            })?;
        self.set_track(sender, track, |state| state.muted = muted)
    }

    /// Changes an own track. Nobody hears of a change that changes nothing.
    pub(super) fn set_track(
        &mut self,
        sender: ParticipantId,
        track: TrackId,
        change: impl FnOnce(&mut TrackInfo),
    ) -> Result<(), RequestError> {
        let publication = self
            .publications
            .get_mut(&track)
            .filter(|publication| publication.info.participant == sender)
            .ok_or_else(|| not_yours(track))?;
        let before = publication.info.clone();
        change(&mut publication.info);
        let after = publication.info.clone();
        if before.muted != after.muted {
            let muted = after.muted;
            self.push(RoomOutput::Media(MediaCommand::SetMuted { track, muted }));
        }
        if before != after {
            self.emit(RoomEvent::TrackUpdated(after));
        }
        Ok(())
    }

    pub(super) fn unpublish(
        &mut self,
        sender: ParticipantId,
        track: TrackId,
    ) -> Result<(), RequestError> {
        self.publications
            .get(&track)
            .filter(|publication| publication.info.participant == sender)
            .ok_or_else(|| not_yours(track))?;
        self.withdraw(track);
        Ok(())
    }

    /// Ends a publication whose peer connection goes on.
    pub(super) fn withdraw(&mut self, track: TrackId) {
        if let Some(publication) = self.publications.remove(&track) {
            let participant = publication.info.participant;
            self.forget_offered(participant, track);
            self.forget_demands(participant);
            self.push(RoomOutput::Media(MediaCommand::Unpublish { track }));
            self.emit(RoomEvent::TrackUnpublished { track, participant });
        }
    }

    /// Ends a participant's publications of which the media plane knows already that they are gone.
    pub(super) fn drop_publications(
        &mut self,
        participant: ParticipantId,
        gone: impl Fn(TrackId) -> bool,
    ) {
        let tracks: Vec<_> = self
            .publications
            .values()
            .filter(|publication| publication.info.participant == participant)
            .map(|publication| publication.info.id)
            .filter(|track| gone(*track))
            .collect();
        for track in tracks {
            self.publications.remove(&track);
            self.emit(RoomEvent::TrackUnpublished { track, participant });
        }
    }
}

/// One answer for "does not exist" and "belongs to somebody else": it tells a stranger nothing.
fn not_yours(track: TrackId) -> RequestError {
    let message = format!("{track} is not a published track of yours");
    RequestError::new(ErrorCode::UnknownTrack, message)
}
