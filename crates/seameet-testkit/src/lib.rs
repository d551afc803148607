//! seameet-testkit.
