//! The session machine. Its states are drawn in the module above.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use seameet_core::room::{Notice, RoomCommand};
use seameet_core::{Denial, ErrorCode, Grant, RequestError, RoomId};

use super::epoch::Epoch;
use super::liveness::{Due, Liveness};
use super::offences::Offences;
use super::pace::Pace;
use super::render::{self, Facts};
use super::{CloseReason, Entry, JoinFacts, SessionConfig, SessionInput, SessionOutput};
use crate::wire::{ClientBody, ClientMessage, Join, Pong, Rejected, ServerMessage, decode_client};

/// One connection's conversation.
#[derive(Debug)]
pub struct Session {
    config: Arc<SessionConfig>,
    epoch: Epoch,
    state: State,
    liveness: Liveness,
    offences: Offences,
    offers: Pace,
    pending: VecDeque<SessionOutput>,
}

#[derive(Debug)]
enum State {
    AwaitingJoin {
        deadline: Instant,
    },
    Authorizing {
        request: Option<String>,
        facts: Box<JoinFacts>,
    },
    Entering {
        request: Option<String>,
        room: RoomId,
        /// The client said `leave` before it was in.
        leave: Option<EarlyLeave>,
    },
    Joined {
        room: RoomId,
        /// The request id of the `leave`.
        leave: Option<String>,
    },
    Closed,
}

/// A `leave` that waits for the room's welcome.
#[derive(Debug)]
struct EarlyLeave {
    request: Option<String>,
}

impl Session {
    /// A connection was accepted at `now`, when the wall clock showed `at_ms` (milliseconds since 1970).
    pub fn new(now: Instant, at_ms: f64, config: Arc<SessionConfig>) -> Self {
        let deadline = now + config.timing.join_timeout;
        Self {
            liveness: Liveness::new(now, config.timing),
            offences: Offences::new(config.offences),
            offers: Pace::new(now, config.offers),
            config,
            epoch: Epoch::new(now, at_ms),
            state: State::AwaitingJoin { deadline },
            pending: VecDeque::new(),
        }
    }

    /// Feeds one input. Then drain [`poll_output`](Self::poll_output).
    pub fn handle_input(&mut self, now: Instant, input: SessionInput) {
        if matches!(self.state, State::Closed) {
            return;
        }
        match input {
            SessionInput::Text(text) => self.text(now, &text),
            SessionInput::RateLimited(text) => self.rate_limited(now, &text),
            SessionInput::Binary => self.binary(now),
            SessionInput::TooLarge => self.too_large(now),
            SessionInput::Alive => self.liveness.heard(now),
            SessionInput::Verdict(verdict) => self.verdict(verdict),
            SessionInput::Refused(error) => self.refused(error),
            SessionInput::Notice(notice) => self.notice(now, *notice),
            SessionInput::Disconnected => self.state = State::Closed,
            SessionInput::Timeout => self.timeout(now),
        }
    }

    /// The next thing to do; [`SessionOutput::Timeout`] means drained.
    pub fn poll_output(&mut self) -> SessionOutput {
        self.pending
            .pop_front()
            .unwrap_or_else(|| SessionOutput::Timeout(self.deadline()))
    }

    /// Whether the conversation is over.
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    fn deadline(&self) -> Option<Instant> {
        let alive = self.liveness.deadline();
        match self.state {
            State::AwaitingJoin { deadline } => Some(deadline.min(alive)),
            State::Closed => None,
            _ => Some(alive),
        }
    }

    fn text(&mut self, now: Instant, text: &str) {
        self.liveness.heard(now);
        match decode_client(text, &self.config.limits.decode) {
            Ok(message) => self.message(now, message),
            Err(Rejected { id, error }) => {
                let code = error.code();
                self.refuse(id, error.into());
                // A newer client may know messages that this server does not; that is no offence.
                if code != ErrorCode::UnknownType {
                    self.offence(now);
                }
                self.close_when_awaiting_join();
            }
        }
    }

    fn message(&mut self, now: Instant, ClientMessage { id, body }: ClientMessage) {
        match (&mut self.state, body) {
            (State::AwaitingJoin { .. }, ClientBody::Join(join)) => self.join(id, join),
            (State::AwaitingJoin { .. }, _) => {
                self.offend(now, id, ErrorCode::JoinRequired, "join first");
                self.close_when_awaiting_join();
            }
            (State::Closed, _) => {}
            (_, ClientBody::Join(_)) => {
                let message = "a connection joins once";
                self.offend(now, id, ErrorCode::AlreadyJoined, message);
            }
            (_, ClientBody::Ping) => self.say(&ServerMessage::Pong(Pong { id })),
            (State::Authorizing { .. }, ClientBody::Leave) => self.leave_at_once(id),
            (State::Entering { leave, .. }, ClientBody::Leave) => {
                *leave = Some(EarlyLeave { request: id });
            }
            (State::Joined { leave, .. }, ClientBody::Leave) => {
                leave.clone_from(&id);
                self.command(id, RoomCommand::Leave);
            }
            (State::Joined { .. }, body) => self.request(now, id, body),
            (State::Authorizing { .. } | State::Entering { .. }, _) => {
                self.offend(now, id, ErrorCode::JoinRequired, "wait for ready");
            }
        }
    }

    fn join(&mut self, request: Option<String>, join: Join) {
        match self.config.limits.check_join(join) {
            Ok(facts) => {
                let facts = Box::new(facts);
                self.push(SessionOutput::Authorize(facts.clone()));
                self.state = State::Authorizing { request, facts };
            }
            Err(error) => {
                self.refuse(request, error);
                self.close(CloseReason::Refused);
            }
        }
    }

    fn leave_at_once(&mut self, request: Option<String>) {
        self.say(&ServerMessage::Left(crate::wire::Left { id: request }));
        self.close(CloseReason::Left);
    }

    /// A member asks for something.
    fn request(&mut self, now: Instant, id: Option<String>, body: ClientBody) {
        if matches!(body, ClientBody::Offer(_)) && !self.offers.take(now) {
            return self.offend(now, id, ErrorCode::RateLimited, "too many offers");
        }
        let command = self
            .config
            .limits
            .check(&body)
            .and_then(|()| body.into_command());
        match command {
            Ok(Some(command)) => self.command(id, command),
            Ok(None) => {}
            Err(error) => {
                self.refuse(id, error);
                self.offence(now);
            }
        }
    }

    fn rate_limited(&mut self, now: Instant, text: &str) {
        self.liveness.heard(now);
        let id = match decode_client(text, &self.config.limits.decode) {
            // It costs nothing more than the disconnect that it foretells, and the others need not wait for it.
            Ok(message) if matches!(message.body, ClientBody::Leave) => {
                return self.message(now, message);
            }
            Ok(message) => message.id,
            Err(rejected) => rejected.id,
        };
        self.offend(now, id, ErrorCode::RateLimited, "slow down");
    }

    fn binary(&mut self, now: Instant) {
        self.liveness.heard(now);
        let message = "binary messages are not part of the protocol";
        self.offend(now, None, ErrorCode::BadMessage, message);
        self.close_when_awaiting_join();
    }

    fn too_large(&mut self, now: Instant) {
        self.liveness.heard(now);
        let message = "the message is too large to be read";
        self.offend(now, None, ErrorCode::TooLarge, message);
        self.close(CloseReason::TooLarge);
    }

    fn verdict(&mut self, verdict: Result<Grant, Denial>) {
        let (request, facts) = match std::mem::replace(&mut self.state, State::Closed) {
            State::Authorizing { request, facts } => (request, *facts),
            other => {
                self.state = other;
                return;
            }
        };
        match verdict {
            Ok(grant) => {
                self.state = State::Entering {
                    request,
                    room: facts.room.clone(),
                    leave: None,
                };
                let facts = JoinFacts {
                    token: None,
                    ..facts
                };
                self.push(SessionOutput::Enter(Box::new(Entry { facts, grant })));
            }
            Err(denial) => {
                let error = RequestError::new(ErrorCode::AuthRejected, denial.reason);
                self.refuse(request, error);
                self.push(SessionOutput::Close(CloseReason::Refused));
            }
        }
    }

    fn refused(&mut self, error: RequestError) {
        let request = match &mut self.state {
            State::Authorizing { request, .. } | State::Entering { request, .. } => request.take(),
            State::AwaitingJoin { .. } | State::Joined { .. } | State::Closed => return,
        };
        self.refuse(request, error);
        self.close(CloseReason::Refused);
    }

    fn notice(&mut self, now: Instant, notice: Notice) {
        let welcome = matches!(notice, Notice::Welcome { .. });
        let offence = is_offence(&notice);
        let reason = close_reason(&notice);
        let (room, join_request, leave_request) = match &mut self.state {
            // Nothing that comes before the welcome concerns the client, unless it ends the connection.
            State::Entering { room, request, .. } if welcome || reason.is_some() => {
                (room.clone(), request.take(), None)
            }
            State::Joined { room, leave } if !welcome => (room.clone(), None, leave.clone()),
            _ => return,
        };
        let facts = Facts {
            config: &self.config,
            at_ms: self.epoch.wall_clock_ms(now),
            room: &room,
            join_request,
            leave_request,
        };
        if let Some(message) = render::message(notice, facts) {
            self.say(&message);
        }
        if let Some(reason) = reason {
            self.close(reason);
        } else if welcome {
            self.entered(room);
        } else if offence {
            self.offence(now);
        }
    }

    fn entered(&mut self, room: RoomId) {
        let early = match &mut self.state {
            State::Entering { leave, .. } => leave.take(),
            _ => None,
        };
        let Some(EarlyLeave { request }) = early else {
            self.state = State::Joined { room, leave: None };
            return;
        };
        let leave = request.clone();
        self.state = State::Joined { room, leave };
        self.command(request, RoomCommand::Leave);
    }

    fn timeout(&mut self, now: Instant) {
        if let State::AwaitingJoin { deadline } = self.state
            && now >= deadline
        {
            let error = RequestError::new(ErrorCode::JoinTimeout, "no join came in time");
            self.refuse(None, error);
            return self.close(CloseReason::JoinTimeout);
        }
        match self.liveness.check(now) {
            Due::Nothing => {}
            Due::Ping => self.push(SessionOutput::Ping),
            Due::Silence => self.close(CloseReason::Silent),
        }
    }

    /// The first message must be a good one.
    fn close_when_awaiting_join(&mut self) {
        if matches!(self.state, State::AwaitingJoin { .. }) {
            self.close(CloseReason::JoinRequired);
        }
    }

    fn offend(&mut self, now: Instant, id: Option<String>, code: ErrorCode, message: &str) {
        self.refuse(id, RequestError::new(code, message));
        self.offence(now);
    }

    fn offence(&mut self, now: Instant) {
        if self.offences.add(now) {
            self.close(CloseReason::Offences);
        }
    }

    fn refuse(&mut self, id: Option<String>, error: RequestError) {
        tracing::debug!(code = error.code.as_str(), "message refused");
        self.say(&render::refusal(id, error));
    }

    fn command(&mut self, request: Option<String>, command: RoomCommand) {
        self.push(SessionOutput::Command { request, command });
    }

    fn say(&mut self, message: &ServerMessage) {
        match serde_json::to_string(message) {
            Ok(text) => self.push(SessionOutput::Send(text)),
            Err(error) => tracing::error!(%error, "a message cannot be written as JSON"),
        }
    }

    fn close(&mut self, reason: CloseReason) {
        if !self.is_closed() {
            self.push(SessionOutput::Close(reason));
            self.state = State::Closed;
        }
    }

    fn push(&mut self, output: SessionOutput) {
        self.pending.push_back(output);
    }
}

/// Whether the room or the media plane refused what no honest client sends again and again. Refusals that depend
/// on others, such as an unknown track, are no offence.
const fn is_offence(notice: &Notice) -> bool {
    let Notice::Error { error, .. } = notice else {
        return false;
    };
    matches!(
        error.code,
        ErrorCode::BadSdp | ErrorCode::BadTrack | ErrorCode::TooLarge
    )
}

/// Which notices end the connection.
const fn close_reason(notice: &Notice) -> Option<CloseReason> {
    match notice {
        Notice::Left => Some(CloseReason::Left),
        Notice::Replaced => Some(CloseReason::Replaced),
        Notice::Removed => Some(CloseReason::Removed),
        Notice::RoomClosing { .. } => Some(CloseReason::RoomClosing),
        _ => None,
    }
}
