//! The one way into a room: authentication, then the room's own limits.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use seameet_core::room::JoinRequest;
use seameet_core::{ConnectionId, Denial, ErrorCode, Grant, ParticipantId, RequestError};
use seameet_signaling::session::{Entry, JoinFacts};
use seameet_signaling::wire::Secret;

use super::seat::Seat;
use crate::clock::wall_clock_ms;
use crate::hook::Verdict;
use crate::listener::subscriber;
use crate::metrics::JoinOutcome;
use crate::rooms::{Join, line};
use crate::shared::{Shared, random_resume_token};
use crate::{RoomId, ServerEvent, Token};

/// A verdict that is being found.
pub(super) type PendingVerdict = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// Asks the authentication hook; silence and panic deny.
pub(super) fn authenticate(
    shared: Arc<Shared>,
    participant: ParticipantId,
    facts: JoinFacts,
) -> PendingVerdict {
    Box::pin(async move {
        let Some(hook) = &shared.authenticate else {
            return Ok(Grant::full());
        };
        let room = facts.room.clone();
        let token = facts.token.map(Secret::into_revealed).map(Token::new);
        let question = (participant, room.clone(), token);
        let answer = hook.ask(shared.hook_timeout, question).await;
        let verdict = answer.unwrap_or_else(|failure| {
            tracing::error!(%participant, %failure, "on_authenticate gave no answer; the join is denied");
            Err(Denial::new("the server could not check the join"))
        });
        if let Err(denial) = &verdict {
            shared
                .metrics
                .join(JoinOutcome::Refused(ErrorCode::AuthRejected));
            shared.events.emit(ServerEvent::AuthRejected {
                participant,
                room,
                reason: denial.reason.clone(),
            });
        }
        verdict
    })
}

/// Whether clients of this address may knock once more. Every connection is a new participant for the rate check, so
/// this is what stands in the way of who connects again and again. An address that nobody tells is not limited.
pub(super) fn may_knock(shared: &Shared, address: Option<IpAddr>) -> Result<(), RequestError> {
    let allowed = |address| shared.joins.allows(&subscriber(address));
    if address.is_none_or(allowed) {
        return Ok(());
    }
    let message = "too many joins from your address; try again in a moment";
    Err(RequestError::new(ErrorCode::RateLimited, message))
}

/// Whether the participant may send one more message; silence and panic refuse it.
pub(super) async fn may_talk(shared: &Shared, participant: ParticipantId) -> bool {
    let Some(hook) = &shared.rate_check else {
        return true;
    };
    let answer = hook.ask(shared.hook_timeout, participant).await;
    let allowed = answer.unwrap_or_else(|failure| {
        tracing::error!(%participant, %failure, "on_rate_check gave no answer; the message is refused");
        false
    });
    if !allowed {
        shared.metrics.rate_limited();
        shared.events.emit(ServerEvent::RateLimited { participant });
    }
    allowed
}

/// Makes the request with which an authenticated participant knocks.
pub(super) fn join_request(
    connection: ConnectionId,
    participant: ParticipantId,
    entry: Entry,
) -> Result<(RoomId, Box<JoinRequest>), RequestError> {
    let next_resume = random_resume_token()
        .map_err(|error| RequestError::new(ErrorCode::Internal, error.to_string()))?;
    let Entry { facts, grant } = entry;
    let request = JoinRequest {
        connection,
        participant,
        display_name: facts.display_name,
        attributes: facts.attributes,
        grant,
        next_resume,
        resume: facts.resume,
        at_ms: wall_clock_ms(),
    };
    Ok((facts.room, Box::new(request)))
}

/// Knocks at the room. Its answer comes over the seat's line.
pub(super) async fn knock(
    shared: &Shared,
    room: &RoomId,
    request: Box<JoinRequest>,
    address: Option<IpAddr>,
) -> Result<Seat, RequestError> {
    let connection = request.connection;
    let (sender, receiver) = line();
    let join = Join {
        request,
        line: sender,
        subscriber: address.map(subscriber),
    };
    let mailbox = shared.directory.enter(room, join).await?;
    Ok(Seat {
        connection,
        mailbox,
        line: receiver,
    })
}

/// Counts and tells a join that passed authentication and was refused all the same.
pub(super) fn report_refusal(
    shared: &Shared,
    participant: ParticipantId,
    room: RoomId,
    code: ErrorCode,
) {
    shared.metrics.join(JoinOutcome::Refused(code));
    shared.events.emit(ServerEvent::JoinRefused {
        participant,
        room,
        code,
    });
}
