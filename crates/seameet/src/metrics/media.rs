//! What the media plane counts, read when somebody asks.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::{MetricType, TypedMetric};
use seameet_sfu::{MediaPlane, MediaStats};

/// Reads the media plane at each scrape, so that counting costs the media threads nothing.
#[derive(Debug)]
pub(super) struct MediaCollector(pub(super) Arc<MediaPlane>);

impl Collector for MediaCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let stats = self.0.stats();
        for (name, help, value) in gauges(&stats) {
            let value = i64::try_from(value).unwrap_or(i64::MAX);
            write(&mut encoder, name, help, &ConstGauge::new(value))?;
        }
        for (name, help, value) in counters(&stats) {
            write(&mut encoder, name, help, &ConstCounter::new(value))?;
        }
        let help = "Packets that went no further, by cause";
        write_causes(&mut encoder, "media_packets_dropped", help, stats.drops())?;
        let help = "TCP connections that were not taken for media, by cause";
        write_causes(
            &mut encoder,
            "media_tcp_refused",
            help,
            self.0.tcp_refusals(),
        )
    }
}

/// Name, help and value.
type Row = (&'static str, &'static str, u64);

fn gauges(stats: &MediaStats) -> [Row; 3] {
    [
        ("media_peers", "Open peer connections", stats.peers),
        ("media_rooms", "Rooms known to the media plane", stats.rooms),
        (
            "media_tcp_connections",
            "Open TCP connections that carry media",
            stats.tcp_connections,
        ),
    ]
}

fn counters(stats: &MediaStats) -> [Row; 11] {
    [
        (
            "media_packets_received",
            "Datagrams received",
            stats.packets_in,
        ),
        ("media_packets_sent", "Datagrams sent", stats.packets_out),
        ("media_bytes_received", "Bytes received", stats.bytes_in),
        ("media_bytes_sent", "Bytes sent", stats.bytes_out),
        (
            "media_tcp_accepted",
            "TCP connections taken for media",
            stats.tcp_accepted,
        ),
        (
            "media_tcp_frames_received",
            "Datagrams received over TCP",
            stats.tcp_frames_in,
        ),
        (
            "media_tcp_frames_sent",
            "Datagrams sent over TCP",
            stats.tcp_frames_out,
        ),
        (
            "media_packets_forwarded",
            "RTP packets forwarded to a subscriber",
            stats.packets_forwarded,
        ),
        (
            "media_keyframe_requests_received",
            "Keyframe requests from subscribers",
            stats.keyframe_requests_received,
        ),
        (
            "media_keyframe_requests_sent",
            "Keyframe requests to publishers, after merging",
            stats.keyframe_requests_sent,
        ),
        (
            "media_peers_failed",
            "Peer connections ended by a fault of the server",
            stats.peers_failed,
        ),
    ]
}

/// A family of counters, one for each cause.
fn write_causes(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    counts: impl Iterator<Item = (&'static str, u64)>,
) -> Result<(), fmt::Error> {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (cause, count) in counts {
        ConstCounter::new(count).encode(family.encode_family(&[("cause", cause)])?)?;
    }
    Ok(())
}

fn write<M>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    metric: &M,
) -> Result<(), fmt::Error>
where
    M: EncodeMetric + TypedMetric,
{
    metric.encode(encoder.encode_descriptor(name, help, None, M::TYPE)?)
}
