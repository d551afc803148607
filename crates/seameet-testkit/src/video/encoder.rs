//! A source of synthetic video on one line.

use std::time::{Duration, Instant};

use seameet_core::media::EncodingDemand;
use seameet_core::{Codec, Mid, Rid};
use seameet_pipeline::Format;
use seameet_rtp::Packet;

use super::plan::{Content, EncodingPlan, VideoPlan};
use super::stream::{Moment, Stream};
use crate::rng::Rng;

/// A packet of an encoder.
#[derive(Debug, Clone)]
pub struct EncodedPacket {
    /// The encoding that it belongs to; `None` without simulcast.
    pub rid: Option<Rid>,
    /// The packet.
    pub packet: Packet,
}

/// A source of synthetic video on one line. Starts with a keyframe.
#[derive(Debug)]
pub struct Encoder {
    /// The line.
    pub mid: Mid,
    /// Produces nothing while true, as a camera that is off.
    pub paused: bool,
    /// Never answers a request for a keyframe, as many cameras that are no browsers.
    pub deaf: bool,
    /// Goes on with what nobody wants, as clients that do not know `publisher_demand`.
    pub stubborn: bool,
    /// When a keyframe was asked for, and of which encoding, the smallest having 0.
    pub keyframe_requests: Vec<(Instant, u8)>,
    /// What was wanted of each encoding whenever that changed.
    pub demands: Vec<(Instant, Vec<EncodingDemand>)>,
    plan: VideoPlan,
    streams: Vec<Stream>,
    is_wanted: Vec<bool>,
    /// How many encodings the publisher's processor takes.
    encoding_limit: usize,
    /// What the publisher's line is thought to take, in bits per second.
    available: Option<u64>,
    epoch: Instant,
    start: Instant,
    /// How many pictures each stream has looked at.
    ticks: Vec<u32>,
    last_still: Option<Duration>,
}

impl Encoder {
    /// A source that starts at `now`. `epoch` is the world's beginning, `seed` decides sizes and first numbers.
    pub fn new(plan: VideoPlan, sender: u32, mid: Mid, seed: u64, epoch: Instant) -> Self {
        let mut rng = Rng::from_seed(seed);
        let streams = Stream::all(&plan, sender, &mut rng);
        Self {
            mid,
            paused: false,
            deaf: false,
            stubborn: false,
            keyframe_requests: Vec::new(),
            demands: Vec::new(),
            is_wanted: vec![true; streams.len()],
            ticks: vec![0; streams.len()],
            encoding_limit: streams.len(),
            available: None,
            streams,
            plan,
            epoch,
            start: epoch,
            last_still: None,
        }
    }

    /// The first frame is due at `now`.
    pub fn start(&mut self, now: Instant) {
        self.start = now;
        self.ticks.fill(0);
    }

    /// What it sends.
    pub fn plan(&self) -> &VideoPlan {
        &self.plan
    }

    /// What the packets' payload is.
    pub fn format(&self) -> Format {
        let profile = match self.plan.codec {
            // Constrained baseline in fragments.
            Codec::H264 => 0x42_e001,
            _ => 0,
        };
        Format {
            codec: self.plan.codec,
            profile,
        }
    }

    /// When the next frame is due.
    pub fn deadline(&self) -> Instant {
        let due = (0..self.streams.len()).map(|place| self.due(place));
        due.min().unwrap_or(self.start)
    }

    /// When a stream's next picture leaves. An encoder makes them one after another, and so the order in which they
    /// leave never depends on the names that the engine draws for its streams.
    fn due(&self, place: usize) -> Instant {
        let turn = ENCODING_TIME * u32::try_from(place).unwrap_or_default();
        self.start + self.elapsed(place) + turn
    }

    fn elapsed(&self, place: usize) -> Duration {
        let tick = self.ticks.get(place).copied().unwrap_or_default();
        Duration::from_secs(1) * tick / self.plan.fps.max(1)
    }

    /// How many pictures each stream made.
    pub fn pictures(&self) -> Vec<u64> {
        self.streams.iter().map(Stream::pictures).collect()
    }

    /// Which streams are being sent, the smallest first.
    pub fn sending(&self) -> Vec<bool> {
        self.streams.iter().map(Stream::is_active).collect()
    }

    /// A receiver asked for a keyframe of an encoding; of all without a name.
    pub fn request_keyframe(&mut self, now: Instant, rid: Option<Rid>) {
        for (place, stream) in (0..).zip(&mut self.streams) {
            if rid.is_none() || stream.rid == rid {
                self.keyframe_requests.push((now, place));
                if !self.deaf {
                    stream.want_keyframe();
                }
            }
        }
    }

    /// Takes what the server says is wanted.
    pub fn set_demand(&mut self, now: Instant, encodings: &[EncodingDemand]) {
        self.demands.push((now, encodings.to_vec()));
        for (stream, wanted) in self.streams.iter().zip(&mut self.is_wanted) {
            let named = encodings.iter().find(|demand| demand.rid == stream.rid);
            *wanted = named.is_none_or(|demand| demand.wanted);
        }
        self.choose();
    }

    /// No more than so many encodings, the smallest first, as on a processor that is too slow for more.
    pub fn limit_encodings(&mut self, count: usize) {
        self.encoding_limit = count;
        self.choose();
    }

    /// What the publisher's line takes, in bits per second. Encodings that do not fit are dropped from the top, as
    /// browsers do; the smallest always goes out.
    pub fn set_available(&mut self, bits_per_second: u64) {
        self.available = Some(bits_per_second);
        self.choose();
    }

    /// What all that is wanted takes, in bits per second.
    pub fn desired(&self) -> u64 {
        self.plan.encodings.iter().map(|it| it.bitrate).sum()
    }

    fn choose(&mut self) {
        let mut budget = self.available.unwrap_or(u64::MAX);
        let encodings: Vec<EncodingPlan> = self.plan.encodings.clone();
        let is_layered = self.streams.len() == 1;
        for (place, stream) in self.streams.iter_mut().enumerate() {
            let cost = encodings.get(place).map_or(0, |it| it.bitrate);
            let is_wanted = self.stubborn || self.is_wanted.get(place).copied().unwrap_or_default();
            let fits = is_layered || place == 0 || cost + cost / 10 <= budget;
            budget = if fits { budget.saturating_sub(cost) } else { 0 };
            stream.set_active(is_wanted && fits && place < self.encoding_limit);
        }
    }

    /// The packets of the pictures that are due.
    pub fn poll(&mut self, now: Instant) -> Vec<EncodedPacket> {
        let mut packets = Vec::new();
        while self.deadline() <= now {
            let places = 0..self.streams.len();
            let Some(place) = places.min_by_key(|place| self.due(*place)) else {
                return packets;
            };
            let elapsed = self.elapsed(place);
            let captured = (self.start + elapsed).saturating_duration_since(self.epoch);
            if let Some(tick) = self.ticks.get_mut(place) {
                *tick += 1;
            }
            if self.paused || self.is_unchanged(captured) {
                continue;
            }
            if let Some(stream) = self.streams.get_mut(place) {
                let rid = stream.rid;
                let made = stream.encode(Moment { captured, elapsed });
                packets.extend(made.into_iter().map(|packet| EncodedPacket { rid, packet }));
            }
        }
        packets
    }

    /// There is nothing new to see, and nobody asked.
    fn is_unchanged(&mut self, captured: Duration) -> bool {
        let Content::Still { every } = self.plan.content else {
            return false;
        };
        let is_due = self
            .last_still
            .is_none_or(|last| captured >= last + every || captured == last);
        if is_due || self.streams.iter().any(Stream::wants_keyframe) {
            self.last_still = Some(captured);
            return false;
        }
        true
    }
}

/// How long one encoding of a picture takes.
const ENCODING_TIME: Duration = Duration::from_millis(3);
