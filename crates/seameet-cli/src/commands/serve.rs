//! `seameet serve`: the server.

use std::io::{Write as _, stdout};
use std::net::{IpAddr, SocketAddr};

use anyhow::{Context as _, Result};
use seameet::rate::{self, Quota};
use seameet::{Denial, Grant, SeaMeetServer, SeaMeetServerBuilder, Token};

use crate::args::Options;
use crate::config::{self, Admission, Config};
use crate::log;

/// Serves until SIGTERM or Ctrl-C.
pub(crate) fn run(options: &Options) -> Result<()> {
    let config = Config::check(&config::collect(options)?, options.dev)?;
    log::start(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let result = runtime.block_on(serve(config));
    // The grace is over; what still hangs must not keep the program.
    runtime.shutdown_background();
    result
}

async fn serve(config: Config) -> Result<()> {
    // Before the sockets: a signal that comes early must end the server cleanly as well.
    let stop = stop_signal()?;
    let server = builder(config).build()?;
    announce(&server)?;
    server.run_until(stop).await?;
    tracing::info!("ended");
    Ok(())
}

fn builder(config: Config) -> SeaMeetServerBuilder {
    let mut builder = SeaMeetServer::builder()
        .ws_addr(config.ws_addr)
        .udp_port(config.udp_port)
        .workers(config.workers)
        .allowed_origins(config.allowed_origins)
        .max_room_members(config.max_room_members)
        .max_chat_history(config.max_chat_history)
        .max_rooms(config.max_rooms)
        .max_rooms_per_address(config.max_rooms_per_address)
        .joins_per_address(Quota::per_second(config.joins_per_second).burst(config.join_burst))
        .max_connections(config.max_connections)
        .max_connections_per_address(config.max_connections_per_address)
        .video_codecs(config.video_codecs)
        .ice_servers(config.ice_servers);
    if let Some(port) = config.tcp_port {
        builder = builder.tcp_port(port);
    }
    for address in config.public_ips {
        builder = builder.public_ip(address);
    }
    for server in config.turn_servers {
        builder = builder.turn_server(server);
    }
    if let Some(token) = config.admin_token {
        builder = builder.admin_token(token);
    }
    if let Some(folder) = config.static_dir {
        builder = builder.static_dir(folder);
    }
    let quota = Quota::per_second(config.messages_per_second).burst(config.message_burst);
    let builder = builder.on_rate_check(rate::per_participant(quota));
    match config.admission {
        Admission::SharedSecret(secret) => lock(builder, secret),
        Admission::Open => builder.allow_unauthenticated_joins(),
    }
}

fn lock(builder: SeaMeetServerBuilder, secret: Token) -> SeaMeetServerBuilder {
    builder.on_authenticate(move |_participant, _room, token: Option<Token>| {
        let known = token.is_some_and(|token| token.matches(secret.reveal()));
        async move {
            if known {
                Ok(Grant::full())
            } else {
                Err(Denial::new("the token is missing or wrong"))
            }
        }
    })
}

/// Says where to go, on standard output, so that it is found between log lines.
fn announce(server: &SeaMeetServer) -> Result<()> {
    let ports: Vec<String> = server.udp_ports().iter().map(u16::to_string).collect();
    let tcp = server
        .tcp_port()
        .map_or_else(String::new, |port| format!(" and TCP {port}"));
    let mut out = stdout();
    writeln!(
        out,
        "seameet listens on {} (media on UDP {}{tcp})",
        url(server.local_addr()),
        ports.join(", ")
    )?;
    out.flush()?;
    Ok(())
}

/// Browsers give a page its camera on `localhost` or behind TLS only, so that is the name to open.
fn url(address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if ip.is_unspecified() || ip.is_loopback() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    format!("http://{host}:{}", address.port())
}

/// Resolves at the first signal that asks the program to end. The second one ends it at once.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate()).context("cannot listen to SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen to SIGINT")?;
    let mut next = async move || {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    };
    Ok(async move {
        // Awaited apart: what a log line shows is not even looked at where nobody reads that level.
        let signal = next().await;
        tracing::info!("{signal}: ending; once more to end at once");
        tokio::spawn(async move { end_at_once(next().await) });
    })
}

/// Resolves when the person at the terminal ends the program.
#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            tracing::info!("Ctrl-C: ending; once more to end at once");
            tokio::spawn(async {
                if tokio::signal::ctrl_c().await.is_ok() {
                    end_at_once("Ctrl-C");
                }
            });
        }
    })
}

/// Whoever asks twice does not want to wait for farewells.
fn end_at_once(signal: &str) -> ! {
    tracing::error!("{signal} again: ended without farewells");
    std::process::exit(1)
}
