//! A room's line to its worker.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use seameet_core::media::{MediaCommand, MediaEvent};
use seameet_core::{ErrorCode, ParticipantId, RequestError};
use seameet_pipeline::IceCredentials;
use tokio::sync::mpsc;

use crate::config::ShardConfig;
use crate::driver::mailbox::{Mailbox, WorkerCommand, WorkerGone};
use crate::shard::{Endpoint, Negotiation, PreparedPeer, RoomKey};

/// Characters of ICE names and secrets (RFC 8445, section 5.3 and RFC 8839, section 5.4).
const ICE_ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// 96 bits: unique for sure, and unguessable beside.
const UFRAG_CHARS: usize = 16;
/// 144 bits, above the 128 that RFC 8445 section 5.3 asks for.
const PASSWORD_CHARS: usize = 24;

/// A room's line to its worker. Dropping it closes the room.
#[derive(Debug)]
pub struct RoomMedia {
    room: RoomKey,
    mailbox: Mailbox,
    config: Arc<ShardConfig>,
    events: mpsc::Sender<MediaEvent>,
    /// Participants that had an answer before; their next offers belong to the worker, which has the endpoint.
    negotiated: Mutex<HashSet<ParticipantId>>,
    opened: Mutex<bool>,
}

impl RoomMedia {
    pub(super) fn open(
        room: RoomKey,
        mailbox: Mailbox,
        config: Arc<ShardConfig>,
        events: mpsc::Sender<MediaEvent>,
    ) -> Self {
        let negotiated = Mutex::default();
        Self {
            room,
            mailbox,
            config,
            events,
            negotiated,
            opened: Mutex::new(false),
        }
    }

    /// Sends a command. Waits while the worker is behind.
    ///
    /// # Errors
    ///
    /// When the worker has ended.
    pub async fn send(&self, command: MediaCommand) -> Result<(), WorkerGone> {
        self.ensure_open().await?;
        match command {
            MediaCommand::Negotiate {
                participant,
                request,
                offer,
                subscribe,
            } => {
                let endpoint = match self.endpoint(participant, &offer.sdp).await {
                    Ok(endpoint) => endpoint,
                    Err(error) => {
                        let result = Err(error);
                        self.tell(MediaEvent::Negotiated {
                            participant,
                            request,
                            result,
                        });
                        return Ok(());
                    }
                };
                let room = self.room;
                let negotiation = Negotiation {
                    room,
                    participant,
                    request,
                    offer,
                    subscribe,
                    endpoint,
                };
                self.mailbox
                    .send(WorkerCommand::Negotiate(Box::new(negotiation)))
                    .await
            }
            command => {
                if let MediaCommand::Remove { participant } = &command {
                    self.lock_negotiated().remove(participant);
                }
                self.mailbox
                    .send(WorkerCommand::Command(self.room, command))
                    .await
            }
        }
    }

    async fn ensure_open(&self) -> Result<(), WorkerGone> {
        let first = {
            let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
            !std::mem::replace(&mut *opened, true)
        };
        if first {
            let events = self.events.clone();
            self.mailbox
                .send(WorkerCommand::OpenRoom {
                    room: self.room,
                    events,
                })
                .await?;
        }
        Ok(())
    }

    /// A first offer is parsed and answered here, away from the thread that carries media.
    async fn endpoint(
        &self,
        participant: ParticipantId,
        sdp: &str,
    ) -> Result<Endpoint, RequestError> {
        let credentials = credentials()?;
        if self.lock_negotiated().contains(&participant) {
            return Ok(Endpoint::Credentials(credentials));
        }
        let (config, sdp) = (Arc::clone(&self.config), sdp.to_owned());
        let prepared = tokio::task::spawn_blocking(move || {
            PreparedPeer::new(&config, credentials, Instant::now(), &sdp)
        })
        .await
        .map_err(|_| RequestError::new(ErrorCode::Internal, "the offer could not be processed"))?
        .map_err(|error| crate::shard::refusal(&error))?;
        self.lock_negotiated().insert(participant);
        Ok(Endpoint::Prepared(Box::new(prepared)))
    }

    /// Never waits: the receiver is the very task that sends.
    fn tell(&self, event: MediaEvent) {
        if self.events.try_send(event).is_err() {
            tracing::error!("a room does not take its media events; one is lost");
        }
    }

    fn lock_negotiated(&self) -> std::sync::MutexGuard<'_, HashSet<ParticipantId>> {
        self.negotiated
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RoomMedia {
    fn drop(&mut self) {
        let Err(Some(command)) = self.mailbox.try_send(WorkerCommand::CloseRoom(self.room)) else {
            return;
        };
        // The mailbox is full. Waiting is for a task; without a runtime the process is ending anyway.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let mailbox = self.mailbox.clone();
            runtime.spawn(async move {
                let _ = mailbox.send(command).await;
            });
        }
    }
}

fn credentials() -> Result<IceCredentials, RequestError> {
    let mut random = [0; UFRAG_CHARS + PASSWORD_CHARS];
    getrandom::fill(&mut random)
        .map_err(|_| RequestError::new(ErrorCode::Internal, "the system gives no randomness"))?;
    let mut text: String = random
        .iter()
        .filter_map(|byte| ICE_ALPHABET.get(usize::from(byte & 63)))
        .map(|character| char::from(*character))
        .collect();
    let password = text.split_off(UFRAG_CHARS);
    Ok(IceCredentials {
        ufrag: text,
        password,
    })
}
