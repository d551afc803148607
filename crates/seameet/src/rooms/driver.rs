//! Drives one room.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use seameet_core::media::{MediaCommand, MediaEvent};
use seameet_core::room::{Notice, Room, RoomInput, RoomOutput};
use seameet_core::{ConnectionId, ParticipantId, RoomId};
use seameet_sfu::RoomMedia;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep_until;

use super::directory::{Directory, Incarnation};
use super::inquiry::{Explained, NoAnswer, Waiting, tell};
use super::line::{LineSender, News};
use super::mail::{Letter, RoomMail};
use super::scores::Scores;
use crate::ServerEvent;
use crate::clock::wall_clock_ms;
use crate::room_label::room_label;
use crate::shutdown::TaskGuard;

/// A room and what it acts on.
#[derive(Debug)]
pub(super) struct RoomDriver {
    pub(super) id: RoomId,
    pub(super) directory: Arc<Directory>,
    pub(super) media: RoomMedia,
    pub(super) lines: HashMap<ConnectionId, LineSender>,
    /// Who is in, for the day on which the machine cannot tell any more.
    pub(super) members: BTreeSet<ParticipantId>,
    /// Somebody entered, so the room's life was announced.
    pub(super) announced: bool,
    /// How good the members' connections are.
    pub(super) scores: Scores,
    /// Operators that wait for explanations.
    waiting: Waiting,
    room: Room,
    deadline: Option<Instant>,
}

/// Whether the room goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// It does.
    GoesOn,
    /// It ended as rooms do.
    Ended,
    /// It was ended by a fault of ours.
    Failed,
}

impl RoomDriver {
    pub(super) fn new(id: RoomId, directory: Arc<Directory>, media: RoomMedia) -> Self {
        Self {
            room: Room::new(directory.config),
            scores: Scores::new(Arc::clone(&directory.metrics)),
            id,
            directory,
            media,
            lines: HashMap::new(),
            members: BTreeSet::new(),
            announced: false,
            waiting: Waiting::default(),
            deadline: None,
        }
    }

    /// Runs until the room ends.
    pub(super) async fn run(
        mut self,
        mut letters: mpsc::Receiver<Letter>,
        mut media_events: mpsc::Receiver<MediaEvent>,
        incarnation: Incarnation,
        _guard: TaskGuard,
    ) {
        let entry = DirectoryEntry::new(&self, incarnation);
        let life = loop {
            let deadline = self.deadline;
            let life = tokio::select! {
                letter = letters.recv() => match letter {
                    // Its weight is given back here, before the work that it makes.
                    Some(letter) => self.take_letter(letter.open()).await,
                    None => Life::Ended,
                },
                event = media_events.recv() => match event {
                    Some(event) => self.take_media_event(event).await,
                    None => Life::Failed,
                },
                () = sleep_until(deadline.unwrap_or_else(Instant::now).into()), if deadline.is_some() => {
                    self.step(RoomInput::Timeout).await
                }
            };
            if life != Life::GoesOn {
                break life;
            }
        };
        self.end(life);
        drop(entry);
        return_unread(letters).await;
    }

    async fn take_letter(&mut self, letter: RoomMail) -> Life {
        let input = match letter {
            RoomMail::Join(join) => {
                self.lines.insert(join.request.connection, join.line);
                RoomInput::Join(join.request)
            }
            RoomMail::Command {
                connection,
                request,
                command,
            } => RoomInput::Command {
                connection,
                request,
                command,
                at_ms: wall_clock_ms(),
            },
            RoomMail::Disconnected { connection } => {
                self.lines.remove(&connection);
                RoomInput::Disconnected { connection }
            }
            RoomMail::Explain { participant, reply } => {
                return self.explain(participant, reply).await;
            }
            RoomMail::Describe { reply } => {
                tell(reply, self.room.overview());
                return Life::GoesOn;
            }
            RoomMail::Remove { participant } => RoomInput::Remove { participant },
            RoomMail::Close {
                reason,
                retry_after,
            } => RoomInput::Close {
                reason,
                retry_after,
            },
        };
        self.step(input).await
    }

    /// Passes an operator's question on to the media plane.
    async fn explain(
        &mut self,
        participant: ParticipantId,
        reply: oneshot::Sender<Explained>,
    ) -> Life {
        if !self.room.contains(participant) {
            tell(reply, Err(NoAnswer::UnknownParticipant));
            return Life::GoesOn;
        }
        match self.waiting.add(reply) {
            Some(request) => {
                self.command_media(MediaCommand::Explain {
                    participant,
                    request,
                })
                .await
            }
            None => Life::GoesOn,
        }
    }

    /// Asks something of the media plane, without which a room cannot live.
    pub(super) async fn command_media(&self, command: MediaCommand) -> Life {
        if self.media.send(command).await.is_ok() {
            return Life::GoesOn;
        }
        tracing::error!(room = %room_label(&self.id), "the media worker is gone; the room is closed");
        Life::Failed
    }

    async fn take_media_event(&mut self, event: MediaEvent) -> Life {
        let event = match event {
            MediaEvent::Explained {
                request,
                explanation,
                ..
            } => {
                self.waiting.answer(request, explanation);
                return Life::GoesOn;
            }
            other => other,
        };
        let members = &self.members;
        self.scores
            .note(&event, |participant| members.contains(&participant));
        match &event {
            MediaEvent::Connected { participant } => {
                self.directory.events.emit(ServerEvent::MediaConnected {
                    participant: *participant,
                    room: self.id.clone(),
                });
            }
            MediaEvent::Disconnected {
                participant,
                reason,
            } => {
                self.media.forget(*participant).await;
                self.directory.events.emit(ServerEvent::MediaLost {
                    participant: *participant,
                    room: self.id.clone(),
                    reason: *reason,
                });
            }
            _ => {}
        }
        self.step(RoomInput::Media(event)).await
    }

    /// Feeds the machine and does what it asks. A connection that is found too slow on the way is gone for the room,
    /// which may have to be told to others; each connection can be lost only once, so this ends.
    async fn step(&mut self, input: RoomInput) -> Life {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Some(outputs) = self.decide(input) else {
                return Life::Failed;
            };
            for output in outputs {
                match self.act(output, &mut inputs).await {
                    Life::GoesOn => {}
                    end => return end,
                }
            }
        }
        Life::GoesOn
    }

    /// Steps the machine. `None` means that it panicked and must not be touched again.
    fn decide(&mut self, input: RoomInput) -> Option<Vec<RoomOutput>> {
        let name = input_name(&input);
        let room = &mut self.room;
        let now = Instant::now();
        let stepped = catch_unwind(AssertUnwindSafe(|| {
            #[cfg(test)]
            super::tests::panic_if_asked(&input);
            room.handle_input(now, input);
            let mut outputs = Vec::new();
            loop {
                match room.poll_output() {
                    RoomOutput::Timeout(deadline) => return (outputs, deadline),
                    output => outputs.push(output),
                }
            }
        }));
        let Ok((outputs, deadline)) = stepped else {
            tracing::error!(room = %room_label(&self.id), input = name, "the room failed and is closed");
            return None;
        };
        self.deadline = deadline;
        Some(outputs)
    }

    fn end(&mut self, life: Life) {
        if life == Life::Failed {
            self.directory.metrics.room_failed();
            self.tell_all(&Notice::RoomClosing {
                reason: "internal".into(),
                retry_after: Some(1),
            });
            self.report_lost_members();
        }
        self.announce_end();
    }

    fn tell_all(&mut self, notice: &Notice) {
        for (_, line) in self.lines.drain() {
            // A line that takes nothing any more ends with the same result.
            let _ = line.push(notice.clone());
        }
    }
}

/// Takes the room out of the directory when the task ends in whatever way.
struct DirectoryEntry {
    directory: Arc<Directory>,
    id: RoomId,
    incarnation: Incarnation,
}

impl DirectoryEntry {
    fn new(driver: &RoomDriver, incarnation: Incarnation) -> Self {
        driver.directory.metrics.room_opened();
        Self {
            directory: Arc::clone(&driver.directory),
            id: driver.id.clone(),
            incarnation,
        }
    }
}

impl Drop for DirectoryEntry {
    fn drop(&mut self) {
        self.directory.forget(&self.id, self.incarnation);
        self.directory.metrics.room_closed();
    }
}

/// Joins that came while the room ended go back to their connections, which try the fresh room. The room is forgotten
/// by now, so they cannot land here again.
async fn return_unread(mut letters: mpsc::Receiver<Letter>) {
    letters.close();
    while let Some(letter) = letters.recv().await {
        if let RoomMail::Join(join) = letter.open() {
            join.line.finish(News::TryAgain(join.request));
        }
    }
}

fn input_name(input: &RoomInput) -> &'static str {
    match input {
        RoomInput::Join(_) => "join",
        RoomInput::Command { .. } => "command",
        RoomInput::Disconnected { .. } => "disconnected",
        RoomInput::Media(_) => "media",
        RoomInput::Remove { .. } => "remove",
        RoomInput::Close { .. } => "close",
        RoomInput::Timeout => "timeout",
    }
}
