//! Tests that need to look inside or to break something; whole calls are tested with the testkit.

mod failure;
pub(in crate::shard) mod script;
