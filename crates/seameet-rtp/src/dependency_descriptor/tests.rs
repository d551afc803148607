//! Tests of reading and writing dependency descriptors.

pub(crate) mod fixtures;
mod properties;
mod reading;
mod rewriting;

use super::*;
