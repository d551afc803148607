//! Which steps run, in which order, and what becomes of them.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// One check.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) does: &'static str,
    /// Steps that must have passed before this one makes sense.
    pub(super) needs: &'static [&'static str],
    pub(super) cost: Cost,
    action: Action,
}

/// What a step runs.
#[derive(Clone, Copy, Debug)]
enum Action {
    /// Passes as a whole or fails.
    Plain(fn() -> Result<()>),
    /// May have to leave a part out.
    Partial(fn() -> Result<Pass>),
}

impl Step {
    /// A quick step that passes as a whole or fails.
    pub(super) const fn new(
        name: &'static str,
        does: &'static str,
        needs: &'static [&'static str],
        action: fn() -> Result<()>,
    ) -> Self {
        Self {
            name,
            does,
            needs,
            cost: Cost::Quick,
            action: Action::Plain(action),
        }
    }

    /// A quick step that may have to leave a part out.
    pub(super) const fn partial(
        name: &'static str,
        does: &'static str,
        needs: &'static [&'static str],
        action: fn() -> Result<Pass>,
    ) -> Self {
        Self {
            name,
            does,
            needs,
            cost: Cost::Quick,
            action: Action::Partial(action),
        }
    }

    /// The same step, left out by `--fast`.
    pub(super) const fn slow(mut self) -> Self {
        self.cost = Cost::Slow;
        self
    }
}

/// Whether `--fast` runs a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    Quick,
    Slow,
}

/// How a step passed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pass {
    Whole,
    /// A part could not be checked here; the text says which and why.
    Without(String),
}

/// What became of a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed(Pass),
    Failed(String),
    /// A step it needs did not pass.
    Blocked(&'static str),
    /// An earlier step failed and nobody asked to go on.
    NotReached,
}

impl Verdict {
    pub(super) fn is_failure(&self) -> bool {
        !matches!(self, Self::Passed(_))
    }
}

/// A step, its verdict and the time it took.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) name: &'static str,
    pub(super) verdict: Verdict,
    pub(super) took: Duration,
}

/// What the user asked for.
#[derive(Debug)]
pub(super) enum Selection<'a> {
    Everything,
    Quick,
    Named(&'a [String]),
}

/// The chosen steps and all that they need, in the order of `all`.
///
/// # Errors
///
/// Fails when a name is not the name of a step.
pub(super) fn select<'a>(all: &'a [Step], selection: &Selection<'_>) -> Result<Vec<&'a Step>> {
    let names = match selection {
        Selection::Everything => return Ok(all.iter().collect()),
        Selection::Quick => {
            return Ok(all.iter().filter(|step| step.cost == Cost::Quick).collect());
        }
        Selection::Named(names) => names,
    };
    let mut wanted = Vec::new();
    let mut open: Vec<&str> = names.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        let Some(step) = all.iter().find(|step| step.name == name) else {
            let known: Vec<_> = all.iter().map(|step| step.name).collect();
            bail!(
                "no step is called `{name}`; there are: {}",
                known.join(", ")
            );
        };
        wanted.push(step.name);
        open.extend(step.needs);
    }
    Ok(all
        .iter()
        .filter(|step| wanted.contains(&step.name))
        .collect())
}

/// Runs `steps` in order.
pub(super) fn execute(steps: &[&Step], keep_going: bool) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for step in steps {
        let failed_before = outcomes.iter().any(|outcome| outcome.verdict.is_failure());
        let (verdict, took) = if failed_before && !keep_going {
            (Verdict::NotReached, Duration::ZERO)
        } else if let Some(blocker) = blocker(step, &outcomes) {
            (Verdict::Blocked(blocker), Duration::ZERO)
        } else {
            perform(step)
        };
        outcomes.push(Outcome {
            name: step.name,
            verdict,
            took,
        });
    }
    outcomes
}

/// The needed step that ran and did not pass. A needed step that was not chosen is taken to be in order.
fn blocker(step: &Step, outcomes: &[Outcome]) -> Option<&'static str> {
    let bad = outcomes
        .iter()
        .find(|outcome| step.needs.contains(&outcome.name) && outcome.verdict.is_failure());
    bad.map(|outcome| outcome.name)
}

fn perform(step: &Step) -> (Verdict, Duration) {
    println!("\n=== {}: {} ===", step.name, step.does);
    let start = Instant::now();
    let passed = match step.action {
        Action::Plain(action) => action().map(|()| Pass::Whole),
        Action::Partial(action) => action(),
    };
    let verdict = match passed {
        Ok(pass) => Verdict::Passed(pass),
        Err(error) => {
            let text = format!("{error:#}");
            println!("{text}");
            Verdict::Failed(text)
        }
    };
    (verdict, start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(
        name: &'static str,
        needs: &'static [&'static str],
        action: fn() -> Result<()>,
    ) -> Step {
        Step::new(name, "", needs, action)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the type of a step's action")]
    fn pass() -> Result<()> {
        Ok(())
    }

    fn fail() -> Result<()> {
        bail!("broken")
    }

    fn verdicts(steps: &[Step], keep_going: bool) -> Vec<Verdict> {
        let steps: Vec<&Step> = steps.iter().collect();
        execute(&steps, keep_going)
            .into_iter()
            .map(|outcome| outcome.verdict)
            .collect()
    }

    #[test]
    fn nothing_runs_after_a_failure_unless_asked() {
        let steps = [step("a", &[], fail), step("b", &[], pass)];
        assert_eq!(
            verdicts(&steps, false),
            [Verdict::Failed("broken".into()), Verdict::NotReached]
        );
        assert_eq!(
            verdicts(&steps, true),
            [
                Verdict::Failed("broken".into()),
                Verdict::Passed(Pass::Whole)
            ]
        );
    }

    #[test]
    fn what_needs_a_failed_step_is_blocked_and_so_is_what_needs_that() {
        let steps = [
            step("a", &[], fail),
            step("b", &["a"], pass),
            step("c", &["b"], pass),
        ];
        assert_eq!(
            verdicts(&steps, true)[1..],
            [Verdict::Blocked("a"), Verdict::Blocked("b")]
        );
    }

    #[test]
    fn a_named_step_brings_what_it_needs_in_order() {
        let steps = [
            step("a", &[], pass),
            step("b", &[], pass),
            step("c", &["a"], pass),
        ];
        let chosen = select(&steps, &Selection::Named(&["c".to_owned()])).unwrap();
        assert_eq!(
            chosen.iter().map(|step| step.name).collect::<Vec<_>>(),
            ["a", "c"]
        );
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let error = select(
            &[step("a", &[], pass)],
            &Selection::Named(&["z".to_owned()]),
        )
        .unwrap_err();
        assert_eq!(error.to_string(), "no step is called `z`; there are: a");
    }

    #[test]
    fn the_fast_selection_leaves_slow_steps_out() {
        let steps = [step("a", &[], pass), step("slow", &[], pass).slow()];
        assert_eq!(select(&steps, &Selection::Quick).unwrap().len(), 1);
    }
}
