//! What the tasks of one server share.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use seameet_core::{ConnectionId, ParticipantId, ResumeToken};
use seameet_sfu::MediaPlane;
use seameet_signaling::session::SessionConfig;

use crate::Token;
use crate::events::EventSender;
use crate::hook::{AuthenticateHook, ConnectionHook, RateCheckHook};
use crate::listener::{ConnectionLimits, MediaDoor};
use crate::metrics::Metrics;
use crate::origin::AllowedOrigins;
use crate::rate::Limiter;
use crate::rooms::Directory;
use crate::shutdown::{Shutdown, Tasks};

/// What the tasks of one server share. None of it is room state.
pub(crate) struct Shared {
    /// `None` lets everybody in, by the operator's explicit wish.
    pub(crate) authenticate: Option<AuthenticateHook>,
    /// `None` takes every message, by the operator's explicit wish.
    pub(crate) rate_check: Option<RateCheckHook>,
    pub(crate) on_connection: Option<ConnectionHook>,
    pub(crate) hook_timeout: Duration,
    pub(crate) origins: AllowedOrigins,
    pub(crate) limits: ConnectionLimits,
    /// How often an address may knock.
    pub(crate) joins: Limiter<IpAddr>,
    /// Opens the operator's view; without it, it is closed.
    pub(crate) admin_token: Option<Token>,
    /// How often an address may ask for the operator's view.
    pub(crate) admin_requests: Limiter<IpAddr>,
    pub(crate) session: Arc<SessionConfig>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) media: Arc<MediaPlane>,
    pub(crate) media_door: MediaDoor,
    /// A dead media worker was reported.
    pub(crate) sickness_told: AtomicBool,
    pub(crate) events: EventSender,
    pub(crate) metrics: Arc<Metrics>,
    #[cfg(feature = "metrics")]
    pub(crate) registry: prometheus_client::registry::Registry,
    pub(crate) shutdown: Shutdown,
    pub(crate) tasks: Tasks,
    pub(crate) connections: AtomicU64,
}

impl Shared {
    /// Numbers a connection.
    pub(crate) fn next_connection(&self) -> ConnectionId {
        ConnectionId::new(self.connections.fetch_add(1, Ordering::Relaxed))
    }
}

impl Shared {
    /// Whether calls work. A media worker that died is reported the first time that somebody asks.
    pub(crate) fn is_healthy(&self) -> bool {
        let healthy = self.media.is_healthy();
        if !healthy && !self.sickness_told.swap(true, Ordering::Relaxed) {
            tracing::error!(
                "a media worker is gone; rooms on it fail until the server is restarted"
            );
        }
        healthy
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// The operating system gave no randomness.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub(crate) struct NoRandomness;

/// Mints a participant's id.
pub(crate) fn random_participant() -> Result<ParticipantId, NoRandomness> {
    let bits = getrandom::u64().map_err(|_| NoRandomness)?;
    Ok(ParticipantId::from_random(bits))
}

/// Draws a secret for a resume.
pub(crate) fn random_resume_token() -> Result<ResumeToken, NoRandomness> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(ResumeToken::from_random(bytes))
}
