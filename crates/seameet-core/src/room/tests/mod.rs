//! The machine's behaviour, as transcripts of what it asks of its driver.

mod conversation;
mod membership;
mod negotiation;
mod property;
mod publication;
mod render;
mod report;
mod resume;
mod script;
mod slots;
mod subscription;
