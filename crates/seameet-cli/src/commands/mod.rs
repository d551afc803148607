//! One file per command.

pub(crate) mod check_config;
pub(crate) mod healthcheck;
pub(crate) mod load;
pub(crate) mod serve;
