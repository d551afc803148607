//! Drives one connection.

use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use seameet_core::room::{JoinRequest, Notice, RoomCommand};
use seameet_core::{ConnectionId, ParticipantId, RequestError, RoomId};
use seameet_signaling::session::{
    CloseReason, Entry, JoinFacts, Session, SessionInput, SessionOutput,
};
use seameet_signaling::transport::{Received, Transport};
use tokio::time::{sleep_until, timeout};

use super::admission::{self, PendingVerdict};
use super::budget::ControlBudget;
use super::message_type::message_type;
use super::seat::Seat;
use crate::ServerEvent;
use crate::clock::wall_clock_ms;
use crate::hook::Verdict;
use crate::metrics::JoinOutcome;
use crate::rooms::{News, RoomMail};
use crate::shared::{Shared, random_participant};
use crate::shutdown::Ending;

/// How long what a client said before it was gone may take to be read.
const LAST_WORDS_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves one client until its conversation is over.
pub(super) async fn drive(
    transport: &mut impl Transport,
    shared: &Arc<Shared>,
    address: Option<IpAddr>,
) {
    let Ok(participant) = random_participant() else {
        tracing::error!("the operating system gives no randomness; nobody can join");
        return close(transport, CloseReason::Internal).await;
    };
    let now = Instant::now();
    let driver = ConnectionDriver {
        connection: shared.next_connection(),
        participant,
        session: Session::new(now, wall_clock_ms(), Arc::clone(&shared.session)),
        control: ControlBudget::new(now),
        ending: shared.shutdown.ending(),
        shared: Arc::clone(shared),
        address,
        transport,
        verdict: None,
        room: None,
        seat: None,
    };
    driver.run().await;
}

async fn close(transport: &mut impl Transport, reason: CloseReason) {
    transport.close(reason.code(), reason.as_str()).await;
}

struct ConnectionDriver<'a, T> {
    connection: ConnectionId,
    /// Minted for this connection; a resume replaces it by the earlier one.
    participant: ParticipantId,
    session: Session,
    control: ControlBudget,
    ending: Ending,
    shared: Arc<Shared>,
    /// Where the client is, as far as somebody knows.
    address: Option<IpAddr>,
    transport: &'a mut T,
    verdict: Option<PendingVerdict>,
    /// Where the client wants in or is.
    room: Option<RoomId>,
    seat: Option<Seat>,
}

/// What the driver waits for.
enum Happening {
    Received(Received),
    News(News),
    Verdict(Verdict),
    Timeout,
    ServerEnds,
}

/// Why the conversation is over.
enum Over {
    /// The client is to be told.
    Close(CloseReason),
    /// Nobody is there to be told.
    Gone,
}

impl<T: Transport> ConnectionDriver<'_, T> {
    async fn run(mut self) {
        let over = loop {
            match self.obey().await {
                ControlFlow::Break(over) => break over,
                ControlFlow::Continue(deadline) => {
                    let happening = self.wait(deadline).await;
                    if let ControlFlow::Break(over) = self.take(happening).await {
                        break over;
                    }
                }
            }
        };
        if matches!(over, Over::Gone) {
            // Whoever does not finish its last words in time is gone all the same.
            let _ = timeout(LAST_WORDS_TIMEOUT, self.hear_out()).await;
        }
        // The room hears of it now and not after the client took its time to answer the close.
        drop(self.seat.take());
        if let Over::Close(reason) = over {
            tracing::debug!(connection = %self.connection, reason = reason.as_str(), "closing");
            close(self.transport, reason).await;
        }
    }

    /// Does all that the session asks and returns when it wants to be woken.
    async fn obey(&mut self) -> ControlFlow<Over, Option<Instant>> {
        loop {
            match self.session.poll_output() {
                SessionOutput::Authorize(facts) => self.authorize(*facts),
                SessionOutput::Enter(entry) => self.enter(*entry).await,
                SessionOutput::Command { request, command } => self.ask(request, command).await,
                SessionOutput::Send(text) => {
                    if self.transport.send(text).await.is_err() {
                        return ControlFlow::Break(Over::Gone);
                    }
                }
                SessionOutput::Ping => {
                    if self.transport.ping().await.is_err() {
                        return ControlFlow::Break(Over::Gone);
                    }
                }
                SessionOutput::Close(reason) => {
                    self.count_failed_join(reason);
                    return ControlFlow::Break(Over::Close(reason));
                }
                SessionOutput::Timeout(deadline) => return ControlFlow::Continue(deadline),
            }
        }
    }

    /// Takes what the client had said before it was gone. Its `leave` may be among it, when a write failed before it
    /// was read, and nobody is to wait for who left. Reading on also answers a close frame.
    async fn hear_out(&mut self) {
        loop {
            let received = self.transport.receive().await;
            if self.received(received).await.is_break() {
                return;
            }
            loop {
                match self.session.poll_output() {
                    SessionOutput::Command { request, command } => self.ask(request, command).await,
                    SessionOutput::Close(_) => return,
                    SessionOutput::Timeout(_) => break,
                    // Nobody is there to be told or let in.
                    _ => {}
                }
            }
        }
    }

    async fn wait(&mut self, deadline: Option<Instant>) -> Happening {
        let outside = self.seat.is_none();
        tokio::select! {
            received = self.transport.receive() => Happening::Received(received),
            news = next_news(&mut self.seat) => Happening::News(news),
            verdict = next_verdict(&mut self.verdict) => Happening::Verdict(verdict),
            () = sleep_until(deadline.unwrap_or_else(Instant::now).into()), if deadline.is_some() => {
                Happening::Timeout
            }
            // Members are told by their room.
            () = self.ending.wait(), if outside => Happening::ServerEnds,
        }
    }

    async fn take(&mut self, happening: Happening) -> ControlFlow<Over> {
        match happening {
            Happening::Received(received) => return self.received(received).await,
            Happening::News(news) => return self.news(news).await,
            Happening::Verdict(verdict) => self.feed(SessionInput::Verdict(verdict)),
            Happening::Timeout => self.feed(SessionInput::Timeout),
            Happening::ServerEnds => {
                return ControlFlow::Break(Over::Close(CloseReason::RoomClosing));
            }
        }
        ControlFlow::Continue(())
    }

    async fn received(&mut self, received: Received) -> ControlFlow<Over> {
        let input = match received {
            Received::Text(text) => {
                if admission::may_talk(&self.shared, self.participant).await {
                    SessionInput::Text(text)
                } else {
                    SessionInput::RateLimited(text)
                }
            }
            Received::Binary => SessionInput::Binary,
            Received::TooLarge => SessionInput::TooLarge,
            Received::Alive if !self.control.spend(Instant::now()) => {
                return ControlFlow::Break(Over::Close(CloseReason::Offences));
            }
            Received::Alive => SessionInput::Alive,
            Received::Closed { .. } => {
                self.feed(SessionInput::Disconnected);
                return ControlFlow::Break(Over::Gone);
            }
        };
        self.feed(input);
        ControlFlow::Continue(())
    }

    async fn news(&mut self, news: News) -> ControlFlow<Over> {
        match news {
            News::Notice(notice) => {
                if let Notice::Welcome {
                    participant,
                    resumed,
                    ..
                } = *notice
                {
                    self.welcomed(participant, resumed);
                }
                self.feed(SessionInput::Notice(notice));
            }
            News::Refused(error) => {
                self.seat = None;
                self.refuse(error);
            }
            News::TryAgain(request) => {
                self.seat = None;
                self.knock(request).await;
            }
            News::Overflow => return ControlFlow::Break(Over::Close(CloseReason::Overflow)),
            News::RoomGone => return ControlFlow::Break(Over::Close(CloseReason::Internal)),
        }
        ControlFlow::Continue(())
    }

    fn authorize(&mut self, facts: JoinFacts) {
        self.room = Some(facts.room.clone());
        match admission::may_knock(&self.shared, self.address) {
            Ok(()) => {
                let shared = Arc::clone(&self.shared);
                self.verdict = Some(admission::authenticate(shared, self.participant, facts));
            }
            Err(error) => self.refuse(error),
        }
    }

    async fn enter(&mut self, entry: Entry) {
        match admission::join_request(self.connection, self.participant, entry) {
            Ok((room, request)) => {
                self.room = Some(room);
                self.knock(request).await;
            }
            Err(error) => self.refuse(error),
        }
    }

    async fn knock(&mut self, request: Box<JoinRequest>) {
        let Some(room) = self.room.clone() else {
            return;
        };
        match admission::knock(&self.shared, &room, request, self.address).await {
            Ok(seat) => self.seat = Some(seat),
            Err(error) => self.refuse(error),
        }
    }

    fn refuse(&mut self, error: RequestError) {
        if let Some(room) = self.room.clone() {
            admission::report_refusal(&self.shared, self.participant, room, error.code);
        }
        self.feed(SessionInput::Refused(error));
    }

    fn welcomed(&mut self, participant: ParticipantId, resumed: bool) {
        let asked_as = std::mem::replace(&mut self.participant, participant);
        let outcome = if resumed {
            if let Some(room) = self.room.clone() {
                self.shared.events.emit(ServerEvent::PeerResumed {
                    participant,
                    room,
                    asked_as,
                });
            }
            JoinOutcome::Resumed
        } else {
            JoinOutcome::Joined
        };
        self.shared.metrics.join(outcome);
        self.report("join");
    }

    async fn ask(&mut self, request: Option<String>, command: RoomCommand) {
        self.report(message_type(&command));
        let Some(seat) = &self.seat else { return };
        let letter = RoomMail::Command {
            connection: self.connection,
            request,
            command,
        };
        // A room that is gone said so over the line, which is read next.
        let _ = seat.mailbox.send(letter).await;
    }

    fn report(&self, message_type: &'static str) {
        self.shared.metrics.message(message_type);
        self.shared.events.emit(ServerEvent::MessageReceived {
            participant: self.participant,
            message_type,
        });
    }

    /// Conversations that ended before anybody was asked for a verdict.
    fn count_failed_join(&self, reason: CloseReason) {
        if self.room.is_some() {
            return;
        }
        let outcome = match reason {
            CloseReason::JoinTimeout => JoinOutcome::Refused(crate::ErrorCode::JoinTimeout),
            CloseReason::JoinRequired => JoinOutcome::Refused(crate::ErrorCode::JoinRequired),
            CloseReason::Refused => JoinOutcome::Invalid,
            _ => return,
        };
        self.shared.metrics.join(outcome);
    }

    fn feed(&mut self, input: SessionInput) {
        self.session.handle_input(Instant::now(), input);
    }
}

async fn next_news(seat: &mut Option<Seat>) -> News {
    match seat {
        Some(seat) => seat.line.next().await,
        None => std::future::pending().await,
    }
}

async fn next_verdict(pending: &mut Option<PendingVerdict>) -> Verdict {
    let verdict = match pending {
        Some(verdict) => verdict.await,
        None => std::future::pending().await,
    };
    *pending = None;
    verdict
}
