//! What the builder collects, and the numbers it starts from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use seameet_core::{Codec, MediaKind};
use seameet_signaling::session::{SessionLimits, SessionTiming, TurnServer};
use seameet_signaling::wire::IceServer;

use crate::Token;
use crate::error::BuildError;
use crate::ice::check_ice_url;
use crate::rate::Quota;

/// Everything that is a value and not a hook.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where HTTP and WebSocket clients connect.
    pub(crate) ws_addr: SocketAddr,
    /// First UDP port for media; 0 takes any.
    pub(crate) udp_port: u16,
    /// TCP port told to clients for media; none means the listener's own, 0 tells no one.
    pub(crate) tcp_port: Option<u16>,
    /// Addresses told to clients; none means all local ones.
    pub(crate) public_ips: Vec<IpAddr>,
    /// Media threads.
    pub(crate) workers: usize,
    pub(crate) max_room_members: usize,
    pub(crate) max_chat_history: usize,
    pub(crate) max_rooms: usize,
    pub(crate) max_rooms_per_address: usize,
    pub(crate) joins_per_address: Quota,
    pub(crate) max_connections: usize,
    pub(crate) max_connections_per_address: usize,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) video_codecs: Vec<Codec>,
    pub(crate) ice_servers: Vec<IceServer>,
    pub(crate) turn_servers: Vec<TurnServer>,
    /// Opens the operator's routes; without it they are closed.
    pub(crate) admin_token: Option<Token>,
    pub(crate) event_capacity: usize,
    pub(crate) hook_timeout: Duration,
    pub(crate) reconnect_grace: Duration,
    pub(crate) shutdown_grace: Duration,
    pub(crate) page: PageSource,
    pub(crate) message_limits: SessionLimits,
    pub(crate) timing: SessionTiming,
}

/// Longer waits are a slip of the keyboard, and an endless one cannot be added to a clock.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Whoever holds the operator's token sees every room; it must not be guessed.
const MIN_ADMIN_TOKEN_BYTES: usize = 16;

/// Which web application is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PageSource {
    /// What was compiled in, if anything was.
    Embedded,
    /// A folder with `index.html`.
    Directory(PathBuf),
    /// None at all.
    None,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ws_addr: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8080)),
            udp_port: 10_000,
            tcp_port: None,
            public_ips: Vec::new(),
            workers: 1,
            max_room_members: 25,
            max_chat_history: 100,
            max_rooms: 1000,
            max_rooms_per_address: 200,
            // A company behind one gateway that comes back at once after a restart gets in within seconds.
            joins_per_address: Quota::per_second(5).burst(60),
            max_connections: 10_000,
            // Many people share one address behind a company's gateway; one machine that opens thousands is stopped.
            max_connections_per_address: 256,
            allowed_origins: Vec::new(),
            video_codecs: vec![Codec::Vp8, Codec::Vp9, Codec::H264, Codec::Av1],
            ice_servers: Vec::new(),
            turn_servers: Vec::new(),
            admin_token: None,
            event_capacity: 256,
            hook_timeout: Duration::from_secs(5),
            reconnect_grace: Duration::from_secs(20),
            shutdown_grace: Duration::from_secs(5),
            page: PageSource::Embedded,
            message_limits: SessionLimits::default(),
            timing: SessionTiming::default(),
        }
    }
}

impl Settings {
    /// Refuses what no server can work with.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        for (setting, value) in [
            ("workers", self.workers),
            ("max_room_members", self.max_room_members),
            ("max_rooms", self.max_rooms),
            ("max_rooms_per_address", self.max_rooms_per_address),
            ("max_connections", self.max_connections),
            (
                "max_connections_per_address",
                self.max_connections_per_address,
            ),
        ] {
            if value == 0 {
                return Err(BuildError::Zero { setting });
            }
        }
        self.check_durations()?;
        self.check_ice_servers()?;
        let short = |token: &Token| token.reveal().len() < MIN_ADMIN_TOKEN_BYTES;
        if self.admin_token.as_ref().is_some_and(short) {
            return Err(BuildError::AdminToken);
        }
        let video = |codec: &Codec| codec.kind() == MediaKind::Video;
        if self.video_codecs.is_empty() || !self.video_codecs.iter().all(video) {
            return Err(BuildError::VideoCodecs);
        }
        match &self.page {
            PageSource::Directory(path) if !path.join("index.html").is_file() => {
                Err(BuildError::StaticDir { path: path.clone() })
            }
            _ => Ok(()),
        }
    }

    /// A browser that is given an address that it cannot read makes no peer connection at all.
    fn check_ice_servers(&self) -> Result<(), BuildError> {
        let fixed = self.ice_servers.iter().map(|server| &server.urls);
        let turn = self.turn_servers.iter().map(|server| &server.urls);
        for urls in fixed.chain(turn) {
            if urls.is_empty() {
                return Err(BuildError::IceServerWithoutUrl);
            }
            urls.iter().try_for_each(|url| check_ice_url(url))?;
        }
        for server in &self.turn_servers {
            if server.secret.reveal().is_empty() {
                return Err(BuildError::TurnSecret);
            }
            check_duration("turn_server.ttl", server.ttl, false)?;
        }
        Ok(())
    }

    fn check_durations(&self) -> Result<(), BuildError> {
        for (setting, value, may_be_zero) in [
            ("hook_timeout", self.hook_timeout, false),
            ("reconnect_grace", self.reconnect_grace, true),
            ("shutdown_grace", self.shutdown_grace, true),
            ("timing.join_timeout", self.timing.join_timeout, false),
            ("timing.ping_interval", self.timing.ping_interval, false),
            ("timing.silence_timeout", self.timing.silence_timeout, false),
        ] {
            check_duration(setting, value, may_be_zero)?;
        }
        Ok(())
    }
}

fn check_duration(
    setting: &'static str,
    value: Duration,
    may_be_zero: bool,
) -> Result<(), BuildError> {
    if value > LONGEST || (value.is_zero() && !may_be_zero) {
        return Err(BuildError::Duration {
            setting,
            value,
            may_be_zero,
        });
    }
    Ok(())
}
