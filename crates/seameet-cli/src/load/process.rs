//! What a process uses, from `/proc`.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Clock ticks in a second, as Linux counts the time of processes (`USER_HZ`), on every architecture that we build for.
const TICKS: u64 = 100;
/// Bytes of a page.
const PAGE: u64 = 4_096;

/// What a process has used so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Processor time, of the program and of the kernel for it.
    pub(crate) processor: Duration,
    /// Resident memory in bytes.
    pub(crate) memory: u64,
}

impl Usage {
    /// The time since an earlier look, and the memory of now.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        Self {
            processor: self.processor.saturating_sub(earlier.processor),
            memory: self.memory,
        }
    }
}

/// Looks at a process.
///
/// # Errors
///
/// When it is not there, or `/proc` is not that of Linux.
pub(crate) fn usage(process: u32) -> Result<Usage> {
    let read = |file: &str| {
        let path = format!("/proc/{process}/{file}");
        fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))
    };
    Ok(Usage {
        processor: processor_time(&read("stat")?).context("/proc/*/stat is not as expected")?,
        memory: resident(&read("statm")?).context("/proc/*/statm is not as expected")?,
    })
}

/// User and system time (proc(5), fields 14 and 15). The name before them may contain anything but ends with a bracket.
fn processor_time(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 1_000 / TICKS))
}

fn resident(statm: &str) -> Option<u64> {
    let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}

#[cfg(test)]
mod tests {
    //! Tests of reading `/proc`.

    use super::*;

    #[test]
    fn the_times_stand_behind_a_name_with_brackets() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 0 0 20 0 4 0 9 8 7";
        assert_eq!(processor_time(stat), Some(Duration::from_secs(2)));
        assert_eq!(processor_time("42 (a) S"), None);
        assert_eq!(resident("900 200 50 1 0 80 0"), Some(819_200));
    }

    #[test]
    fn this_process_uses_memory() {
        let usage = usage(std::process::id()).expect("Linux has /proc");
        assert!(usage.memory > 100_000);
    }
}
