//! `seameet load`: puts a server under load and says how it held.

use std::io::{Write as _, stdout};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::args::LoadOptions;
use crate::load::{self, Moment, Origin, Plan, Report, Show, Steps, Target, Turns, VideoShape};

/// Sound that is heard at the same time unless asked otherwise.
const AUDIO_SLOTS: u32 = 3;

/// Runs the load. Fails if a threshold does not hold; with steps, the first that breaks one is the last.
pub(crate) fn run(options: &LoadOptions) -> Result<()> {
    let plan = plan(options)?;
    if let Some(processors) = &options.cpus {
        processors.pin()?;
    }
    let length = plan
        .stages()
        .last()
        .map_or(Duration::ZERO, |stage| stage.ends);
    let mut show = Show::new(length, plan.steps.is_some());
    let reports = load::run(&plan, |moment| match moment {
        Moment::Second(report) => {
            show.second(report);
            true
        }
        Moment::Stage(report) => {
            show.stage(report);
            broken(options, report).is_empty()
        }
    })?;
    show.end();
    writeln!(stdout(), "{}", result(options, &reports)?)?;
    let broken: Vec<_> = reports
        .iter()
        .flat_map(|report| broken(options, report))
        .collect();
    if !broken.is_empty() {
        bail!("{}", broken.join("; "));
    }
    Ok(())
}

/// The last stage, and in JSON with all of them if there are several.
fn result(options: &LoadOptions, reports: &[Report]) -> Result<String> {
    let last = reports.last().context("nothing was measured")?;
    if !options.json {
        return Ok(last.text());
    }
    let mut json = last.json();
    if options.step.is_some() {
        json["steps"] = reports.iter().map(Report::json).collect();
    }
    Ok(serde_json::to_string_pretty(&json)?)
}

fn plan(options: &LoadOptions) -> Result<Plan> {
    let seconds = |value: f64, name: &str| {
        Duration::try_from_secs_f64(value).with_context(|| format!("--{name} {value}"))
    };
    let publishers = usize::try_from(options.publishers)?;
    let ramp = seconds(options.ramp, "ramp")?;
    let settle = seconds(options.settle, "settle")?;
    let duration = match options.every {
        // What a step takes beside its joins.
        Some(every) => seconds(every, "every")?.saturating_sub(ramp + settle),
        None => seconds(options.duration, "duration")?,
    };
    // Where there is no picture, a slot for one would only be filled with padding.
    let pictures = if options.video_kbps > 0 {
        publishers
    } else {
        0
    };
    let audio_slots = usize::try_from(options.publishers.min(AUDIO_SLOTS))?;
    let turns = options.speaker_every;
    let turns = turns
        .map(|every| seconds(every, "speaker-every"))
        .transpose()?;
    Ok(Plan {
        target: options.target,
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
            codec: options.codec.into(),
        }),
        audio: !options.no_audio,
        video_slots: options.video_slots.unwrap_or(pictures),
        audio_slots: options.audio_slots.unwrap_or(audio_slots),
        sinks: options.sinks,
        layout: options.layout,
        turns: turns.map(|every| Turns { every }),
        origin: origin(options)?,
        threads: options.threads,
        steps: options.step.map(|subscribers| Steps { subscribers }),
        ramp,
        settle,
        duration,
        server: options.server_pid,
    })
}

/// Where participants come from.
fn origin(options: &LoadOptions) -> Result<Origin> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let server = runtime.block_on(seameet_client::driver::resolve(&options.url))?;
    let origin = Origin::choose(options.local, &server);
    // Janus leaves the loopback out of its candidates.
    let outward = (options.target == Target::Janus && origin == Origin::Loopback)
        .then(Origin::outward)
        .flatten();
    Ok(outward.unwrap_or(origin))
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
