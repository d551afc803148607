//! `seameet healthcheck`: whether the server on this machine is ready.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::args::Options;
use crate::config::{self, Config};

/// A server that takes longer is not healthy.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The status line is all that counts.
const LONGEST_ANSWER: u64 = 4096;

/// Succeeds when `/readyz` answers 200.
pub(crate) fn run(options: &Options) -> Result<()> {
    let address = Config::check_address(&config::collect(options)?)?;
    let status = ask(reachable(address)).with_context(|| format!("no answer from {address}"))?;
    if status != "200" {
        bail!("the server on {address} is not ready: status {status}");
    }
    Ok(())
}

fn ask(address: SocketAddr) -> Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(
        stream,
        "GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).context("not an HTTP answer")?;
    Ok(status.to_owned())
}

/// A server that listens on every address is reached on loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
