//! Plays scripts to a room. Connection `n` belongs to participant `n` unless it resumes another.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::error::{ErrorCode, RequestError};
use crate::grant::Grant;
use crate::id::{ConnectionId, Mid, ParticipantId, ResumeToken, TrackId};
use crate::media::{
    Answer, AnsweredTrack, Codec, MediaCommand, MediaEvent, MediaKind, RequestId, TrackSource,
};
use crate::room::tests::render;
use crate::room::{
    JoinRequest, OfferRequest, OfferedTrack, Room, RoomCommand, RoomConfig, RoomInput, RoomOutput,
};

pub(super) struct Play {
    room: Room,
    start: Instant,
    elapsed: Duration,
    transcript: Vec<String>,
    /// What was declared in each negotiation, to answer it.
    negotiations: BTreeMap<u64, (ParticipantId, Vec<AnsweredTrack>)>,
    pub(super) deadline: Option<Instant>,
}

pub(super) fn participant(number: u64) -> ParticipantId {
    ParticipantId::from_random(number)
}

pub(super) fn mid(text: &str) -> Mid {
    text.parse().expect("a mid")
}

/// The token that a connection gets for its next resume.
pub(super) fn token_of(connection: u64) -> ResumeToken {
    ResumeToken::from_random([u8::try_from(connection).expect("few connections"); 16])
}

pub(super) fn join_request(connection: u64) -> JoinRequest {
    JoinRequest {
        connection: ConnectionId::new(connection),
        participant: participant(connection),
        display_name: None,
        attributes: BTreeMap::new(),
        grant: Grant::full(),
        next_resume: token_of(connection),
        resume: None,
        at_ms: 1000.0,
    }
}

pub(super) fn track(line: &str, source: TrackSource) -> OfferedTrack {
    OfferedTrack {
        mid: mid(line),
        source,
        muted: false,
        encrypted: false,
    }
}

impl Play {
    pub(super) fn new() -> Self {
        Self::with(RoomConfig::default())
    }

    pub(super) fn with(config: RoomConfig) -> Self {
        Self {
            room: Room::new(config),
            start: Instant::now(),
            elapsed: Duration::ZERO,
            transcript: Vec::new(),
            negotiations: BTreeMap::new(),
            deadline: None,
        }
    }

    /// A room with these members, each with a microphone, its transcript forgotten.
    pub(super) fn call(members: u64) -> Self {
        let mut play = Self::new();
        for number in 1..=members {
            play.join(number);
            play.offer(number, &[track("0", TrackSource::Microphone)]);
            play.answer(number);
        }
        play.transcript.clear();
        play
    }

    pub(super) fn input(&mut self, input: RoomInput) {
        self.room.handle_input(self.start + self.elapsed, input);
        loop {
            match self.room.poll_output() {
                RoomOutput::Timeout(deadline) => {
                    self.deadline = deadline;
                    return;
                }
                output => {
                    self.note_negotiation(&output);
                    self.transcript.extend(render::line(&output));
                }
            }
        }
    }

    fn note_negotiation(&mut self, output: &RoomOutput) {
        let RoomOutput::Media(MediaCommand::Negotiate {
            participant,
            request,
            offer,
            ..
        }) = output
        else {
            return;
        };
        let tracks = offer.tracks.iter().map(|declared| AnsweredTrack {
            track: declared.track,
            mid: declared.mid,
            codec: match declared.source.kind() {
                MediaKind::Audio => Codec::Opus,
                MediaKind::Video => Codec::Vp8,
            },
        });
        let negotiation = (*participant, tracks.collect());
        self.negotiations.insert(request.0, negotiation);
    }

    pub(super) fn join(&mut self, connection: u64) {
        self.join_as(join_request(connection));
    }

    pub(super) fn join_as(&mut self, request: JoinRequest) {
        self.input(RoomInput::Join(Box::new(request)));
    }

    /// Comes back through a new connection with the token of an old one.
    pub(super) fn resume(&mut self, connection: u64, old: u64, seq: u32) {
        self.join_as(JoinRequest {
            resume: Some((token_of(old), seq)),
            ..join_request(connection)
        });
    }

    /// A command with the request id `r`.
    pub(super) fn command(&mut self, connection: u64, command: RoomCommand) {
        self.input(RoomInput::Command {
            connection: ConnectionId::new(connection),
            request: Some("r".to_owned()),
            command,
            at_ms: 2000.0,
        });
    }

    pub(super) fn offer(&mut self, connection: u64, tracks: &[OfferedTrack]) {
        self.command(
            connection,
            RoomCommand::Offer(OfferRequest {
                sdp: "offer".to_owned(),
                tracks: tracks.to_vec(),
            }),
        );
    }

    /// The media plane accepts everything of a negotiation.
    pub(super) fn answer(&mut self, number: u64) {
        self.accept(number, false);
    }

    /// The same, with a new peer connection.
    pub(super) fn answer_afresh(&mut self, number: u64) {
        self.accept(number, true);
    }

    fn accept(&mut self, number: u64, fresh: bool) {
        let (participant, tracks) = self.negotiations[&number].clone();
        let answer = Answer {
            sdp: "answer".to_owned(),
            tracks,
            fresh,
        };
        self.negotiated(participant, number, Ok(answer));
    }

    /// The media plane refuses a negotiation.
    pub(super) fn fail(&mut self, number: u64) {
        let participant = self.negotiations[&number].0;
        let error = RequestError::new(ErrorCode::BadSdp, "no");
        self.negotiated(participant, number, Err(error));
    }

    fn negotiated(
        &mut self,
        participant: ParticipantId,
        number: u64,
        result: Result<Answer, RequestError>,
    ) {
        self.media(MediaEvent::Negotiated {
            participant,
            request: RequestId(number),
            result,
        });
    }

    pub(super) fn media(&mut self, event: MediaEvent) {
        self.input(RoomInput::Media(event));
    }

    pub(super) fn disconnect(&mut self, connection: u64) {
        let connection = ConnectionId::new(connection);
        self.input(RoomInput::Disconnected { connection });
    }

    pub(super) fn chat(&mut self, connection: u64, text: &str) {
        let text = text.to_owned();
        self.command(connection, RoomCommand::Chat { text, to: None });
    }

    pub(super) fn mute(&mut self, connection: u64, source: TrackSource, muted: bool) {
        self.command(connection, RoomCommand::SetSourceMuted { source, muted });
    }

    pub(super) fn unpublish(&mut self, connection: u64, number: u32) {
        let track = TrackId::new(number);
        self.command(connection, RoomCommand::Unpublish { track });
    }

    pub(super) fn wait(&mut self, time: Duration) {
        self.elapsed += time;
        self.input(RoomInput::Timeout);
    }

    pub(super) const fn room(&self) -> &Room {
        &self.room
    }

    pub(super) fn members(&self) -> usize {
        self.room.member_count()
    }

    /// What happened since the last look.
    #[track_caller]
    pub(super) fn expect(&mut self, lines: &[&str]) {
        let transcript = std::mem::take(&mut self.transcript);
        assert_eq!(transcript, lines, "\n{}\n", transcript.join("\n"));
    }

    /// What one connection was told since the last look.
    #[track_caller]
    pub(super) fn expect_told(&mut self, connection: u64, lines: &[&str]) {
        let told = self.told(connection);
        assert_eq!(told, lines, "\n{}\n", told.join("\n"));
    }

    /// What one connection was told since the last look.
    pub(super) fn told(&mut self, connection: u64) -> Vec<String> {
        let prefix = format!("c_{connection} ");
        let transcript = std::mem::take(&mut self.transcript);
        let told = transcript.iter();
        told.filter_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
            .collect()
    }

    pub(super) fn forget(&mut self) {
        self.transcript.clear();
    }
}
