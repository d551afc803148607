//! The listener driver: accepts TCP connections and speaks HTTP with each in a task of its own.

mod accept;
mod limits;
mod patience;

pub(crate) use accept::{Listener, serve};
pub(crate) use limits::{ConnectionLimits, LimitReached, Permit, subscriber};

#[cfg(test)]
use accept::MAX_HEADER_BYTES;
#[cfg(test)]
mod tests;
