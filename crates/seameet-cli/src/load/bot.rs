//! One participant of the load.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use seameet_client::driver::Driver;
use seameet_client::media::{Arrival, Opened, ReceivedPacket, TrackSource};
use seameet_client::{Event, Machine as _, ParticipantPlan, Publication, Token};

use super::lines::Lines;
use super::measure::Measures;
use super::media::{Clock, Stream};
use super::refusal::Refusal;
use super::{Plan, Sinks};

/// Who it is.
#[derive(Debug, Clone)]
pub(crate) struct Bot {
    pub(crate) number: u32,
    pub(crate) room: String,
    pub(crate) publishes: bool,
    /// Counted from the beginning.
    pub(crate) joins_after: Duration,
}

/// A participant that is in.
struct Playing {
    driver: Box<Driver>,
    lines: Lines,
    sound: Option<Stream>,
    pictures: Vec<Stream>,
    measures: Arc<Mutex<Measures>>,
    since: Instant,
    is_in: bool,
    has_media: bool,
}

/// Joins, publishes and receives until the end. Tries again where a client would.
pub(crate) async fn play(
    bot: Bot,
    plan: Plan,
    measures: Arc<Mutex<Measures>>,
    (begin, end): (Instant, Instant),
) {
    tokio::time::sleep_until((begin + bot.joins_after).into()).await;
    let since = Instant::now();
    for attempt in 1.. {
        let attended = Box::pin(attend(&bot, &plan, &measures, (since, end)));
        let Err(refusal) = attended.await else { return };
        note(&measures, |measures| measures.refused(&refusal.code));
        let again = Instant::now() + Refusal::pause(attempt, bot.number);
        if !refusal.is_passing || again >= end {
            note(&measures, Measures::failed);
            return;
        }
        tokio::time::sleep_until(again.into()).await;
    }
}

/// Takes part once. Fails if it did not get in.
async fn attend(
    bot: &Bot,
    plan: &Plan,
    measures: &Arc<Mutex<Measures>>,
    (since, end): (Instant, Instant),
) -> Result<(), Refusal> {
    let described = |address| describe(bot, plan, address);
    let driver = Driver::connect(&plan.url, plan.origin.of(bot.number), described).await;
    let driver = driver.map_err(|error| Refusal::of_join(&error))?;
    let mut playing = Playing {
        driver: Box::new(driver),
        lines: Lines::default(),
        sound: None,
        pictures: Vec::new(),
        measures: Arc::clone(measures),
        since,
        is_in: false,
        has_media: false,
    };
    while Instant::now() < end {
        let until = playing.deadline().map_or(end, |deadline| deadline.min(end));
        match playing.driver.next(until).await {
            Some(Event::Connected) => playing.begin(bot, plan),
            Some(Event::Ended(reason)) if !playing.is_in => return Err(Refusal::of_end(&reason)),
            Some(Event::Ended(_)) => {
                note(measures, Measures::dropped);
                return Ok(());
            }
            Some(event) => playing.take(event),
            None => {}
        }
        playing.send();
    }
    if !playing.is_in {
        note(measures, Measures::failed);
    }
    Box::pin(playing.driver.leave()).await;
    Ok(())
}

fn note(measures: &Mutex<Measures>, what: impl FnOnce(&mut Measures)) {
    what(&mut measures.lock().unwrap_or_else(PoisonError::into_inner));
}

fn describe(bot: &Bot, plan: &Plan, address: std::net::SocketAddr) -> ParticipantPlan {
    let mut described = ParticipantPlan::new(bot.room.clone(), address);
    described.display_name = Some(format!("Bot {}", bot.number));
    described.token = plan.token.clone().map(Token::new);
    described.video_slots = plan.video_slots;
    described.audio_slots = plan.audio_slots;
    described.light = plan.sinks == Sinks::Light;
    if bot.publishes {
        let sound = plan
            .audio
            .then(|| Publication::new(TrackSource::Microphone));
        let camera = plan.video.map(|shape| Publication {
            encodings: Stream::camera(shape, Instant::now())
                .iter()
                .filter_map(|stream| stream.rid)
                .collect(),
            ..Publication::new(TrackSource::Camera)
        });
        described.publications = sound.into_iter().chain(camera).collect();
    }
    described
}

impl Playing {
    fn begin(&mut self, bot: &Bot, plan: &Plan) {
        let now = Instant::now();
        self.is_in = true;
        note(&self.measures, |measures| {
            measures.connected(now.saturating_duration_since(self.since));
        });
        if bot.publishes {
            self.sound = plan.audio.then(|| Stream::sound(now));
            self.pictures = plan
                .video
                .map(|shape| Stream::camera(shape, now))
                .unwrap_or_default();
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Packet(packet) => self.receive(&packet),
            Event::Arrivals(arrivals) => self.receive_lightly(&arrivals),
            Event::Joined { .. } => note(&self.measures, Measures::joined),
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

    /// When the next frame of any stream is due.
    fn deadline(&self) -> Option<Instant> {
        let streams = self.sound.iter().chain(&self.pictures);
        streams.map(Stream::next_at).min()
    }

    fn send(&mut self) {
        let now = Instant::now();
        let participant = self.driver.participant();
        let sound = self
            .sound
            .iter_mut()
            .map(|it| (TrackSource::Microphone, it));
        let pictures = self.pictures.iter_mut();
        let pictures = pictures.map(|it| (TrackSource::Camera, it));
        let mut sent = 0;
        for (source, stream) in sound.chain(pictures) {
            for packet in stream.poll(now) {
                sent += u64::from(participant.write(source, &stream.outgoing(&packet, now)));
            }
        }
        if sent > 0 {
            participant.handle_timeout(now);
            note(&self.measures, |measures| measures.sent(sent));
        }
    }
}
