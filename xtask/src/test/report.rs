//! What the terminal shows when all is done.

use std::fmt::Write as _;
use std::time::Duration;

use super::runner::{Cost, Outcome, Pass, Step, Verdict};

/// One line per step: name, verdict, time.
pub(super) fn table(outcomes: &[Outcome]) -> String {
    let mut text = String::from("\n");
    for outcome in outcomes {
        let verdict = match &outcome.verdict {
            Verdict::Passed(Pass::Whole) => "passed".to_owned(),
            Verdict::Passed(Pass::Without(part)) => format!("passed, BUT {part}"),
            Verdict::Failed(_) => "FAILED".to_owned(),
            Verdict::Blocked(by) => format!("not run: {by} did not pass"),
            Verdict::NotReached => "not run".to_owned(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:10} {:>9}  {verdict}",
            outcome.name,
            duration(outcome.took)
        );
    }
    text
}

/// The last line: how many passed, or which did not.
pub(super) fn closing_line(outcomes: &[Outcome]) -> String {
    let took = duration(outcomes.iter().map(|outcome| outcome.took).sum());
    let bad = |outcome: &&Outcome| outcome.verdict.is_failure();
    let names: Vec<_> = outcomes
        .iter()
        .filter(bad)
        .map(|outcome| outcome.name)
        .collect();
    let all = outcomes.len();
    if names.is_empty() {
        return format!("all {all} steps passed in {took}");
    }
    format!(
        "{} of {all} steps did not pass: {} (in {took})",
        names.len(),
        names.join(", ")
    )
}

/// The steps, for `--list`.
pub(super) fn listing(steps: &[Step]) -> String {
    let lines = steps.iter().map(|step| {
        let slow = if step.cost == Cost::Slow {
            " (not with --fast)"
        } else {
            ""
        };
        format!("{:10} {}{slow}\n", step.name, step.does)
    });
    lines.collect()
}

fn duration(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", took.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &'static str, verdict: Verdict, seconds: u64) -> Outcome {
        Outcome {
            name,
            verdict,
            took: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn the_table_says_loudly_what_was_not_checked() {
        let part = Pass::Without("advisories were not checked".to_owned());
        let text = table(&[outcome("deny", Verdict::Passed(part), 5)]);
        assert!(
            text.contains("deny           5.0 s  passed, BUT advisories were not checked"),
            "{text}"
        );
    }

    #[test]
    fn the_closing_line_names_what_did_not_pass() {
        let outcomes = [
            outcome("fmt", Verdict::Passed(Pass::Whole), 1),
            outcome("clippy", Verdict::Failed("x".to_owned()), 90),
            outcome("e2e", Verdict::Blocked("clippy"), 0),
        ];
        assert_eq!(
            closing_line(&outcomes),
            "2 of 3 steps did not pass: clippy, e2e (in 1 min 31 s)"
        );
        assert_eq!(closing_line(&outcomes[..1]), "all 1 steps passed in 1.0 s");
    }
}
