//! What the media plane counts, read when somebody asks.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::{MetricType, TypedMetric};
use seameet_sfu::MediaPlane;

/// Reads the media plane at each scrape, so that counting costs the media threads nothing.
#[derive(Debug)]
pub(super) struct MediaCollector(pub(super) Arc<MediaPlane>);

impl Collector for MediaCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let stats = self.0.stats();
        for (name, help, value) in [
            ("media_peers", "Open peer connections", stats.peers),
            ("media_rooms", "Rooms known to the media plane", stats.rooms),
        ] {
            let value = i64::try_from(value).unwrap_or(i64::MAX);
            write(&mut encoder, name, help, &ConstGauge::new(value))?;
        }
        for (name, help, value) in [
            (
                "media_packets_received",
                "Datagrams received",
                stats.packets_in,
            ),
            ("media_packets_sent", "Datagrams sent", stats.packets_out),
            ("media_bytes_received", "Bytes received", stats.bytes_in),
            ("media_bytes_sent", "Bytes sent", stats.bytes_out),
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
        ] {
            write(&mut encoder, name, help, &ConstCounter::new(value))?;
        }
        let mut drops = encoder.encode_descriptor(
            "media_packets_dropped",
            "Packets that went no further, by cause",
            None,
            MetricType::Counter,
        )?;
        for (cause, count) in stats.drops() {
            ConstCounter::new(count).encode(drops.encode_family(&[("cause", cause)])?)?;
        }
        Ok(())
    }
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
