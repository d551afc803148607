//! Conversations, as transcripts of what the session asks of its driver.

mod adaptation;
mod hostile;
mod joining;
mod member;
mod play;
mod property;
