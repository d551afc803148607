//! Puts a server together from checked settings.

use std::net::{Ipv6Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use axum::Router;
use seameet_core::room::RoomConfig;
use seameet_sfu::{MediaConfig, MediaPlane};
use seameet_signaling::session::SessionConfig;

use crate::error::BuildError;
use crate::events::EventSender;
use crate::hook::{AuthenticateHook, ConnectionHook, RateCheckHook};
use crate::http::{self, Frontend};
use crate::listener::{ConnectionLimits, MediaDoor};
use crate::metrics::Metrics;
use crate::origin::AllowedOrigins;
use crate::rate::{Limiter, Quota};
use crate::rooms::{Directory, DirectoryParts};
use crate::server::ServerHandle;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::shutdown::{Shutdown, Tasks};

/// The decisions that are code.
#[derive(Debug)]
pub(crate) struct Hooks {
    pub(crate) authenticate: Option<AuthenticateHook>,
    pub(crate) rate_check: Option<RateCheckHook>,
    pub(crate) on_connection: Option<ConnectionHook>,
}

impl Hooks {
    /// A server without a lock must not look like one with a lock.
    pub(crate) fn warn_about_open_doors(&self) {
        if self.authenticate.is_none() {
            tracing::warn!(
                "OPEN SERVER: anybody who reaches this server may join every room without a token"
            );
        }
        if self.rate_check.is_none() {
            tracing::warn!("UNLIMITED RATES: clients may send messages as fast as they like");
        }
    }
}

/// A server that is ready but for its listener.
#[derive(Debug)]
pub(crate) struct Assembled {
    pub(crate) router: Router,
    pub(crate) handle: ServerHandle,
}

/// `listener` is the address of our own listener, if there is one.
pub(crate) fn assemble(
    settings: &Settings,
    hooks: Hooks,
    listener: Option<SocketAddr>,
) -> Result<Assembled, BuildError> {
    let origins = AllowedOrigins::parse(&settings.allowed_origins, hooks.authenticate.is_some())?;
    let media = Arc::new(MediaPlane::bind(&media_config(settings, listener))?);
    let events = EventSender::new(settings.event_capacity);
    let metrics = Arc::new(Metrics::default());
    let tasks = Tasks::new();
    let directory = Directory::new(DirectoryParts {
        config: room_config(settings),
        max_rooms: settings.max_rooms,
        max_rooms_per_address: settings.max_rooms_per_address,
        media: Arc::clone(&media),
        events: events.clone(),
        metrics: Arc::clone(&metrics),
        tasks: tasks.clone(),
    });
    let frontend = Frontend::choose(&settings.page);
    let shared = Arc::new(Shared {
        authenticate: hooks.authenticate,
        rate_check: hooks.rate_check,
        on_connection: hooks.on_connection,
        hook_timeout: settings.hook_timeout,
        origins,
        limits: ConnectionLimits::new(
            settings.max_connections,
            settings.max_connections_per_address,
        ),
        joins: Limiter::new(settings.joins_per_address),
        admin_token: settings.admin_token.clone(),
        admin_requests: Limiter::new(admin_quota()),
        session: Arc::new(session_config(settings)),
        directory,
        media_door: MediaDoor::new(Arc::clone(&media)),
        media: Arc::clone(&media),
        sickness_told: AtomicBool::new(false),
        events,
        #[cfg(feature = "metrics")]
        registry: crate::metrics::registry(&metrics, &media),
        metrics,
        shutdown: Shutdown::new(),
        tasks,
        connections: AtomicU64::new(1),
    });
    Ok(Assembled {
        router: http::router(Arc::clone(&shared), frontend.as_ref()),
        handle: ServerHandle::new(shared, settings.shutdown_grace),
    })
}

/// People and programs that watch ask less often; whoever guesses tokens does not.
fn admin_quota() -> Quota {
    Quota::per_second(10).burst(50)
}

fn media_config(settings: &Settings, listener: Option<SocketAddr>) -> MediaConfig {
    let mut config = MediaConfig::default();
    config.udp_port = settings.udp_port;
    config.tcp_listener = match settings.tcp_port {
        None => listener,
        Some(0) => None,
        // Whoever names a port knows where it leads.
        Some(port) => Some((Ipv6Addr::UNSPECIFIED, port).into()),
    };
    config.workers = NonZeroUsize::new(settings.workers).unwrap_or(NonZeroUsize::MIN);
    config.public_ips.clone_from(&settings.public_ips);
    config.video_codecs.clone_from(&settings.video_codecs);
    config
}

fn room_config(settings: &Settings) -> RoomConfig {
    RoomConfig {
        max_members: settings.max_room_members,
        max_chat_history: settings.max_chat_history,
        reconnect_grace: settings.reconnect_grace,
        ..RoomConfig::default()
    }
}

fn session_config(settings: &Settings) -> SessionConfig {
    SessionConfig {
        limits: settings.message_limits,
        timing: settings.timing,
        ice_servers: settings.ice_servers.clone(),
        turn_servers: settings.turn_servers.clone(),
        resume_ttl: settings.reconnect_grace,
        ..SessionConfig::default()
    }
}
