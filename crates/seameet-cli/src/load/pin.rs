//! Keeping the generator's threads on processors of their own.

use anyhow::{Result, bail, ensure};

/// Processors, in the kernel's way of writing: `1`, `0,2`, `4-7`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Processors(Vec<usize>);

/// More processors than this are a mistake of typing.
const MOST: usize = 1_024;

impl std::str::FromStr for Processors {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut all = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last): (usize, usize) = (first.trim().parse()?, last.trim().parse()?);
            ensure!(
                first <= last && last < MOST,
                "{part} is no range of processors"
            );
            all.extend(first..=last);
        }
        Ok(Self(all))
    }
}

impl Processors {
    /// Lets the threads that this one starts from now on, and this one, run on these processors only.
    #[cfg(target_os = "linux")]
    pub(crate) fn pin(&self) -> Result<()> {
        let mut set = rustix::thread::CpuSet::new();
        for processor in &self.0 {
            set.set(*processor);
        }
        if let Err(error) = rustix::thread::sched_setaffinity(None, &set) {
            bail!("the threads cannot run on processors {:?}: {error}", self.0);
        }
        Ok(())
    }

    /// Other systems have no such call.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn pin(&self) -> Result<()> {
        bail!(
            "this system does not let threads be kept on processors {:?}",
            self.0
        );
    }
}

#[cfg(test)]
mod tests {
    //! Tests of reading lists.

    use super::*;

    #[test]
    fn lists_and_ranges_are_read() {
        let read = |text: &str| text.parse::<Processors>().map(|it| it.0);
        assert_eq!(read("1").expect("one"), [1]);
        assert_eq!(read("0,2-4").expect("a list"), [0, 2, 3, 4]);
        for wrong in ["", "a", "3-1", "0-5000", "1,"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
