//! A participant of a video room of Janus.
//!
//! ```text
//!   session ─▶ handle ─▶ room made ─▶ joined ─┬─▶ publish: offer ─▶ answer          (who publishes)
//!                                             └─▶ handle ─▶ subscribe ─▶ offer ─▶ start with the answer
//! ```
//!
//! Who publishes has one connection for it, and everybody has one for all that it receives: a subscriber of several feeds
//! (Janus 1.0 and later). There Janus offers and the participant answers, anew with each publisher that comes.

mod sides;
mod wire;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use seameet_client::media::{Codec, OutgoingPacket, TrackSource};
use seameet_client::{EndReason, Event, JoinError, Machine, Output};
use serde_json::Value;

use super::adapter::Adapter;
use super::bot::Bot;
use super::{Plan, Sinks};
use sides::{Side, Sides};
use wire::{Incoming, Jsep, RoomData, Sender};

/// Janus forgets sessions that are silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// What it is and wants.
#[derive(Debug, Clone)]
struct Described {
    room: wire::Room,
    name: String,
    publishes: bool,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Entering,
    Connected,
    Ended,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct JanusParticipant {
    described: Described,
    sides: Sides,
    session: Option<u64>,
    /// The handles for publishing and for receiving.
    publisher: Option<u64>,
    subscriber: Option<u64>,
    own: Option<u64>,
    /// Publishers that were not asked for yet.
    wanted: Vec<u64>,
    /// Something was asked for, so that there is a subscriber.
    has_subscribed: bool,
    /// Janus was asked for something and has not finished.
    is_negotiating: bool,
    next_keep_alive: Instant,
    phase: Phase,
    outputs: VecDeque<Output>,
}

impl Adapter for JanusParticipant {
    fn enter(bot: &Bot, plan: &Plan, address: SocketAddr) -> Result<Self, JoinError> {
        let codec = plan.video.map_or(Codec::Vp8, |shape| shape.codec);
        let described = Described {
            room: wire::Room {
                // Rooms stay as they were made, for as many as they were made for: each run has its own.
                id: room_number(&format!("{} {}", bot.room, std::process::id())),
                publishers: plan.publishers,
                codec: codec.name(),
            },
            name: format!("Bot {}", bot.number),
            publishes: bot.publishes && (plan.audio || plan.video.is_some()),
        };
        let is_light = plan.sinks == Sinks::Light;
        let sides = Sides::new(plan, address, (codec, described.publishes, is_light))?;
        Ok(Self::new(described, sides))
    }
}

/// Janus numbers rooms (FNV-1a, cut to what its JSON can carry).
fn room_number(name: &str) -> u64 {
    let mixed = name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    (mixed >> 12).max(1)
}

impl JanusParticipant {
    fn new(described: Described, sides: Sides) -> Self {
        let mut participant = Self {
            described,
            sides,
            session: None,
            publisher: None,
            subscriber: None,
            own: None,
            wanted: Vec::new(),
            has_subscribed: false,
            is_negotiating: false,
            next_keep_alive: Instant::now() + KEEP_ALIVE,
            phase: Phase::Entering,
            outputs: VecDeque::new(),
        };
        participant.say(&wire::create());
        participant
    }

    fn say(&mut self, message: &Value) {
        self.outputs.push_back(Output::Text(message.to_string()));
    }

    fn ask(&mut self, handle: Option<u64>, name: &str, body: &Value, jsep: Option<(&str, &str)>) {
        if let Some((session, handle)) = self.session.zip(handle) {
            let sender = Sender { session, handle };
            self.say(&sender.message(name, body, jsep));
        }
    }

    fn tell(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn end(&mut self, reason: EndReason) {
        if self.phase != Phase::Ended {
            self.phase = Phase::Ended;
            self.tell(Event::Ended(reason));
        }
    }

    fn take(&mut self, now: Instant, message: &Incoming) -> Result<(), EndReason> {
        if let Some(reason) = message.refusal() {
            return Err(EndReason::Protocol { reason });
        }
        match message.janus.as_str() {
            "success" => self.go_on(message),
            "event" => self.take_event(now, message)?,
            "hangup" | "detached" | "timeout" => return Err(EndReason::MediaLost),
            // Acknowledgements, and what is known from the media itself.
            _ => {}
        }
        Ok(())
    }

    /// A step on the way in succeeded.
    fn go_on(&mut self, message: &Incoming) {
        let made = message.data.map(|made| made.id);
        match message.transaction.as_deref() {
            Some("session") => {
                self.session = made;
                self.attach("publisher");
            }
            Some("publisher") => {
                self.publisher = made;
                let body = wire::make_room(self.described.room);
                self.ask(made, "room", &body, None);
            }
            Some("room") => {
                let body = wire::join(self.described.room.id, &self.described.name);
                self.ask(self.publisher, "join", &body, None);
            }
            Some("subscriber") => {
                self.subscriber = made;
                self.subscribe();
            }
            _ => {}
        }
    }

    fn attach(&mut self, transaction: &str) {
        if let Some(session) = self.session {
            self.say(&wire::attach(session, transaction));
        }
    }

    fn take_event(&mut self, now: Instant, message: &Incoming) -> Result<(), EndReason> {
        let room = message.room();
        self.wanted.extend(room.publishers.iter().map(|it| it.id));
        if room.videoroom.as_deref() == Some("joined") {
            self.joined(&room)?;
        }
        match &message.jsep {
            Some(jsep) if jsep.kind == "answer" => {
                self.sides.take_answer(now, &jsep.sdp)?;
            }
            Some(jsep) => self.answer(now, jsep)?,
            // The end of a negotiation, or of a request that changed nothing.
            None if message.sender == self.subscriber => self.is_negotiating = false,
            None => {}
        }
        self.subscribe();
        Ok(())
    }

    fn joined(&mut self, room: &RoomData) -> Result<(), EndReason> {
        self.own = room.id;
        self.tell(Event::Joined {
            participant: room.id.unwrap_or_default().to_string(),
        });
        if let Some(sdp) = self.sides.offer()? {
            self.ask(
                self.publisher,
                "publish",
                &wire::publish(),
                Some(("offer", &sdp)),
            );
        }
        self.attach("subscriber");
        Ok(())
    }

    /// Asks for those who were not asked for yet, one negotiation after another.
    fn subscribe(&mut self) {
        if self.subscriber.is_none() || self.is_negotiating || self.wanted.is_empty() {
            return;
        }
        let feeds = std::mem::take(&mut self.wanted);
        let is_first = !std::mem::replace(&mut self.has_subscribed, true);
        let body = wire::subscribe(self.described.room.id, &feeds, is_first);
        self.is_negotiating = true;
        self.ask(self.subscriber, "subscribe", &body, None);
    }

    fn answer(&mut self, now: Instant, jsep: &Jsep) -> Result<(), EndReason> {
        let sdp = self.sides.answer(now, &jsep.sdp)?;
        let body = wire::start(self.described.room.id);
        self.ask(self.subscriber, "start", &body, Some(("answer", &sdp)));
        Ok(())
    }

    fn collect(&mut self, now: Instant) {
        while let Some((side, event)) = self.sides.poll_event(now) {
            match event {
                Event::Connected => self.connected(side),
                Event::Ended(reason) => self.end(reason),
                event => self.tell(event),
            }
        }
        while let Some(transmit) = self.sides.poll_transmit() {
            self.outputs.push_back(Output::Transmit(transmit));
        }
    }

    /// Who publishes is in when it can, everybody else when it receives.
    fn connected(&mut self, side: Side) {
        let expected = if self.described.publishes {
            Side::Sending
        } else {
            Side::Receiving
        };
        if side == expected && self.phase == Phase::Entering {
            self.phase = Phase::Connected;
            self.tell(Event::Connected);
        }
    }

    fn settle(&mut self, now: Instant, outcome: Result<(), EndReason>) {
        if let Err(reason) = outcome {
            self.end(reason);
        }
        self.collect(now);
    }
}

impl Machine for JanusParticipant {
    const SUBPROTOCOL: Option<&'static str> = Some("janus-protocol");

    fn handle_text(&mut self, now: Instant, text: &str) {
        if self.phase == Phase::Ended {
            return;
        }
        let outcome = match serde_json::from_str(text) {
            Ok(message) => self.take(now, &message),
            Err(error) => Err(EndReason::Protocol {
                reason: error.to_string(),
            }),
        };
        self.settle(now, outcome);
    }

    fn handle_disconnect(&mut self) {
        self.end(EndReason::SignalingLost);
    }

    fn handle_datagram(&mut self, now: Instant, source: SocketAddr, datagram: &[u8]) {
        if self.phase == Phase::Ended || self.sides.take_media(now, source, datagram) {
            return;
        }
        let outcome = self.sides.handle_datagram(now, source, datagram);
        self.settle(now, outcome);
    }

    fn handle_timeout(&mut self, now: Instant) {
        if self.phase == Phase::Ended {
            return;
        }
        if let Some(session) = self.session.filter(|_| self.next_keep_alive <= now) {
            self.next_keep_alive = now + KEEP_ALIVE;
            self.say(&wire::keep_alive(session));
        }
        let outcome = self.sides.handle_timeout(now);
        self.settle(now, outcome);
    }

    fn deadline(&self) -> Option<Instant> {
        let deadline = self.sides.deadline().min(self.next_keep_alive);
        (self.phase != Phase::Ended).then_some(deadline)
    }

    fn poll_output(&mut self) -> Option<Output> {
        let arrivals = || {
            self.sides
                .arrivals()
                .map(Event::Arrivals)
                .map(Output::Event)
        };
        self.outputs.pop_front().or_else(arrivals)
    }

    fn write(&mut self, source: TrackSource, packet: &OutgoingPacket<'_>) -> bool {
        self.phase == Phase::Connected && self.sides.write(source, packet)
    }

    fn leave(&mut self, now: Instant) {
        if let Some(session) = self.session.filter(|_| self.phase != Phase::Ended) {
            self.say(&wire::destroy(session));
        }
        self.sides.close(now);
        self.collect(now);
        self.end(EndReason::Left);
    }
}

#[cfg(test)]
mod tests;
