//! Counters of the server.
//!
//! The rest of the server calls [`Metrics`] without asking whether the feature `metrics` is on; without it the calls do
//! nothing. Labels are fixed words, never names of rooms or participants, so that their number is bounded and a scrape
//! tells nothing about who meets whom.

#[cfg(not(feature = "metrics"))]
mod disabled;
#[cfg(feature = "metrics")]
mod media;
#[cfg(feature = "metrics")]
mod prometheus;

#[cfg(not(feature = "metrics"))]
pub(crate) use disabled::Metrics;
#[cfg(feature = "metrics")]
pub(crate) use prometheus::{Metrics, registry, render};

/// What became of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinOutcome {
    /// A new member.
    Joined,
    /// A member that came back.
    Resumed,
    /// A `join` that cannot be one, such as one with a name that is not allowed.
    Invalid,
    /// A refusal by its code.
    Refused(seameet_core::ErrorCode),
}

impl JoinOutcome {
    #[cfg_attr(
        not(feature = "metrics"),
        expect(dead_code, reason = "only the exporter reads it")
    )]
    fn label(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::Resumed => "resumed",
            Self::Invalid => "invalid",
            Self::Refused(code) => code.as_str(),
        }
    }
}
