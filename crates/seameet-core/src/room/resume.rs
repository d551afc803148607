//! Coming back after a broken connection.

use crate::error::{ErrorCode, RequestError};
use crate::grant::Grant;
use crate::id::{ParticipantId, ResumeToken};
use crate::media::MediaCommand;
use crate::room::member::{Link, Member};
use crate::room::{JoinRequest, Notice, ParticipantUpdate, Room, RoomEvent, RoomOutput};

impl Room {
    /// Attaches a new connection to the member that the token belongs to. The newest connection wins.
    pub(super) fn resume(&mut self, request: JoinRequest) -> Result<(), RequestError> {
        let rejected = || RequestError::new(ErrorCode::ResumeRejected, "join anew, without resume");
        let (token, seq) = request.resume.clone().ok_or_else(rejected)?;
        let participant = self.holder_of(&token).ok_or_else(rejected)?;
        let connection = request.connection;
        self.detach(participant);
        self.regrant(participant, request.grant);
        let member = self.members.get_mut(&participant).ok_or_else(rejected)?;
        let before = member.info();
        take_over(member, token, request);
        let after = member.info();
        if before != after {
            let changed = before.attributes != after.attributes;
            let update = ParticipantUpdate {
                attributes: changed.then_some(after.attributes),
                ..member.update()
            };
            self.emit(RoomEvent::ParticipantUpdated(update));
        }
        // From here on the new connection hears events; all earlier ones are in its welcome.
        self.connections.insert(connection, participant);
        self.welcome(participant, Some(seq));
        self.catch_up(participant);
        self.tell_reports(participant, true);
        Ok(())
    }

    /// Whose token it is. Looks at every member, so that the time does not tell how far it got.
    fn holder_of(&self, token: &ResumeToken) -> Option<ParticipantId> {
        self.members
            .values()
            .filter(|member| member.holds(token))
            .fold(None, |_, member| Some(member.id))
    }

    /// Takes leave of a connection that is still there.
    fn detach(&mut self, participant: ParticipantId) {
        self.tell(participant, Notice::Replaced);
        self.connections.retain(|_, member| *member != participant);
    }

    /// The new verdict replaces the old one. What it no longer allows ends here.
    fn regrant(&mut self, participant: ParticipantId, grant: Grant) {
        let Some(member) = self.members.get_mut(&participant) else {
            return;
        };
        let before = std::mem::replace(&mut member.grant, grant);
        if before.subscribe && !grant.subscribe {
            // Only a new peer connection is sure to receive nothing.
            member.forget_media();
            member.media_lost = true;
            member.offers.clear();
            self.push(RoomOutput::Media(MediaCommand::Remove { participant }));
            self.drop_publications(participant, |_| true);
            self.quality_lost(participant);
            return;
        }
        let offered = member.refuse_offered(grant);
        for track in offered {
            // The media plane has the offer already and would forward what it took.
            if !self.publications.contains_key(&track) {
                self.push(RoomOutput::Media(MediaCommand::Unpublish { track }));
            }
        }
        let published: Vec<_> = self
            .publications
            .values()
            .filter(|publication| publication.info.participant == participant)
            .filter(|publication| !grant.allows(publication.info.source))
            .map(|publication| publication.info.id)
            .collect();
        for track in published {
            self.withdraw(track);
        }
        self.forget_demands(participant);
    }

    /// Tells a member that it is in. `since` is the last event that its earlier connection saw.
    pub(super) fn welcome(&mut self, participant: ParticipantId, since: Option<u32>) {
        let Some(member) = self.members.get(&participant) else {
            return;
        };
        // What was missed includes its messages, and the client has the earlier ones.
        let missed = since.and_then(|seq| self.events.since(seq));
        let notice = Notice::Welcome {
            participant,
            grant: member.grant,
            resume: member.resume.clone(),
            resumed: since.is_some(),
            snapshot: self.snapshot(participant, missed.is_none()),
            missed,
        };
        self.tell(participant, notice);
    }

    fn catch_up(&mut self, participant: ParticipantId) {
        let notices = self
            .members
            .get_mut(&participant)
            .map(Member::catch_up)
            .unwrap_or_default();
        for notice in notices {
            self.tell(participant, notice);
        }
    }
}

fn take_over(member: &mut Member, token: ResumeToken, request: JoinRequest) {
    member.link = Link::Connected(request.connection);
    member.exchange(token, request.next_resume);
    if request.display_name.is_some() {
        member.display_name = request.display_name;
    }
    if !request.attributes.is_empty() {
        member.attributes = request.attributes;
    }
}
