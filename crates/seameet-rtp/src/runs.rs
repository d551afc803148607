//! A memory of how input numbers became output numbers, so that late inputs get the number they were due.
//!
//! Output numbers count on without end. While a run is open, an input maps to `output + (input - first)`: a
//! gap in the input stays a gap in the output. Inputs that are skipped on purpose end a run and begin another
//! one right behind, so that they leave no gap. Closing gives up the numbers above the highest in use; the
//! next run continues right behind it.

use std::collections::VecDeque;

/// A stretch of inputs that map by the same offset. `tag` tells to which stretch of which source it belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<T> {
    /// Whose inputs these are.
    pub(crate) tag: T,
    /// The first input.
    pub(crate) first: u64,
    /// The input behind the last one; `u64::MAX` while open.
    pub(crate) end: u64,
    /// The output of `first`.
    output: u64,
}

impl<T> Run<T> {
    fn map(&self, input: u64) -> Option<u64> {
        if input >= self.end {
            return None;
        }
        self.output.checked_add(input.checked_sub(self.first)?)
    }
}

/// The memory. Bounded: when full, the oldest run is forgotten and its late inputs map no more.
#[derive(Debug, Clone)]
pub(crate) struct RunMap<T> {
    runs: VecDeque<Run<T>>,
    max_runs: usize,
    next_output: u64,
    /// The highest input of the open run and of those joined to it by skips.
    highest_input: u64,
    is_open: bool,
}

impl<T: Copy> RunMap<T> {
    /// A memory of at most `max_runs` runs whose first output will be `next_output`.
    pub(crate) fn new(next_output: u64, max_runs: usize) -> Self {
        Self {
            runs: VecDeque::new(),
            max_runs,
            next_output,
            highest_input: 0,
            is_open: false,
        }
    }

    /// Closes what is open and begins a run with `input`, which gets the next output.
    pub(crate) fn open(&mut self, tag: T, input: u64) {
        self.close();
        self.push(tag, input, self.next_output);
        self.highest_input = input;
        self.is_open = true;
    }

    /// The output of `input` in the newest run that has it and whose tag fits. Nothing is counted as used.
    pub(crate) fn find(&self, fits: impl Fn(&T) -> bool, input: u64) -> Option<(T, u64)> {
        self.runs
            .iter()
            .rev()
            .filter(|run| fits(&run.tag))
            .find_map(|run| Some((run.tag, run.map(input)?)))
    }

    /// Counts an input, and the output that [`find`](Self::find) gave for it, as used.
    pub(crate) fn mark_used(&mut self, input: u64, output: u64) {
        if output >= self.next_output {
            self.next_output = output.saturating_add(1);
            self.highest_input = self.highest_input.max(input);
        }
    }

    /// Takes `input` out of the open run so that it leaves no gap. Does nothing for an input that is not
    /// higher than all before: the numbers behind it are in use already.
    pub(crate) fn skip(&mut self, input: u64) {
        if !self.is_open || input <= self.highest_input {
            return;
        }
        self.highest_input = input;
        let (Some(run), Some(next)) = (self.runs.back_mut(), input.checked_add(1)) else {
            return;
        };
        if run.first == input {
            // Nothing stands between this and the preceding skip.
            run.first = next;
            return;
        }
        if let Some(output) = run.map(input) {
            run.end = input;
            let tag = run.tag;
            self.push(tag, next, output);
        }
    }

    /// Ends the open run. Inputs above the highest used one map no more.
    pub(crate) fn close(&mut self) {
        if !self.is_open {
            return;
        }
        self.is_open = false;
        while let Some(run) = self.runs.back_mut() {
            let in_use = self.next_output.saturating_sub(run.output);
            if in_use > 0 {
                run.end = run.end.min(run.first.saturating_add(in_use));
                return;
            }
            self.runs.pop_back();
        }
    }

    /// Leaves the next output unused for ever.
    pub(crate) fn leave_gap(&mut self) {
        self.next_output = self.next_output.saturating_add(1);
    }

    /// The runs, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Run<T>> {
        self.runs.iter().rev()
    }

    /// The output that the next run begins with.
    pub(crate) fn next_output(&self) -> u64 {
        self.next_output
    }

    /// The highest input, used or skipped, since the last opening.
    pub(crate) fn highest_input(&self) -> u64 {
        self.highest_input
    }

    /// Whether a run is open.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    fn push(&mut self, tag: T, first: u64, output: u64) {
        if self.runs.len() >= self.max_runs {
            self.runs.pop_front();
        }
        self.runs.push_back(Run {
            tag,
            first,
            end: u64::MAX,
            output,
        });
    }
}
