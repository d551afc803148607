//! The two connections of a participant: one for what it publishes, one for what it receives.

use std::net::SocketAddr;
use std::time::Instant;

use seameet_client::endpoint::{
    Lightly, LineDirection, OfferLine, PeerConfig, PeerConnection, PeerEvent, Protocol, Role,
    Transmit,
};
use seameet_client::media::{Arrival, Codec, MediaKind, Mid, OutgoingPacket, Rid, TrackSource};
use seameet_client::{EndReason, Event, JoinError};

use super::super::Plan;
use super::super::media::Stream;

/// Most addresses of the server that are told apart; each connection has one, and keeps it.
const MAX_ROUTES: usize = 16;

/// Which connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Sending,
    Receiving,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Sides {
    address: SocketAddr,
    /// `None` unless it publishes.
    sending: Option<PeerConnection>,
    receiving: PeerConnection,
    lines: Vec<(TrackSource, OfferLine)>,
    published: Vec<(TrackSource, Mid)>,
    lightly: Lightly,
    /// Which connection an address of the server belongs to.
    routes: Vec<(SocketAddr, Side)>,
    /// Reports of the light receiver.
    reports: Vec<Transmit>,
    has_written: bool,
}

impl Sides {
    pub(super) fn new(
        plan: &Plan,
        address: SocketAddr,
        (codec, publishes, is_light): (Codec, bool, bool),
    ) -> Result<Self, JoinError> {
        let now = Instant::now();
        let mut config = PeerConfig::new(Role::Client);
        config.local_addresses = vec![address];
        config.video_codecs = vec![codec];
        let sending = publishes.then(|| PeerConnection::new(&config, now));
        config.light = is_light;
        Ok(Self {
            address,
            sending: sending.transpose()?,
            receiving: PeerConnection::new(&config, now)?,
            lines: lines(plan, now),
            published: Vec::new(),
            lightly: Lightly::new(is_light, false),
            routes: Vec::new(),
            reports: Vec::new(),
            has_written: false,
        })
    }

    /// The offer to publish; `None` if it does not.
    pub(super) fn offer(&mut self) -> Result<Option<String>, EndReason> {
        let Some(connection) = &mut self.sending else {
            return Ok(None);
        };
        let lines: Vec<_> = self.lines.iter().map(|(_, line)| line.clone()).collect();
        let (sdp, mids) = connection.create_offer(&lines)?;
        let sources = self.lines.iter().map(|(source, _)| *source);
        self.published = sources.zip(mids).collect();
        Ok(Some(sdp))
    }

    pub(super) fn take_answer(&mut self, now: Instant, sdp: &str) -> Result<(), EndReason> {
        if let Some(connection) = &mut self.sending {
            connection.accept_answer(now, sdp)?;
        }
        Ok(())
    }

    /// The answer to what is offered to be received.
    pub(super) fn answer(&mut self, now: Instant, sdp: &str) -> Result<String, EndReason> {
        let accepted = self.receiving.accept_offer(now, sdp)?;
        if self.lightly.is_on() {
            self.lightly.begin(now, &self.receiving);
        }
        Ok(accepted.sdp)
    }

    /// Takes what the light receiver takes; false if it does not.
    pub(super) fn take_media(&mut self, now: Instant, source: SocketAddr, datagram: &[u8]) -> bool {
        self.side(source) != Some(Side::Sending) && self.lightly.take(now, source, datagram)
    }

    pub(super) fn handle_datagram(
        &mut self,
        now: Instant,
        source: SocketAddr,
        datagram: &[u8],
    ) -> Result<(), EndReason> {
        let Some(side) = self.side(source).or_else(|| self.find(source, datagram)) else {
            return Ok(());
        };
        let address = self.address;
        let connection = match (side, &mut self.sending) {
            (Side::Sending, Some(sending)) => sending,
            _ => &mut self.receiving,
        };
        connection.handle_datagram(now, Protocol::Udp, source, address, datagram)?;
        Ok(())
    }

    fn side(&self, source: SocketAddr) -> Option<Side> {
        let route = self.routes.iter().find(|(known, _)| *known == source);
        route.map(|(_, side)| *side)
    }

    /// Asks both connections whose a datagram from an unknown address is.
    fn find(&mut self, source: SocketAddr, datagram: &[u8]) -> Option<Side> {
        let accepts = |connection: &PeerConnection| {
            connection.accepts(Protocol::Udp, source, self.address, datagram)
        };
        let side = match &self.sending {
            Some(sending) if accepts(sending) => Side::Sending,
            _ if accepts(&self.receiving) => Side::Receiving,
            _ => return None,
        };
        if self.routes.len() < MAX_ROUTES {
            self.routes.push((source, side));
        }
        Some(side)
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Result<(), EndReason> {
        self.reports.extend(self.lightly.poll(now, self.address));
        let has_written = std::mem::take(&mut self.has_written);
        if let Some(sending) = &mut self.sending
            && (has_written || sending.deadline() <= now)
        {
            sending.handle_timeout(now)?;
        }
        if self.receiving.deadline() <= now {
            self.receiving.handle_timeout(now)?;
        }
        Ok(())
    }

    pub(super) fn deadline(&self) -> Instant {
        let sending = self.sending.as_ref().map(PeerConnection::deadline);
        let others = sending.into_iter().chain(self.lightly.deadline());
        others.fold(self.receiving.deadline(), Instant::min)
    }

    /// What happened, in a participant's words.
    pub(super) fn poll_event(&mut self, now: Instant) -> Option<(Side, Event)> {
        while let Some((side, event)) = self.poll_any() {
            let event = match event {
                PeerEvent::Connected => {
                    if side == Side::Receiving {
                        self.lightly.begin(now, &self.receiving);
                    }
                    Event::Connected
                }
                PeerEvent::Closed(_) => Event::Ended(EndReason::MediaLost),
                PeerEvent::Rtp(packet) => Event::Packet(Box::new(packet)),
                PeerEvent::KeyframeRequested { mid, rid } => {
                    let line = self.published.iter().find(|(_, it)| *it == mid);
                    let Some((source, _)) = line else { continue };
                    Event::KeyframeWanted {
                        source: *source,
                        encoding: rid,
                    }
                }
                _ => continue,
            };
            return Some((side, event));
        }
        None
    }

    fn poll_any(&mut self) -> Option<(Side, PeerEvent)> {
        let sending = self.sending.as_mut().and_then(PeerConnection::poll_event);
        if let Some(event) = sending {
            return Some((Side::Sending, event));
        }
        let event = self.receiving.poll_event()?;
        Some((Side::Receiving, event))
    }

    pub(super) fn poll_transmit(&mut self) -> Option<Transmit> {
        if let Some(report) = self.reports.pop() {
            return Some(report);
        }
        let sending = self
            .sending
            .as_mut()
            .and_then(PeerConnection::poll_transmit);
        if sending.is_some() {
            return sending;
        }
        let mut received = std::iter::from_fn(|| self.receiving.poll_transmit());
        received.find(|transmit| !self.lightly.withholds(transmit))
    }

    pub(super) fn arrivals(&mut self) -> Option<Vec<Arrival>> {
        self.lightly.arrivals()
    }

    pub(super) fn write(&mut self, source: TrackSource, packet: &OutgoingPacket<'_>) -> bool {
        let line = self.published.iter().find(|(known, _)| *known == source);
        let Some(((_, mid), connection)) = line.zip(self.sending.as_mut()) else {
            return false;
        };
        self.has_written = true;
        connection.write(*mid, packet)
    }

    pub(super) fn close(&mut self, now: Instant) {
        self.sending
            .iter_mut()
            .for_each(|sending| sending.close(now));
        self.receiving.close(now);
    }
}

/// The lines of who publishes.
fn lines(plan: &Plan, now: Instant) -> Vec<(TrackSource, OfferLine)> {
    let sound = plan.audio.then(|| {
        let line = OfferLine::new(MediaKind::Audio, LineDirection::Send);
        (TrackSource::Microphone, line)
    });
    let camera = plan.video.map(|shape| {
        let streams = Stream::camera(shape, now);
        let encodings: Vec<Rid> = streams.iter().filter_map(|stream| stream.rid).collect();
        let line = OfferLine {
            encodings,
            ..OfferLine::new(MediaKind::Video, LineDirection::Send)
        };
        (TrackSource::Camera, line)
    });
    sound.into_iter().chain(camera).collect()
}
