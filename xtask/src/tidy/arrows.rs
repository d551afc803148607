//! Arrows between crates only point down, and only those of the table exist.

use super::Complaint;
use super::graph::{Graph, Kind, Member};

/// Who may depend on whom among our crates. An arrow that is not listed is forbidden.
const ARROWS: &[(&str, &[&str])] = &[
    ("seameet-core", &[]),
    ("seameet-rtp", &["seameet-core"]),
    ("seameet-codec", &["seameet-core"]),
    ("seameet-e2ee", &["seameet-core"]),
    ("seameet-signaling", &["seameet-core"]),
    ("seameet-pipeline", &["seameet-core", "seameet-rtp"]),
    (
        "seameet-sfu",
        &["seameet-core", "seameet-rtp", "seameet-pipeline"],
    ),
    ("seameet-meeting", &["seameet-core"]),
    (
        "seameet",
        &[
            "seameet-core",
            "seameet-rtp",
            "seameet-codec",
            "seameet-e2ee",
            "seameet-signaling",
            "seameet-pipeline",
            "seameet-sfu",
            "seameet-meeting",
        ],
    ),
    (
        "seameet-client",
        &[
            "seameet-core",
            "seameet-signaling",
            "seameet-rtp",
            "seameet-pipeline",
            "seameet-e2ee",
        ],
    ),
    ("seameet-cli", &["seameet", "seameet-client"]),
    (
        "seameet-testkit",
        &[
            "seameet-core",
            "seameet-rtp",
            "seameet-codec",
            "seameet-e2ee",
            "seameet-signaling",
            "seameet-pipeline",
            "seameet-sfu",
            "seameet-meeting",
        ],
    ),
    ("xtask", &[]),
];

/// What a crate under `examples/` may use: what an embedder uses.
const EXAMPLE_ARROWS: &[&str] = &["seameet", "seameet-client"];

/// The crate that only tests may use.
const TESTKIT: &str = "seameet-testkit";

/// Direct dependencies that belong to one crate alone.
const EXCLUSIVE: &[(&str, &str)] = &[("str0m", "seameet-pipeline")];

const ACTS: &[&str] = &[
    "tokio",
    "mio",
    "socket2",
    "async-std",
    "smol",
    "async-io",
    "polling",
];
const CODECS: &[&str] = &[
    "seameet-codec",
    "opus",
    "opus-sys",
    "audiopus",
    "audiopus_sys",
    "magnum-opus",
    "vpx-sys",
    "env-libvpx-sys",
    "libvpx-sys",
    "openh264",
    "openh264-sys2",
    "dav1d",
    "rav1e",
    "ffmpeg-sys-next",
    "ffmpeg-next",
];
const WEBRTC: &[&str] = &["str0m", "webrtc"];

/// What a crate must not reach by any way, its tests' dependencies included if the third field says so, and why.
const UNREACHABLE: &[(&str, &[&str], bool, &str)] = &[
    (
        "seameet-core",
        ACTS,
        false,
        "a crate that decides needs no I/O",
    ),
    (
        "seameet-rtp",
        ACTS,
        false,
        "a crate that decides needs no I/O",
    ),
    (
        "seameet-e2ee",
        ACTS,
        false,
        "a crate that decides needs no I/O",
    ),
    (
        "seameet-sfu",
        CODECS,
        true,
        "the media plane forwards and must not be able to decode",
    ),
    (
        "seameet-core",
        WEBRTC,
        false,
        "only seameet-pipeline knows the engine",
    ),
    (
        "seameet-rtp",
        WEBRTC,
        false,
        "only seameet-pipeline knows the engine",
    ),
    (
        "seameet-signaling",
        WEBRTC,
        false,
        "only seameet-pipeline knows the engine",
    ),
    (
        "seameet-meeting",
        WEBRTC,
        false,
        "only seameet-pipeline knows the engine",
    ),
];

pub(super) fn check(graph: &Graph) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for member in &graph.members {
        complaints.extend(arrows(member));
        complaints.extend(exclusive(member));
        complaints.extend(unreachable(graph, member));
    }
    complaints
}

fn arrows(member: &Member) -> Vec<Complaint> {
    let Some(allowed) = allowed(member) else {
        let advice = format!(
            "{} is not in the table of arrows; add a row in xtask/src/tidy/arrows.rs",
            member.name
        );
        return vec![complaint(member, &member.name, advice)];
    };
    let ours = member
        .declared
        .iter()
        .filter(|found| found.name == "seameet" || found.name.starts_with("seameet-"));
    let forbidden = ours.filter(|found| match found.name.as_str() {
        TESTKIT => found.kind != Kind::Development,
        // A crate that tests itself with a feature on depends on itself.
        name if name == member.name => found.kind != Kind::Development,
        name => !allowed.contains(&name),
    });
    forbidden
        .map(|found| {
            let advice = format!(
                "{} may not depend on {}; it may on: {}",
                member.name,
                found.name,
                if allowed.is_empty() {
                    "none of ours".to_owned()
                } else {
                    allowed.join(", ")
                }
            );
            complaint(member, &found.name, advice)
        })
        .collect()
}

fn allowed(member: &Member) -> Option<&'static [&'static str]> {
    if member.manifest.starts_with("examples/") {
        return Some(EXAMPLE_ARROWS);
    }
    ARROWS
        .iter()
        .find(|(name, _)| *name == member.name)
        .map(|(_, allowed)| *allowed)
}

fn exclusive(member: &Member) -> Vec<Complaint> {
    let taken = EXCLUSIVE.iter().filter(|(name, owner)| {
        *owner != member.name && member.declared.iter().any(|found| found.name == *name)
    });
    taken
        .map(|(name, owner)| {
            let advice = format!(
                "{} depends on {name}; only {owner} may, use its types",
                member.name
            );
            complaint(member, name, advice)
        })
        .collect()
}

fn unreachable(graph: &Graph, member: &Member) -> Vec<Complaint> {
    let rows = UNREACHABLE.iter().filter(|(name, ..)| *name == member.name);
    rows.flat_map(|(_, forbidden, with_tests, why)| {
        let reached = graph.reach(member, *with_tests);
        forbidden
            .iter()
            .filter_map(|name| reached.get(*name))
            .map(|way| complaint(member, &member.name, format!("{way}: {why}; cut the way")))
            .collect::<Vec<_>>()
    })
    .collect()
}

/// Points at the line of the manifest that names `word`, or at its first.
fn complaint(member: &Member, word: &str, advice: String) -> Complaint {
    let path = crate::workspace::root().join(&member.manifest);
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = text
        .lines()
        .position(|line| line.starts_with(word))
        .map_or(1, |index| index + 1);
    Complaint::new(&member.manifest, line, "arrows", advice)
}

#[cfg(test)]
mod tests;
