//! Chat, control data, hands and reactions.

use std::sync::Arc;

use crate::error::{ErrorCode, RequestError};
use crate::grant::Grant;
use crate::id::{DisplayName, ParticipantId};
use crate::room::{ChatMessage, Notice, Room, RoomEvent};

impl Room {
    pub(super) fn write(
        &mut self,
        sender: ParticipantId,
        text: String,
        to: Option<ParticipantId>,
        at_ms: f64,
    ) -> Result<(), RequestError> {
        let display_name = self.check_speaker(sender, "chat", |grant| grant.chat)?;
        self.check_receiver(to)?;
        let message = Arc::new(ChatMessage {
            id: self.chat.next_id(),
            from: sender,
            display_name,
            to,
            text,
            at_ms,
        });
        let Some(receiver) = to else {
            self.chat.remember(Arc::clone(&message));
            self.emit(RoomEvent::Chat(message));
            return Ok(());
        };
        if receiver != sender {
            self.tell_or_hold(receiver, Notice::PrivateChat(Arc::clone(&message)));
        }
        self.tell(sender, Notice::PrivateChat(message));
        Ok(())
    }

    pub(super) fn send_data(
        &mut self,
        from: ParticipantId,
        (topic, body): (String, String),
        to: Option<ParticipantId>,
        at_ms: f64,
    ) -> Result<(), RequestError> {
        self.check_speaker(from, "data", |grant| grant.data)?;
        self.check_receiver(to)?;
        match to {
            None => self.emit(RoomEvent::Data {
                from,
                topic,
                body,
                at_ms,
            }),
            Some(receiver) => {
                let notice = Notice::PrivateData {
                    from,
                    topic,
                    body,
                    at_ms,
                };
                self.tell_or_hold(receiver, notice);
            }
        }
        Ok(())
    }

    pub(super) fn set_hand(
        &mut self,
        sender: ParticipantId,
        raised: bool,
    ) -> Result<(), RequestError> {
        self.check_speaker(sender, "chat", |grant| grant.chat)?;
        if let Some(member) = self.members.get_mut(&sender)
            && member.hand_raised != raised
        {
            member.hand_raised = raised;
            let updated = RoomEvent::ParticipantUpdated(member.update());
            self.emit(updated);
        }
        Ok(())
    }

    pub(super) fn react(
        &mut self,
        from: ParticipantId,
        reaction: String,
        at_ms: f64,
    ) -> Result<(), RequestError> {
        self.check_speaker(from, "chat", |grant| grant.chat)?;
        self.emit(RoomEvent::Reaction {
            from,
            reaction,
            at_ms,
        });
        Ok(())
    }

    /// Checks the grant and gives the name under which the sender speaks.
    fn check_speaker(
        &self,
        sender: ParticipantId,
        what: &str,
        allowed: impl Fn(Grant) -> bool,
    ) -> Result<Option<DisplayName>, RequestError> {
        self.members
            .get(&sender)
            .filter(|member| allowed(member.grant))
            .map(|member| member.display_name.clone())
            .ok_or_else(|| {
                let message = format!("{what} is not granted");
                RequestError::new(ErrorCode::NotPermitted, message)
            })
    }

    fn check_receiver(&self, to: Option<ParticipantId>) -> Result<(), RequestError> {
        match to {
            Some(receiver) if !self.members.contains_key(&receiver) => {
                let message = format!("{receiver} is not in the room");
                Err(RequestError::new(ErrorCode::UnknownParticipant, message))
            }
            _ => Ok(()),
        }
    }

    /// Tells one member, now or when it is back.
    fn tell_or_hold(&mut self, participant: ParticipantId, notice: Notice) {
        match self.members.get_mut(&participant) {
            Some(member) if member.connection().is_none() => member.hold(notice),
            _ => self.tell(participant, notice),
        }
    }
}
