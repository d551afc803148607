//! Finds rooms by name.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;
use seameet_core::room::RoomConfig;
use seameet_core::{ErrorCode, RequestError, RoomId};
use seameet_sfu::MediaPlane;
use tokio::sync::mpsc::error::SendError;

use super::driver::RoomDriver;
use super::mail::{Join, Mailbox, RoomMail, mailbox};
use crate::events::EventSender;
use crate::metrics::Metrics;
use crate::shutdown::Tasks;

/// The open rooms. Its lock is held for a look-up at a time and never across an `await`.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(super) config: RoomConfig,
    pub(super) events: EventSender,
    pub(super) metrics: Arc<Metrics>,
    max_rooms: usize,
    max_rooms_per_address: usize,
    media: Arc<MediaPlane>,
    tasks: Tasks,
    rooms: Mutex<Rooms>,
}

/// What the directory works with.
#[derive(Debug)]
pub(crate) struct DirectoryParts {
    pub(crate) config: RoomConfig,
    pub(crate) max_rooms: usize,
    pub(crate) max_rooms_per_address: usize,
    pub(crate) media: Arc<MediaPlane>,
    pub(crate) events: EventSender,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tasks: Tasks,
}

#[derive(Debug, Default)]
struct Rooms {
    open: HashMap<RoomId, OpenRoom>,
    /// How many of the open rooms each address opened.
    by_opener: HashMap<IpAddr, usize>,
    opened: u64,
    /// The server ends and no room may open any more.
    closed: bool,
}

#[derive(Debug)]
struct OpenRoom {
    mailbox: Mailbox,
    incarnation: Incarnation,
    /// Whose join opened it.
    opener: Option<IpAddr>,
}

impl Rooms {
    fn opened_by(&self, opener: IpAddr) -> usize {
        self.by_opener.get(&opener).copied().unwrap_or_default()
    }

    fn insert(&mut self, id: RoomId, room: OpenRoom) {
        if let Some(opener) = room.opener {
            *self.by_opener.entry(opener).or_default() += 1;
        }
        if let Some(ended) = self.open.insert(id, room) {
            self.discount(ended.opener);
        }
    }

    fn discount(&mut self, opener: Option<IpAddr>) {
        let Some(opener) = opener else { return };
        if let Entry::Occupied(mut count) = self.by_opener.entry(opener) {
            *count.get_mut() = count.get().saturating_sub(1);
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

/// Tells a room from an earlier one of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Incarnation(u64);

impl Directory {
    pub(crate) fn new(parts: DirectoryParts) -> Arc<Self> {
        Arc::new(Self {
            config: parts.config,
            events: parts.events,
            metrics: parts.metrics,
            max_rooms: parts.max_rooms,
            max_rooms_per_address: parts.max_rooms_per_address,
            media: parts.media,
            tasks: parts.tasks,
            rooms: Mutex::default(),
        })
    }

    /// Hands a join to its room, which is opened if needed. The room's answer comes through the join's outbox.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        id: &RoomId,
        mut join: Join,
    ) -> Result<Mailbox, RequestError> {
        loop {
            let mailbox = self.find_or_open(id, join.subscriber)?;
            match mailbox.send(RoomMail::Join(join)).await {
                Ok(()) => return Ok(mailbox),
                // The room ended between the look-up and the letter. It is not found again.
                Err(SendError(RoomMail::Join(returned))) => join = returned,
                Err(SendError(_)) => return Err(closing()),
            }
        }
    }

    /// A room that is open now.
    pub(crate) fn find(&self, id: &RoomId) -> Option<Mailbox> {
        let rooms = self.lock();
        rooms.open.get(id).map(|room| room.mailbox.clone())
    }

    /// The names of the open rooms, in no order.
    pub(crate) fn names(&self) -> Vec<RoomId> {
        self.lock().open.keys().cloned().collect()
    }

    /// Opens no further room and tells every open one to close, all of them at once: one that is behind delays no
    /// other.
    pub(crate) async fn close(&self, reason: &str, retry_after: Option<u32>) {
        let open: Vec<Mailbox> = {
            let mut rooms = self.lock();
            rooms.closed = true;
            rooms
                .open
                .values()
                .map(|room| room.mailbox.clone())
                .collect()
        };
        let farewells = open.into_iter().map(|mailbox| async move {
            let reason = reason.to_owned();
            // A room that ended meanwhile needs not be told.
            let _ = mailbox
                .send(RoomMail::Close {
                    reason,
                    retry_after,
                })
                .await;
        });
        join_all(farewells).await;
    }

    /// Adds a room that reads no letter and has no space for one more.
    #[cfg(test)]
    pub(crate) fn insert_stuck(
        &self,
        id: RoomId,
    ) -> tokio::sync::mpsc::Receiver<super::mail::Letter> {
        let (sender, letters) = mailbox();
        let connection = seameet_core::ConnectionId::new(0);
        while sender
            .try_send(RoomMail::Disconnected { connection })
            .is_ok()
        {}
        let room = OpenRoom {
            mailbox: sender,
            incarnation: Incarnation(0),
            opener: None,
        };
        self.lock().insert(id, room);
        letters
    }

    /// A room is no longer found under its name. Joins that come now open a fresh one.
    pub(super) fn forget(&self, id: &RoomId, incarnation: Incarnation) {
        let mut rooms = self.lock();
        let is_it = |room: &OpenRoom| room.incarnation == incarnation;
        if rooms.open.get(id).is_some_and(is_it)
            && let Some(ended) = rooms.open.remove(id)
        {
            rooms.discount(ended.opener);
        }
    }

    fn find_or_open(
        self: &Arc<Self>,
        id: &RoomId,
        opener: Option<IpAddr>,
    ) -> Result<Mailbox, RequestError> {
        let mut rooms = self.lock();
        if rooms.closed {
            return Err(closing());
        }
        if let Some(room) = rooms.open.get(id)
            && !room.mailbox.is_closed()
        {
            return Ok(room.mailbox.clone());
        }
        self.check_space(&rooms, opener)?;
        rooms.opened += 1;
        let incarnation = Incarnation(rooms.opened);
        let (sender, letters) = mailbox();
        rooms.insert(
            id.clone(),
            OpenRoom {
                mailbox: sender.clone(),
                incarnation,
                opener,
            },
        );
        // Taken under the lock: a shutdown that closes the directory now waits for this room.
        let guard = self.tasks.guard();
        drop(rooms);
        let (media, media_events) = self.media.open_room();
        let driver = RoomDriver::new(id.clone(), Arc::clone(self), media);
        tokio::spawn(driver.run(letters, media_events, incarnation, guard));
        Ok(sender)
    }

    /// Whether one more room may open for this address.
    fn check_space(&self, rooms: &Rooms, opener: Option<IpAddr>) -> Result<(), RequestError> {
        let refuse = |message| Err(RequestError::new(ErrorCode::TooManyRooms, message));
        if rooms.open.len() >= self.max_rooms {
            let limit = self.max_rooms;
            return refuse(format!("the server holds its maximum of {limit} rooms"));
        }
        let limit = self.max_rooms_per_address;
        if opener.is_some_and(|opener| rooms.opened_by(opener) >= limit) {
            return refuse(format!("your address opened its maximum of {limit} rooms"));
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn closing() -> RequestError {
    RequestError::new(ErrorCode::Overloaded, "the server is shutting down")
}
