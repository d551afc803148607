//! What an operator asks of a room.

use std::collections::BTreeMap;
use std::time::Duration;

use seameet_core::media::{Explanation, RequestId};
use seameet_core::room::RoomOverview;
use seameet_core::{ParticipantId, RoomId};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::directory::Directory;
use super::mail::RoomMail;

/// How long an operator waits for a room and its media thread, which answer within milliseconds unless they are
/// overloaded.
const PATIENCE: Duration = Duration::from_secs(2);

/// Most operators that wait for explanations of one room. A further one is told to try again.
const MAX_WAITING: usize = 16;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// No such room is open.
    UnknownRoom,
    /// No such participant is in.
    UnknownParticipant,
    /// The room or its media thread is overloaded.
    Busy,
}

/// What the media plane says about a participant; `None` when it has no peer connection.
pub(crate) type Explained = Result<Option<Box<Explanation>>, NoAnswer>;

impl Directory {
    /// Why a participant sees what it sees.
    pub(crate) async fn explain(&self, room: &RoomId, participant: ParticipantId) -> Explained {
        let (reply, answer) = oneshot::channel();
        let mail = RoomMail::Explain { participant, reply };
        self.ask(room, mail, answer).await?
    }

    /// Who is in a room.
    pub(crate) async fn describe(&self, room: &RoomId) -> Result<RoomOverview, NoAnswer> {
        let (reply, answer) = oneshot::channel();
        self.ask(room, RoomMail::Describe { reply }, answer).await
    }

    async fn ask<T>(
        &self,
        room: &RoomId,
        mail: RoomMail,
        answer: oneshot::Receiver<T>,
    ) -> Result<T, NoAnswer> {
        let mailbox = self.find(room).ok_or(NoAnswer::UnknownRoom)?;
        let asked = async {
            let gone = NoAnswer::UnknownRoom;
            mailbox.send(mail).await.map_err(|_| gone)?;
            answer.await.map_err(|_| gone)
        };
        timeout(PATIENCE, asked).await.map_err(|_| NoAnswer::Busy)?
    }
}

/// Operators that wait for the media plane to explain.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    asked: u64,
    replies: BTreeMap<u64, oneshot::Sender<Explained>>,
}

impl Waiting {
    /// Takes one in; the number goes with the question. Those whose patience ended make room.
    pub(super) fn add(&mut self, reply: oneshot::Sender<Explained>) -> Option<RequestId> {
        self.replies.retain(|_, waiting| !waiting.is_closed());
        if self.replies.len() >= MAX_WAITING {
            tell(reply, Err(NoAnswer::Busy));
            return None;
        }
        self.asked += 1;
        self.replies.insert(self.asked, reply);
        Some(RequestId(self.asked))
    }

    /// The media plane answered.
    pub(super) fn answer(&mut self, request: RequestId, explanation: Option<Box<Explanation>>) {
        if let Some(reply) = self.replies.remove(&request.0) {
            tell(reply, Ok(explanation));
        }
    }
}

/// An operator that waits no longer misses nothing.
pub(super) fn tell<T>(reply: oneshot::Sender<T>, answer: T) {
    let _ = reply.send(answer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_wait_and_those_who_went_make_room() {
        let mut waiting = Waiting::default();
        let mut receivers: Vec<_> = (0..MAX_WAITING)
            .map(|_| {
                let (reply, receiver) = oneshot::channel();
                assert!(waiting.add(reply).is_some());
                receiver
            })
            .collect();
        let (reply, mut refused) = oneshot::channel();
        assert_eq!(waiting.add(reply), None);
        assert_eq!(refused.try_recv(), Ok(Err(NoAnswer::Busy)));

        receivers.pop();
        let (reply, mut heard) = oneshot::channel();
        let request = waiting.add(reply).unwrap();
        waiting.answer(request, None);
        assert_eq!(heard.try_recv(), Ok(Ok(None)));
        // A second answer has nobody to go to.
        waiting.answer(request, None);
    }
}
