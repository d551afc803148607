//! The endpoint.

mod event;
mod lightly;
mod lines;
mod media;
mod negotiation;
mod pacing;
mod path;
mod reports;
mod statistics;

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::time::Instant;

use seameet_core::{Mid, Rid};
use str0m::change::SdpPendingOffer;
use str0m::net::Receive;
use str0m::rtp::Ssrc;
use str0m::{Event, IceConnectionState, Input, Output, Rtc};

use crate::config::{PeerConfig, Role};
use crate::convert;
use crate::error::{OfferError, PeerError};
use crate::light::{self, SharedSecrets};
use crate::negotiate::MediaLine;
use crate::peer::lines::Lines;
use crate::peer::media::ENGINE_MAX_RTP_PAYLOAD;
use crate::peer::pacing::Bandwidth;
use crate::peer::path::{Pair, Path};
use crate::peer::reports::{Allowance, Repairs};
use crate::peer::statistics::Statistics;
use crate::stun::{self, BindingRequest};

pub use event::{CloseReason, PeerEvent, PeerStatistics, Protocol, SendBacklog, Transmit};

/// One WebRTC endpoint.
pub struct PeerConnection {
    rtc: Rtc,
    /// What a light receiver needs; `None` unless there is to be one.
    secrets: Option<SharedSecrets>,
    lines: Lines,
    path: Path,
    reports: Allowance,
    bandwidth: Bandwidth,
    statistics: Statistics,
    repairs: Repairs,
    pending_offer: Option<SdpPendingOffer>,
    max_media_lines: usize,
    max_rtp_payload: usize,
    role: Role,
    transmits: VecDeque<Transmit>,
    events: VecDeque<PeerEvent>,
    oversize_dropped: u64,
    deadline: Instant,
    last_now: Instant,
    closed: bool,
}

impl PeerConnection {
    /// Creates an endpoint that knows nothing of its peer yet.
    ///
    /// # Errors
    ///
    /// When a local address cannot be a candidate.
    pub fn new(config: &PeerConfig, now: Instant) -> Result<Self, OfferError> {
        let rtc = config.build(now)?;
        Ok(Self {
            rtc,
            secrets: light::take_latest().filter(|_| config.light),
            lines: Lines::default(),
            path: Path::default(),
            reports: Allowance::new(now),
            bandwidth: Bandwidth::new(config.bandwidth.is_some()),
            statistics: Statistics::default(),
            repairs: Repairs::new(now),
            pending_offer: None,
            max_media_lines: config.max_media_lines,
            max_rtp_payload: config.max_rtp_payload.min(ENGINE_MAX_RTP_PAYLOAD),
            role: config.role,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            oversize_dropped: 0,
            deadline: now,
            last_now: now,
            closed: false,
        })
    }

    /// This endpoint's current ICE name. It changes when the client restarts ICE.
    pub fn local_ufrag(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// Whether a datagram is meant for this endpoint: from a validated address, or a connectivity check that its
    /// secret authenticates and that was not answered elsewhere before.
    pub fn accepts(
        &self,
        protocol: Protocol,
        source: SocketAddr,
        destination: SocketAddr,
        datagram: &[u8],
    ) -> bool {
        let repeated = BindingRequest::read(datagram)
            .is_some_and(|request| self.path.is_repeated((protocol, source), &request));
        !repeated
            && Receive::new(
                convert::engine_protocol(protocol),
                source,
                destination,
                datagram,
            )
            .is_ok_and(|receive| self.rtc.accepts(&Input::Receive(self.last_now, receive)))
    }

    /// Takes a datagram. Unparsable ones are ignored.
    ///
    /// # Errors
    ///
    /// When the connection is beyond repair.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        protocol: Protocol,
        source: SocketAddr,
        destination: SocketAddr,
        datagram: &[u8],
    ) -> Result<(), PeerError> {
        let now = self.advance(now);
        if reports::is_report(datagram) && !self.reports.take(now) {
            return Ok(());
        }
        let engine_protocol = convert::engine_protocol(protocol);
        let Ok(receive) = Receive::new(engine_protocol, source, destination, datagram) else {
            return Ok(());
        };
        let request = BindingRequest::read(datagram);
        if request.is_some_and(|request| self.path.is_repeated((protocol, source), &request)) {
            return Ok(());
        }
        let before = self.transmits.len();
        let stranger = stream_of(datagram).filter(|ssrc| !self.lines.knows(*ssrc));
        self.rtc.handle_input(Input::Receive(now, receive))?;
        self.drain(true)?;
        if let Some(ssrc) = stranger {
            self.lines.refuse_if_not_agreed(&mut self.rtc, ssrc);
        }
        if let Some(request) = request {
            // The engine answers what it authenticated, and nothing else.
            let mut sent = self.transmits.range(before..);
            if sent.any(|transmit| request.is_answered_by(&transmit.contents)) {
                let pair = Pair {
                    protocol,
                    local: destination,
                    remote: source,
                };
                self.path.answered(now, pair, &request);
            }
        }
        self.rest();
        Ok(())
    }

    /// Lets time pass: sends what was written, acts on timers.
    ///
    /// # Errors
    ///
    /// When the connection is beyond repair.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), PeerError> {
        self.step(now)
    }

    /// Every media line as agreed, in order.
    pub fn lines(&self) -> Vec<MediaLine> {
        self.lines.agreed(&self.rtc)
    }

    /// Ends the connection and tells the other side.
    pub fn close(&mut self, now: Instant) {
        // An engine that cannot say goodbye any more is closed as well.
        let _ = self.rtc.close();
        let _ = self.step(now);
        self.closed = true;
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<PeerEvent> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The name of a simulcast encoding that arrives on a line; `None` without simulcast.
    pub fn encoding_name(&self, mid: Mid, encoding: u8) -> Option<Rid> {
        self.lines.encoding_name(mid, encoding)
    }

    /// Which side of the call this endpoint is on.
    pub fn role(&self) -> Role {
        self.role
    }

    /// How many packets were refused because of their size since the last call.
    pub fn take_oversize_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.oversize_dropped)
    }

    /// The engine ignores time that goes backwards, which would leave written packets in its queue.
    fn advance(&mut self, now: Instant) -> Instant {
        self.last_now = self.last_now.max(now);
        self.last_now
    }

    fn step(&mut self, now: Instant) -> Result<(), PeerError> {
        let now = self.advance(now);
        self.hand_over();
        self.rtc.handle_input(Input::Timeout(now))?;
        self.drain(false)?;
        self.pace()
    }

    /// The engine demands that its outputs are drained after each input. What a peer's own datagram asked for is bounded.
    fn drain(&mut self, is_asked: bool) -> Result<(), PeerError> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(deadline) => {
                    self.deadline = deadline.max(self.last_now);
                    self.tell_statistics();
                    return Ok(());
                }
                Output::Transmit(transmit) => {
                    let contents: Vec<_> = transmit.contents.into();
                    if is_asked && self.repairs.exceeds(self.last_now) {
                        self.lines.drop_repairs(&mut self.rtc);
                    }
                    let chosen = Pair {
                        protocol: convert::protocol(transmit.proto),
                        local: transmit.source,
                        remote: transmit.destination,
                    };
                    let pair = self.followed(chosen, &contents);
                    self.transmits.push_back(Transmit {
                        protocol: pair.protocol,
                        source: pair.local,
                        destination: pair.remote,
                        contents,
                    });
                }
                Output::Event(event) => self.take(event),
            }
        }
    }

    /// Answers go where the question came from; everything else follows the client.
    fn followed(&self, chosen: Pair, contents: &[u8]) -> Pair {
        match (self.role, self.path.selected()) {
            (Role::Server, Some(selected)) if !stun::is_stun(contents) => selected,
            _ => chosen,
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::RtpPacket(packet) => self.take_rtp(packet),
            Event::Connected => self.events.push_back(PeerEvent::Connected),
            Event::KeyframeRequest(request) => {
                if let Some(mid) = convert::mid(request.mid) {
                    let rid = request.rid.and_then(convert::rid);
                    self.events
                        .push_back(PeerEvent::KeyframeRequested { mid, rid });
                }
            }
            Event::EgressBitrateEstimate(estimate) => self.take_estimate(&estimate),
            Event::SenderFeedback(feedback) => self.take_sender_report(&feedback),
            Event::PeerStats(stats) => {
                self.statistics.take_peer(&stats);
                self.take_current_estimate(stats.bwe_tx);
            }
            Event::MediaEgressStats(stats) => self.statistics.take_sent(&stats),
            Event::MediaIngressStats(stats) => self.statistics.take_received(&stats),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                self.path.forget();
                self.end(CloseReason::ConsentExpired);
            }
            Event::Closed => self.end(CloseReason::Closed),
            _ => {}
        }
    }

    fn end(&mut self, reason: CloseReason) {
        if !std::mem::replace(&mut self.closed, true) {
            self.events.push_back(PeerEvent::Closed(reason));
        }
    }
}

/// The stream of an RTP packet (RFC 3550, section 5.1); `None` for other datagrams.
fn stream_of(datagram: &[u8]) -> Option<Ssrc> {
    let ssrc = datagram
        .get(8..12)
        .filter(|_| reports::is_media(datagram))?;
    Some(u32::from_be_bytes(ssrc.try_into().ok()?).into())
}

impl fmt::Debug for PeerConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerConnection")
            .field("role", &self.role)
            .field("lines", &self.lines.len())
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
