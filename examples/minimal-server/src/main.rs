//! The smallest server: one secret for everybody, events on standard output.
//!
//! ```text
//! cargo run -p minimal-server
//! ```
//!
//! A page is served as well when it was built: `npm ci && npm run build` in `frontend/`.

use std::io::{Write as _, stdout};
use std::path::Path;

use anyhow::Result;
use seameet::{Denial, Grant, SeaMeetServer, ServerEvent, rate};

/// A real server asks a database or checks a signature instead.
const SECRET: &str = "open sesame";

/// Where the build leaves the page, seen from the repository's root.
const PAGE: &str = "frontend/apps/meet/dist";

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().init();
    let mut builder = SeaMeetServer::builder()
        .ws_addr(([127, 0, 0, 1], 8080).into())
        .on_authenticate(|_participant, _room, token| async move {
            match token {
                Some(token) if token.matches(SECRET) => Ok(Grant::full()),
                _ => Err(Denial::new("the token is missing or wrong")),
            }
        })
        .on_rate_check(rate::per_participant(rate::Quota::default()));
    if Path::new(PAGE).join("index.html").is_file() {
        builder = builder.static_dir(PAGE);
    }
    let server = builder.build()?;
    writeln!(stdout(), "listening on http://{}", server.local_addr())?;

    let mut events = server.events();
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            // Nothing is left to do when nobody reads.
            let _ = writeln!(stdout(), "{}", describe(&event));
        }
    });
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or(()) };
    server.run_until(stop).await?;
    Ok(())
}

fn describe(event: &ServerEvent) -> String {
    match event {
        ServerEvent::PeerConnected { participant, room } => format!("{participant} joined {room}"),
        ServerEvent::PeerDisconnected {
            participant, room, ..
        } => format!("{participant} left {room}"),
        ServerEvent::Lagged { missed } => format!("{missed} events were missed"),
        other => format!("{other:?}"),
    }
}
