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

mod adapter;
mod bot;
mod files;
mod h264;
mod janus;
mod layout;
mod lines;
mod measure;
mod media;
mod origin;
mod pin;
mod playing;
mod process;
mod refusal;
mod report;
mod show;
mod stage;
mod turns;

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use seameet_client::Participant;
use tokio::runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;

use bot::{Bot, Span};
use janus::JanusParticipant;
pub(crate) use layout::Layout;
pub(crate) use measure::{Measures, Summary};
pub(crate) use media::VideoShape;
pub(crate) use origin::Origin;
pub(crate) use pin::Processors;
pub(crate) use report::Report;
pub(crate) use show::Show;
pub(crate) use stage::{Stage, Steps};
pub(crate) use turns::Turns;

/// Whose language participants speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Target {
    Seameet,
    /// The video room of Janus 1.0 and later.
    Janus,
}

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
    pub(crate) target: Target,
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
    pub(crate) layout: Layout,
    /// Whether publishers speak one after another; all at once otherwise.
    pub(crate) turns: Option<Turns>,
    /// From where.
    pub(crate) origin: Origin,
    pub(crate) threads: usize,
    /// Whether the subscribers come step by step.
    pub(crate) steps: Option<Steps>,
    /// One participant after another joins within this time, in each step.
    pub(crate) ramp: Duration,
    /// How long to wait then, until servers have found out what each line takes.
    pub(crate) settle: Duration,
    /// How long each step is measured once everybody is in.
    pub(crate) duration: Duration,
    /// The server's process, if it is on this machine.
    pub(crate) server: Option<u32>,
}

/// What happens while a load runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment<'a> {
    /// A second passed.
    Second(&'a Report),
    /// A stage is over.
    Stage(&'a Report),
}

/// Runs a plan and reports on each stage. `tell` is called each second and after each stage, and says whether to go on.
///
/// # Errors
///
/// When a thread cannot be started or the server's process cannot be read.
pub(crate) fn run(plan: &Plan, mut tell: impl FnMut(Moment<'_>) -> bool) -> Result<Vec<Report>> {
    let shares = shares(plan.bots(), plan.threads);
    let fresh = |_: &Vec<Bot>| Arc::new(Mutex::new(Measures::new()));
    let measures: Vec<_> = shares.iter().map(fresh).collect();
    files::allow_many();
    let stages = plan.stages();
    let begin = Instant::now();
    let length = stages.last().map_or(Duration::ZERO, |stage| stage.ends);
    let span = Span {
        begin,
        end: begin + length,
    };
    let (stop, stopped) = watch::channel(());
    // Nothing is ever sent: the channel ends when the last thread does.
    let (playing, over) = mpsc::sync_channel::<()>(1);
    let threads: Vec<_> = shares
        .into_iter()
        .zip(&measures)
        .enumerate()
        .map(|(number, (bots, measures))| {
            let (plan, measures) = (plan.clone(), Arc::clone(measures));
            let (playing, stopped) = (playing.clone(), stopped.clone());
            thread::Builder::new()
                .name(format!("load-{number}"))
                .spawn(move || {
                    let played = play(&plan, bots, &measures, span, stopped);
                    drop(playing);
                    played
                })
                .context("a thread cannot be started")
        })
        .collect::<Result<_>>()?;
    drop(playing);
    let mut watcher = Watcher {
        plan,
        measures: &measures,
        begin,
        over,
    };
    let mut reports = Vec::new();
    for stage in stages {
        let report = watcher.stage(stage, |report| {
            tell(Moment::Second(report));
        })?;
        let goes_on = tell(Moment::Stage(&report));
        reports.push(report);
        if !goes_on {
            break;
        }
    }
    drop(stop);
    for thread in threads {
        let _ = thread.join();
    }
    Ok(reports)
}

/// Which participants share a thread. Where most receive only, those who publish have one of their own, so that nobody who
/// receives makes them late.
fn shares(bots: Vec<Bot>, threads: usize) -> Vec<Vec<Bot>> {
    let (publishers, others): (Vec<_>, Vec<_>) = bots.into_iter().partition(|bot| bot.publishes);
    let spread = |bots: Vec<Bot>| {
        let mut shares = vec![Vec::new(); threads.max(1)];
        for (place, bot) in bots.into_iter().enumerate() {
            shares[place % threads.max(1)].push(bot);
        }
        shares
    };
    if others.len() <= publishers.len() {
        let everybody = publishers.into_iter().chain(others).collect();
        return spread(everybody);
    }
    let mut shares = spread(others);
    shares.push(publishers);
    shares
}

/// One thread's participants, until they have ended or are stopped.
fn play(
    plan: &Plan,
    bots: Vec<Bot>,
    measures: &Arc<Mutex<Measures>>,
    span: Span,
    mut stopped: watch::Receiver<()>,
) -> Result<()> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut playing = JoinSet::new();
        for bot in bots {
            let (plan, measures) = (plan.clone(), Arc::clone(measures));
            match plan.target {
                Target::Seameet => {
                    playing.spawn(bot::play::<Participant>(bot, plan, measures, span))
                }
                Target::Janus => {
                    playing.spawn(bot::play::<JanusParticipant>(bot, plan, measures, span))
                }
            };
        }
        tokio::select! {
            // The channel ends when nothing is to be measured any more.
            _ = stopped.changed() => {}
            () = async { while playing.join_next().await.is_some() {} } => {}
        }
    });
    Ok(())
}

/// Looks at what the threads measure.
struct Watcher<'a> {
    plan: &'a Plan,
    measures: &'a [Arc<Mutex<Measures>>],
    begin: Instant,
    over: Receiver<()>,
}

impl Watcher<'_> {
    /// Waits until a time, or until no thread plays any more. Returns whether none does.
    fn wait(&self, until: Instant) -> bool {
        let time = until.saturating_duration_since(Instant::now());
        self.over.recv_timeout(time) == Err(RecvTimeoutError::Disconnected)
    }

    /// One stage to its end. What came before everybody was in does not count, but for the longest gap.
    fn stage(&mut self, stage: Stage, mut tell: impl FnMut(&Report)) -> Result<Report> {
        let before_joins = Measures::sum(self.measures);
        Measures::forget_gaps(self.measures);
        self.wait(self.begin + stage.measured_from);
        let before = Measures::sum(self.measures);
        let started = Instant::now();
        let server_before = self.plan.server.map(process::usage).transpose()?;
        let own_before = process::usage(std::process::id())?;
        let end = self.begin + stage.ends;
        loop {
            let has_ended = self.wait(end.min(Instant::now() + Duration::from_secs(1)));
            let server = self.plan.server.map(process::usage).transpose()?;
            let own = process::usage(std::process::id())?;
            let summary = Measures::sum(self.measures);
            let report = Report {
                participants: stage.participants,
                elapsed: self.begin.elapsed(),
                measured: started.elapsed(),
                summary: summary.since(&before).joins_since(&before_joins),
                server: server
                    .zip(server_before)
                    .map(|(now, then)| now.since(&then)),
                generator: own.since(&own_before),
            };
            if has_ended || Instant::now() >= end {
                return Ok(report);
            }
            tell(&report);
        }
    }
}

#[cfg(test)]
mod tests {
    //! A plan to test with, and who shares a thread.

    use super::*;

    #[test]
    fn who_publishes_to_many_is_not_held_up_by_them() {
        let all = shares(plan().bots(), 2);
        let publish = |share: &Vec<Bot>| share.iter().filter(|bot| bot.publishes).count();
        let lengths: Vec<_> = all.iter().map(|it| (it.len(), publish(it))).collect();
        assert_eq!(lengths, [(5, 0), (5, 0), (4, 4)]);
        let mut meeting = plan();
        meeting.subscribers = 0;
        let all = shares(meeting.bots(), 2);
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    }

    /// Two rooms with two who publish and five who receive.
    pub(super) fn plan() -> Plan {
        Plan {
            target: Target::Seameet,
            url: "ws://127.0.0.1:8080/ws".to_owned(),
            token: None,
            room: "load".to_owned(),
            rooms: 2,
            publishers: 2,
            subscribers: 5,
            video: None,
            audio: true,
            video_slots: 0,
            audio_slots: 2,
            sinks: Sinks::Light,
            layout: Layout::Auto,
            turns: None,
            origin: Origin::Loopback,
            threads: 1,
            steps: None,
            ramp: Duration::from_secs(1),
            settle: Duration::ZERO,
            duration: Duration::from_secs(3),
            server: None,
        }
    }
}
