//! `docs/benchmarks.md`.

use std::fmt::Write as _;

use super::case::{self, Case, Sample};
use super::figures::Spread;
use super::floor::Floor;
use super::machine::Machine;
use super::plot::{Bar, bars};
use super::{Findings, instructions};

const PARTS: [&str; 5] = ["receive", "send", "feedback", "timers", "kernel"];

/// The page.
pub(super) fn text(findings: &Findings, machine: &Machine, rounds: usize, seconds: u32) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        page,
        "# Benchmarks\n\n\
         Written by `cargo xtask bench --rounds {rounds} --seconds {seconds}`; do not edit. Medians of {rounds} interleaved \
         rounds, with the least and the greatest in brackets.\n\n\
         | | |\n|---|---|\n\
         | date | {} |\n| commit | {} |\n| processor | {} ({} of them) |\n| kernel | {} |\n| compiler | {} |\n\
         | media | SRTP with AES-GCM, transport-wide feedback, estimation of bandwidth and pacing; VP8 in packets of 1,100 \
         bytes, sound in packets of 100 |\n\n\
         Server and generator (`seameet load`, light sinks) are processes of their own, each on one processor. What counts \
         is the server's processor time, user and system, for each million packets that participants received. Machines \
         and their neighbours differ: compare figures of one run only, and rather with the floor than with a number \
         from elsewhere.\n\n",
        machine.date,
        machine.commit,
        machine.processor,
        machine.processors,
        machine.kernel,
        machine.compiler
    );
    page.push_str(&table(findings));
    page.push_str(&comparison(findings));
    page.push_str(&floor(&findings.floors));
    page.push_str(&instructions::section());
    page
}

fn table(findings: &Findings) -> String {
    let mut text = String::from(
        "## Cases\n\n![Processor time per million packets](benchmarks/cost.svg)\n\n\
         | case | s per million packets | of the floor | packets/s | p50 ms | p99 ms | lost % | server cores | kB per participant | first media p95 ms |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (case, samples) in cases(findings) {
        let _ = writeln!(text, "{}", row(case, samples, &findings.floors));
    }
    let void = cases(findings).filter(|(_, samples)| samples.iter().any(Sample::is_void));
    let void: Vec<_> = void.map(|(case, _)| case.title).collect();
    if !void.is_empty() {
        let _ = write!(
            text,
            "\nThe generator used more than 0.8 of its processor in: {}. Latency and packets per second there are the \
             generator's limit as well.\n",
            void.join("; ")
        );
    }
    let missing: Vec<_> = cases(findings)
        .filter_map(|(case, samples)| {
            let missing: u64 = samples.iter().map(|sample| sample.missing).sum();
            (missing > 0).then(|| format!("{} ({missing} in all rounds)", case.title))
        })
        .collect();
    if !missing.is_empty() {
        let _ = write!(
            text,
            "\nNot everybody got in or stayed: {}.\n",
            missing.join("; ")
        );
    }
    text.push('\n');
    text
}

fn cases(findings: &Findings) -> impl Iterator<Item = (&'static Case, &[Sample])> {
    case::ALL.iter().filter_map(|case| {
        let samples = findings.cases.get(case.name)?;
        Some((case, samples.as_slice()))
    })
}

fn row(case: &Case, samples: &[Sample], floors: &[Floor]) -> String {
    let show = |figure: fn(&Sample) -> f64, digits| {
        Spread::of(samples.iter().map(figure)).map_or_else(String::new, |it| it.text(digits))
    };
    // Round by round, as the machine was at that time.
    let ratios = samples
        .iter()
        .zip(floors)
        .map(|(sample, floor)| sample.cost * 1e3 / floor.total());
    let ratio = Spread::of(ratios).map_or_else(String::new, |it| it.text(2));
    let cells = [
        case.title.to_owned(),
        show(|it| it.cost, 2),
        ratio,
        show(|it| it.packets_per_second, 0),
        show(|it| it.p50_ms, 2),
        show(|it| it.p99_ms, 2),
        show(|it| it.loss_percent, 4),
        show(|it| it.server_cores, 2),
        show(|it| it.memory_kb, 0),
        show(|it| it.first_media_p95_ms, 0),
    ];
    format!("| {} |", cells.join(" | "))
}

/// What a Janus needed for the same work in the same rounds.
fn comparison(findings: &Findings) -> String {
    if findings.others.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "## Beside Janus\n\n\
         The same participants, the same work, in turns, against the Janus that Debian ships (video room plugin, \
         `seameet load --target janus`). Among twenty who speak ours forwards three voices to each and Janus all: compare packets\n\
         as well as seconds there.\n\n\
         | case | s per million packets, ours | Janus | share, round by round | packets/s ours, Janus | p99 ms ours, Janus |\n\
         |---|---|---|---|---|---|\n",
    );
    for (case, ours) in cases(findings) {
        let Some(others) = findings.others.get(case.name) else {
            continue;
        };
        let show = |samples: &[Sample], figure: fn(&Sample) -> f64, digits| {
            Spread::of(samples.iter().map(figure)).map_or_else(String::new, |it| it.text(digits))
        };
        let shares = ours
            .iter()
            .zip(others)
            .map(|(ours, other)| ours.cost / other.cost);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {}, {} | {}, {} |",
            case.title,
            show(ours, |it| it.cost, 2),
            show(others, |it| it.cost, 2),
            Spread::of(shares).map_or_else(String::new, |it| it.text(2)),
            show(ours, |it| it.packets_per_second, 0),
            show(others, |it| it.packets_per_second, 0),
            show(ours, |it| it.p99_ms, 2),
            show(others, |it| it.p99_ms, 2),
        );
    }
    text.push('\n');
    text
}

fn floor(floors: &[Floor]) -> String {
    let mut text = String::from(
        "## The floor\n\n\
         What the WebRTC engine, the cipher and the kernel need for a forwarded packet without anything of ours: one \
         publisher, a hundred receivers with real encrypted connections in memory, the same pictures and sound, feedback, \
         estimation and pacing, and one send from a socket for each burst \
         (`cargo bench -p seameet-pipeline --bench floor`). A server adds rooms, selection, numbers, timers, reading from \
         sockets and waking up.\n\n| part | ns per packet |\n|---|---|\n",
    );
    for part in PARTS.into_iter().chain(["total"]) {
        let spread = Spread::of(floors.iter().map(|floor| floor.part(part)));
        let spread = spread.map_or_else(String::new, |it| it.text(0));
        let _ = writeln!(text, "| {part} | {spread} |");
    }
    text.push('\n');
    text
}

/// The plots of the page, by name.
pub(super) fn plots(findings: &Findings) -> Vec<(&'static str, String)> {
    let cost = cases(findings).filter_map(|(case, samples)| {
        let spread = Spread::of(samples.iter().map(|sample| sample.cost))?;
        Some(Bar {
            label: case.title.to_owned(),
            spread,
        })
    });
    let floor = Spread::of(findings.floors.iter().map(|floor| floor.total() / 1e3));
    let floor_bar = floor.map(|spread| Bar {
        label: "floor (1 → 100)".to_owned(),
        spread,
    });
    let bars_of_cost: Vec<_> = cost.chain(floor_bar).collect();
    let title = "Processor seconds of the server per million forwarded packets";
    vec![("cost.svg", bars(title, &bars_of_cost))]
}
