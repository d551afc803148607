//! Why a connection was not taken, and how often.

use std::sync::atomic::{AtomicU64, Ordering};

/// Why a TCP connection was not taken for media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TcpRefusal {
    /// No client was told that media goes over TCP.
    #[error("media over TCP is not offered")]
    NotOffered,
    /// It did not begin with a connectivity check in a frame.
    #[error("it does not begin with a connectivity check")]
    NotMedia,
    /// The first check did not come in time.
    #[error("the first connectivity check did not come in time")]
    TooSlow,
    /// The first check names nobody, or who it names did not authenticate it.
    #[error("the first connectivity check is nobody's")]
    Unknown,
    /// The worker is busy with other newcomers.
    #[error("too many connections begin at once")]
    Busy,
    /// It broke at once.
    #[error("the connection broke")]
    Broken,
}

impl TcpRefusal {
    /// Every cause with its stable name.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::NotOffered, "not_offered"),
        (Self::NotMedia, "not_media"),
        (Self::TooSlow, "too_slow"),
        (Self::Unknown, "unknown"),
        (Self::Busy, "busy"),
        (Self::Broken, "broken"),
    ];
}

/// Counts refusals.
#[derive(Debug, Default)]
pub(super) struct Refusals([AtomicU64; TcpRefusal::ALL.len()]);

impl Refusals {
    pub(super) fn count(&self, refusal: TcpRefusal) {
        if let Some(count) = self.0.get(refusal as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Refused connections by cause.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let causes = TcpRefusal::ALL.iter().zip(&self.0);
        causes.map(|((_, name), count)| (*name, count.load(Ordering::Relaxed)))
    }
}
