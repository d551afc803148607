//! What is typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::FlagLayer;
use crate::load::Sinks;

/// A video meeting server: signaling, media and web page in one program.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve meetings until SIGTERM or Ctrl-C.
    Serve(Options),
    /// Print the configuration that `serve` would use and where each value comes from.
    CheckConfig(Options),
    /// Ask the server that runs with this configuration whether it is ready; for containers.
    Healthcheck(Options),
    /// Put a server under load with participants that publish, receive and measure.
    Load(LoadOptions),
}

/// Options of every command. A flag wins over the environment, which wins over the file.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A configuration file in TOML; its keys are the flags below with underscores.
    #[arg(long, env = "SEAMEET_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// For development: let everybody into every room without a token, on 127.0.0.1:8080 unless --ws-addr says where.
    #[arg(long)]
    pub(crate) dev: bool,
    #[command(flatten)]
    pub(crate) flags: FlagLayer,
}

/// What `load` does, and what it is to find.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub(crate) struct LoadOptions {
    /// The server's WebSocket.
    #[arg(long, default_value = "ws://127.0.0.1:8080/ws", value_name = "URL")]
    pub(crate) url: String,
    /// A token for the server's authentication.
    #[arg(long, env = "SEAMEET_LOAD_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// Rooms are called by this and a number.
    #[arg(long, default_value = "load", value_name = "NAME")]
    pub(crate) room: String,
    /// How many rooms.
    #[arg(long, default_value_t = 1)]
    pub(crate) rooms: u32,
    /// How many participants of a room publish; they receive as well.
    #[arg(long, default_value_t = 1)]
    pub(crate) publishers: u32,
    /// How many participants of a room receive only.
    #[arg(long, default_value_t = 10)]
    pub(crate) subscribers: u32,
    /// Kilobits per second of each camera; 0 for none.
    #[arg(long, default_value_t = 1_500, value_name = "KBIT")]
    pub(crate) video_kbps: u64,
    /// Frames per second of each camera.
    #[arg(long, default_value_t = 30)]
    pub(crate) fps: u32,
    /// Cameras send three sizes.
    #[arg(long)]
    pub(crate) simulcast: bool,
    /// Publishers send no sound.
    #[arg(long)]
    pub(crate) no_audio: bool,
    /// Pictures that each participant receives at the same time; all publishers' unless given.
    #[arg(long)]
    pub(crate) video_slots: Option<usize>,
    /// Tracks of sound that each participant receives at the same time; at most three unless given.
    #[arg(long)]
    pub(crate) audio_slots: Option<usize>,
    /// How participants receive: lightly, or as whole WebRTC endpoints, which take some ten times as much of a processor
    /// for each packet but repair what is lost.
    #[arg(long, value_enum, default_value_t = Sinks::Light)]
    pub(crate) sinks: Sinks,
    /// The local address of all participants. Unless given it is the one that reaches the server; where that is this
    /// machine, each participant has an address of its own, so that limits per address hold nobody up.
    #[arg(long, value_name = "IP")]
    pub(crate) local: Option<std::net::IpAddr>,
    /// Threads of the generator.
    #[arg(long, default_value_t = 1)]
    pub(crate) threads: usize,
    /// Everybody joins within so many seconds, one after another.
    #[arg(long, default_value_t = 3.0, value_name = "SECONDS")]
    pub(crate) ramp: f64,
    /// How long to measure once everybody is in.
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    pub(crate) duration: f64,
    /// The server's process id, to read its processor time and memory from /proc.
    #[arg(long, value_name = "PID")]
    pub(crate) server_pid: Option<u32>,
    /// Print the result as JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    /// Fail if more is lost, in percent.
    #[arg(long, value_name = "PERCENT")]
    pub(crate) max_loss: Option<f64>,
    /// Fail if one packet of a hundred takes longer, in milliseconds.
    #[arg(long, value_name = "MS")]
    pub(crate) max_p99: Option<f64>,
    /// Fail if a participant does not get in or does not stay.
    #[arg(long)]
    pub(crate) all_join: bool,
}
