//! Does what a room's machine asks.

use std::collections::VecDeque;

use seameet_core::room::{LeaveReason, Notice, RoomInput, RoomOutput};
use seameet_core::{ConnectionId, ParticipantId};

use super::driver::{Life, RoomDriver};
use super::line::{Lost, News};
use crate::ServerEvent;

impl RoomDriver {
    /// Does one thing. What follows from it for the machine is appended to `inputs`.
    pub(super) async fn act(
        &mut self,
        output: RoomOutput,
        inputs: &mut VecDeque<RoomInput>,
    ) -> Life {
        match output {
            RoomOutput::Send { connection, notice } => {
                if let Some(lost) = self.send(connection, notice) {
                    inputs.push_back(lost);
                }
            }
            RoomOutput::Refuse { connection, error } => {
                if let Some(line) = self.lines.remove(&connection) {
                    line.finish(News::Refused(error));
                }
            }
            RoomOutput::Media(command) => return self.command_media(command).await,
            RoomOutput::Joined { participant } => self.joined(participant),
            RoomOutput::Left {
                participant,
                reason,
            } => self.left(participant, reason),
            RoomOutput::Ended => return Life::Ended,
            RoomOutput::Timeout(_) => {}
        }
        Life::GoesOn
    }

    /// Returns what the machine must hear when the connection turns out to be gone.
    fn send(&mut self, connection: ConnectionId, notice: Notice) -> Option<RoomInput> {
        let last = is_last(&notice);
        let sent = self.lines.get(&connection)?.push(notice);
        if last || sent.is_err() {
            self.lines.remove(&connection);
        }
        if sent == Err(Lost::Overflow) {
            self.directory.metrics.outbox_overflow();
        }
        (sent.is_err() && !last).then_some(RoomInput::Disconnected { connection })
    }

    fn joined(&mut self, participant: ParticipantId) {
        let room = self.id.clone();
        if !self.announced {
            self.announced = true;
            let room = room.clone();
            self.directory
                .events
                .emit(ServerEvent::RoomCreated { room });
        }
        self.members.insert(participant);
        self.directory.metrics.participant_joined();
        self.directory
            .events
            .emit(ServerEvent::PeerConnected { participant, room });
    }

    fn left(&mut self, participant: ParticipantId, reason: LeaveReason) {
        self.members.remove(&participant);
        self.scores.forget(participant);
        self.directory.metrics.participant_left();
        self.directory.events.emit(ServerEvent::PeerDisconnected {
            participant,
            room: self.id.clone(),
            reason,
        });
    }

    /// After a failure the machine cannot say who was in, so the driver does.
    pub(super) fn report_lost_members(&mut self) {
        for participant in std::mem::take(&mut self.members) {
            self.left(participant, LeaveReason::RoomClosed);
        }
    }

    pub(super) fn announce_end(&self) {
        if self.announced {
            let room = self.id.clone();
            self.directory
                .events
                .emit(ServerEvent::RoomDestroyed { room });
        }
    }
}

/// After these the room has nothing to say to the connection any more.
fn is_last(notice: &Notice) -> bool {
    matches!(
        notice,
        Notice::Left | Notice::Replaced | Notice::Removed | Notice::RoomClosing { .. }
    )
}
