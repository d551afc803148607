//! A server under test.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server process; it ends with this value.
#[derive(Debug)]
pub(super) struct Server {
    process: Child,
    address: SocketAddr,
    /// Where its WebSocket is below its address.
    path: &'static str,
}

impl Server {
    /// Starts ours on a processor, with limits that let a crowd in, and waits until it listens.
    pub(super) fn start(program: &Path, cpu: usize) -> Result<Self> {
        let address = free_address()?;
        let mut command = on_processor(cpu, program);
        command
            .args(["serve", "--dev", "--workers=1", "--log=warn"])
            .args(["--max-room-members=5000", "--max-connections=10000"])
            .args(["--joins-per-second=1000", "--join-burst=10000"])
            .arg("--max-connections-per-address=10000")
            .arg(format!("--ws-addr={address}"));
        Self::spawn(&mut command, address, "/ws")
    }

    /// Starts a Janus on a processor, with the plugin for rooms and nothing else.
    pub(super) fn janus(cpu: usize) -> Result<Self> {
        let address = free_address()?;
        let folder = workspace::target_directory()?.join("janus");
        fs::create_dir_all(&folder)?;
        for (name, text) in janus_configuration(address.port()) {
            fs::write(folder.join(name), text)?;
        }
        let mut command = on_processor(cpu, Path::new("janus"));
        command.arg(format!("--configs-folder={}", folder.display()));
        Self::spawn(&mut command, address, "")
    }

    fn spawn(command: &mut Command, address: SocketAddr, path: &'static str) -> Result<Self> {
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("`taskset` cannot be started: it comes with util-linux")?;
        let server = Self {
            process,
            address,
            path,
        };
        server.wait()?;
        Ok(server)
    }

    #[expect(clippy::disallowed_methods, reason = "waits for another process")]
    fn wait(&self) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if TcpStream::connect(self.address).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("the server does not listen on {}", self.address)
    }

    pub(super) fn url(&self) -> String {
        format!("ws://{}{}", self.address, self.path)
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The memory that it holds, in bytes.
    pub(super) fn memory(&self) -> Result<u64> {
        let path = format!("/proc/{}/status", self.id());
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB"));
        let kilobytes = kilobytes.with_context(|| format!("{path} has no VmRSS"))?;
        Ok(kilobytes.trim().parse::<u64>()? * 1_024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn on_processor(cpu: usize, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &cpu.to_string()]).arg(program);
    command
}

/// Whether a Janus is installed here. It tells its version with an exit code that says failure.
pub(super) fn has_janus() -> bool {
    Command::new("janus").arg("--version").output().is_ok()
}

/// The files of a Janus that serves rooms on a WebSocket and logs little.
fn janus_configuration(port: u16) -> [(&'static str, String); 3] {
    let general = "general: { debug_level = 2, admin_secret = \"unused\" }\n\
        media: { rtp_port_range = \"20000-40000\" }\n\
        plugins: { disable = \"libjanus_audiobridge.so,libjanus_echotest.so,libjanus_nosip.so,libjanus_recordplay.so,\
        libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so\" }\n\
        transports: { disable = \"libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,\
        libjanus_rabbitmq.so\" }\n";
    let sockets = format!(
        "general: {{ json = \"compact\", ws = true, ws_port = {port}, ws_ip = \"127.0.0.1\", wss = false }}\n\
         admin: {{ admin_ws = false }}\n"
    );
    [
        ("janus.jcfg", general.to_owned()),
        ("janus.transport.websockets.jcfg", sockets),
        ("janus.plugin.videoroom.jcfg", "general: { }\n".to_owned()),
    ]
}

/// An address that nobody listens on. Another process could take it before the server does, which then fails to start.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}
