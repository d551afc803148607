//! What is seen while a load runs: a table that grows by a line each second, or each step below a progress bar.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::Report;

/// Shows reports on standard error.
#[derive(Debug)]
pub(crate) struct Show {
    /// On terminals.
    bar: Option<ProgressBar>,
    /// Each step has a line, and not each second.
    has_steps: bool,
    has_header: bool,
}

impl Show {
    /// For a run of so long, in steps or as a whole.
    pub(crate) fn new(length: Duration, has_steps: bool) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(length.as_secs());
            // The template is valid, and so nothing can fail.
            let style = ProgressStyle::with_template("{bar:24} {pos}/{len} s  {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self {
            bar,
            has_steps,
            has_header: false,
        }
    }

    /// A second passed.
    pub(crate) fn second(&mut self, report: &Report) {
        match &self.bar {
            Some(bar) => {
                bar.set_position(report.elapsed.as_secs());
                bar.set_message(report.brief());
            }
            None if self.has_steps => {}
            None => self.row(report),
        }
    }

    /// A stage ended.
    pub(crate) fn stage(&mut self, report: &Report) {
        if self.has_steps {
            self.row(report);
        }
    }

    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn row(&mut self, report: &Report) {
        if !std::mem::replace(&mut self.has_header, true) {
            self.line(&Report::header());
        }
        self.line(&report.row());
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            // Nothing is left to do when standard error is closed.
            None => drop(writeln!(stderr(), "{text}")),
        }
    }
}
