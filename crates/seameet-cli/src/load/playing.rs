//! What a participant does once it is in: it sends, counts what comes, and arranges what it sees.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use seameet_client::Event;
use seameet_client::media::{Arrival, Opened, ReceivedPacket, TrackSource};

use super::Plan;
use super::adapter::Adapter;
use super::bot::{Bot, Span, note};
use super::layout::{Arranging, Layout};
use super::lines::Lines;
use super::measure::Measures;
use super::media::{Clock, Stream};
use super::turns::Turns;

/// When a participant speaks.
#[derive(Debug, Clone, Copy)]
struct Voice {
    turns: Turns,
    begin: Instant,
    place: u32,
    publishers: u32,
}

/// What a participant does.
#[derive(Debug)]
pub(crate) struct Playing {
    sound: Option<Stream>,
    voice: Option<Voice>,
    pictures: Vec<Stream>,
    lines: Lines,
    layout: Layout,
    arranging: Arranging,
    measures: Arc<Mutex<Measures>>,
    /// When it tried to join first.
    since: Instant,
    is_in: bool,
    has_media: bool,
}

impl Playing {
    pub(crate) fn new(plan: &Plan, measures: Arc<Mutex<Measures>>, since: Instant) -> Self {
        Self {
            sound: None,
            voice: None,
            pictures: Vec::new(),
            lines: Lines::default(),
            layout: plan.layout,
            arranging: Arranging::new(since),
            measures,
            since,
            is_in: false,
            has_media: false,
        }
    }

    pub(crate) fn is_in(&self) -> bool {
        self.is_in
    }

    /// Media can flow.
    pub(crate) fn begin(&mut self, bot: &Bot, plan: &Plan, span: Span) {
        let now = Instant::now();
        self.is_in = true;
        self.arranging.want();
        note(&self.measures, |measures| {
            measures.connected(now.saturating_duration_since(self.since));
        });
        if bot.publishes {
            self.sound = plan.audio.then(|| Stream::sound(now));
            self.voice = plan.turns.map(|turns| Voice {
                turns,
                begin: span.begin,
                place: bot.place,
                publishers: plan.publishers,
            });
            let camera = plan.video.map(|shape| Stream::camera(shape, now));
            self.pictures = camera.unwrap_or_default();
        }
    }

    pub(crate) fn take(&mut self, event: Event) {
        match event {
            Event::Packet(packet) => self.receive(&packet),
            Event::Arrivals(arrivals) => self.receive_lightly(&arrivals),
            Event::Joined { .. } => note(&self.measures, Measures::joined),
            Event::Scene => self.arranging.want(),
            Event::KeyframeWanted { encoding, .. } => {
                let is_it = |stream: &&mut Stream| encoding.is_none() || stream.rid == encoding;
                self.pictures
                    .iter_mut()
                    .filter(is_it)
                    .for_each(Stream::request_keyframe);
            }
            _ => {}
        }
    }

    fn receive(&mut self, received: &ReceivedPacket) {
        let packet = &received.packet;
        let payload = packet.payload.shared();
        let latency = Clock::now().latency(&payload);
        let line = received.mid.as_str().bytes();
        let line = line.fold(0_u32, |hash, byte| hash.wrapping_mul(31) + u32::from(byte));
        let change = self.lines.take(line, packet.sequence, received.arrival);
        self.note_first();
        note(&self.measures, |measures| {
            measures.received(payload.len(), change, latency);
        });
    }

    fn receive_lightly(&mut self, arrivals: &[Arrival]) {
        self.note_first();
        let clock = Clock::now();
        let lines = &mut self.lines;
        note(&self.measures, |measures| {
            for arrival in arrivals {
                let latency = match arrival.opened {
                    Opened::Ending(ending) => clock.latency(&ending),
                    Opened::Failed => {
                        measures.forged();
                        continue;
                    }
                    Opened::Untried | Opened::Short => None,
                };
                if arrival.is_media {
                    let change = lines.take(arrival.ssrc, arrival.sequence, arrival.at);
                    measures.received(arrival.bytes, change, latency);
                } else {
                    measures.repaired();
                }
            }
        });
    }

    fn note_first(&mut self) {
        if !std::mem::replace(&mut self.has_media, true) {
            note(&self.measures, |measures| {
                measures.first_media(self.since.elapsed());
            });
        }
    }

    /// When the next frame of any stream or an arrangement is due.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let streams = self.sound.iter().chain(&self.pictures);
        let arranging = self.arranging.deadline().filter(|_| self.arranges());
        streams.map(Stream::next_at).chain(arranging).min()
    }

    fn arranges(&self) -> bool {
        self.is_in && self.layout != Layout::Auto
    }

    /// Sends what is due.
    pub(crate) fn act(&mut self, participant: &mut impl Adapter) {
        if self.deadline().is_none() {
            return;
        }
        let now = Instant::now();
        if self.arranges() && self.arranging.is_due(now) {
            participant.arrange(self.layout);
        }
        if let (Some(sound), Some(voice)) = (&mut self.sound, self.voice) {
            let span = (voice.begin, now);
            sound.speak(voice.turns.speaks(span, voice.place, voice.publishers));
        }
        let sent = self.send(now, participant);
        if sent > 0 {
            participant.handle_timeout(now);
            note(&self.measures, |measures| measures.sent(sent));
        }
    }

    fn send(&mut self, now: Instant, participant: &mut impl Adapter) -> u64 {
        let sound = self.sound.iter_mut();
        let sound = sound.map(|it| (TrackSource::Microphone, it));
        let pictures = self.pictures.iter_mut();
        let pictures = pictures.map(|it| (TrackSource::Camera, it));
        let mut sent = 0;
        for (source, stream) in sound.chain(pictures) {
            for packet in stream.poll(now) {
                sent += u64::from(participant.write(source, &stream.outgoing(&packet, now)));
            }
        }
        sent
    }
}
