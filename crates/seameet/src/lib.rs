//! seameet.
