//! seameet-signaling.
