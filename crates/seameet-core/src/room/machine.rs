//! The room machine.
//!
//! ```text
//!            Join              Disconnected
//!  (nobody) ─────▶ Connected ◀──────────────▶ Reconnecting
//!                      │       Join{resume}        │
//!                      │ Leave, Remove, Close      │ grace period, Remove, Close
//!                      ▼                           ▼
//!                     gone                        gone       last one gone: Ended
//! ```
//!
//! A member is known by its connection alone: no message carries a sender that the room would believe.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use crate::error::{ErrorCode, RequestError};
use crate::id::{ConnectionId, ParticipantId, TrackId};
use crate::media::{MediaEvent, SpeakerLevel};
use crate::room::history::{Bounds, ChatLog, EventLog};
use crate::room::member::Member;
use crate::room::publication::Publication;
use crate::room::report::Demand;
use crate::room::{
    LeaveReason, Notice, RoomCommand, RoomConfig, RoomEvent, RoomInput, RoomOutput, RoomSnapshot,
};

/// One room: its members, their tracks, the order of its events. See the module for its life.
#[derive(Debug)]
pub struct Room {
    pub(super) config: RoomConfig,
    pub(super) started_at_ms: f64,
    pub(super) members: BTreeMap<ParticipantId, Member>,
    /// Which member a connection speaks for; only current connections are here.
    pub(super) connections: BTreeMap<ConnectionId, ParticipantId>,
    pub(super) publications: BTreeMap<TrackId, Publication>,
    pub(super) events: EventLog,
    pub(super) chat: ChatLog,
    /// Who speaks, as the members were told; `None` before anybody did.
    pub(super) speakers: Option<Arc<[SpeakerLevel]>>,
    pub(super) arrivals: u64,
    pub(super) minted_tracks: u32,
    pub(super) sent_offers: u64,
    ended: bool,
    pending: VecDeque<RoomOutput>,
}

impl Room {
    /// An empty room. It has ended when its first join is refused.
    pub const fn new(config: RoomConfig) -> Self {
        Self {
            config,
            started_at_ms: 0.0,
            members: BTreeMap::new(),
            connections: BTreeMap::new(),
            publications: BTreeMap::new(),
            events: EventLog::new(Bounds {
                count: config.max_event_history,
                bytes: config.max_event_history_bytes,
            }),
            chat: ChatLog::new(Bounds {
                count: config.max_chat_history,
                bytes: config.max_chat_history_bytes,
            }),
            speakers: None,
            arrivals: 0,
            minted_tracks: 0,
            sent_offers: 0,
            ended: false,
            pending: VecDeque::new(),
        }
    }

    /// Feeds one input. Then drain [`poll_output`](Self::poll_output).
    pub fn handle_input(&mut self, now: Instant, input: RoomInput) {
        if self.ended {
            return self.refuse_after_the_end(&input);
        }
        self.expire(now);
        match input {
            RoomInput::Join(request) => self.join(*request),
            RoomInput::Command {
                connection,
                request,
                command,
                at_ms,
            } => self.command(connection, request, command, at_ms),
            RoomInput::Disconnected { connection } => self.disconnected(now, connection),
            RoomInput::Media(event) => self.media(event),
            RoomInput::Remove { participant } => self.remove(participant),
            RoomInput::Close {
                reason,
                retry_after,
            } => self.close(&reason, retry_after),
            RoomInput::Timeout => {}
        }
        self.end_when_empty();
    }

    /// The next thing to do; [`RoomOutput::Timeout`] means drained.
    pub fn poll_output(&mut self) -> RoomOutput {
        self.pending.pop_front().unwrap_or_else(|| {
            RoomOutput::Timeout(self.members.values().filter_map(Member::deadline).min())
        })
    }

    /// How many members there are, those reconnecting included.
    pub fn member_count(&self) -> usize {
        self.members.len()
    }

    fn command(
        &mut self,
        connection: ConnectionId,
        request: Option<String>,
        command: RoomCommand,
        at_ms: f64,
    ) {
        let Some(&sender) = self.connections.get(&connection) else {
            return;
        };
        if let Some(member) = self.members.get_mut(&sender) {
            member.heard_welcome();
        }
        let result = match command {
            RoomCommand::Offer(offer) => self.offer(sender, request.clone(), offer),
            RoomCommand::SetSourceMuted { source, muted } => {
                self.set_source_muted(sender, source, muted)
            }
            RoomCommand::SetTrack {
                track,
                muted,
                size,
                fps,
            } => self.set_track(sender, track, |state| {
                state.muted = muted.unwrap_or(state.muted);
                state.size = size.or(state.size);
                state.fps = fps.or(state.fps);
            }),
            RoomCommand::Unpublish { track } => self.unpublish(sender, track),
            RoomCommand::SetView(view) => self.set_view(sender, view),
            RoomCommand::RequestKeyframe { track } => self.request_keyframe(sender, track),
            RoomCommand::Chat { text, to } => self.write(sender, text, to, at_ms),
            RoomCommand::Data { topic, to, body } => {
                self.send_data(sender, (topic, body), to, at_ms)
            }
            RoomCommand::SetHand { raised } => self.set_hand(sender, raised),
            RoomCommand::React { reaction } => self.react(sender, reaction, at_ms),
            RoomCommand::Leave => {
                self.leave(sender);
                Ok(())
            }
        };
        if let Err(error) = result {
            self.send(connection, Notice::Error { request, error });
        }
    }

    fn media(&mut self, event: MediaEvent) {
        match event {
            MediaEvent::Negotiated {
                participant,
                request,
                result,
            } => self.negotiated(participant, request, result),
            MediaEvent::Disconnected { participant, .. } => self.media_lost(participant),
            MediaEvent::SlotsAssigned {
                participant,
                assignments,
            } => self.slots_assigned(participant, assignments),
            MediaEvent::SlotsNeeded {
                participant,
                needed,
            } => self.slots_needed(participant, needed),
            MediaEvent::SpeakersChanged { speakers } => self.speakers_changed(speakers),
            MediaEvent::QualityChanged {
                participant,
                quality,
            } => self.quality_changed(participant, quality),
            MediaEvent::DemandChanged {
                participant,
                track,
                encodings,
                max_height,
            } => {
                let demand = Demand {
                    encodings,
                    max_height,
                };
                self.demand_changed(participant, track, demand);
            }
            // For a connection nobody waits: the answer before it said that there will be one. An explanation is for
            // the driver, which asked for it.
            MediaEvent::Connected { .. } | MediaEvent::Explained { .. } => {}
        }
    }

    fn end_when_empty(&mut self) {
        if self.members.is_empty() && !self.ended {
            self.ended = true;
            self.push(RoomOutput::Ended);
        }
    }

    fn refuse_after_the_end(&mut self, input: &RoomInput) {
        if let RoomInput::Join(request) = input {
            let error = RequestError::new(ErrorCode::Overloaded, "the room is closing; try again");
            self.push(RoomOutput::Refuse {
                connection: request.connection,
                error,
            });
        }
    }

    pub(super) fn push(&mut self, output: RoomOutput) {
        self.pending.push_back(output);
    }

    pub(super) fn send(&mut self, connection: ConnectionId, notice: Notice) {
        self.push(RoomOutput::Send { connection, notice });
    }

    /// Tells one member, if it is reached now.
    pub(super) fn tell(&mut self, participant: ParticipantId, notice: Notice) {
        let connection = self.members.get(&participant).and_then(Member::connection);
        if let Some(connection) = connection {
            self.send(connection, notice);
        }
    }

    /// Gives an event its number and tells every attached member, the originator too. A member that is not
    /// attached learns it from its next welcome.
    pub(super) fn emit(&mut self, event: RoomEvent) {
        let event = self.events.append(event);
        let told = self.connections.keys().map(|connection| RoomOutput::Send {
            connection: *connection,
            notice: Notice::Event(Arc::clone(&event)),
        });
        self.pending.extend(told);
    }

    /// The room as one member sees it now, with or without the last messages.
    pub(super) fn snapshot(&self, participant: ParticipantId, chat: bool) -> RoomSnapshot {
        let mut peers: Vec<_> = self
            .members
            .values()
            .filter(|member| member.id != participant)
            .collect();
        peers.sort_by_key(|member| member.arrival);
        RoomSnapshot {
            seq: self.events.last(),
            started_at_ms: self.started_at_ms,
            peers: peers.into_iter().map(Member::info).collect(),
            tracks: self
                .publications
                .values()
                .map(|publication| publication.info.clone())
                .collect(),
            chat: if chat {
                self.chat.messages()
            } else {
                Vec::new()
            },
        }
    }

    /// Lets those go whose grace period is over.
    fn expire(&mut self, now: Instant) {
        let lost: Vec<_> = self
            .members
            .values()
            .filter(|member| member.deadline().is_some_and(|deadline| deadline <= now))
            .map(|member| member.id)
            .collect();
        for participant in lost {
            self.depart(participant, LeaveReason::ConnectionLost);
        }
    }
}
