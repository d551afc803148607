//! A load generator: participants that publish, receive and measure.
//!
//! ```text
//!   Plan ─▶ threads ─▶ bots (seameet-client) ─▶ server
//!                        │ packets with the time in their last bytes
//!                        ▼
//!                     Measures ─▶ a line each second, a summary, JSON
//! ```
//!
//! Bots shake hands and publish as whole WebRTC endpoints. Such an endpoint takes about as much of a processor for each
//! packet that it receives as a server spends on it, so that bots receive lightly unless asked otherwise
//! ([`Sinks`], `seameet_pipeline::light`). Give the generator processors of its own all the same, and look at how busy it
//! was before believing a figure.

mod bot;
mod lines;
mod measure;
mod media;
mod origin;
mod process;
mod refusal;
mod report;

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::runtime;
use tokio::task::JoinSet;

use bot::Bot;
pub(crate) use measure::{Measures, Summary};
pub(crate) use media::VideoShape;
pub(crate) use origin::Origin;
pub(crate) use report::Report;

/// How participants receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Sinks {
    /// Counts packets and opens one of each frame; asks for nothing again.
    Light,
    /// As a browser does.
    Full,
}

/// What to do to a server.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Its WebSocket.
    pub(crate) url: String,
    pub(crate) token: Option<String>,
    /// Rooms are called by this and a number.
    pub(crate) room: String,
    pub(crate) rooms: u32,
    /// Per room: who publishes and receives, and who receives only.
    pub(crate) publishers: u32,
    pub(crate) subscribers: u32,
    pub(crate) video: Option<VideoShape>,
    pub(crate) audio: bool,
    /// Slots of each participant.
    pub(crate) video_slots: usize,
    pub(crate) audio_slots: usize,
    pub(crate) sinks: Sinks,
    /// From where.
    pub(crate) origin: Origin,
    pub(crate) threads: usize,
    /// One participant after another joins within this time.
    pub(crate) ramp: Duration,
    /// How long it is measured once everybody is in.
    pub(crate) duration: Duration,
    /// The server's process, if it is on this machine.
    pub(crate) server: Option<u32>,
}

impl Plan {
    fn participants(&self) -> u32 {
        self.rooms * (self.publishers + self.subscribers)
    }

    /// The participants in the order of joining: publishers first, room by room.
    fn bots(&self) -> Vec<Bot> {
        let roles = (0..self.publishers)
            .map(|_| true)
            .chain((0..self.subscribers).map(|_| false));
        let everybody =
            roles.flat_map(|publishes| (0..self.rooms).map(move |room| (room, publishes)));
        let interval = self.ramp / self.participants().max(1);
        (0..)
            .zip(everybody)
            .map(|(number, (room, publishes))| Bot {
                number,
                room: format!("{}-{room}", self.room),
                publishes,
                joins_after: interval * number,
            })
            .collect()
    }
}

/// Runs a plan. `tell` is called each second.
///
/// # Errors
///
/// When a thread cannot be started or the server's process cannot be read.
pub(crate) fn run(plan: &Plan, mut tell: impl FnMut(&Report)) -> Result<Report> {
    let measures: Vec<_> = (0..plan.threads.max(1))
        .map(|_| Arc::new(Mutex::new(Measures::new())))
        .collect();
    let mut shares: Vec<Vec<Bot>> = vec![Vec::new(); measures.len()];
    for (place, bot) in plan.bots().into_iter().enumerate() {
        let share = place % shares.len();
        shares[share].push(bot);
    }
    let begin = Instant::now();
    let end = begin + plan.ramp + plan.duration;
    // Nothing is ever sent: the channel ends when the last thread does.
    let (playing, over) = mpsc::sync_channel::<()>(1);
    let threads: Vec<_> = shares
        .into_iter()
        .zip(&measures)
        .enumerate()
        .map(|(number, (bots, measures))| {
            let (plan, measures) = (plan.clone(), Arc::clone(measures));
            let playing = playing.clone();
            thread::Builder::new()
                .name(format!("load-{number}"))
                .spawn(move || {
                    let played = play(&plan, bots, &measures, (begin, end));
                    drop(playing);
                    played
                })
                .context("a thread cannot be started")
        })
        .collect::<Result<_>>()?;
    drop(playing);
    let report = watch(plan, &measures, (begin, end), &over, &mut tell)?;
    for thread in threads {
        let _ = thread.join();
    }
    Ok(report)
}

/// One thread's participants.
fn play(
    plan: &Plan,
    bots: Vec<Bot>,
    measures: &Arc<Mutex<Measures>>,
    (begin, end): (Instant, Instant),
) -> Result<()> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut playing = JoinSet::new();
        for bot in bots {
            playing.spawn(bot::play(
                bot,
                plan.clone(),
                Arc::clone(measures),
                (begin, end),
            ));
        }
        while playing.join_next().await.is_some() {}
    });
    Ok(())
}

/// Waits for a time, or until no thread plays any more. Returns whether none does.
fn wait(over: &Receiver<()>, time: Duration) -> bool {
    over.recv_timeout(time) == Err(RecvTimeoutError::Disconnected)
}

/// Looks at what the threads measure until it is over. What came before everybody was in does not count.
fn watch(
    plan: &Plan,
    measures: &[Arc<Mutex<Measures>>],
    (begin, end): (Instant, Instant),
    over: &Receiver<()>,
    tell: &mut impl FnMut(&Report),
) -> Result<Report> {
    wait(over, plan.ramp);
    let before = Measures::sum(measures);
    let started = Instant::now();
    let used_before = plan.server.map(process::usage).transpose()?;
    let own_before = process::usage(std::process::id())?;
    loop {
        let rest = end.saturating_duration_since(Instant::now());
        let has_ended = wait(over, rest.min(Duration::from_secs(1)));
        let used = plan.server.map(process::usage).transpose()?;
        let own = process::usage(std::process::id())?;
        let report = Report {
            participants: plan.participants(),
            elapsed: begin.elapsed(),
            measured: started.elapsed(),
            summary: Measures::sum(measures).since(&before),
            server: used.zip(used_before).map(|(now, then)| now.since(&then)),
            generator: own.since(&own_before),
        };
        if has_ended || Instant::now() >= end {
            return Ok(report);
        }
        tell(&report);
    }
}
