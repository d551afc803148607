//! Receiving without an endpoint's work, once hands are shaken.

use std::net::SocketAddr;
use std::time::Instant;

use seameet_pipeline::light::{is_control, is_media};
use seameet_pipeline::{Arrival, LightReceiver, PeerConnection, Protocol, Transmit};

use crate::plan::ParticipantPlan;

/// What is received lightly, if anything is.
#[derive(Debug)]
pub(crate) struct Lightly {
    is_wanted: bool,
    /// The engine has control packets of its own to send and to receive.
    publishes: bool,
    receiver: Option<LightReceiver>,
    /// Where packets come from.
    source: Option<SocketAddr>,
    arrivals: Vec<Arrival>,
}

impl Lightly {
    pub(crate) fn new(plan: &ParticipantPlan) -> Self {
        Self {
            is_wanted: plan.light,
            publishes: !plan.publications.is_empty(),
            receiver: None,
            source: None,
            arrivals: Vec::new(),
        }
    }

    /// Media can flow.
    pub(crate) fn begin(&mut self, now: Instant, connection: &PeerConnection) {
        if self.is_wanted {
            self.receiver = connection.receive_lightly(now);
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.receiver.is_some()
    }

    /// Takes a datagram; false if it is the engine's.
    pub(crate) fn take(&mut self, now: Instant, source: SocketAddr, datagram: &[u8]) -> bool {
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
    pub(crate) fn withholds(&self, transmit: &Transmit) -> bool {
        self.is_on() && !self.publishes && is_control(&transmit.contents)
    }

    /// The reports that are due.
    pub(crate) fn poll(
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

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.receiver.as_ref().and_then(LightReceiver::deadline)
    }

    /// What came since the last call, if anything did.
    pub(crate) fn arrivals(&mut self) -> Option<Vec<Arrival>> {
        (!self.arrivals.is_empty()).then(|| std::mem::take(&mut self.arrivals))
    }
}
