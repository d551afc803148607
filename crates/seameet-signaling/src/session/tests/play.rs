//! Plays a client, a hook and a room to a session.

use std::sync::Arc;
use std::time::{Duration, Instant};

use seameet_core::room::{Notice, RoomSnapshot};
use seameet_core::{DisplayName, Grant, ParticipantId, ResumeToken};

use crate::session::{Session, SessionConfig, SessionInput, SessionOutput};
use crate::wire::Secret;

pub(super) const JOIN: &str = r#"{"type":"join","id":"j","protocol":1,"room_id":"lab"}"#;

/// What the wall clock shows when a play begins: 2026-01-01, in milliseconds since 1970.
pub(super) const START_MS: f64 = 1_767_225_600_000.0;

pub(super) struct Play {
    session: Session,
    start: Instant,
    elapsed: Duration,
    transcript: Vec<String>,
}

impl Play {
    pub(super) fn new() -> Self {
        Self::with(SessionConfig::default())
    }

    pub(super) fn with(config: SessionConfig) -> Self {
        let start = Instant::now();
        Self {
            session: Session::new(start, START_MS, Arc::new(config)),
            start,
            elapsed: Duration::ZERO,
            transcript: Vec::new(),
        }
    }

    /// A session whose client is in, its transcript forgotten.
    pub(super) fn joined() -> Self {
        let mut play = Self::new();
        play.say(JOIN);
        play.grant();
        play.notice(welcome());
        play.transcript.clear();
        play
    }

    pub(super) fn input(&mut self, input: SessionInput) {
        self.session.handle_input(self.start + self.elapsed, input);
        loop {
            match self.session.poll_output() {
                SessionOutput::Timeout(_) => return,
                output => self.transcript.push(line(&output)),
            }
        }
    }

    pub(super) fn say(&mut self, text: &str) {
        self.input(SessionInput::Text(text.to_owned()));
    }

    pub(super) fn grant(&mut self) {
        self.input(SessionInput::Verdict(Ok(Grant::full())));
    }

    pub(super) fn notice(&mut self, notice: Notice) {
        self.input(SessionInput::Notice(Box::new(notice)));
    }

    pub(super) fn wait(&mut self, time: Duration) {
        self.elapsed += time;
        self.input(SessionInput::Timeout);
    }

    pub(super) fn deadline(&mut self) -> Option<Duration> {
        match self.session.poll_output() {
            SessionOutput::Timeout(deadline) => deadline.map(|at| at - self.start),
            output => panic!("drained, but {output:?}"),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.session.is_closed()
    }

    pub(super) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.transcript)
    }

    /// What happened since the last look.
    #[track_caller]
    pub(super) fn expect(&mut self, lines: &[&str]) {
        let transcript = self.take();
        assert_eq!(transcript, lines, "\n{}\n", transcript.join("\n"));
    }

    /// The one error since the last look, its request id and its code.
    #[track_caller]
    pub(super) fn expect_error(&mut self, id: Option<&str>, code: &str) {
        let transcript = self.take();
        let id = id.map(|id| format!(r#""id":"{id}","#)).unwrap_or_default();
        let start = format!(r#"send {{"type":"error",{id}"code":"{code}""#);
        let [line] = transcript.as_slice() else {
            panic!("one line, not {transcript:#?}");
        };
        assert!(line.starts_with(&start), "{line}");
    }
}

fn line(output: &SessionOutput) -> String {
    match output {
        SessionOutput::Authorize(facts) => format!(
            "authorize {} name={:?} token={:?} resume={:?}",
            facts.room,
            facts.display_name.as_ref().map(DisplayName::as_str),
            facts.token.as_ref().map(Secret::reveal),
            facts.resume.as_ref().map(|(_, seq)| seq),
        ),
        SessionOutput::Enter(entry) => {
            format!("enter {} token={:?}", entry.facts.room, entry.facts.token)
        }
        SessionOutput::Command { request, command } => {
            format!("{} {command:?}", request.as_deref().unwrap_or("-"))
        }
        SessionOutput::Send(text) => format!("send {text}"),
        SessionOutput::Ping => "ping".to_owned(),
        SessionOutput::Close(reason) => format!("close {} {}", reason.code(), reason.as_str()),
        SessionOutput::Timeout(_) => unreachable!("handled by the caller"),
    }
}

pub(super) fn participant() -> ParticipantId {
    ParticipantId::from_random(1)
}

pub(super) fn welcome() -> Notice {
    Notice::Welcome {
        participant: participant(),
        grant: Grant::full(),
        resume: ResumeToken::from_random([7; 16]),
        resumed: false,
        snapshot: RoomSnapshot {
            seq: 1,
            started_at_ms: 1000.0,
            peers: vec![],
            tracks: vec![],
            chat: vec![],
        },
        missed: None,
    }
}
