//! What `seameet load` understands.

use clap::{Args, ValueEnum};
use seameet_client::media::Codec;

use crate::load::{Layout, Processors, Sinks, Target};

/// What pictures are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VideoCodec {
    Vp8,
    H264,
}

impl From<VideoCodec> for Codec {
    fn from(codec: VideoCodec) -> Self {
        match codec {
            VideoCodec::Vp8 => Self::Vp8,
            VideoCodec::H264 => Self::H264,
        }
    }
}

/// What `load` does, and what it is to find.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub(crate) struct LoadOptions {
    /// Whose language the server speaks; the same participants do the same to either.
    #[arg(long, value_enum, default_value_t = Target::Seameet)]
    pub(crate) target: Target,
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
    /// What pictures are made of.
    #[arg(long, value_enum, default_value_t = VideoCodec::Vp8)]
    pub(crate) codec: VideoCodec,
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
    /// How participants arrange what they see: as the server fills the slots, in tiles of one size, or with who speaks in
    /// large and the others in small.
    #[arg(long, value_enum, default_value_t = Layout::Auto)]
    pub(crate) layout: Layout,
    /// Publishers speak one after another, each for so long; all at once unless given.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) speaker_every: Option<f64>,
    /// The local address of all participants. Unless given it is the one that reaches the server; where that is this
    /// machine, each participant has an address of its own, so that limits per address hold nobody up.
    #[arg(long, value_name = "IP")]
    pub(crate) local: Option<std::net::IpAddr>,
    /// Threads of the generator. Where most participants receive only, those who publish have one more.
    #[arg(long, default_value_t = 1)]
    pub(crate) threads: usize,
    /// Processors that the generator's threads run on, such as 1 or 2-3; the server's should be others.
    #[arg(long, value_name = "LIST")]
    pub(crate) cpus: Option<Processors>,
    /// Let the subscribers of a room come step by step, so many with each; a step that breaks a threshold is the last.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) step: Option<u32>,
    /// How long a step takes, joining and settling included; instead of --duration.
    #[arg(long, value_name = "SECONDS", requires = "step")]
    pub(crate) every: Option<f64>,
    /// Everybody joins within so many seconds, one after another; with steps, everybody of a step.
    #[arg(long, default_value_t = 3.0, value_name = "SECONDS")]
    pub(crate) ramp: f64,
    /// How long to wait between joins and measuring: servers need seconds to find out what each line takes.
    #[arg(long, default_value_t = 3.0, value_name = "SECONDS")]
    pub(crate) settle: f64,
    /// How long to measure once everybody is in; with steps, in each.
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
