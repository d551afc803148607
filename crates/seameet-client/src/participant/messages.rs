//! What a participant and the server say to each other.

use std::time::Instant;

use seameet_signaling::wire::{
    Answer, ClientBody, ClientInfo, ClientMessage, DecodeLimits, Join, Offer, OfferedTrack,
    PROTOCOL_VERSION, Secret, ServerMessage, decode_server,
};

use super::{Event, Output, Participant, Phase, Published};
use crate::error::EndReason;
use crate::plan::Token;

impl Participant {
    pub(super) fn ask_to_join(&mut self) {
        let join = Join {
            protocol: PROTOCOL_VERSION,
            room_id: self.plan.room.clone(),
            display_name: self.plan.display_name.clone(),
            token: self.plan.token.as_ref().map(Token::reveal).map(Secret::new),
            resume: None,
            client: Some(ClientInfo {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            }),
            attributes: None,
        };
        self.say("join", ClientBody::Join(join));
    }

    pub(super) fn say_goodbye(&mut self) {
        self.say("leave", ClientBody::Leave);
    }

    pub(super) fn say(&mut self, id: &str, body: ClientBody) {
        let message = ClientMessage {
            id: Some(id.to_owned()),
            body,
        };
        match serde_json::to_string(&message) {
            Ok(text) => self.outputs.push_back(Output::Text(text)),
            // Maps with text keys and numbers: nothing of it can fail.
            Err(error) => self.end(EndReason::Protocol {
                reason: error.to_string(),
            }),
        }
    }

    pub(super) fn take_text(&mut self, now: Instant, text: &str) {
        match decode_server(text, &DecodeLimits::client_side()) {
            Ok(message) => self.take_message(now, message),
            Err(rejected) => self.end(EndReason::Protocol {
                reason: rejected.error.to_string(),
            }),
        }
    }

    fn take_message(&mut self, now: Instant, message: ServerMessage) {
        let has_changed = self.scene.take(&message);
        self.answer_message(now, message);
        if has_changed {
            self.tell(Event::Scene);
        }
    }

    fn answer_message(&mut self, now: Instant, message: ServerMessage) {
        match message {
            ServerMessage::Ready(ready) if self.phase == Phase::Joining => {
                self.tell(Event::Joined {
                    participant: ready.participant,
                });
                self.offer();
            }
            ServerMessage::Answer(answer) => self.take_answer(now, &answer),
            ServerMessage::Slots(slots) => self.tell(Event::Slots(slots.assignments)),
            ServerMessage::PublisherDemand(demand) => self.tell(Event::Demand(demand)),
            ServerMessage::Error(error) if self.phase < Phase::Negotiated => {
                self.end(EndReason::Refused {
                    code: error.code,
                    message: error.message,
                });
            }
            ServerMessage::Left(_) => self.end(EndReason::Left),
            ServerMessage::RoomClosing(_) => self.end(EndReason::RoomClosed),
            ServerMessage::MediaLost(_) => self.end(EndReason::MediaLost),
            other => self.tell(Event::Message(Box::new(other))),
        }
    }

    fn offer(&mut self) {
        self.phase = Phase::Offering;
        let lines = self.lines();
        if lines.is_empty() {
            // Somebody who only looks on.
            return;
        }
        let (sdp, mids) = match self.connection.create_offer(&lines) {
            Ok(offered) => offered,
            Err(error) => return self.end(error.into()),
        };
        let slots = mids.iter().rev().take(self.plan.video_slots).rev();
        self.scene.slots = slots.copied().collect();
        let sources = self.plan.publications.iter().map(|it| it.source);
        self.published = sources
            .zip(mids)
            .map(|(source, mid)| Published { source, mid })
            .collect();
        let tracks = self.published.iter().map(|published| OfferedTrack {
            mid: published.mid.to_string(),
            source: published.source.into(),
            muted: None,
            encrypted: None,
        });
        let offer = Offer {
            sdp,
            tracks: tracks.collect(),
        };
        self.say("offer", ClientBody::Offer(offer));
    }

    fn take_answer(&mut self, now: Instant, answer: &Answer) {
        match self.connection.accept_answer(now, &answer.sdp) {
            Ok(_) if self.phase == Phase::Offering => self.phase = Phase::Negotiated,
            Ok(_) => {}
            Err(error) => self.end(error.into()),
        }
    }
}
