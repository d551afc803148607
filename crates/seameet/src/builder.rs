//! Sets a server up.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use seameet_core::{Codec, ParticipantId, RoomId};
use seameet_signaling::session::{
    SessionLimits as MessageLimits, SessionTiming as Timing, TurnServer,
};
use seameet_signaling::wire::IceServer;

use crate::Token;
use crate::assembly::{Hooks, assemble};
use crate::connection::{Connection, DefaultHandler};
use crate::error::BuildError;
use crate::hook::{AuthenticateHook, ConnectionHook, RateCheckHook, Verdict};
use crate::rate::Quota;
use crate::server::{SeaMeetServer, ServerHandle};
use crate::settings::{PageSource, Settings};

/// Sets a server up. Two decisions have no default: who may join
/// ([`on_authenticate`](Self::on_authenticate)) and how fast clients may talk
/// ([`on_rate_check`](Self::on_rate_check)).
#[derive(Debug, Default)]
#[must_use = "a builder does nothing until `build` or `into_router` is called"]
pub struct SeaMeetServerBuilder {
    settings: Settings,
    authenticate: Option<Choice<AuthenticateHook>>,
    rate_check: Option<Choice<RateCheckHook>>,
    on_connection: Option<ConnectionHook>,
}

/// A decision that must be taken.
#[derive(Debug)]
enum Choice<H> {
    Ask(H),
    Open,
}

impl<H> Choice<H> {
    fn into_hook(self) -> Option<H> {
        match self {
            Self::Ask(hook) => Some(hook),
            Self::Open => None,
        }
    }
}

/// Where the server is reached.
impl SeaMeetServerBuilder {
    /// Where clients connect for signaling, the web application and metrics. Default: `0.0.0.0:8080`.
    pub fn ws_addr(mut self, address: SocketAddr) -> Self {
        self.settings.ws_addr = address;
        self
    }

    /// The UDP port of the first media worker; worker `n` uses `port + n`. 0 takes any free port for each. Default:
    /// 10000.
    pub fn udp_port(mut self, port: u16) -> Self {
        self.settings.udp_port = port;
        self
    }

    /// The TCP port that clients are told for media, for those whose network lets no UDP through; 0 tells them none.
    /// Default: that of [`ws_addr`](Self::ws_addr), whose listener takes media beside HTTP. Set it when clients reach the
    /// listener at another port, or when nothing but a reverse proxy reaches it: media is no HTTP and passes no such
    /// proxy. It may be the number of [`udp_port`](Self::udp_port).
    pub fn tcp_port(mut self, port: u16) -> Self {
        self.settings.tcp_port = Some(port);
        self
    }

    /// An address that clients are told to send media to. May be called several times, for example once with an IPv4
    /// and once with an IPv6 address. Without it clients are told every address of this host, which is right unless
    /// the host is behind a NAT.
    pub fn public_ip(mut self, address: IpAddr) -> Self {
        self.settings.public_ips.push(address);
        self
    }

    /// Media threads, each with a UDP port of its own; a room lives on one of them. Default: 1.
    pub fn workers(mut self, workers: usize) -> Self {
        self.settings.workers = workers;
        self
    }

    /// STUN servers, and TURN servers with a fixed password, that clients are told. Default: none; the server itself is
    /// reachable by its address.
    pub fn ice_servers(mut self, servers: impl IntoIterator<Item = IceServer>) -> Self {
        self.settings.ice_servers = servers.into_iter().collect();
        self
    }

    /// One more of these.
    pub fn ice_server(mut self, server: IceServer) -> Self {
        self.settings.ice_servers.push(server);
        self
    }

    /// TURN servers that share a secret with this one, such as coturn with `use-auth-secret`. Each participant is told
    /// a credential of its own that lasts for [`TurnServer::ttl`], and a fresh one whenever it comes back. May be
    /// called several times. Both clocks must be right.
    pub fn turn_server(mut self, server: TurnServer) -> Self {
        self.settings.turn_servers.push(server);
        self
    }

    /// Video codecs that rooms may use, in the order of preference. Default: VP8, VP9, H.264, AV1. Sound is always
    /// Opus.
    pub fn video_codecs(mut self, codecs: impl IntoIterator<Item = Codec>) -> Self {
        self.settings.video_codecs = codecs.into_iter().collect();
        self
    }

    /// A folder with a built web application, served at `/`. Its `index.html` is shown for `/` and `/r/*`.
    pub fn static_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.settings.page = PageSource::Directory(folder.into());
        self
    }

    /// Serves no web application, even if one was compiled in. For applications with a page of their own.
    pub fn without_page(mut self) -> Self {
        self.settings.page = PageSource::None;
        self
    }
}

/// Who may come in and how much they may do.
impl SeaMeetServerBuilder {
    /// Decides who may join which room: an async closure from participant, room and token to a
    /// [`Grant`](crate::Grant) or a [`Denial`](crate::Denial). A hook that panics or takes longer than
    /// [`hook_timeout`](Self::hook_timeout) denies.
    ///
    /// The hook is asked for every connection, those that resume included, and always with an id that was minted for
    /// that connection. A connection that resumes then becomes the earlier participant;
    /// [`ServerEvent::PeerResumed`](crate::ServerEvent::PeerResumed) tells both ids, for hooks that note who has which.
    ///
    /// ```
    /// # use seameet::{Denial, Grant, SeaMeetServer};
    /// let builder = SeaMeetServer::builder().on_authenticate(|_participant, _room, token| async move {
    ///     match token {
    ///         Some(token) if token.matches("open sesame") => Ok(Grant::full()),
    ///         _ => Err(Denial::new("wrong token")),
    ///     }
    /// });
    /// ```
    pub fn on_authenticate<F, Fut>(mut self, hook: F) -> Self
    where
        F: Fn(ParticipantId, RoomId, Option<Token>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Verdict> + Send + 'static,
    {
        let hook =
            AuthenticateHook::new(move |(participant, room, token)| hook(participant, room, token));
        self.authenticate = Some(Choice::Ask(hook));
        self
    }

    /// Lets everybody join every room. For development and for closed networks; the server warns in its log. Pages that
    /// are not reached as `localhost` or by an address must be listed in [`allowed_origins`](Self::allowed_origins).
    pub fn allow_unauthenticated_joins(mut self) -> Self {
        self.authenticate = Some(Choice::Open);
        self
    }

    /// Decides for each message whether its sender may still talk. [`rate::per_participant`] is a ready one. A hook
    /// that panics or takes longer than [`hook_timeout`](Self::hook_timeout) refuses the message.
    ///
    /// [`rate::per_participant`]: crate::rate::per_participant
    pub fn on_rate_check<F, Fut>(mut self, hook: F) -> Self
    where
        F: Fn(ParticipantId) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = bool> + Send + 'static,
    {
        self.rate_check = Some(Choice::Ask(RateCheckHook::new(hook)));
        self
    }

    /// Takes messages as fast as clients send them. For development; the server warns in its log. How often one
    /// address may join stays limited by [`joins_per_address`](Self::joins_per_address).
    pub fn allow_unlimited_rates(mut self) -> Self {
        self.rate_check = Some(Choice::Open);
        self
    }

    /// Replaces the handling of connections. The hook may look at a connection, wrap it in a
    /// [`Transport`](crate::Transport) of its own, speak a protocol of its own with it or close it. Rooms are reached
    /// through the [`DefaultHandler`] alone, which authenticates and limits whatever the hook does. A panic ends the
    /// connection.
    ///
    /// ```
    /// # use seameet::SeaMeetServer;
    /// let builder = SeaMeetServer::builder().on_connection(|connection, handler| async move {
    ///     if connection.headers().contains_key("user-agent") {
    ///         handler.handle(connection).await;
    ///     }
    /// });
    /// ```
    pub fn on_connection<F, Fut>(mut self, hook: F) -> Self
    where
        F: Fn(Connection, DefaultHandler) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let hook = ConnectionHook::new(move |(connection, handler)| hook(connection, handler));
        self.on_connection = Some(hook);
        self
    }

    /// How long a hook may take. Default: 5 s.
    pub fn hook_timeout(mut self, limit: Duration) -> Self {
        self.settings.hook_timeout = limit;
        self
    }

    /// Web pages that may connect, as `https://host[:port]`; `*` allows every page. Pages from the server's own host
    /// may as well, but with [`allow_unauthenticated_joins`](Self::allow_unauthenticated_joins) only when that host is
    /// an address or `localhost`: any other name can be pointed at this server by whoever owns it (DNS rebinding), so
    /// it must be listed. Programs that are not browsers may always. Default: none further.
    pub fn allowed_origins<O>(mut self, origins: impl IntoIterator<Item = O>) -> Self
    where
        O: Into<String>,
    {
        self.settings.allowed_origins = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Opens the operator's view below `/api/v1` to whoever sends this token as `Authorization: Bearer`: which rooms are
    /// open, who is in, and why somebody sees what it sees. It needs at least 16 bytes. Default: none, and the routes
    /// answer 404.
    pub fn admin_token(mut self, token: impl Into<Token>) -> Self {
        self.settings.admin_token = Some(token.into());
        self
    }

    /// How large the parts of a client's messages may be. Default: [`MessageLimits::default`].
    pub fn message_limits(mut self, limits: MessageLimits) -> Self {
        self.settings.message_limits = limits;
        self
    }

    /// Most members of one room. Default: 25.
    pub fn max_room_members(mut self, members: usize) -> Self {
        self.settings.max_room_members = members;
        self
    }

    /// Chat messages that a room keeps for late joiners; 0 keeps none. Default: 100.
    pub fn max_chat_history(mut self, messages: usize) -> Self {
        self.settings.max_chat_history = messages;
        self
    }

    /// Most rooms that may be open at once. Default: 1000.
    pub fn max_rooms(mut self, rooms: usize) -> Self {
        self.settings.max_rooms = rooms;
        self
    }

    /// Most open rooms that were opened from one IPv4 address or one IPv6 /64 network. Behind a reverse proxy all of
    /// them come from the proxy's address, so raise it there. Default: 200.
    pub fn max_rooms_per_address(mut self, rooms: usize) -> Self {
        self.settings.max_rooms_per_address = rooms;
        self
    }

    /// How often clients of one IPv4 address or one IPv6 /64 network may knock: joins, resumes and attempts that are
    /// refused count alike. It holds before [`on_authenticate`](Self::on_authenticate) is asked and whatever
    /// [`on_rate_check`](Self::on_rate_check) says, because every new connection is a new participant for both. Who
    /// is refused is told `rate_limited` and may try again. Behind a reverse proxy all joins come from the proxy's
    /// address, so raise it there. Default: 5 per second, 60 at once.
    pub fn joins_per_address(mut self, quota: Quota) -> Self {
        self.settings.joins_per_address = quota;
        self
    }

    /// Most open connections. Default: 10 000.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.settings.max_connections = connections;
        self
    }

    /// Most open connections from one IPv4 address or one IPv6 /64 network. Behind a reverse proxy all connections
    /// come from the proxy's address, so raise it there. Default: 256.
    pub fn max_connections_per_address(mut self, connections: usize) -> Self {
        self.settings.max_connections_per_address = connections;
        self
    }
}

/// How the server lives and ends.
impl SeaMeetServerBuilder {
    /// How many events a reader of [`events`](SeaMeetServer::events) may be behind before it misses some, at
    /// most 65 536. Default: 256.
    pub fn event_capacity(mut self, events: usize) -> Self {
        self.settings.event_capacity = events;
        self
    }

    /// How long clients are awaited, and how often they are asked for a sign of life. Default: 10 s for the join, a ping
    /// each 10 s, 25 s of silence.
    pub fn timing(mut self, timing: Timing) -> Self {
        self.settings.timing = timing;
        self
    }

    /// How long a participant whose connection broke keeps its place. Default: 20 s.
    pub fn reconnect_grace(mut self, grace: Duration) -> Self {
        self.settings.reconnect_grace = grace;
        self
    }

    /// How long a shutdown may take: rooms are closed, clients take their farewell, and the media threads end, for
    /// which the last fifth is kept. What hangs longer is given up. Default: 5 s.
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.settings.shutdown_grace = grace;
        self
    }

    /// Checks the settings and binds the sockets. Clients are served from [`run`](SeaMeetServer::run) on.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names what is missing, wrong or taken.
    pub fn build(self) -> Result<SeaMeetServer, BuildError> {
        let (settings, hooks) = self.decide()?;
        let address = settings.ws_addr;
        let listen_error = |source| BuildError::Listen { address, source };
        let socket = std::net::TcpListener::bind(address).map_err(listen_error)?;
        socket.set_nonblocking(true).map_err(listen_error)?;
        let local_address = socket.local_addr().map_err(listen_error)?;
        let assembled = assemble(&settings, hooks, Some(local_address))?;
        Ok(SeaMeetServer::new(socket, local_address, assembled))
    }

    /// Makes a router with all routes (`/ws`, `/livez`, `/readyz`, `/metrics`, `/api/v1`, and the web application if there is one)
    /// for an application that listens by itself. It starts the media plane at once; [`ws_addr`](Self::ws_addr) has no
    /// effect. End it by [`ServerHandle::shutdown`].
    ///
    /// The limits of connections, joins and rooms per address work when the application serves the router with
    /// `into_make_service_with_connect_info::<SocketAddr>()`.
    ///
    /// Media goes over UDP alone, unless the application sets [`tcp_port`](Self::tcp_port) and brings the connections that
    /// carry media to [`ServerHandle::adopt_media`].
    ///
    /// # Errors
    ///
    /// [`BuildError`] names what is missing, wrong or taken.
    pub fn into_router(self) -> Result<(Router, ServerHandle), BuildError> {
        let (settings, hooks) = self.decide()?;
        let assembled = assemble(&settings, hooks, None)?;
        Ok((assembled.router, assembled.handle))
    }

    fn decide(self) -> Result<(Settings, Hooks), BuildError> {
        let authenticate = self.authenticate.ok_or(BuildError::MissingAuthentication)?;
        let rate_check = self.rate_check.ok_or(BuildError::MissingRateCheck)?;
        self.settings.check()?;
        let hooks = Hooks {
            authenticate: authenticate.into_hook(),
            rate_check: rate_check.into_hook(),
            on_connection: self.on_connection,
        };
        hooks.warn_about_open_doors();
        Ok((self.settings, hooks))
    }
}
