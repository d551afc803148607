//! The listener driver: accepts TCP connections and learns from the first byte of each what it is. It speaks HTTP in a task
//! per connection, and brings those that carry media to the media plane.

mod accept;
mod http;
mod limits;
mod media;
mod patience;
mod sniff;

pub(crate) use accept::{Listener, serve};
pub(crate) use limits::{ConnectionLimits, LimitReached, Permit, subscriber};
pub(crate) use media::MediaDoor;

#[cfg(test)]
use http::MAX_HEADER_BYTES;
#[cfg(test)]
mod tests;
