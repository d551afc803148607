//! Coming and going.

use std::time::Instant;

use crate::error::{ErrorCode, RequestError};
use crate::id::{ConnectionId, ParticipantId};
use crate::media::MediaCommand;
use crate::room::member::{Link, Member};
use crate::room::{JoinRequest, LeaveReason, Notice, Room, RoomEvent, RoomOutput};

impl Room {
    /// A connection wants in, anew or by resuming.
    pub(super) fn join(&mut self, request: JoinRequest) {
        let connection = request.connection;
        let entered = if self.connections.contains_key(&connection) {
            Err(RequestError::new(
                ErrorCode::AlreadyJoined,
                "this connection is a member",
            ))
        } else if request.resume.is_some() {
            self.resume(request)
        } else {
            self.enter(request)
        };
        if let Err(error) = entered {
            self.push(RoomOutput::Refuse { connection, error });
        }
    }

    fn enter(&mut self, request: JoinRequest) -> Result<(), RequestError> {
        let limit = self.config.max_members;
        if self.members.len() >= limit {
            let message = format!("the room has its maximum of {limit} members");
            return Err(RequestError::new(ErrorCode::RoomFull, message));
        }
        let participant = request.participant;
        if self.members.contains_key(&participant) {
            let message = "the minted participant id is in use";
            return Err(RequestError::new(ErrorCode::Internal, message));
        }
        if self.arrivals == 0 {
            self.started_at_ms = request.at_ms;
        }
        self.arrivals += 1;
        let connection = request.connection;
        let member = Member::new(request, self.arrivals);
        let joined = RoomEvent::ParticipantJoined(member.info());
        self.members.insert(participant, member);
        self.emit(joined);
        self.connections.insert(connection, participant);
        self.welcome(participant, None);
        self.tell_reports(participant, false);
        self.push(RoomOutput::Joined { participant });
        Ok(())
    }

    /// A connection broke; its member is awaited. One that never said a word is not: connections that only join
    /// and break would fill the room with ghosts.
    pub(super) fn disconnected(&mut self, now: Instant, connection: ConnectionId) {
        let Some(participant) = self.connections.remove(&connection) else {
            return;
        };
        let deadline = now + self.config.reconnect_grace;
        let Some(member) = self.members.get_mut(&participant) else {
            return;
        };
        if !member.spoke {
            return self.depart(participant, LeaveReason::ConnectionLost);
        }
        member.link = Link::Reconnecting { deadline };
        let updated = RoomEvent::ParticipantUpdated(member.update());
        self.emit(updated);
    }

    /// The member leaves at its own wish.
    pub(super) fn leave(&mut self, participant: ParticipantId) {
        self.tell(participant, Notice::Left);
        self.depart(participant, LeaveReason::Left);
    }

    /// The operator removes a member.
    pub(super) fn remove(&mut self, participant: ParticipantId) {
        self.tell(participant, Notice::Removed);
        self.depart(participant, LeaveReason::Removed);
    }

    /// The operator closes the room. Nobody is left to be told who left, so there are no events.
    pub(super) fn close(&mut self, reason: &str, retry_after: Option<u32>) {
        for (participant, member) in std::mem::take(&mut self.members) {
            if let Some(connection) = member.connection() {
                let reason = reason.to_owned();
                let notice = Notice::RoomClosing {
                    reason,
                    retry_after,
                };
                self.send(connection, notice);
            }
            self.push(RoomOutput::Media(MediaCommand::Remove { participant }));
            self.push(RoomOutput::Left {
                participant,
                reason: LeaveReason::RoomClosed,
            });
        }
        self.connections.clear();
        self.publications.clear();
    }

    /// Takes a member out, and its resume token, tracks and peer connection with it.
    pub(super) fn depart(&mut self, participant: ParticipantId, reason: LeaveReason) {
        let Some(member) = self.members.remove(&participant) else {
            return;
        };
        if let Some(connection) = member.connection() {
            self.connections.remove(&connection);
        }
        self.drop_publications(participant, |_| true);
        self.forget_speaker(participant);
        self.push(RoomOutput::Media(MediaCommand::Remove { participant }));
        self.emit(RoomEvent::ParticipantLeft {
            participant,
            reason,
        });
        self.push(RoomOutput::Left {
            participant,
            reason,
        });
    }
}
