//! `docs/quality.md`: what the scenes come to, in figures that are round enough to stay the same from run to run.

use std::fmt::Write as _;
use std::thread;
use std::time::Duration;

use seameet_core::Codec;
use seameet_core::media::SlotCause;

use crate::scenarios::{self, Row};
use crate::stage::Sight;
use crate::video::VideoPlan;

const HEAD: &str = "\
# Quality

What viewers see, as the scenes of `seameet-testkit` play it in virtual time: real endpoints on modelled lines, a seed
for each scene. `cargo xtask quality` writes this page and `cargo xtask quality --check` compares it, so that whoever
changes how the server adapts sees here what becomes of it.

The cameras send 180, 360 and 720 lines, by simulcast at 150, 500 and 1,700 kbit/s, or as layers that add up to
1,700 kbit/s. Settled is the time until the last height was there to stay, freeze the longest time without a new
picture, wait the longest that a packet stood in front of the viewer's line or in the server. Times are rounded up.

";

const COLUMNS: &str = "\
| scene | viewer | picture | fps | settled | freeze | wait | switches | kbit/s | time at each height | cause |
|---|---|---|---|---|---|---|---|---|---|---|
";

/// Plays a scene.
type Scene = (&'static str, fn() -> Vec<Row>);

const SCENES: &[Scene] = &[
    ("line, VP8 simulcast", || {
        let widths = [300_000, 800_000, 3_000_000];
        let rows = widths.map(|width| scenarios::fits(VideoPlan::simulcast(), width));
        rows.concat()
    }),
    ("line, H.264 simulcast", || {
        scenarios::fits(VideoPlan::simulcast_h264(), 800_000)
    }),
    ("line, VP9 layers", || {
        scenarios::fits(VideoPlan::layered(Codec::Vp9), 800_000)
    }),
    ("line, AV1 layers", || {
        scenarios::fits(VideoPlan::layered(Codec::Av1), 800_000)
    }),
    ("squeeze, VP8 simulcast", || {
        scenarios::squeeze(37, VideoPlan::simulcast())
    }),
    ("squeeze, AV1 layers", || {
        scenarios::squeeze(37, VideoPlan::layered(Codec::Av1))
    }),
    ("starved, VP8 simulcast", || {
        scenarios::starve(VideoPlan::simulcast())
    }),
    ("starved, AV1 layers", || {
        scenarios::starve(VideoPlan::layered(Codec::Av1))
    }),
    ("twenty viewers", || {
        let rows = scenarios::crowd().into_iter().take(5);
        rows.map(|(_, row)| row).collect()
    }),
    ("loss, VP8 simulcast", || {
        scenarios::loss(VideoPlan::simulcast())
    }),
    ("tile, VP8 simulcast", || {
        scenarios::resize(VideoPlan::simulcast())
    }),
    ("tile, VP9 layers", || {
        scenarios::resize(VideoPlan::layered(Codec::Vp9))
    }),
    ("hidden, VP8 simulcast", || {
        scenarios::hidden(VideoPlan::simulcast())
    }),
    ("late joiner, VP8 simulcast", || {
        scenarios::late_joiner(VideoPlan::simulcast())
    }),
    ("camera that answers nobody", scenarios::deaf),
    ("still screen", || scenarios::still_screen().0),
    ("slow processor", scenarios::processor),
    ("short uplink", scenarios::short_uplink),
    ("another address amid a switch", || {
        scenarios::rebind(VideoPlan::simulcast())
    }),
    ("four codecs", scenarios::codec_mix),
];

/// The whole page.
pub fn document() -> String {
    let mut text = format!("{HEAD}{COLUMNS}");
    // Scenes do not know each other; two at a time keep two processors busy.
    for pair in SCENES.chunks(2) {
        let played = thread::scope(|scope| {
            let playing: Vec<_> = pair.iter().map(|(_, play)| scope.spawn(play)).collect();
            let played = playing.into_iter().map(thread::ScopedJoinHandle::join);
            played
                .map(|rows| rows.expect("the scene plays"))
                .collect::<Vec<_>>()
        });
        for ((name, _), rows) in pair.iter().zip(played) {
            for row in rows {
                line(&mut text, name, &row);
            }
        }
    }
    text
}

fn line(text: &mut String, scene: &str, row: &Row) {
    let Sight {
        last_height,
        settled,
        longest_gap,
        switches,
        fps,
        bitrate,
        cause,
        ..
    } = &row.sight;
    let picture = last_height.map_or("none".to_owned(), |height| height.to_string());
    let settled = settled.map_or("–".to_owned(), |it| seconds(it, 1_000));
    let _ = writeln!(
        text,
        "| {scene} | {} | {picture} | {} | {settled} | {} | {} | {switches} | {} | {} | {} |",
        row.phase,
        round(*fps),
        seconds(*longest_gap, 200),
        seconds(row.sight.longest_wait(), 50),
        bitrate.div_ceil(50_000) * 50,
        shares(&row.sight),
        cause.map_or("–", cause_name),
    );
}

/// In seconds, rounded up to a multiple of so many milliseconds.
fn seconds(duration: Duration, step: u32) -> String {
    let steps = duration.as_millis().div_ceil(u128::from(step));
    let millis = u32::try_from(steps)
        .unwrap_or(u32::MAX)
        .saturating_mul(step);
    match step {
        1_000 => format!("{} s", millis / 1_000),
        200 => format!("{}.{} s", millis / 1_000, millis / 100 % 10),
        _ => format!("{millis} ms"),
    }
}

fn round(number: f64) -> String {
    format!("{number:.0}")
}

/// The heights that were on the screen for a tenth of the time or longer, in tenths.
fn shares(sight: &Sight) -> String {
    let total: Duration = sight.heights.values().sum();
    let share = |time: &Duration| time.as_secs_f64() / total.as_secs_f64().max(f64::EPSILON);
    let parts = sight.heights.iter().filter_map(|(height, time)| {
        let tenths = share(time) * 10.0;
        let name = match height {
            0 => "none".to_owned(),
            height => height.to_string(),
        };
        (tenths >= 0.5).then(|| format!("{name}: {tenths:.0}/10"))
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn cause_name(cause: SlotCause) -> &'static str {
    match cause {
        SlotCause::Full => "full",
        SlotCause::Empty => "empty",
        SlotCause::Muted => "muted",
        SlotCause::Hidden => "hidden",
        SlotCause::WaitingForKeyframe => "waiting for keyframe",
        SlotCause::Codec => "codec",
        SlotCause::Bandwidth => "bandwidth",
        SlotCause::HigherPriority { .. } => "higher priority",
        SlotCause::Paused => "paused",
        SlotCause::Publisher => "publisher",
        SlotCause::Size => "size",
    }
}
