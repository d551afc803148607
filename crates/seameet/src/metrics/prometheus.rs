//! The counters, in the text format of Prometheus.

use std::sync::Arc;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use seameet_sfu::MediaPlane;

use super::JoinOutcome;
use super::media::MediaCollector;

/// One label with a fixed word in it.
type Label = [(&'static str, &'static str); 1];

/// Counts what happens in signaling.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    connections: Gauge,
    connections_opened: Counter,
    connections_refused: Family<Label, Counter>,
    rooms: Gauge,
    rooms_failed: Counter,
    participants: Gauge,
    qualities: Family<Label, Gauge>,
    joins: Family<Label, Counter>,
    messages: Family<Label, Counter>,
    rate_limited: Counter,
    outbox_overflows: Counter,
}

impl Metrics {
    pub(crate) fn connection_opened(&self) {
        self.connections.inc();
        self.connections_opened.inc();
    }

    pub(crate) fn connection_closed(&self) {
        self.connections.dec();
    }

    pub(crate) fn connection_refused(&self, cause: &'static str) {
        self.connections_refused
            .get_or_create(&[("cause", cause)])
            .inc();
    }

    pub(crate) fn room_opened(&self) {
        self.rooms.inc();
    }

    pub(crate) fn room_closed(&self) {
        self.rooms.dec();
    }

    pub(crate) fn room_failed(&self) {
        self.rooms_failed.inc();
    }

    pub(crate) fn participant_joined(&self) {
        self.participants.inc();
    }

    pub(crate) fn participant_left(&self) {
        self.participants.dec();
    }

    /// A participant has this connection quality from now on.
    pub(crate) fn quality_began(&self, score: u8) {
        self.quality(score).inc();
    }

    /// It has it no longer.
    pub(crate) fn quality_ended(&self, score: u8) {
        self.quality(score).dec();
    }

    fn quality(&self, score: u8) -> Gauge {
        let label = match score {
            0 => "0",
            1 => "1",
            2 => "2",
            3 => "3",
            4 => "4",
            _ => "5",
        };
        self.qualities.get_or_create(&[("score", label)]).clone()
    }

    pub(crate) fn join(&self, outcome: JoinOutcome) {
        self.joins
            .get_or_create(&[("outcome", outcome.label())])
            .inc();
    }

    pub(crate) fn message(&self, message_type: &'static str) {
        self.messages.get_or_create(&[("type", message_type)]).inc();
    }

    pub(crate) fn rate_limited(&self) {
        self.rate_limited.inc();
    }

    pub(crate) fn outbox_overflow(&self) {
        self.outbox_overflows.inc();
    }

    /// Enters every counter into a registry.
    fn register(&self, registry: &mut Registry) {
        registry.register(
            "connections",
            "Open signaling connections",
            self.connections.clone(),
        );
        registry.register(
            "connections_opened",
            "Signaling connections that were accepted",
            self.connections_opened.clone(),
        );
        registry.register(
            "connections_refused",
            "Signaling connections that were refused, by cause",
            self.connections_refused.clone(),
        );
        registry.register("rooms", "Open rooms", self.rooms.clone());
        registry.register(
            "rooms_failed",
            "Rooms that were ended by a fault of the server",
            self.rooms_failed.clone(),
        );
        registry.register(
            "participants",
            "Members of rooms, those reconnecting included",
            self.participants.clone(),
        );
        registry.register(
            "participants_by_quality",
            "Members whose connection is measured, by score: 0 is lost, 5 is excellent",
            self.qualities.clone(),
        );
        registry.register("joins", "Attempts to join, by outcome", self.joins.clone());
        registry.register(
            "messages_received",
            "Valid messages of members, by type",
            self.messages.clone(),
        );
        registry.register(
            "messages_rate_limited",
            "Messages refused by the rate check",
            self.rate_limited.clone(),
        );
        registry.register(
            "outbox_overflows",
            "Connections closed because the client read too slowly",
            self.outbox_overflows.clone(),
        );
    }
}

/// Everything that a scrape tells.
pub(crate) fn registry(metrics: &Metrics, media: &Arc<MediaPlane>) -> Registry {
    let mut registry = Registry::with_prefix("seameet");
    metrics.register(&mut registry);
    registry.register_collector(Box::new(MediaCollector(Arc::clone(media))));
    registry
}

/// Renders a registry. Encoding into a string cannot fail; should it ever, the scrape is empty and visibly so.
pub(crate) fn render(registry: &Registry) -> String {
    let mut text = String::new();
    if let Err(error) = encode(&mut text, registry) {
        tracing::error!(%error, "cannot encode metrics");
    }
    text
}
