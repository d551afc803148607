//! Tests that need to look inside or to break something; whole calls are tested with the testkit.

mod failure;
mod forwarding;
mod resting;
pub(in crate::shard) mod script;
pub(in crate::shard) mod stage;
