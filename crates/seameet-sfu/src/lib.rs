//! seameet-sfu.
