//! Tests of the machine against a server's endpoint, in virtual time.
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use seameet_core::media::TrackSource;
use seameet_core::{Codec, ErrorCode};
use seameet_pipeline::{
    Arrival, Format, Opened, OutgoingPacket, PeerConfig, PeerConnection, PeerEvent, PeerStatistics,
    Protocol, Role,
};
use seameet_rtp::{Packet, Payload};
use serde_json::{Value, json};

use seameet_signaling::wire::AutoView;

use super::*;
use crate::plan::{Publication, Token};

fn address(last: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, last], 5_000))
}

fn ready() -> String {
    json!({
        "type": "ready", "protocol": 1, "participant": "p_9b1c4d7e20a3f586",
        "room": { "id": "lab", "seq": 1, "started_at": 0 },
        "peers": [], "tracks": [], "chat": [], "ice_servers": [],
        "resume": { "token": "f0e1d2c3b4a5968778695a4b3c2d1e0f", "ttl_ms": 20000 },
        "limits": {
            "message_bytes": 65536, "sdp_bytes": 262_144, "sdp_lines": 8000, "chat_chars": 4000,
            "topic_chars": 64, "data_bytes": 16384, "reaction_chars": 16, "tracks": 8, "slots": 64
        },
        "grants": {
            "publish_microphone": true, "publish_camera": true, "publish_screen": true,
            "subscribe": true, "chat": true, "data": true
        },
        "resumed": false
    })
    .to_string()
}

/// A participant with a camera and its server's endpoint.
struct Call {
    now: Instant,
    participant: Participant,
    server: PeerConnection,
    texts: Vec<Value>,
    events: Vec<Event>,
    arrived: Vec<u64>,
    statistics: Vec<PeerStatistics>,
}

impl Call {
    fn new() -> Self {
        Self::planned(Self::plan())
    }

    fn plan() -> ParticipantPlan {
        let mut plan = ParticipantPlan::new("lab", address(1));
        plan.token = Some(Token::new("open sesame"));
        plan.publications = vec![Publication::new(TrackSource::Camera)];
        plan.video_slots = 2;
        plan
    }

    fn planned(plan: ParticipantPlan) -> Self {
        let now = Instant::now();
        let mut config = PeerConfig::new(Role::Server);
        config.local_addresses = vec![address(2)];
        config.bandwidth = plan.light.then_some(300_000);
        let mut call = Self {
            now,
            participant: Participant::new(plan, now).unwrap(),
            server: PeerConnection::new(&config, now).unwrap(),
            texts: Vec::new(),
            events: Vec::new(),
            arrived: Vec::new(),
            statistics: Vec::new(),
        };
        call.drain();
        call
    }

    /// Carries what the participant has for the server.
    fn drain(&mut self) {
        while let Some(output) = self.participant.poll_output() {
            match output {
                Output::Text(text) => self.texts.push(serde_json::from_str(&text).unwrap()),
                Output::Event(event) => self.events.push(event),
                Output::Transmit(transmit) => self
                    .server
                    .handle_datagram(
                        self.now,
                        Protocol::Udp,
                        transmit.source,
                        transmit.destination,
                        &transmit.contents,
                    )
                    .unwrap(),
            }
        }
    }

    fn say(&mut self, text: &str) {
        self.participant.handle_text(self.now, text);
        self.drain();
    }

    fn step(&mut self) {
        self.now += Duration::from_millis(5);
        self.participant.handle_timeout(self.now);
        self.drain();
        self.server.handle_timeout(self.now).unwrap();
        while let Some(transmit) = self.server.poll_transmit() {
            self.participant
                .handle_datagram(self.now, transmit.source, &transmit.contents);
        }
        while let Some(event) = self.server.poll_event() {
            match event {
                PeerEvent::Rtp(packet) => self.arrived.push(packet.packet.sequence),
                PeerEvent::Statistics(statistics) => self.statistics.push(statistics),
                _ => {}
            }
        }
        self.drain();
    }

    fn connect(&mut self) {
        self.say(&ready());
        let offer = self.texts.last().unwrap().clone();
        assert_eq!(offer["type"], "offer");
        let sdp = offer["sdp"].as_str().unwrap();
        let accepted = self.server.accept_offer(self.now, sdp).unwrap();
        let answer = json!({ "type": "answer", "sdp": accepted.sdp, "tracks": [] });
        self.say(&answer.to_string());
        for _ in 0..400 {
            self.step();
            if self.participant.is_connected() {
                return;
            }
        }
        panic!("it did not connect: {:?}", self.events);
    }
}

fn packet(sequence: u64) -> Packet {
    let bytes: std::sync::Arc<[u8]> = std::sync::Arc::from([0x10, 0, 0, 1, 2, 3]);
    Packet {
        sequence,
        timestamp: u32::try_from(sequence).unwrap() * 3_000,
        marker: true,
        payload: Payload::from_arc(bytes),
        audio_level: None,
        orientation: None,
        descriptor: None,
    }
}

fn outgoing(packet: &Packet, now: Instant) -> OutgoingPacket<'_> {
    OutgoingPacket {
        rid: None,
        packet,
        format: Format {
            codec: Codec::Vp8,
            profile: 0,
        },
        sequence: packet.sequence,
        timestamp: packet.timestamp,
        wallclock: now,
        marker: packet.marker,
        vp8: None,
        descriptor: None,
    }
}

#[test]
fn it_asks_to_join_and_then_offers_what_it_publishes_and_its_slots() {
    let mut call = Call::new();
    let join = &call.texts[0];
    assert_eq!(
        (&join["type"], &join["room_id"]),
        (&json!("join"), &json!("lab"))
    );
    assert_eq!(join["token"], "open sesame");
    call.say(&ready());
    assert!(
        matches!(&call.events[0], Event::Joined { participant } if participant == "p_9b1c4d7e20a3f586")
    );
    let offer = &call.texts[1];
    assert_eq!(offer["tracks"].as_array().unwrap().len(), 1);
    assert_eq!(offer["tracks"][0]["source"], "camera");
    let sdp = offer["sdp"].as_str().unwrap();
    assert_eq!(sdp.matches("a=sendonly").count(), 1);
    assert_eq!(sdp.matches("a=recvonly").count(), 2);
}

#[test]
fn what_it_writes_arrives_once_it_is_connected() {
    let mut call = Call::new();
    let early = packet(1);
    assert!(
        !call
            .participant
            .write(TrackSource::Camera, &outgoing(&early, call.now))
    );
    call.connect();
    for sequence in 10..20 {
        let packet = packet(sequence);
        let now = call.now;
        assert!(
            call.participant
                .write(TrackSource::Camera, &outgoing(&packet, now))
        );
        call.step();
    }
    assert!(
        !call
            .participant
            .write(TrackSource::Screen, &outgoing(&early, call.now))
    );
    for _ in 0..20 {
        call.step();
    }
    assert_eq!(call.arrived, (10..20).collect::<Vec<_>>());
}

/// What comes lightly, and packets.
fn received(events: &[Event]) -> (Vec<Arrival>, usize) {
    let mut arrivals = Vec::new();
    let mut packets = 0;
    for event in events {
        match event {
            Event::Arrivals(some) => arrivals.extend_from_slice(some),
            Event::Packet(_) => packets += 1,
            _ => {}
        }
    }
    (arrivals, packets)
}

#[test]
fn who_receives_lightly_counts_what_comes_and_publishes_as_ever() {
    let mut plan = Call::plan();
    plan.light = true;
    let mut call = Call::planned(plan);
    call.connect();
    let slot = call
        .server
        .lines()
        .into_iter()
        .rfind(|it| it.direction.sends());
    let slot = slot.unwrap().mid;
    for sequence in 10..20 {
        let packet = packet(sequence);
        let now = call.now;
        assert!(call.server.write(slot, &outgoing(&packet, now)));
        assert!(
            call.participant
                .write(TrackSource::Camera, &outgoing(&packet, now))
        );
        call.step();
    }
    for _ in 0..300 {
        call.step();
    }
    let (mut arrivals, packets) = received(&call.events);
    arrivals.retain(|it| it.is_media);
    let numbers: Vec<_> = arrivals.iter().map(|it| it.sequence & 0xFFFF).collect();
    assert_eq!((numbers, packets), ((10..20).collect(), 0));
    assert!(
        arrivals.iter().all(|it| it.opened == Opened::Short),
        "{arrivals:?}"
    );
    assert_eq!(call.arrived, (10..20).collect::<Vec<_>>());
    // It tells what came, although its engine hears nothing.
    let last = call.statistics.last().unwrap();
    assert!(last.is_transport_rtt, "{last:?}");
}

#[test]
fn a_refusal_ends_it_and_says_why() {
    let mut call = Call::new();
    let error =
        json!({ "type": "error", "code": "auth_rejected", "message": "no", "retryable": false });
    call.say(&error.to_string());
    let ended = |event: &Event| matches!(event, Event::Ended(EndReason::Refused { code, .. }) if *code == ErrorCode::AuthRejected);
    assert!(call.events.iter().any(ended), "{:?}", call.events);
    assert_eq!(call.participant.deadline(), None);
    call.say(&ready());
    assert_eq!(call.texts.len(), 1, "it says nothing more");
}

#[test]
fn what_makes_no_sense_ends_it() {
    for text in ["", "{", "{\"type\":\"answer\"}", "[]"] {
        let mut call = Call::new();
        call.say(text);
        let is_end = |event: &Event| matches!(event, Event::Ended(EndReason::Protocol { .. }));
        assert!(call.events.iter().any(is_end), "{text}: {:?}", call.events);
    }
}

#[test]
fn an_answer_that_does_not_fit_ends_it() {
    let mut call = Call::new();
    call.say(&ready());
    call.say(&json!({ "type": "answer", "sdp": "v=0", "tracks": [] }).to_string());
    let is_end = |event: &Event| matches!(event, Event::Ended(EndReason::Answer(_)));
    assert!(call.events.iter().any(is_end), "{:?}", call.events);
}

#[test]
fn who_leaves_says_so() {
    let mut call = Call::new();
    call.connect();
    call.participant.leave(call.now);
    call.drain();
    assert_eq!(call.texts.last().unwrap()["type"], "leave");
    assert!(matches!(
        call.events.last(),
        Some(Event::Ended(EndReason::Left))
    ));
}

#[test]
fn it_knows_what_there_is_to_see_and_asks_for_it() {
    let mut call = Call::new();
    call.connect();
    let published = |id: &str, participant: &str| {
        json!({ "type": "track_published", "seq": 2, "track": {
            "id": id, "participant": participant, "source": "camera", "kind": "video",
            "codec": "vp8", "muted": false, "encrypted": false
        } })
    };
    call.say(&published("t_1", "p_9b1c4d7e20a3f586").to_string());
    call.say(&published("t_2", "p_2").to_string());
    call.say(&published("t_3", "p_3").to_string());
    let left =
        json!({ "type": "participant_left", "seq": 3, "participant": "p_3", "reason": "left" });
    call.say(&left.to_string());
    let speakers =
        json!({ "type": "active_speakers", "speakers": [{ "participant": "p_2", "level": -20 }] });
    call.say(&speakers.to_string());
    let scene = call.participant.scene().clone();
    let pictures: Vec<_> = scene.pictures.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(
        (pictures, scene.slots.len()),
        (vec!["t_2"], 2),
        "not its own"
    );
    assert_eq!(scene.speakers, ["p_2"]);
    let told = call.events.iter().filter(|it| matches!(it, Event::Scene));
    assert_eq!(told.count(), 5);
    call.participant.watch(View {
        slots: None,
        auto: Some(AutoView { max_video: 1 }),
    });
    call.drain();
    assert_eq!(call.texts.last().unwrap()["auto"]["max_video"], 1);
}
