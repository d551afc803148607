//! No I/O in the middle: crates that decide hold no socket, task, clock or source of randomness outside the modules
//! that are named for it.

use super::Complaint;
use super::files::TextFile;
use super::rust_text;

/// Crates that decide. The second field says whether modules named in [`SHELLS`] may act.
const DECIDING: &[(&str, bool)] = &[
    ("seameet-core", false),
    ("seameet-rtp", false),
    ("seameet-e2ee", false),
    ("seameet-signaling", true),
    ("seameet-pipeline", true),
    ("seameet-meeting", true),
    ("seameet-sfu", true),
];

/// Names of files and folders in which a deciding crate may act.
const SHELLS: &[&str] = &["driver", "worker", "transport"];

/// What acts, and what to write instead.
const ACTS: &[(&str, &str)] = &[
    ("tokio", "return an output and let a driver act"),
    ("mio", "return an output and let a driver act"),
    ("socket2", "return an output and let a driver act"),
    ("quinn_udp", "return an output and let a driver act"),
    ("UdpSocket", "return an output and let a driver send it"),
    ("TcpStream", "return an output and let a driver send it"),
    ("TcpListener", "return an output and let a driver listen"),
    ("thread::spawn", "return an output and let a driver act"),
    ("thread::Builder", "return an output and let a driver act"),
    ("thread::sleep", "return a deadline and let a driver wait"),
    ("Instant::now", "take `now: Instant` as an argument"),
    ("SystemTime::now", "take the time as an argument"),
    (
        ".elapsed()",
        "take `now: Instant` as an argument and subtract",
    ),
    ("getrandom", "take random values as an argument"),
    (
        "fastrand",
        "take random values, or a seeded generator, as an argument",
    ),
    (
        "Rng::new",
        "take random values, or a seeded generator, as an argument",
    ),
];

/// A generator that was handed its seed repeats itself: it is state, not a source of randomness.
const SEEDED: &[&str] = &["fastrand::Rng::with_seed", "fastrand::Rng"];

pub(super) fn check(file: &TextFile) -> Vec<Complaint> {
    if !is_deciding(file) {
        return Vec::new();
    }
    let code = without_seeded_generators(rust_text::shipped_code(&file.text));
    let complain = |word: &str, line: usize, instead: &str| {
        let advice = format!(
            "`{word}` in a module that decides; {instead}, or move it to a module named {}",
            SHELLS.join(", ")
        );
        Complaint::new(&file.path, line, "purity", advice)
    };
    ACTS.iter()
        .flat_map(|&(word, instead)| {
            rust_text::lines_mentioning(&code, word)
                .map(move |line| complain(word, line, instead))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn without_seeded_generators(code: String) -> String {
    SEEDED
        .iter()
        .fold(code, |code, words| code.replace(words, "Rng"))
}

fn is_deciding(file: &TextFile) -> bool {
    if !file.is_rust() || file.is_test() || file.is_example() {
        return false;
    }
    let row = DECIDING
        .iter()
        .find(|(name, _)| Some(*name) == file.crate_name());
    row.is_some_and(|&(_, has_shells)| !(has_shells && is_shell(&file.path)))
}

fn is_shell(path: &str) -> bool {
    path.split('/')
        .map(|part| part.strip_suffix(".rs").unwrap_or(part))
        .any(|part| SHELLS.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: &str = "//! Doc.\nfn f() {\n    let now = Instant::now();\n}\n";

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&TextFile::of(path, text))
            .into_iter()
            .map(|complaint| complaint.line)
            .collect()
    }

    #[test]
    fn a_clock_in_a_machine_is_named_with_its_line() {
        assert_eq!(lines("crates/seameet-sfu/src/router.rs", CLOCK), [3]);
        assert_eq!(lines("crates/seameet-core/src/room/mod.rs", CLOCK), [3]);
    }

    #[test]
    fn drivers_and_transports_may_act_but_not_in_the_pure_crates() {
        assert!(lines("crates/seameet-sfu/src/driver/socket.rs", CLOCK).is_empty());
        assert!(lines("crates/seameet-sfu/src/worker.rs", CLOCK).is_empty());
        assert!(lines("crates/seameet-signaling/src/transport/ws.rs", CLOCK).is_empty());
        assert_eq!(lines("crates/seameet-core/src/driver.rs", CLOCK), [3]);
        assert_eq!(lines("crates/seameet-sfu/src/worker_load.rs", CLOCK), [3]);
    }

    #[test]
    fn tests_examples_and_outer_crates_are_free() {
        assert!(lines("crates/seameet-sfu/src/router/tests.rs", CLOCK).is_empty());
        assert!(lines("crates/seameet-signaling/examples/show.rs", CLOCK).is_empty());
        assert!(lines("crates/seameet/src/server.rs", CLOCK).is_empty());
        let inline = format!("//! Doc.\n#[cfg(test)]\nmod tests {{\n{CLOCK}}}\n");
        assert!(lines("crates/seameet-sfu/src/router.rs", &inline).is_empty());
    }

    #[test]
    fn prose_about_a_clock_is_no_clock() {
        let prose = "//! Never calls Instant::now.\n/// Not tokio.\nfn f() { log(\"tokio\"); }\n";
        assert!(lines("crates/seameet-core/src/room/mod.rs", prose).is_empty());
    }

    #[test]
    fn a_seeded_generator_is_state_and_an_unseeded_one_is_not() {
        let path = "crates/seameet-sfu/src/shard.rs";
        let seeded = "//! Doc.\nfn f(seed: u64) { fastrand::Rng::with_seed(seed); }\n";
        assert!(lines(path, seeded).is_empty());
        assert_eq!(
            lines(path, &seeded.replace("with_seed(seed)", "new()")),
            [2]
        );
        assert_eq!(
            lines(path, &seeded.replace("Rng::with_seed(seed)", "u64(..)")),
            [2]
        );
    }

    #[test]
    fn every_forbidden_word_is_found() {
        for (word, _) in ACTS {
            let text = format!(
                "//! Doc.\nfn f() {{ x{}{word}(); }}\n",
                if word.starts_with('.') { "" } else { " " }
            );
            assert!(
                !lines("crates/seameet-rtp/src/munge.rs", &text).is_empty(),
                "{word}"
            );
        }
    }
}
