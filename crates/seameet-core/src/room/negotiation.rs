//! Offers, answers, and what follows from them for the room's tracks.

use std::collections::BTreeSet;

use crate::error::{ErrorCode, RequestError};
use crate::grant::Grant;
use crate::id::{Mid, ParticipantId, TrackId};
use crate::media::{
    Answer, AnsweredTrack, MediaCommand, Offer, RequestId, TrackDeclaration, TrackSource,
};
use crate::room::member::Member;
use crate::room::publication::Publication;
use crate::room::{Notice, OfferRequest, OfferedTrack, Room, RoomEvent, RoomOutput, TrackInfo};

/// Most offers of one member that wait for the media plane; a further one is refused.
const MAX_OFFERS_IN_FLIGHT: usize = 4;

/// An offer that the media plane has not answered, or whose answer waits for an earlier one.
#[derive(Debug)]
pub(super) struct PendingOffer {
    number: RequestId,
    request: Option<String>,
    tracks: Vec<PendingTrack>,
    result: Option<Result<Answer, RequestError>>,
}

#[derive(Debug, Clone, Copy)]
struct PendingTrack {
    track: TrackId,
    offered: OfferedTrack,
}

impl Room {
    pub(super) fn offer(
        &mut self,
        sender: ParticipantId,
        request: Option<String>,
        offer: OfferRequest,
    ) -> Result<(), RequestError> {
        let Some(member) = self.members.get(&sender) else {
            return Ok(());
        };
        check_offer(member, &offer.tracks, self.config.max_tracks_per_member)?;
        let subscribe = member.grant.subscribe;
        let tracks: Vec<_> = offer
            .tracks
            .into_iter()
            .map(|offered| self.identify(sender, offered))
            .collect();
        self.sent_offers += 1;
        let number = RequestId(self.sent_offers);
        self.push(RoomOutput::Media(MediaCommand::Negotiate {
            participant: sender,
            request: number,
            offer: Offer {
                sdp: offer.sdp,
                tracks: tracks.iter().map(PendingTrack::declaration).collect(),
            },
            subscribe,
        }));
        if let Some(member) = self.members.get_mut(&sender) {
            member.offers.push_back(PendingOffer {
                number,
                request,
                tracks,
                result: None,
            });
        }
        Ok(())
    }

    /// Gives an offered line its track: the one that it carries already, or a new one. A track that exists
    /// keeps its mute state; the offer's flag is only for the start.
    fn identify(&mut self, sender: ParticipantId, offered: OfferedTrack) -> PendingTrack {
        if let Some((track, muted)) = self.carried(sender, offered.mid, offered.source) {
            let offered = OfferedTrack { muted, ..offered };
            return PendingTrack { track, offered };
        }
        self.minted_tracks = self.minted_tracks.wrapping_add(1);
        PendingTrack {
            track: TrackId::new(self.minted_tracks),
            offered,
        }
    }

    /// The track of a line after the last offer, and whether it is muted.
    fn carried(
        &self,
        sender: ParticipantId,
        mid: Mid,
        source: TrackSource,
    ) -> Option<(TrackId, bool)> {
        let published = |track: TrackId| self.publications.get(&track);
        match self.members.get(&sender)?.offers.back() {
            Some(offer) => offer
                .tracks
                .iter()
                .find(|pending| pending.offered.mid == mid && pending.offered.source == source)
                .map(|pending| {
                    let muted = published(pending.track).map(|publication| publication.info.muted);
                    (pending.track, muted.unwrap_or(pending.offered.muted))
                }),
            None => self
                .publications
                .values()
                .filter(|publication| publication.info.participant == sender)
                .find(|publication| publication.mid == mid && publication.info.source == source)
                .map(|publication| (publication.info.id, publication.info.muted)),
        }
    }

    /// A withdrawn track must not come back with the answer to an offer that still names it.
    pub(super) fn forget_offered(&mut self, participant: ParticipantId, track: TrackId) {
        if let Some(member) = self.members.get_mut(&participant) {
            for offer in &mut member.offers {
                offer.tracks.retain(|pending| pending.track != track);
            }
        }
    }

    /// The media plane answered. Answers leave in the order of the offers.
    pub(super) fn negotiated(
        &mut self,
        participant: ParticipantId,
        number: RequestId,
        result: Result<Answer, RequestError>,
    ) {
        let Some(member) = self.members.get_mut(&participant) else {
            return;
        };
        let Some(offer) = member
            .offers
            .iter_mut()
            .find(|offer| offer.number == number)
        else {
            return;
        };
        let fresh = result.as_ref().is_ok_and(|answer| answer.fresh);
        offer.result = Some(result);
        // Now and not when the answer is told: news of the new slots may come before.
        if fresh {
            member.forget_media();
        }
        while let Some((offer, result)) = self.next_answered(participant) {
            match result {
                Ok(answer) => self.agreed(participant, offer, answer),
                Err(error) => {
                    let request = offer.request;
                    self.tell(participant, Notice::Error { request, error });
                    self.forget_demands(participant);
                }
            }
        }
    }

    fn next_answered(
        &mut self,
        participant: ParticipantId,
    ) -> Option<(PendingOffer, Result<Answer, RequestError>)> {
        let offers = &mut self.members.get_mut(&participant)?.offers;
        let result = offers.front_mut()?.result.take()?;
        Some((offers.pop_front()?, result))
    }

    fn agreed(&mut self, participant: ParticipantId, mut offer: PendingOffer, mut answer: Answer) {
        let Some(member) = self.members.get_mut(&participant) else {
            return;
        };
        member.media_lost = false;
        member.slots_needed = None;
        // The grant may be another than when the offer came.
        let grant = member.grant;
        offer
            .tracks
            .retain(|pending| grant.allows(pending.offered.source));
        let wanted = |track| offer.tracks.iter().any(|pending| pending.track == track);
        answer.tracks.retain(|answered| wanted(answered.track));
        let taken: Vec<_> = answer
            .tracks
            .iter()
            .filter_map(|answered| {
                let pending = offer
                    .tracks
                    .iter()
                    .find(|pending| pending.track == answered.track)?;
                Some((*pending, *answered))
            })
            .collect();
        let kept: BTreeSet<_> = taken.iter().map(|(pending, _)| pending.track).collect();
        let request = offer.request;
        self.tell(participant, Notice::Answer { request, answer });
        self.drop_publications(participant, |track| !kept.contains(&track));
        for (pending, answered) in taken {
            self.publish(participant, pending, answered);
        }
        self.forget_demands(participant);
    }

    fn publish(
        &mut self,
        participant: ParticipantId,
        pending: PendingTrack,
        answered: AnsweredTrack,
    ) {
        let info = pending.info(participant, answered);
        let Some(known) = self.publications.get_mut(&pending.track) else {
            let mid = pending.offered.mid;
            self.publications.insert(
                pending.track,
                Publication {
                    info: info.clone(),
                    mid,
                },
            );
            self.emit(RoomEvent::TrackPublished(info));
            return self.tell_demand(participant, pending.track);
        };
        let updated = TrackInfo {
            codec: info.codec,
            encrypted: info.encrypted,
            ..known.info.clone()
        };
        if known.info != updated {
            known.info = updated.clone();
            self.emit(RoomEvent::TrackUpdated(updated));
        }
    }
}

impl Member {
    /// Takes what a grant does not allow out of the offers that wait for their answer.
    pub(super) fn refuse_offered(&mut self, grant: Grant) -> BTreeSet<TrackId> {
        let mut refused = BTreeSet::new();
        for offer in &mut self.offers {
            offer.tracks.retain(|pending| {
                let allowed = grant.allows(pending.offered.source);
                if !allowed {
                    refused.insert(pending.track);
                }
                allowed
            });
        }
        refused
    }
}

impl PendingOffer {
    /// Whether the offer carries the track.
    pub(super) fn names(&self, track: TrackId) -> bool {
        self.tracks.iter().any(|pending| pending.track == track)
    }
}

impl PendingTrack {
    const fn declaration(&self) -> TrackDeclaration {
        TrackDeclaration {
            track: self.track,
            mid: self.offered.mid,
            source: self.offered.source,
            muted: self.offered.muted,
        }
    }

    const fn info(self, participant: ParticipantId, answered: AnsweredTrack) -> TrackInfo {
        TrackInfo {
            id: self.track,
            participant,
            source: self.offered.source,
            kind: self.offered.source.kind(),
            codec: answered.codec,
            muted: self.offered.muted,
            encrypted: self.offered.encrypted,
            size: None,
            fps: None,
        }
    }
}

fn check_offer(
    member: &Member,
    tracks: &[OfferedTrack],
    max_tracks: usize,
) -> Result<(), RequestError> {
    if member.offers.len() >= MAX_OFFERS_IN_FLIGHT {
        let message = format!("{MAX_OFFERS_IN_FLIGHT} offers wait for their answer");
        return Err(RequestError::new(ErrorCode::Overloaded, message));
    }
    if tracks.len() > max_tracks {
        let message = format!("{} tracks, at most {max_tracks} are allowed", tracks.len());
        return Err(RequestError::new(ErrorCode::BadTrack, message));
    }
    check_each(member.grant, tracks)
}

fn check_each(grant: Grant, tracks: &[OfferedTrack]) -> Result<(), RequestError> {
    let mut mids = BTreeSet::new();
    let mut sources = BTreeSet::new();
    for OfferedTrack { mid, source, .. } in tracks {
        if !grant.allows(*source) {
            let message = format!("publishing {source:?} is not granted");
            return Err(RequestError::new(ErrorCode::NotPermitted, message));
        }
        if !mids.insert(*mid) {
            let message = format!("the media line {mid} appears twice");
            return Err(RequestError::new(ErrorCode::BadTrack, message));
        }
        if !sources.insert(*source) {
            let message = format!("the source {source:?} appears twice");
            return Err(RequestError::new(ErrorCode::BadTrack, message));
        }
    }
    Ok(())
}
