//! The machine.
//!
//! ```text
//!   Joining ── ready ─▶ Offering ── answer ─▶ Negotiated ── ICE, DTLS ─▶ Connected
//!      └────────── error, closed, media lost ──────────▶ Ended ◀───────────┘
//! ```

pub(crate) mod lightly;
mod messages;
mod scene;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use seameet_core::media::TrackSource;
use seameet_core::{MediaKind, Mid, Rid};
use seameet_pipeline::{
    Arrival, LineDirection, OfferLine, OutgoingPacket, PeerConfig, PeerConnection, PeerEvent,
    Protocol, ReceivedPacket, Role, Transmit,
};
use seameet_signaling::wire::{ClientBody, PublisherDemand, ServerMessage, SlotAssignment, View};

use crate::error::{EndReason, JoinError};
use crate::machine::Machine;
use crate::participant::lightly::Lightly;
use crate::plan::ParticipantPlan;
pub use scene::Scene;

/// What a participant wants of its driver.
#[derive(Debug)]
pub enum Output {
    /// Send this on the WebSocket.
    Text(String),
    /// Send this datagram.
    Transmit(Transmit),
    /// Something happened.
    Event(Event),
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// The server let it in, under this name.
    Joined {
        /// The server's name for it.
        participant: String,
    },
    /// Media can flow.
    Connected,
    /// A packet came.
    Packet(Box<ReceivedPacket>),
    /// Packets came to who receives lightly.
    Arrivals(Vec<Arrival>),
    /// There is something else to see; see [`Participant::scene`].
    Scene,
    /// What slots carry changed.
    Slots(Vec<SlotAssignment>),
    /// What is wanted of a published track changed.
    Demand(PublisherDemand),
    /// A receiver of a published track cannot go on without a keyframe.
    KeyframeWanted {
        /// Which track.
        source: TrackSource,
        /// Which simulcast encoding; `None` without simulcast.
        encoding: Option<Rid>,
    },
    /// Its uplink is thought to take so many bits per second.
    Uplink(u64),
    /// Anything else that the server said.
    Message(Box<ServerMessage>),
    /// It is over; nothing more will come.
    Ended(EndReason),
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Joining,
    Offering,
    Negotiated,
    Connected,
    Ended,
}

/// A published track and the line that it goes out on.
#[derive(Debug, Clone)]
struct Published {
    source: TrackSource,
    mid: Mid,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub struct Participant {
    plan: ParticipantPlan,
    connection: PeerConnection,
    phase: Phase,
    published: Vec<Published>,
    scene: Scene,
    lightly: Lightly,
    /// Packets wait in the engine for the next timeout.
    has_written: bool,
    outputs: VecDeque<Output>,
}

impl Participant {
    /// Somebody who asks to join as soon as the first output is taken.
    ///
    /// # Errors
    ///
    /// [`JoinError::Endpoint`] if its address cannot be a candidate.
    pub fn new(plan: ParticipantPlan, now: Instant) -> Result<Self, JoinError> {
        let mut config = PeerConfig::new(Role::Client);
        config.local_addresses = vec![plan.address];
        config.video_codecs.clone_from(&plan.video_codecs);
        config.bandwidth = plan.uplink;
        config.light = plan.light;
        let mut participant = Self {
            connection: PeerConnection::new(&config, now)?,
            lightly: Lightly::new(plan.light, !plan.publications.is_empty()),
            plan,
            phase: Phase::Joining,
            published: Vec::new(),
            scene: Scene::default(),
            has_written: false,
            outputs: VecDeque::new(),
        };
        participant.ask_to_join();
        Ok(participant)
    }

    /// Media can flow.
    pub fn is_connected(&self) -> bool {
        self.phase == Phase::Connected
    }

    /// What there is to see.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Says what to receive.
    pub fn watch(&mut self, view: View) {
        if self.phase >= Phase::Negotiated && self.phase != Phase::Ended {
            self.say("view", ClientBody::View(view));
        }
    }

    /// The lines to offer: one for each publication, then the slots.
    fn lines(&self) -> Vec<OfferLine> {
        let sending = self.plan.publications.iter().map(|publication| OfferLine {
            encodings: publication.encodings.clone(),
            ..OfferLine::new(publication.source.kind(), LineDirection::Send)
        });
        let slots = [
            (MediaKind::Audio, self.plan.audio_slots),
            (MediaKind::Video, self.plan.video_slots),
        ];
        let receiving = slots.into_iter().flat_map(|(kind, count)| {
            std::iter::repeat_n(OfferLine::new(kind, LineDirection::Receive), count)
        });
        sending.chain(receiving).collect()
    }

    fn collect(&mut self, now: Instant) {
        while let Some(event) = self.connection.poll_event() {
            self.take_event(now, event);
        }
        self.collect_datagrams();
    }

    fn collect_datagrams(&mut self) {
        while let Some(transmit) = self.connection.poll_transmit() {
            if self.lightly.withholds(&transmit) {
                continue;
            }
            self.outputs.push_back(Output::Transmit(transmit));
        }
    }

    fn take_event(&mut self, now: Instant, event: PeerEvent) {
        match event {
            PeerEvent::Connected => {
                self.lightly.begin(now, &self.connection);
                self.phase = Phase::Connected;
                self.tell(Event::Connected);
            }
            PeerEvent::Closed(_) => self.end(EndReason::MediaLost),
            PeerEvent::Rtp(packet) => self.tell(Event::Packet(Box::new(packet))),
            PeerEvent::Bandwidth { estimate } => self.tell(Event::Uplink(estimate)),
            PeerEvent::KeyframeRequested { mid, rid } => {
                let published = self.published.iter().find(|it| it.mid == mid);
                if let Some(source) = published.map(|it| it.source) {
                    self.tell(Event::KeyframeWanted {
                        source,
                        encoding: rid,
                    });
                }
            }
            PeerEvent::Skipped { .. }
            | PeerEvent::SenderReport { .. }
            | PeerEvent::Statistics(_) => {}
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
}

impl Machine for Participant {
    const SUBPROTOCOL: Option<&'static str> = None;

    fn handle_text(&mut self, now: Instant, text: &str) {
        if self.phase != Phase::Ended {
            self.take_text(now, text);
            self.collect(now);
        }
    }

    fn handle_disconnect(&mut self) {
        self.end(EndReason::SignalingLost);
    }

    fn handle_datagram(&mut self, now: Instant, source: SocketAddr, datagram: &[u8]) {
        if self.phase == Phase::Ended || self.lightly.take(now, source, datagram) {
            return;
        }
        let address = self.plan.address;
        let taken = self
            .connection
            .handle_datagram(now, Protocol::Udp, source, address, datagram);
        match taken {
            Ok(()) => self.collect(now),
            Err(error) => self.end(error.into()),
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        if self.phase == Phase::Ended {
            return;
        }
        let reports = self.lightly.poll(now, self.plan.address);
        self.outputs.extend(reports.map(Output::Transmit));
        // The engine is not asked for nothing where each packet counts.
        let has_written = std::mem::take(&mut self.has_written);
        if self.lightly.is_on() && !has_written && now < self.connection.deadline() {
            return;
        }
        match self.connection.handle_timeout(now) {
            Ok(()) => self.collect(now),
            Err(error) => self.end(error.into()),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let deadline = self.connection.deadline();
        let deadline = self
            .lightly
            .deadline()
            .into_iter()
            .fold(deadline, Instant::min);
        (self.phase != Phase::Ended).then_some(deadline)
    }

    fn poll_output(&mut self) -> Option<Output> {
        let arrivals = || {
            self.lightly
                .arrivals()
                .map(Event::Arrivals)
                .map(Output::Event)
        };
        self.outputs.pop_front().or_else(arrivals)
    }

    fn write(&mut self, source: TrackSource, packet: &OutgoingPacket<'_>) -> bool {
        let published = self.published.iter().find(|it| it.source == source);
        self.has_written = true;
        self.phase == Phase::Connected
            && published.is_some_and(|it| self.connection.write(it.mid, packet))
    }

    fn leave(&mut self, now: Instant) {
        if self.phase != Phase::Ended {
            self.say_goodbye();
            self.connection.close(now);
            self.collect_datagrams();
            self.end(EndReason::Left);
        }
    }
}

#[cfg(test)]
mod tests;
