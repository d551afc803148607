//! `seameet load`: puts a server under load and says how it held.

use std::io::{Write as _, stderr, stdout};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::args::LoadOptions;
use crate::load::{self, Origin, Plan, Report, VideoShape};

/// Sound that is heard at the same time unless asked otherwise.
const AUDIO_SLOTS: u32 = 3;

/// Runs the load. Fails if a threshold does not hold.
pub(crate) fn run(options: &LoadOptions) -> Result<()> {
    let plan = plan(options)?;
    let report = load::run(&plan, |report| {
        // Nothing is left to do when standard error is closed.
        let _ = writeln!(stderr(), "{}", report.line());
    })?;
    let text = if options.json {
        serde_json::to_string_pretty(&report.json())?
    } else {
        report.text()
    };
    writeln!(stdout(), "{text}")?;
    let broken = broken(options, &report);
    if !broken.is_empty() {
        bail!("{}", broken.join("; "));
    }
    Ok(())
}

fn plan(options: &LoadOptions) -> Result<Plan> {
    let seconds = |value: f64, name: &str| {
        Duration::try_from_secs_f64(value).with_context(|| format!("--{name} {value}"))
    };
    let publishers = usize::try_from(options.publishers)?;
    let audio_slots = usize::try_from(options.publishers.min(AUDIO_SLOTS))?;
    Ok(Plan {
        url: options.url.clone(),
        token: options.token.clone(),
        room: options.room.clone(),
        rooms: options.rooms,
        publishers: options.publishers,
        subscribers: options.subscribers,
        video: (options.video_kbps > 0).then_some(VideoShape {
            bitrate: options.video_kbps * 1_000,
            fps: options.fps,
            simulcast: options.simulcast,
        }),
        audio: !options.no_audio,
        video_slots: options.video_slots.unwrap_or(publishers),
        audio_slots: options.audio_slots.unwrap_or(audio_slots),
        sinks: options.sinks,
        origin: origin(options)?,
        threads: options.threads,
        ramp: seconds(options.ramp, "ramp")?,
        duration: seconds(options.duration, "duration")?,
        server: options.server_pid,
    })
}

/// Where participants come from.
fn origin(options: &LoadOptions) -> Result<Origin> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let server = runtime.block_on(seameet_client::driver::resolve(&options.url))?;
    Ok(Origin::choose(options.local, &server))
}

/// The thresholds that do not hold, in words.
fn broken(options: &LoadOptions, report: &Report) -> Vec<String> {
    let mut broken = Vec::new();
    let loss = report.summary.loss() * 100.0;
    if options.max_loss.is_some_and(|most| loss > most) {
        broken.push(format!("{loss:.3} % lost"));
    }
    let p99 = report.p99_ms();
    if options.max_p99.is_some_and(|most| p99 > most) {
        broken.push(format!("p99 {p99:.1} ms"));
    }
    let missing = report.missing();
    if options.all_join && missing > 0 {
        broken.push(format!(
            "{missing} participants did not get in or did not stay"
        ));
    }
    broken
}
