//! What holds for every sequence of inputs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::script::{join_request, participant, token_of, track};
use crate::error::{ErrorCode, RequestError};
use crate::grant::Grant;
use crate::id::{ConnectionId, ParticipantId, TrackId};
use crate::media::{
    Answer, AnsweredTrack, Codec, ConnectionQuality, DisconnectReason, LineQuality, MediaCommand,
    MediaEvent, RequestId, SlotWish, SpeakerLevel, TrackSource, View,
};
use crate::room::{
    JoinRequest, Notice, OfferRequest, Room, RoomCommand, RoomConfig, RoomEvent, RoomInput,
    RoomOutput,
};

const MAX_MEMBERS: usize = 3;

#[derive(Debug, Clone)]
enum Step {
    Join {
        resume: Option<u64>,
        seq: u32,
        viewer: bool,
    },
    Command {
        connection: u64,
        command: RoomCommand,
    },
    Negotiated {
        number: u64,
        good: bool,
    },
    Disconnected {
        connection: u64,
    },
    MediaLost {
        participant: u64,
    },
    /// What the media plane finds out, about whomever, there or not.
    Report(MediaEvent),
    Remove {
        participant: u64,
    },
    Wait {
        seconds: u64,
    },
}

fn source() -> impl Strategy<Value = TrackSource> {
    prop::sample::select(vec![
        TrackSource::Microphone,
        TrackSource::Camera,
        TrackSource::Screen,
        TrackSource::ScreenAudio,
    ])
}

fn offer() -> impl Strategy<Value = RoomCommand> {
    let line = (prop::sample::select(vec!["0", "1", "2"]), source());
    prop::collection::vec(line, 0..3).prop_map(|lines| {
        RoomCommand::Offer(OfferRequest {
            sdp: String::new(),
            tracks: lines
                .iter()
                .map(|(mid, source)| track(mid, *source))
                .collect(),
        })
    })
}

fn command() -> impl Strategy<Value = RoomCommand> {
    let any_track = || (0_u32..8).prop_map(TrackId::new);
    let receiver = || prop::option::of((0_u64..8).prop_map(participant));
    prop_oneof![
        3 => offer(),
        1 => (source(), any::<bool>())
            .prop_map(|(source, muted)| RoomCommand::SetSourceMuted { source, muted }),
        1 => any_track().prop_map(|track| RoomCommand::Unpublish { track }),
        1 => any_track().prop_map(|track| RoomCommand::RequestKeyframe { track }),
        1 => (any_track(), any::<Option<bool>>()).prop_map(|(track, muted)| {
            RoomCommand::SetTrack { track, muted, size: Some((1, 1)), fps: None }
        }),
        1 => any_track().prop_map(|track| {
            let wish = SlotWish {
                mid: "9".parse().expect("a mid"),
                track: Some(track),
                max_height: 0,
                max_fps: None,
                min_height: None,
                priority: 0,
                pinned: false,
            };
            RoomCommand::SetView(View::Slots(vec![wish]))
        }),
        1 => receiver().prop_map(|to| RoomCommand::Chat { text: "x".to_owned(), to }),
        1 => any::<bool>().prop_map(|raised| RoomCommand::SetHand { raised }),
        1 => Just(RoomCommand::React { reaction: "x".to_owned() }),
        1 => Just(RoomCommand::Leave),
    ]
}

fn report() -> impl Strategy<Value = MediaEvent> {
    let anybody = || (0_u64..20).prop_map(participant);
    let speaker = anybody().prop_map(|participant| SpeakerLevel {
        participant,
        level_dbov: -20,
    });
    prop_oneof![
        prop::collection::vec(speaker, 0..4)
            .prop_map(|speakers| MediaEvent::SpeakersChanged { speakers }),
        (anybody(), 0_u8..=5).prop_map(|(participant, score)| MediaEvent::QualityChanged {
            participant,
            quality: ConnectionQuality {
                score,
                causes: Vec::new(),
                uplink: LineQuality::default(),
                downlink: LineQuality::default(),
            },
        }),
        (anybody(), 0_u32..8, prop::option::of(0_u32..3)).prop_map(
            |(participant, track, max_height)| MediaEvent::DemandChanged {
                participant,
                track: TrackId::new(track),
                encodings: Vec::new(),
                max_height,
            }
        ),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let connection = || 0_u64..20;
    prop_oneof![
        4 => (prop::option::of(connection()), 0_u32..60, prop::bool::weighted(0.2))
            .prop_map(|(resume, seq, viewer)| Step::Join { resume, seq, viewer }),
        8 => (connection(), command())
            .prop_map(|(connection, command)| Step::Command { connection, command }),
        4 => (1_u64..20, prop::bool::weighted(0.8))
            .prop_map(|(number, good)| Step::Negotiated { number, good }),
        2 => connection().prop_map(|connection| Step::Disconnected { connection }),
        1 => connection().prop_map(|participant| Step::MediaLost { participant }),
        3 => report().prop_map(Step::Report),
        1 => connection().prop_map(|participant| Step::Remove { participant }),
        1 => (0_u64..15).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// Runs steps and checks each output as a driver and a client would rely on it.
struct Check {
    room: Room,
    now: Instant,
    connections: u64,
    /// Connections that may be spoken to, with the last event each has seen.
    attached: BTreeMap<ConnectionId, u32>,
    /// For whom a connection speaks.
    speaks_for: BTreeMap<ConnectionId, ParticipantId>,
    /// Published tracks with their owners, as the events tell.
    tracks: BTreeMap<TrackId, ParticipantId>,
    negotiations: BTreeMap<u64, (ParticipantId, Vec<AnsweredTrack>)>,
    members: BTreeSet<ParticipantId>,
    /// Those whose latest verdict allows them to publish nothing.
    viewers: BTreeSet<ParticipantId>,
    /// What the latest join says it has seen.
    seen: u32,
    /// Numbers of events that are not repeated.
    fleeting: BTreeSet<u32>,
    ended: bool,
}

impl Check {
    fn new() -> Self {
        Self {
            room: Room::new(RoomConfig {
                max_members: MAX_MEMBERS,
                max_event_history: 8,
                ..RoomConfig::default()
            }),
            now: Instant::now(),
            connections: 0,
            attached: BTreeMap::new(),
            speaks_for: BTreeMap::new(),
            tracks: BTreeMap::new(),
            negotiations: BTreeMap::new(),
            members: BTreeSet::new(),
            viewers: BTreeSet::new(),
            seen: 0,
            fleeting: BTreeSet::new(),
            ended: false,
        }
    }

    fn play(&mut self, step: Step) {
        let Some(input) = self.input(step) else {
            return;
        };
        self.room.handle_input(self.now, input);
        loop {
            match self.room.poll_output() {
                RoomOutput::Timeout(deadline) => {
                    assert!(deadline.is_none_or(|deadline| deadline > self.now));
                    break;
                }
                output => self.output(output),
            }
        }
        assert!(self.room.member_count() <= MAX_MEMBERS);
        assert_eq!(self.room.member_count(), self.members.len());
        assert_eq!(self.ended, self.members.is_empty());
    }

    fn input(&mut self, step: Step) -> Option<RoomInput> {
        Some(match step {
            Step::Join {
                resume,
                seq,
                viewer,
            } => self.join(resume, seq, viewer),
            Step::Command {
                connection,
                command,
            } => RoomInput::Command {
                connection: ConnectionId::new(connection),
                request: None,
                command,
                at_ms: 0.0,
            },
            Step::Negotiated { number, good } => {
                let (participant, tracks) = self.negotiations.remove(&number)?;
                let sdp = String::new();
                let error = RequestError::new(ErrorCode::BadSdp, "no");
                RoomInput::Media(MediaEvent::Negotiated {
                    participant,
                    request: RequestId(number),
                    result: good
                        .then_some(Answer {
                            sdp,
                            tracks,
                            fresh: false,
                        })
                        .ok_or(error),
                })
            }
            Step::Disconnected { connection } => {
                let connection = ConnectionId::new(connection);
                self.attached.remove(&connection);
                RoomInput::Disconnected { connection }
            }
            Step::MediaLost {
                participant: number,
            } => RoomInput::Media(MediaEvent::Disconnected {
                participant: participant(number),
                reason: DisconnectReason::Closed,
            }),
            Step::Report(event) => RoomInput::Media(event),
            Step::Remove {
                participant: number,
            } => RoomInput::Remove {
                participant: participant(number),
            },
            Step::Wait { seconds } => {
                self.now += Duration::from_secs(seconds);
                RoomInput::Timeout
            }
        })
    }

    fn join(&mut self, resume: Option<u64>, seq: u32, viewer: bool) -> RoomInput {
        self.connections += 1;
        self.seen = seq;
        let grant = if viewer {
            Grant::viewer()
        } else {
            Grant::full()
        };
        RoomInput::Join(Box::new(JoinRequest {
            resume: resume.map(|old| (token_of(old), seq)),
            grant,
            ..join_request(self.connections)
        }))
    }

    fn output(&mut self, output: RoomOutput) {
        match output {
            RoomOutput::Send { connection, notice } => self.told(connection, &notice),
            RoomOutput::Refuse { connection, .. } => {
                assert!(!self.attached.contains_key(&connection));
            }
            RoomOutput::Media(command) => self.media(command),
            RoomOutput::Joined { participant } => assert!(self.members.insert(participant)),
            RoomOutput::Left { participant, .. } => assert!(self.members.remove(&participant)),
            RoomOutput::Ended => self.ended = true,
            RoomOutput::Timeout(_) => unreachable!("handled by the caller"),
        }
    }

    fn told(&mut self, connection: ConnectionId, notice: &Notice) {
        match notice {
            Notice::Welcome {
                participant,
                grant,
                snapshot,
                missed,
                ..
            } => {
                if *grant == Grant::viewer() {
                    self.viewers.insert(*participant);
                } else {
                    self.viewers.remove(participant);
                }
                if let Some(missed) = missed {
                    let numbers: Vec<_> = missed.iter().map(|event| event.seq).collect();
                    let expected: Vec<_> = (self.seen + 1..=snapshot.seq)
                        .filter(|number| !self.fleeting.contains(number))
                        .collect();
                    assert_eq!(numbers, expected);
                }
                assert!(
                    snapshot
                        .tracks
                        .iter()
                        .all(|track| { self.members.contains(&track.participant) })
                );
                self.speaks_for.insert(connection, *participant);
                let before = self.attached.insert(connection, snapshot.seq);
                assert_eq!(before, None);
            }
            Notice::Event(event) => {
                self.published(&event.event);
                let seen = self.attached.get_mut(&connection).expect("attached");
                assert_eq!(event.seq, *seen + 1, "a gap");
                *seen = event.seq;
                if matches!(event.event, RoomEvent::Reaction { .. }) {
                    self.fleeting.insert(event.seq);
                }
            }
            Notice::Left | Notice::Removed | Notice::Replaced | Notice::RoomClosing { .. } => {
                assert!(self.attached.remove(&connection).is_some());
            }
            other => {
                assert!(self.attached.contains_key(&connection));
                self.reported(connection, other);
            }
        }
    }

    /// Reports are of members and of tracks that are there, and demand reaches the owner alone.
    fn reported(&self, connection: ConnectionId, notice: &Notice) {
        let receiver = self.speaks_for[&connection];
        match notice {
            Notice::Speakers(speakers) => {
                let is_in = |speaker: &SpeakerLevel| self.is_in(speaker.participant);
                assert!(speakers.iter().all(is_in), "{speakers:?}");
            }
            Notice::Quality {
                participant,
                is_own,
                ..
            } => {
                assert!(self.is_in(*participant));
                assert_eq!(*is_own, *participant == receiver);
            }
            Notice::Demand { track, .. } => assert_eq!(self.tracks.get(track), Some(&receiver)),
            _ => {}
        }
    }

    /// A newcomer hears its welcome before the driver hears that it joined.
    fn is_in(&self, participant: ParticipantId) -> bool {
        self.members.contains(&participant)
            || self
                .speaks_for
                .values()
                .any(|member| *member == participant)
    }

    /// Nobody publishes what its latest verdict forbids.
    fn published(&mut self, event: &RoomEvent) {
        match event {
            RoomEvent::TrackPublished(track) => {
                assert!(!self.viewers.contains(&track.participant), "{track:?}");
                self.tracks.insert(track.id, track.participant);
            }
            RoomEvent::TrackUnpublished { track, .. } => {
                self.tracks.remove(track);
            }
            _ => {}
        }
    }

    fn media(&mut self, command: MediaCommand) {
        if let MediaCommand::Negotiate {
            participant,
            request,
            offer,
            ..
        } = command
        {
            let tracks = offer.tracks.iter().map(|declared| AnsweredTrack {
                track: declared.track,
                mid: declared.mid,
                codec: Codec::Opus,
            });
            let mut ids: Vec<_> = offer.tracks.iter().map(|declared| declared.track).collect();
            ids.dedup();
            assert_eq!(ids.len(), offer.tracks.len(), "a track on two lines");
            self.negotiations
                .insert(request.0, (participant, tracks.collect()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn numbers_have_no_gaps_and_the_room_is_never_too_full(
        steps in prop::collection::vec(step(), 1..80)
    ) {
        let mut check = Check::new();
        check.play(Step::Join { resume: None, seq: 0, viewer: false });
        for step in steps {
            if check.ended {
                break;
            }
            check.play(step);
        }
    }
}
