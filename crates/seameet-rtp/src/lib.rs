//! seameet-rtp.
