//! A room's line to its worker.
//!
//! ```text
//!   room task ──RoomMedia::send──▶ courier ──▶ worker
//! ```
//!
//! Session descriptions are read, and first ones answered, by the courier: away from the thread that carries media,
//! and without holding up the room's task. One courier per room keeps the order of its errands.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use seameet_core::media::{MediaCommand, MediaEvent, Offer, RequestId};
use seameet_core::{Codec, ErrorCode, ParticipantId, RequestError};
use tokio::sync::{Semaphore, mpsc};

use crate::config::ShardConfig;
use crate::driver::credentials;
use crate::driver::mailbox::{Mailbox, WorkerCommand, WorkerGone};
use crate::shard::{Endpoint, Negotiation, PreparedPeer, RoomKey, parse_offer, refusal};

/// Errands that wait for the courier. The room's task waits when they are more.
const ERRAND_CAPACITY: usize = 256;
/// A room's line to its worker. Dropping it closes the room.
#[derive(Debug)]
pub struct RoomMedia {
    errands: mpsc::Sender<Errand>,
}

#[derive(Debug)]
enum Errand {
    Command(MediaCommand),
    Forget(ParticipantId),
}

impl RoomMedia {
    /// Starts the courier on the current runtime.
    pub(super) fn open(courier: Courier) -> Self {
        let (errands, inbox) = mpsc::channel(ERRAND_CAPACITY);
        tokio::spawn(courier.run(inbox));
        Self { errands }
    }

    /// Sends a command. Waits while the courier is behind.
    ///
    /// # Errors
    ///
    /// When the worker has ended.
    pub async fn send(&self, command: MediaCommand) -> Result<(), WorkerGone> {
        let errand = Errand::Command(command);
        self.errands.send(errand).await.map_err(|_| WorkerGone)
    }

    /// Media with a participant ended: its next offer begins a new peer connection.
    pub async fn forget(&self, participant: ParticipantId) {
        // A courier that is gone remembers nobody.
        let _ = self.errands.send(Errand::Forget(participant)).await;
    }
}

/// Carries a room's errands to its worker, in order.
#[derive(Debug)]
pub(super) struct Courier {
    pub(super) room: RoomKey,
    pub(super) mailbox: Mailbox,
    /// The number of the worker.
    pub(super) worker: usize,
    pub(super) config: Arc<ShardConfig>,
    pub(super) events: mpsc::Sender<MediaEvent>,
    /// How many descriptions may be worked on at once, whole process.
    pub(super) processors: Arc<Semaphore>,
    /// The video codecs of the members that have any, for the choice of one that all can show.
    pub(super) codecs: HashMap<ParticipantId, Vec<Codec>>,
    /// The certificate fingerprints of participants that the worker has an endpoint for.
    pub(super) known: HashMap<ParticipantId, Option<String>>,
}

/// A client's offer on its way.
struct Request {
    participant: ParticipantId,
    number: RequestId,
    offer: Offer,
    subscribe: bool,
}

impl Courier {
    async fn run(mut self, mut inbox: mpsc::Receiver<Errand>) {
        let open = WorkerCommand::OpenRoom {
            room: self.room,
            events: self.events.clone(),
        };
        let mut alive = self.mailbox.send(open).await.is_ok();
        while alive && let Some(errand) = inbox.recv().await {
            alive = self.deliver(errand).await.is_ok();
        }
        // Also after the worker's end: then nobody needs to be told.
        let _ = self.mailbox.send(WorkerCommand::CloseRoom(self.room)).await;
    }

    async fn deliver(&mut self, errand: Errand) -> Result<(), WorkerGone> {
        match errand {
            Errand::Forget(participant) => {
                self.known.remove(&participant);
                Ok(())
            }
            Errand::Command(MediaCommand::Negotiate {
                participant,
                request: number,
                offer,
                subscribe,
            }) => {
                let request = Request {
                    participant,
                    number,
                    offer,
                    subscribe,
                };
                self.negotiate(request).await
            }
            Errand::Command(command) => {
                if let MediaCommand::Remove { participant } = &command {
                    self.known.remove(participant);
                    self.codecs.remove(participant);
                }
                let command = WorkerCommand::Command(self.room, command);
                self.mailbox.send(command).await
            }
        }
    }

    async fn negotiate(&mut self, mut request: Request) -> Result<(), WorkerGone> {
        let sdp = std::mem::take(&mut request.offer.sdp);
        let endpoint = match self.endpoint(request.participant, sdp).await {
            Ok(endpoint) => endpoint,
            Err(error) => return self.refuse(&request, error).await,
        };
        let negotiation = Negotiation {
            room: self.room,
            participant: request.participant,
            request: request.number,
            offer: request.offer,
            subscribe: request.subscribe,
            endpoint,
        };
        let command = WorkerCommand::Negotiate(Box::new(negotiation));
        self.mailbox.send(command).await
    }

    async fn refuse(&self, request: &Request, error: RequestError) -> Result<(), WorkerGone> {
        let event = MediaEvent::Negotiated {
            participant: request.participant,
            request: request.number,
            result: Err(error),
        };
        // Waiting is safe: the room's task reads events and never waits for the courier to finish an errand.
        self.events.send(event).await.map_err(|_| WorkerGone)
    }

    /// Reads the offer; answers it too when it begins a new peer connection.
    async fn endpoint(
        &mut self,
        participant: ParticipantId,
        sdp: String,
    ) -> Result<Endpoint, RequestError> {
        let failed = || RequestError::new(ErrorCode::Internal, "the offer could not be processed");
        let _permit = self.processors.acquire().await.map_err(|_| failed())?;
        let credentials = credentials::mint(self.worker)?;
        let mut config = ShardConfig::clone(&self.config);
        let others = self
            .codecs
            .iter()
            .filter(|(member, _)| **member != participant);
        let others: Vec<_> = others.map(|(_, codecs)| codecs.clone()).collect();
        prefer_common(&mut config.video_codecs, &others);
        let known = self.known.get(&participant).cloned();
        let work = move || {
            let offer = parse_offer(&sdp)?;
            let fingerprint = offer.fingerprint().map(str::to_owned);
            let codecs = offer.video_codecs().to_vec();
            if known.as_ref() == Some(&fingerprint) {
                let offer = Box::new(offer);
                return Ok((Endpoint::Parsed(offer, credentials), fingerprint, codecs));
            }
            let prepared = PreparedPeer::new(&config, credentials, Instant::now(), offer)
                .map_err(|error| refusal(&error))?;
            Ok((Endpoint::Prepared(Box::new(prepared)), fingerprint, codecs))
        };
        let done = tokio::task::spawn_blocking(work).await;
        let (endpoint, fingerprint, codecs) = done.map_err(|_| failed())??;
        if !codecs.is_empty() {
            self.codecs.insert(participant, codecs);
        }
        self.known.insert(participant, fingerprint);
        Ok(endpoint)
    }
}

/// Puts the codecs that every other member can show before those that some cannot; a new member then sends what all
/// see. The order of preference stays within both.
fn prefer_common(preference: &mut [Codec], others: &[Vec<Codec>]) {
    preference.sort_by_key(|codec| !others.iter().all(|codecs| codecs.contains(codec)));
}

#[cfg(test)]
mod tests {
    use seameet_core::Codec::{Av1, H264, Vp8, Vp9};

    use super::prefer_common;

    #[test]
    fn what_all_can_show_goes_first_and_the_preference_decides_the_rest() {
        let order = |others: &[Vec<_>]| {
            let mut codecs = [Av1, H264, Vp9, Vp8];
            prefer_common(&mut codecs, others);
            codecs
        };
        assert_eq!(order(&[]), [Av1, H264, Vp9, Vp8]);
        assert_eq!(order(&[vec![Vp8, Vp9, Av1]]), [Av1, Vp9, Vp8, H264]);
        assert_eq!(
            order(&[vec![Vp8, Vp9], vec![Vp8, H264]]),
            [Vp8, Av1, H264, Vp9]
        );
    }
}
