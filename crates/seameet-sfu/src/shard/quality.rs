//! How good a participant's connection is.
//!
//! The score is a simplified E-model (ITU-T G.107, as `PingPlotter` and `LiveKit` simplify it): from a rating of 93.2
//! the delay takes `d / 40`, or `(d - 120) / 10` from 160 ms on, where `d` is half the round trip plus 10 ms; each
//! percent of loss takes 2.5; and a picture that the line cannot carry takes up to 30 of it, as the square of the
//! share that is missing, 45 if there is none at all. Ratings are put into the classes of ITU-T G.109: 90 and more is
//! 5, 80 is 4, 70 is 3, 60 is 2, less is 1. Without media for ten seconds it is 0.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use seameet_core::MediaKind;
use seameet_core::media::{ConnectionQuality, LineQuality, MediaEvent, QualityCause};
use seameet_pipeline::PeerStatistics;

use crate::shard::Shard;
use crate::shard::peer::{Peer, PeerKey};

/// Tenths of a rating, which the whole computation is in.
const BEST: u64 = 932;
/// How far a rating must lie in a better class before it counts, in tenths.
const RISE_MARGIN: u64 = 20;
/// Who takes less than this off the rating, in tenths, is no cause worth telling.
const WORTH_TELLING: u64 = 50;
/// An answer that takes longer is a cause by itself.
const LONG_WAY: Duration = Duration::from_millis(500);
/// A score rests on so many figures: one alone, of a quarter of a second, says little.
const FIGURES: usize = 8;
/// Everybody in the room is told, so it is told no more often.
const TELL_INTERVAL: Duration = Duration::from_secs(2);
/// For so long there may be no media before the connection counts as lost.
const SILENCE: Duration = Duration::from_secs(10);

/// What a score rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Facts {
    pub(super) statistics: PeerStatistics,
    /// What the line is thought to take.
    pub(super) available: Option<u64>,
    /// What pictures take of it, and what they would take.
    pub(super) allocated: u64,
    pub(super) ideal: u64,
    /// The participant is to send something.
    pub(super) is_expected: bool,
}

/// What was found out and told of a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Quality {
    told: Option<ConnectionQuality>,
    told_at: Option<Instant>,
    latest: Option<ConnectionQuality>,
    silent_since: Option<Instant>,
    /// The last figures, oldest first.
    figures: VecDeque<PeerStatistics>,
}

impl Quality {
    /// How it is now; excellent before anything is known.
    pub(super) fn latest(&self) -> ConnectionQuality {
        let unknown = ConnectionQuality {
            score: 5,
            causes: Vec::new(),
            uplink: LineQuality::default(),
            downlink: LineQuality::default(),
        };
        self.latest.clone().unwrap_or(unknown)
    }

    /// Takes new figures. Returns what is to be told, if that is news.
    pub(super) fn update(&mut self, now: Instant, facts: &Facts) -> Option<ConnectionQuality> {
        let facts = Facts {
            statistics: self.mean(facts.statistics),
            ..*facts
        };
        let quality = self.judge(now, &facts);
        self.latest = Some(quality.clone());
        let is_late = |at: Instant| now.saturating_duration_since(at) >= TELL_INTERVAL;
        let is_due = quality.score == 0 || self.told_at.is_none_or(is_late);
        let is_news = |told: &ConnectionQuality| is_news(told, &quality);
        if !is_due || !self.told.as_ref().is_none_or(is_news) {
            return None;
        }
        self.told_at = Some(now);
        self.told = Some(quality.clone());
        Some(quality)
    }

    /// Means of the last figures.
    fn mean(&mut self, newest: PeerStatistics) -> PeerStatistics {
        if self.figures.len() >= FIGURES {
            self.figures.pop_front();
        }
        self.figures.push_back(newest);
        let of = |figure: fn(&PeerStatistics) -> Option<u64>| {
            let known: Vec<_> = self.figures.iter().filter_map(figure).collect();
            let count = u64::try_from(known.len()).unwrap_or(u64::MAX);
            known.iter().sum::<u64>().checked_div(count)
        };
        let permille = |mean: u64| u16::try_from(mean).unwrap_or(1_000);
        PeerStatistics {
            rtt: newest.rtt,
            is_transport_rtt: newest.is_transport_rtt,
            received_loss_permille: of(|one| one.received_loss_permille.map(u64::from))
                .map(permille),
            sent_loss_permille: of(|one| one.sent_loss_permille.map(u64::from)).map(permille),
            reported_loss_permille: newest.reported_loss_permille,
            received_bitrate: of(|one| Some(one.received_bitrate)).unwrap_or(0),
            sent_bitrate: of(|one| Some(one.sent_bitrate)).unwrap_or(0),
        }
    }

    fn judge(&mut self, now: Instant, facts: &Facts) -> ConnectionQuality {
        let statistics = &facts.statistics;
        let is_silent = facts.is_expected && statistics.received_bitrate == 0;
        self.silent_since = is_silent.then(|| self.silent_since.unwrap_or(now));
        let is_lost = self
            .silent_since
            .is_some_and(|since| now.saturating_duration_since(since) >= SILENCE);
        let penalties = penalties(facts);
        let taken: u64 = penalties.iter().map(|(taken, _)| taken).sum();
        let (score, causes) = if is_lost {
            (0, vec![QualityCause::NoMedia])
        } else {
            (
                self.score(BEST.saturating_sub(taken)),
                causes(facts, penalties),
            )
        };
        ConnectionQuality {
            score,
            causes,
            uplink: LineQuality {
                loss_permille: statistics.received_loss_permille,
                rtt: statistics.rtt,
                bitrate: statistics.received_bitrate,
                available: None,
            },
            downlink: LineQuality {
                loss_permille: statistics.sent_loss_permille,
                rtt: statistics.rtt,
                bitrate: statistics.sent_bitrate,
                available: facts.available,
            },
        }
    }

    /// Falls at once, rises only when it is clearly better.
    fn score(&self, rating: u64) -> u8 {
        let score = class(rating);
        match self.latest.as_ref().map(|latest| latest.score) {
            Some(former) if score > former && former > 0 => {
                class(rating.saturating_sub(RISE_MARGIN)).max(former)
            }
            _ => score,
        }
    }
}

/// The class of a rating in tenths.
fn class(rating: u64) -> u8 {
    match rating {
        900.. => 5,
        800.. => 4,
        700.. => 3,
        600.. => 2,
        _ => 1,
    }
}

/// What each trouble takes off the rating, in tenths, the worst first.
fn penalties(facts: &Facts) -> Vec<(u64, QualityCause)> {
    let statistics = &facts.statistics;
    let loss = |permille: Option<u16>| u64::from(permille.unwrap_or(0)) * 5 / 2;
    let mut penalties = vec![
        (delay_penalty(statistics.rtt), QualityCause::Latency),
        (
            loss(statistics.received_loss_permille),
            QualityCause::UplinkLoss,
        ),
        (
            loss(statistics.sent_loss_permille),
            QualityCause::DownlinkLoss,
        ),
        (bandwidth_penalty(facts), QualityCause::DownlinkBandwidth),
    ];
    penalties.sort_by_key(|(taken, _)| std::cmp::Reverse(*taken));
    penalties
}

fn delay_penalty(rtt: Option<Duration>) -> u64 {
    let Some(rtt) = rtt else { return 0 };
    let delay = u64::try_from(rtt.as_millis() / 2)
        .unwrap_or(u64::MAX)
        .saturating_add(10);
    if delay < 160 { delay / 4 } else { delay - 120 }
}

fn bandwidth_penalty(facts: &Facts) -> u64 {
    if facts.ideal == 0 {
        return 0;
    }
    if facts.allocated == 0 {
        return 450;
    }
    let missing = u128::from(facts.ideal.saturating_sub(facts.allocated));
    let ideal = u128::from(facts.ideal);
    u64::try_from(missing * 100 / ideal).map_or(300, |percent| percent * percent * 3 / 100)
}

fn causes(facts: &Facts, penalties: Vec<(u64, QualityCause)>) -> Vec<QualityCause> {
    let is_far = facts.statistics.rtt.is_some_and(|rtt| rtt >= LONG_WAY);
    let counts = |(taken, cause): &(u64, QualityCause)| match cause {
        QualityCause::Latency => is_far,
        _ => *taken >= WORTH_TELLING,
    };
    penalties
        .into_iter()
        .filter(counts)
        .map(|(_, cause)| cause)
        .collect()
}

/// Whether a quality differs enough from what was told.
fn is_news(told: &ConnectionQuality, now: &ConnectionQuality) -> bool {
    told.score != now.score
        || are_others(&told.causes, &now.causes)
        || differs(&told.uplink, &now.uplink)
        || differs(&told.downlink, &now.downlink)
}

/// Which causes they are; of those that weigh alike now one and now the other comes first.
fn are_others(told: &[QualityCause], now: &[QualityCause]) -> bool {
    told.len() != now.len() || now.iter().any(|cause| !told.contains(cause))
}

/// Rates by half, loss by two percent, or the round trip by half and more than 20 ms.
fn differs(one: &LineQuality, other: &LineQuality) -> bool {
    let loss = |line: &LineQuality| line.loss_permille.unwrap_or(0);
    let rtt = |line: &LineQuality| {
        let rtt = line.rtt.unwrap_or_default().as_millis();
        u64::try_from(rtt).unwrap_or(u64::MAX).saturating_add(40)
    };
    loss(one).abs_diff(loss(other)) >= 20
        || is_far_off(rtt(one), rtt(other))
        || is_far_off(
            one.bitrate.saturating_add(20_000),
            other.bitrate.saturating_add(20_000),
        )
        || is_far_off(one.available.unwrap_or(0), other.available.unwrap_or(0))
}

fn is_far_off(one: u64, other: u64) -> bool {
    one.max(other).saturating_mul(2) >= one.min(other).saturating_mul(3) && one != other
}

impl Shard {
    /// New figures of a participant's connection; they come four times a second.
    pub(super) fn note_statistics(&mut self, key: PeerKey, statistics: PeerStatistics) {
        let now = self.now;
        let is_expected = self.sends_something(key);
        self.note_line(key, &statistics);
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let given = peer.share.last.as_ref();
        let facts = Facts {
            statistics,
            available: peer.estimate,
            allocated: given.map_or(0, |given| given.allocated),
            ideal: given.map_or(0, |given| given.ideal),
            is_expected,
        };
        let told = peer.quality.update(now, &facts);
        let lost = peer.quality.latest().downlink.loss_permille;
        let reported = statistics.reported_loss_permille;
        peer.redundancy.note_loss(now, lost, reported);
        if let Some(quality) = told {
            let participant = peer.participant;
            let event = MediaEvent::QualityChanged {
                participant,
                quality,
            };
            self.events.push_back((peer.room, event));
        }
    }

    /// A microphone is never wholly silent, and a picture that somebody sees is not either.
    fn sends_something(&self, key: PeerKey) -> bool {
        let lines = |peer: &Peer| peer.up.clone();
        let lines = self.peers.get(key).map(lines).unwrap_or_default();
        let tracks = lines.iter().filter_map(|line| self.tracks.get(line.track));
        tracks
            .filter(|track| !track.muted)
            .any(|track| track.source.kind() == MediaKind::Audio || !track.subscribers.is_empty())
    }
}

#[cfg(test)]
mod tests;
