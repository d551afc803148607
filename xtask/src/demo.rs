//! `cargo xtask demo`: from a fresh checkout to a call, in one command.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::{frontend, prerequisites, process, workspace};

/// Options of `cargo xtask demo`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// TCP port of the web page and of signaling.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Let other machines of this network in: the demo asks nobody for a token.
    #[arg(long)]
    lan: bool,
    /// UDP port of the media.
    #[arg(long, default_value_t = 10000)]
    udp_port: u16,
    /// The address that browsers outside this network send media to.
    #[arg(long, value_name = "ADDRESS")]
    public_ip: Option<IpAddr>,
    /// Build with optimisation; this is the default.
    #[arg(long, conflicts_with = "debug")]
    release: bool,
    /// Build without optimisation: sooner ready, slower in large calls.
    #[arg(long)]
    debug: bool,
}

impl Options {
    /// A server without a lock is reached by this machine alone, unless somebody asked for more.
    fn address(&self) -> SocketAddr {
        let host = if self.lan {
            Ipv4Addr::UNSPECIFIED
        } else {
            Ipv4Addr::LOCALHOST
        };
        SocketAddr::from((host, self.port))
    }
}

/// Builds the frontend and the server and turns into the server.
///
/// # Errors
///
/// Fails when something is missing on this machine, when a build fails, or when a port is taken.
pub(crate) fn run(options: &Options) -> Result<()> {
    prerequisites::node()?;
    prerequisites::c_compiler()?;
    check_ports(options)?;
    frontend::install()?;
    frontend::script("build")?;
    build_server(options)?;
    let network = options.lan.then(local_network_address).flatten();
    print!("{}", invitation(options.port, network));
    become_server(server(options)?)
}

/// A port that is taken should be known before the build, not after it.
fn check_ports(options: &Options) -> Result<()> {
    TcpListener::bind(options.address()).with_context(|| {
        format!(
            "TCP port {} is not free; choose another with --port",
            options.port
        )
    })?;
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, options.udp_port)).with_context(|| {
        format!(
            "UDP port {} is not free; choose another with --udp-port",
            options.udp_port
        )
    })?;
    Ok(())
}

fn build_server(options: &Options) -> Result<()> {
    let mut build = workspace::cargo();
    build.args(["build", "--locked", "--package", "seameet-cli"]);
    if !options.debug {
        build.arg("--release");
    }
    process::run(&mut build)
}

fn server(options: &Options) -> Result<Command> {
    let profile = if options.debug { "debug" } else { "release" };
    let mut command = Command::new(workspace::built_program(profile, "seameet")?);
    // By path, not compiled in: a changed page then needs no new server.
    command
        .args(["serve", "--dev", "--static-dir"])
        .arg(frontend::bundle());
    command.arg("--ws-addr").arg(options.address().to_string());
    command.arg("--udp-port").arg(options.udp_port.to_string());
    if let Some(address) = options.public_ip {
        command.arg("--public-ip").arg(address.to_string());
    }
    Ok(command)
}

/// Replaces this process by the server, so that Ctrl-C and SIGTERM reach it directly and its exit code is ours.
#[cfg(unix)]
fn become_server(mut server: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;

    let error = server.exec();
    bail!("cannot start {}: {error}", server.get_program().display())
}

#[cfg(not(unix))]
fn become_server(mut server: Command) -> Result<()> {
    let status = server.status().context("cannot start the server")?;
    if status.success() {
        return Ok(());
    }
    bail!("the server ended with {status}")
}

/// The address other machines of the local network reach this one at.
///
/// Connecting a UDP socket sends nothing; it only asks the routing table. The target is a documentation address
/// (RFC 5737).
fn local_network_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

fn invitation(port: u16, network: Option<IpAddr>) -> String {
    let network = network.map_or(String::new(), |address| {
        let authority = SocketAddr::from((address, port));
        format!(
            "
  Others in your network:  http://{authority}
  (browsers give camera and microphone only to https pages and to localhost: put a
  TLS proxy in front for other devices, see README.md)
"
        )
    });
    format!(
        "
  seameet is starting. Open this in two tabs or two browsers:

      http://localhost:{port}
{network}
  Ctrl-C ends it.

"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_invitation_names_the_local_page_and_the_network() {
        let text = invitation(8081, Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))));
        assert!(
            text.contains("http://localhost:8081\n") && text.contains("http://192.0.2.7:8081"),
            "{text}"
        );
    }

    #[test]
    fn without_a_network_only_the_local_page_is_named() {
        assert_eq!(invitation(8080, None).matches("http://").count(), 1);
    }

    #[test]
    fn a_taken_port_is_named_with_the_option_that_changes_it() {
        let taken = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let options = Options {
            port,
            lan: false,
            udp_port: 0,
            public_ip: None,
            release: true,
            debug: false,
        };
        let error = check_ports(&options).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("TCP port {port} is not free; choose another with --port")
        );
    }
}
