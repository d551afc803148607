//! How media gets through, and what senders report of their clocks.

use std::time::{Duration, Instant, UNIX_EPOCH};

use seameet_rtp::{NtpTime, SenderReport};
use str0m::media::SenderFeedback;
use str0m::stats::{MediaEgressStats, MediaIngressStats, PeerStats};

use crate::peer::{PeerConnection, PeerEvent, PeerStatistics};

/// Seconds from 1900 to 1970 (RFC 8877, section 4.2.1).
const NTP_TO_UNIX: u64 = 2_208_988_800;

/// What the engine told since the last event, and the counters at that time.
#[derive(Debug, Default)]
pub(super) struct Statistics {
    counted: Option<Counted>,
    untold: Option<PeerStatistics>,
    /// What streams tell is taken where the transport did not.
    is_by_stream: bool,
}

#[derive(Debug, Clone, Copy)]
struct Counted {
    at: Instant,
    received: u64,
    sent: u64,
}

impl Statistics {
    /// The engine tells of the peer first and of its streams then, all at once.
    ///
    /// Its numbers of transport packets (TWCC) count every packet of every stream, so that they are preferred to the
    /// reports on single streams.
    pub(super) fn take_peer(&mut self, stats: &PeerStats) {
        let counted = Counted {
            at: stats.timestamp,
            received: stats.peer_bytes_rx,
            sent: stats.peer_bytes_tx,
        };
        let former = self.counted.replace(counted).unwrap_or(counted);
        let elapsed = counted.at.saturating_duration_since(former.at);
        self.is_by_stream = stats.egress_loss_fraction.is_none();
        let checked = stats.selected_candidate_pair.as_ref();
        self.untold = Some(PeerStatistics {
            rtt: stats
                .rtt
                .or(checked.and_then(|pair| pair.current_round_trip_time)),
            is_transport_rtt: stats.rtt.is_some(),
            received_loss_permille: stats.ingress_loss_fraction.map(permille),
            sent_loss_permille: stats.egress_loss_fraction.map(permille),
            reported_loss_permille: None,
            received_bitrate: bitrate(counted.received.saturating_sub(former.received), elapsed),
            sent_bitrate: bitrate(counted.sent.saturating_sub(former.sent), elapsed),
        });
    }

    /// What a receiver reports of a stream fills what its transport reports leave open. The worst stream counts.
    pub(super) fn take_sent(&mut self, stats: &MediaEgressStats) {
        let Some(untold) = &mut self.untold else {
            return;
        };
        if !untold.is_transport_rtt {
            // Streams rest, and what they told last stays with them.
            untold.rtt = untold.rtt.into_iter().chain(stats.rtt).min();
        }
        let reported = stats.loss.map(permille);
        untold.reported_loss_permille = untold.reported_loss_permille.max(reported);
        if self.is_by_stream {
            untold.sent_loss_permille = untold.sent_loss_permille.max(reported);
        }
    }

    /// As [`take_sent`](Self::take_sent), of what this endpoint reports itself.
    pub(super) fn take_received(&mut self, stats: &MediaIngressStats) {
        let Some(untold) = &mut self.untold else {
            return;
        };
        untold.rtt = untold.rtt.or(stats.rtt);
        if untold.received_loss_permille.is_none() {
            untold.received_loss_permille = stats.loss.map(permille);
        }
    }
}

impl PeerConnection {
    pub(super) fn tell_statistics(&mut self) {
        if let Some(statistics) = self.statistics.untold.take() {
            self.events.push_back(PeerEvent::Statistics(statistics));
        }
    }

    pub(super) fn take_sender_report(&mut self, feedback: &SenderFeedback) {
        let info = &feedback.sender_info;
        let Ok(wallclock) = info.ntp_time.duration_since(UNIX_EPOCH) else {
            return;
        };
        let Some(origin) = self.lines.reporting(feedback.mid, feedback.rid, info.ssrc) else {
            return;
        };
        #[expect(clippy::cast_possible_truncation, reason = "timestamps wrap")]
        let rtp_timestamp = info.rtp_time.numer() as u32;
        self.events.push_back(PeerEvent::SenderReport {
            mid: origin.mid,
            encoding: origin.encoding,
            epoch: origin.epoch,
            report: SenderReport {
                ntp: ntp(wallclock),
                rtp_timestamp,
            },
        });
    }
}

/// A time since 1970 as NTP has it, modulo its era.
fn ntp(since_1970: Duration) -> NtpTime {
    let seconds = since_1970.as_secs().wrapping_add(NTP_TO_UNIX);
    let fraction = (u64::from(since_1970.subsec_nanos()) << 32) / 1_000_000_000;
    NtpTime(seconds << 32 | fraction)
}

/// A share in thousandths.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 1,000"
)]
fn permille(share: f32) -> u16 {
    (share.clamp(0.0, 1.0) * 1_000.0).round() as u16
}

fn bitrate(bytes: u64, elapsed: Duration) -> u64 {
    let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    let bits = bytes.saturating_mul(8_000_000);
    bits.checked_div(micros).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(rtt: Option<u64>, loss: Option<f32>) -> PeerStats {
        PeerStats {
            peer_bytes_rx: 0,
            peer_bytes_tx: 0,
            bytes_rx: 0,
            bytes_tx: 0,
            timestamp: Instant::now(),
            bwe_tx: None,
            egress_loss_fraction: loss,
            ingress_loss_fraction: None,
            rtt: rtt.map(Duration::from_millis),
            selected_candidate_pair: None,
        }
    }

    fn stream(rtt: u64, loss: f32) -> MediaEgressStats {
        MediaEgressStats {
            mid: "0".into(),
            rid: None,
            bytes: 0,
            packets: 0,
            firs: 0,
            plis: 0,
            nacks: 0,
            rtt: Some(Duration::from_millis(rtt)),
            loss: Some(loss),
            timestamp: Instant::now(),
            remote: None,
        }
    }

    /// What is told of a peer whose streams tell of themselves.
    fn told(peer: &PeerStats, streams: &[MediaEgressStats]) -> PeerStatistics {
        let mut statistics = Statistics::default();
        statistics.take_peer(peer);
        for stream in streams {
            statistics.take_sent(stream);
        }
        statistics.untold.unwrap()
    }

    #[test]
    fn of_the_round_trips_of_streams_the_shortest_counts() {
        // Those that rest tell what they told last.
        let streams = [stream(900, 0.0), stream(60, 0.0), stream(700, 0.0)];
        let by_stream = told(&peer(None, None), &streams);
        assert_eq!(by_stream.rtt, Some(Duration::from_millis(60)));
        assert!(!by_stream.is_transport_rtt);
        let by_transport = told(&peer(Some(800), None), &streams);
        assert_eq!(by_transport.rtt, Some(Duration::from_millis(800)));
        assert!(by_transport.is_transport_rtt);
    }

    #[test]
    fn of_the_losses_of_streams_the_worst_counts_and_the_transports_before_them() {
        let streams = [stream(60, 0.1), stream(60, 0.4), stream(60, 0.2)];
        let by_stream = told(&peer(None, None), &streams);
        assert_eq!(by_stream.sent_loss_permille, Some(400));
        let by_transport = told(&peer(None, Some(0.05)), &streams);
        assert_eq!(by_transport.sent_loss_permille, Some(50));
        assert_eq!(by_transport.reported_loss_permille, Some(400));
    }

    #[test]
    fn wall_clocks_are_written_as_ntp_has_them() {
        assert_eq!(ntp(Duration::ZERO), NtpTime(2_208_988_800 << 32));
        let half = Duration::from_millis(1_500);
        assert_eq!(ntp(half), NtpTime(2_208_988_801 << 32 | 1 << 31));
    }

    #[test]
    fn shares_and_rates_stay_in_their_bounds() {
        assert_eq!([0.0, 0.1, 1.0, 2.0].map(permille), [0, 100, 1_000, 1_000]);
        assert_eq!(permille(f32::NAN), 0);
        assert_eq!(bitrate(250_000, Duration::from_secs(2)), 1_000_000);
        assert_eq!(bitrate(u64::MAX, Duration::ZERO), 0);
    }
}
