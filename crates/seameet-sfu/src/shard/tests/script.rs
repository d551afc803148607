//! A shard with real endpoints around it, stepped every few milliseconds.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seameet_core::media::{
    Answer, MediaEvent, Offer, RequestId, SlotAssignment, TrackDeclaration, TrackSource,
};
use seameet_core::{Codec, MediaKind, ParticipantId, RequestError, TrackId};
use seameet_pipeline::{
    Certificate, Format, IceCredentials, LineDirection, OfferLine, OutgoingPacket, PeerConfig,
    PeerConnection, PeerEvent, ReceivedPacket, Role,
};
use seameet_rtp::{Packet, Payload};

use crate::config::ShardConfig;
use crate::shard::{Datagram, Endpoint, Input, Negotiation, Output, RoomKey, Shard};

pub(in crate::shard) const ROOM: RoomKey = RoomKey(1);
const STEP: Duration = Duration::from_millis(5);
const OPUS: Format = Format {
    codec: Codec::Opus,
    profile: 0,
};

/// A participant that speaks once per step and counts what it hears.
pub(in crate::shard) struct Speaker {
    pub(in crate::shard) participant: ParticipantId,
    pub(in crate::shard) heard: usize,
    /// Packets of pictures.
    pub(in crate::shard) seen: Vec<ReceivedPacket>,
    /// Datagrams that the server sent to it.
    pub(in crate::shard) sent: usize,
    address: SocketAddr,
    connection: PeerConnection,
    connected: bool,
    pub(in crate::shard) declared: Vec<TrackDeclaration>,
    spoken: u64,
}

pub(in crate::shard) struct Script {
    pub(in crate::shard) shard: Shard,
    pub(in crate::shard) speakers: Vec<Speaker>,
    pub(in crate::shard) events: Vec<MediaEvent>,
    server: SocketAddr,
    pub(in crate::shard) now: Instant,
    requests: u64,
}

impl Script {
    /// A shard that takes every line for unlimited: these tests ask what is forwarded, not whether the line takes it.
    pub(in crate::shard) fn new() -> Self {
        Self::estimating(None)
    }

    /// A shard that begins to estimate lines with so many bits per second.
    pub(in crate::shard) fn estimating(first_estimate: Option<u64>) -> Self {
        let now = Instant::now();
        let server = SocketAddr::from(([198, 51, 100, 1], 10_000));
        let certificate = Certificate::generate().unwrap();
        let mut config = ShardConfig::new(vec![server], certificate, vec![Codec::Vp8]);
        config.first_estimate = first_estimate;
        let mut shard = Shard::new(config, 1, now);
        shard.handle_input(now, Input::OpenRoom(ROOM));
        Self {
            shard,
            speakers: Vec::new(),
            events: Vec::new(),
            server,
            now,
            requests: 0,
        }
    }

    /// So many speakers, all connected and hearing each other.
    pub(in crate::shard) fn with_speakers(count: u8) -> Self {
        let mut script = Self::new();
        for number in 1..=count {
            script.join(number).unwrap();
        }
        script.run(1_000);
        assert!(script.speakers.iter().all(|speaker| speaker.connected));
        script.forget_heard();
        script
    }

    /// Adds a speaker. Returns what the server said to its offer.
    pub(in crate::shard) fn join(&mut self, number: u8) -> Result<Answer, RequestError> {
        let lines = [LineDirection::Send, LineDirection::Receive];
        self.join_with(
            number,
            &lines.map(|direction| (MediaKind::Audio, direction)),
        )
    }

    /// Adds somebody with these lines.
    pub(in crate::shard) fn join_with(
        &mut self,
        number: u8,
        lines: &[(MediaKind, LineDirection)],
    ) -> Result<Answer, RequestError> {
        let mut speaker = Speaker::new(number, self.now);
        let sdp = speaker.offer(lines);
        self.speakers.push(speaker);
        self.negotiate(self.speakers.len() - 1, sdp)
    }

    /// Lets a speaker offer one more slot.
    pub(in crate::shard) fn offer_again(&mut self, index: usize) -> Result<Answer, RequestError> {
        let sdp = self.speakers[index].offer(&[(MediaKind::Audio, LineDirection::Receive)]);
        self.negotiate(index, sdp)
    }

    fn negotiate(&mut self, index: usize, sdp: String) -> Result<Answer, RequestError> {
        self.requests += 1;
        let request = RequestId(self.requests);
        let speaker = &self.speakers[index];
        let negotiation = Negotiation {
            room: ROOM,
            participant: speaker.participant,
            request,
            offer: Offer {
                sdp,
                tracks: speaker.declared.clone(),
            },
            subscribe: true,
            endpoint: Endpoint::Credentials(IceCredentials {
                ufrag: format!("name{}", self.requests),
                password: format!("password{:016}", self.requests),
            }),
        };
        let input = Input::Negotiate(Box::new(negotiation));
        self.shard.handle_input(self.now, input);
        self.drain();
        let mut events = self.events.iter().rev();
        let result = events.find_map(|event| match event {
            MediaEvent::Negotiated {
                request: answered,
                result,
                ..
            } if *answered == request => Some(result.clone()),
            _ => None,
        });
        let result = result.expect("every offer is answered");
        if let Ok(answer) = &result {
            let connection = &mut self.speakers[index].connection;
            connection.accept_answer(self.now, &answer.sdp).unwrap();
        }
        result
    }

    pub(in crate::shard) fn run(&mut self, milliseconds: u64) {
        let end = self.now + Duration::from_millis(milliseconds);
        while self.now < end {
            self.now += STEP;
            for index in 0..self.speakers.len() {
                self.step_speaker(index);
            }
            self.shard.handle_input(self.now, Input::Timeout);
            self.drain();
        }
    }

    pub(in crate::shard) fn forget_heard(&mut self) {
        for speaker in &mut self.speakers {
            speaker.heard = 0;
        }
    }

    fn step_speaker(&mut self, index: usize) {
        let speaker = &mut self.speakers[index];
        speaker.speak(self.now);
        // Who was dropped may fail on its own side; that is no matter of the server's.
        let _ = speaker.connection.handle_timeout(self.now);
        speaker.listen();
        let sent: Vec<_> = std::iter::from_fn(|| speaker.connection.poll_transmit()).collect();
        for transmit in sent {
            let datagram = Datagram {
                protocol: seameet_pipeline::Protocol::Udp,
                source: self.speakers[index].address,
                destination: self.server,
                contents: &transmit.contents,
            };
            self.shard.handle_input(self.now, Input::Datagram(datagram));
        }
    }

    pub(in crate::shard) fn drain(&mut self) {
        loop {
            match self.shard.poll_output() {
                Output::Transmit(transmit) => {
                    let mut speakers = self.speakers.iter_mut();
                    let to = |speaker: &&mut Speaker| speaker.address == transmit.destination;
                    let Some(speaker) = speakers.find(to) else {
                        continue;
                    };
                    speaker.sent += 1;
                    let (source, address) = (transmit.source, speaker.address);
                    let connection = &mut speaker.connection;
                    let _ = connection.handle_datagram(
                        self.now,
                        seameet_pipeline::Protocol::Udp,
                        source,
                        address,
                        &transmit.contents,
                    );
                    speaker.listen();
                }
                Output::Event(_, event) => self.events.push(event),
                Output::HangUp(_) => {}
                Output::Timeout(_) => return,
            }
        }
    }

    /// Every slot assignment that was told.
    pub(in crate::shard) fn assignments(&self) -> Vec<SlotAssignment> {
        let told = self.events.iter().filter_map(|event| match event {
            MediaEvent::SlotsAssigned { assignments, .. } => Some(assignments.clone()),
            _ => None,
        });
        told.flatten().collect()
    }
}

impl Speaker {
    fn new(number: u8, now: Instant) -> Self {
        let address = SocketAddr::from(([192, 0, 2, number], 5_000));
        let mut config = PeerConfig::new(Role::Client);
        config.local_addresses = vec![address];
        config.video_codecs = vec![Codec::Vp8];
        Self {
            participant: ParticipantId::from_random(u64::from(number)),
            heard: 0,
            seen: Vec::new(),
            sent: 0,
            address,
            connection: PeerConnection::new(&config, now).unwrap(),
            connected: false,
            declared: Vec::new(),
            spoken: 0,
        }
    }

    fn offer(&mut self, lines: &[(MediaKind, LineDirection)]) -> String {
        let lines: Vec<_> = lines
            .iter()
            .map(|(kind, direction)| OfferLine::new(*kind, *direction))
            .collect();
        let (sdp, mids) = self.connection.create_offer(&lines).unwrap();
        for (line, mid) in lines.iter().zip(mids) {
            if line.direction == LineDirection::Send {
                let number = u32::from(self.address.port()) + u32::from(self.last_octet());
                self.declared.push(TrackDeclaration {
                    track: TrackId::new(number),
                    mid,
                    source: match line.kind {
                        MediaKind::Audio => TrackSource::Microphone,
                        MediaKind::Video => TrackSource::Camera,
                    },
                    muted: false,
                });
            }
        }
        sdp
    }

    fn last_octet(&self) -> u8 {
        match self.address {
            SocketAddr::V4(address) => address.ip().octets()[3],
            SocketAddr::V6(_) => 0,
        }
    }

    fn speak(&mut self, now: Instant) {
        let microphone = self
            .declared
            .iter()
            .find(|track| track.source == TrackSource::Microphone);
        let Some(microphone) = microphone.filter(|_| self.connected) else {
            return;
        };
        self.spoken += 1;
        let packet = Packet {
            sequence: self.spoken,
            timestamp: u32::try_from(self.spoken * 240).unwrap(),
            marker: false,
            payload: Payload::from_arc(Arc::from([0xA5; 40])),
            audio_level: None,
            orientation: None,
            descriptor: None,
        };
        let outgoing = OutgoingPacket {
            rid: None,
            packet: &packet,
            format: OPUS,
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            wallclock: now,
            marker: packet.marker,
            vp8: None,
            descriptor: None,
        };
        self.connection.write(microphone.mid, &outgoing);
    }

    fn listen(&mut self) {
        while let Some(event) = self.connection.poll_event() {
            match event {
                PeerEvent::Connected => self.connected = true,
                PeerEvent::Rtp(packet) => match packet.format.codec.kind() {
                    MediaKind::Audio => self.heard += 1,
                    MediaKind::Video => self.seen.push(packet),
                },
                _ => {}
            }
        }
    }
}
