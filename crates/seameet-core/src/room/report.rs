//! What the media plane finds out and members are told: who speaks, how good connections are, what is wanted of
//! tracks.
//!
//! None of it is an event: it has no number and no history, the latest state is all there is, and a member that comes
//! or comes back is told that. Everybody hears of speakers and quality, whatever its grant: they reveal no more than
//! who is there. Demand concerns the publisher alone.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::id::{ParticipantId, TrackId};
use crate::media::{ConnectionQuality, EncodingDemand, LineQuality, QualityCause, SpeakerLevel};
use crate::room::member::Member;
use crate::room::{Notice, Room};

/// Most speakers that are told at once; of more, the last are left out. Nobody follows so many voices.
const MAX_SPEAKERS: usize = 32;

/// Most connections of whose quality a newcomer is told, the worst first. Of the others it hears when they change.
const MAX_QUALITIES: usize = 128;

/// What is wanted of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) encodings: Vec<EncodingDemand>,
    pub(super) max_height: Option<u32>,
}

impl Demand {
    fn notice(self, track: TrackId) -> Notice {
        Notice::Demand {
            track,
            encodings: self.encodings,
            max_height: self.max_height,
        }
    }
}

impl Room {
    /// Tells everyone who speaks. The media plane may name somebody who left just now.
    pub(super) fn speakers_changed(&mut self, mut speakers: Vec<SpeakerLevel>) {
        speakers.retain(|speaker| self.members.contains_key(&speaker.participant));
        speakers.truncate(MAX_SPEAKERS);
        if *self.speakers.as_deref().unwrap_or_default() == *speakers {
            return;
        }
        let speakers: Arc<[_]> = speakers.into();
        self.speakers = Some(Arc::clone(&speakers));
        let notice = Notice::Speakers(speakers);
        for participant in self.everyone() {
            self.tell(participant, notice.clone());
        }
    }

    /// Tells the participant itself what changed, and everyone else only what they are shown: the score and its
    /// causes. In a room of N, N connections whose figures move would otherwise make N² messages.
    pub(super) fn quality_changed(
        &mut self,
        participant: ParticipantId,
        quality: ConnectionQuality,
    ) {
        let Some(member) = self.members.get_mut(&participant) else {
            return;
        };
        let before = member.quality.take();
        let quality = Arc::new(quality);
        member.quality = Some(Arc::clone(&quality));
        if before.as_ref() == Some(&quality) {
            return;
        }
        let shown = before
            .is_none_or(|before| before.score != quality.score || before.causes != quality.causes);
        self.tell(participant, quality_notice(participant, &quality, true));
        if shown {
            for other in self.everyone() {
                if other != participant {
                    self.tell(other, quality_notice(participant, &quality, false));
                }
            }
        }
    }

    /// The peer connection is gone and nobody measures it any more; what was said of it is no longer true.
    pub(super) fn quality_lost(&mut self, participant: ParticipantId) {
        let is_known = |member: &Member| member.quality.is_some();
        if self.members.get(&participant).is_some_and(is_known) {
            let nothing = ConnectionQuality {
                score: 0,
                causes: vec![QualityCause::NoMedia],
                uplink: LineQuality::default(),
                downlink: LineQuality::default(),
            };
            self.quality_changed(participant, nothing);
        }
    }

    /// Tells the publisher what is wanted of its track. The word may come before the answer that publishes the track,
    /// or after the track went.
    pub(super) fn demand_changed(
        &mut self,
        participant: ParticipantId,
        track: TrackId,
        demand: Demand,
    ) {
        let published = self.is_published_by(participant, track);
        let Some(member) = self.members.get_mut(&participant) else {
            return;
        };
        if !published && !member.offers_track(track) {
            return;
        }
        let before = member.demands.insert(track, demand.clone());
        if published && before.as_ref() != Some(&demand) {
            self.tell(participant, demand.notice(track));
        }
    }

    /// A track was published; its owner is told what was wanted of it before it had a name.
    pub(super) fn tell_demand(&mut self, participant: ParticipantId, track: TrackId) {
        let member = self.members.get(&participant);
        if let Some(demand) = member.and_then(|member| member.demands.get(&track).cloned()) {
            self.tell(participant, demand.notice(track));
        }
    }

    /// Forgets what was wanted of tracks that are neither published nor offered.
    pub(super) fn forget_demands(&mut self, participant: ParticipantId) {
        let Some(Member {
            demands, offers, ..
        }) = self.members.get_mut(&participant)
        else {
            return;
        };
        demands.retain(|track, _| {
            self.publications.contains_key(track) || offers.iter().any(|offer| offer.names(*track))
        });
    }

    /// Somebody left. Nobody needs to be told that it speaks no longer.
    pub(super) fn forget_speaker(&mut self, participant: ParticipantId) {
        let is_it = |speaker: &SpeakerLevel| speaker.participant == participant;
        if let Some(speakers) = &mut self.speakers
            && speakers.iter().any(is_it)
        {
            let others = speakers.iter().filter(|speaker| !is_it(speaker));
            *speakers = others.copied().collect();
        }
    }

    /// Tells a member that is in since a moment ago how things are. One that came back may believe that somebody
    /// still speaks; one that is new believes nothing.
    pub(super) fn tell_reports(&mut self, participant: ParticipantId, resumed: bool) {
        let Some(member) = self.members.get(&participant) else {
            return;
        };
        let mut notices: Vec<_> = member
            .demands
            .iter()
            .filter(|(track, _)| self.is_published_by(participant, **track))
            .map(|(track, demand)| demand.clone().notice(*track))
            .collect();
        if let Some(speakers) = &self.speakers
            && (resumed || !speakers.is_empty())
        {
            notices.push(Notice::Speakers(Arc::clone(speakers)));
        }
        notices.extend(self.qualities(participant));
        for notice in notices {
            self.tell(participant, notice);
        }
    }

    /// The known connections as one member is told of them: its own, then those of the others from the worst on.
    fn qualities(&self, receiver: ParticipantId) -> impl Iterator<Item = Notice> {
        let known = self.members.values().filter_map(|member| {
            let quality = member.quality.as_ref()?;
            Some((member.id, quality, member.id == receiver))
        });
        let mut known: Vec<_> = known.collect();
        known.sort_by_key(|(_, quality, is_own)| (Reverse(*is_own), quality.score));
        known
            .into_iter()
            .take(MAX_QUALITIES)
            .map(|(participant, quality, is_own)| quality_notice(participant, quality, is_own))
    }

    fn is_published_by(&self, participant: ParticipantId, track: TrackId) -> bool {
        let publication = self.publications.get(&track);
        publication.is_some_and(|publication| publication.info.participant == participant)
    }

    /// Everyone who is reached now.
    fn everyone(&self) -> Vec<ParticipantId> {
        self.connections.values().copied().collect()
    }
}

fn quality_notice(
    participant: ParticipantId,
    quality: &Arc<ConnectionQuality>,
    is_own: bool,
) -> Notice {
    Notice::Quality {
        participant,
        quality: Arc::clone(quality),
        is_own,
    }
}
