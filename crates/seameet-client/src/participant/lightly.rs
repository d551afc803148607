//! Receiving without an endpoint's work, once hands are shaken: what stands between a machine's connection and its
//! datagrams.

use std::net::SocketAddr;
use std::time::Instant;

use seameet_pipeline::light::{is_control, is_media};
use seameet_pipeline::{Arrival, LightReceiver, PeerConnection, Protocol, Transmit};

/// What is received lightly, if anything is.
#[derive(Debug)]
pub struct Lightly {
    is_wanted: bool,
    /// The engine has control packets of its own to send and to receive.
    publishes: bool,
    receiver: Option<LightReceiver>,
    /// Where packets come from.
    source: Option<SocketAddr>,
    arrivals: Vec<Arrival>,
}

impl Lightly {
    /// Receives lightly once it begins, if that is wanted. A connection that also publishes has control packets of its own.
    pub fn new(is_wanted: bool, publishes: bool) -> Self {
        Self {
            is_wanted,
            publishes,
            receiver: None,
            source: None,
            arrivals: Vec::new(),
        }
    }

    /// Media can flow, or something else was agreed on.
    pub fn begin(&mut self, now: Instant, connection: &PeerConnection) {
        match &mut self.receiver {
            Some(receiver) => connection.agree_lightly(receiver),
            None if self.is_wanted => self.receiver = connection.receive_lightly(now),
            None => {}
        }
    }

    /// Whether it receives lightly by now.
    pub fn is_on(&self) -> bool {
        self.receiver.is_some()
    }

    /// Takes a datagram; false if it is the engine's.
    pub fn take(&mut self, now: Instant, source: SocketAddr, datagram: &[u8]) -> bool {
        let Some(receiver) = &mut self.receiver else {
            return false;
        };
        if is_media(datagram) {
            self.source = Some(source);
            self.arrivals
                .extend(receiver.handle_datagram(now, datagram));
            return true;
        }
        is_control(datagram) && !self.publishes
    }

    /// Whether a datagram of the engine stays here: what it would say of a line on which it hears nothing.
    pub fn withholds(&self, transmit: &Transmit) -> bool {
        self.is_on() && !self.publishes && is_control(&transmit.contents)
    }

    /// The reports that are due.
    pub fn poll(
        &mut self,
        now: Instant,
        address: SocketAddr,
    ) -> impl Iterator<Item = Transmit> + use<> {
        let is_due = self.deadline().is_some_and(|deadline| deadline <= now);
        let receiver = self.receiver.as_mut().filter(|_| is_due);
        let reports = receiver.map_or_else(Vec::new, |receiver| receiver.handle_timeout(now));
        let destination = self.source;
        reports.into_iter().filter_map(move |contents| {
            Some(Transmit {
                protocol: Protocol::Udp,
                source: address,
                destination: destination?,
                contents,
            })
        })
    }

    /// When to call [`poll`](Self::poll) next.
    pub fn deadline(&self) -> Option<Instant> {
        self.receiver.as_ref().and_then(LightReceiver::deadline)
    }

    /// What came since the last call, if anything did.
    pub fn arrivals(&mut self) -> Option<Vec<Arrival>> {
        (!self.arrivals.is_empty()).then(|| std::mem::take(&mut self.arrivals))
    }
}
