//! One member and what the room keeps for it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use crate::grant::Grant;
use crate::id::{ConnectionId, DisplayName, Mid, ParticipantId, ResumeToken, TrackId};
use crate::media::{ConnectionQuality, SlotAssignment, SlotsNeeded};
use crate::room::history::{Bounds, Recent};
use crate::room::negotiation::PendingOffer;
use crate::room::report::Demand;
use crate::room::{ConnectionState, JoinRequest, Notice, ParticipantInfo, ParticipantUpdate};

/// Private messages kept for a member that is reconnecting; the oldest goes first.
const HELD: Bounds = Bounds {
    count: 32,
    bytes: 64 * 1024,
};

/// Most slots of one peer connection that are repeated after a resume.
const MAX_SLOTS: usize = 256;

/// How a member is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Through this connection.
    Connected(ConnectionId),
    /// Not at all until it resumes; after the deadline it is gone.
    Reconnecting {
        /// When the grace period ends.
        deadline: Instant,
    },
}

/// A member of the room.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: ParticipantId,
    /// Counts the members in the order in which they came.
    pub(super) arrival: u64,
    pub(super) display_name: Option<DisplayName>,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) grant: Grant,
    pub(super) resume: ResumeToken,
    /// The token that the current connection came with. Its welcome, and the new token in it, may have been lost;
    /// so this one counts until the connection shows with a command that it has heard.
    previous_resume: Option<ResumeToken>,
    pub(super) link: Link,
    /// It sent a command once. Before that it has no media and nothing to come back to.
    pub(super) spoke: bool,
    pub(super) hand_raised: bool,
    /// Offers that the media plane has not answered, oldest first.
    pub(super) offers: VecDeque<PendingOffer>,
    /// What each slot carries, repeated after a resume.
    pub(super) slots: BTreeMap<Mid, SlotAssignment>,
    /// The last unfulfilled request for more slots, repeated after a resume.
    pub(super) slots_needed: Option<SlotsNeeded>,
    /// Media ended and was not renewed; repeated after a resume.
    pub(super) media_lost: bool,
    /// How good its connection is, as everyone was told.
    pub(super) quality: Option<Arc<ConnectionQuality>>,
    /// What is wanted of its tracks, published or offered.
    pub(super) demands: BTreeMap<TrackId, Demand>,
    held: Recent<Notice>,
}

impl Member {
    /// A member that just came.
    pub(super) fn new(request: JoinRequest, arrival: u64) -> Self {
        Self {
            id: request.participant,
            arrival,
            display_name: request.display_name,
            attributes: request.attributes,
            grant: request.grant,
            resume: request.next_resume,
            previous_resume: None,
            link: Link::Connected(request.connection),
            spoke: false,
            hand_raised: false,
            offers: VecDeque::new(),
            slots: BTreeMap::new(),
            slots_needed: None,
            media_lost: false,
            quality: None,
            demands: BTreeMap::new(),
            held: Recent::new(HELD),
        }
    }

    /// Whether it may be resumed with this token. Always compares with both, so that the time does not tell which.
    pub(super) fn holds(&self, token: &ResumeToken) -> bool {
        let current = self.resume.matches(token);
        let previous = self.previous_resume.as_ref().unwrap_or(&self.resume);
        current | previous.matches(token)
    }

    /// A new connection came with this token; the next one is `next`.
    pub(super) fn exchange(&mut self, used: ResumeToken, next: ResumeToken) {
        self.resume = next;
        self.previous_resume = Some(used);
    }

    /// Its current connection said something, so it has heard its welcome.
    pub(super) fn heard_welcome(&mut self) {
        self.spoke = true;
        self.previous_resume = None;
    }

    /// The connection through which it is reached now.
    pub(super) const fn connection(&self) -> Option<ConnectionId> {
        match self.link {
            Link::Connected(connection) => Some(connection),
            Link::Reconnecting { .. } => None,
        }
    }

    /// When the room stops waiting for it.
    pub(super) const fn deadline(&self) -> Option<Instant> {
        match self.link {
            Link::Connected(_) => None,
            Link::Reconnecting { deadline } => Some(deadline),
        }
    }

    /// As others see it.
    pub(super) fn info(&self) -> ParticipantInfo {
        ParticipantInfo {
            id: self.id,
            display_name: self.display_name.clone(),
            attributes: self.attributes.clone(),
            state: self.state(),
            hand_raised: self.hand_raised,
        }
    }

    /// What others are told when its state, hand or name changed.
    pub(super) fn update(&self) -> ParticipantUpdate {
        ParticipantUpdate {
            id: self.id,
            display_name: self.display_name.clone(),
            attributes: None,
            state: self.state(),
            hand_raised: self.hand_raised,
        }
    }

    const fn state(&self) -> ConnectionState {
        match self.link {
            Link::Connected(_) => ConnectionState::Connected,
            Link::Reconnecting { .. } => ConnectionState::Reconnecting,
        }
    }

    /// Keeps a notice for the time when it is back.
    pub(super) fn hold(&mut self, notice: Notice) {
        let weight = notice.weight();
        self.held.push(notice, weight);
    }

    /// What it must be told after a resume that events do not tell.
    pub(super) fn catch_up(&mut self) -> Vec<Notice> {
        let mut notices = self.held.take();
        if self.media_lost {
            notices.push(Notice::MediaLost);
        }
        if !self.slots.is_empty() {
            notices.push(Notice::Slots(self.slots.values().copied().collect()));
        }
        notices.extend(self.slots_needed.map(Notice::SlotsNeeded));
        notices
    }

    /// Whether an offer that waits for its answer names the track.
    pub(super) fn offers_track(&self, track: TrackId) -> bool {
        self.offers.iter().any(|offer| offer.names(track))
    }

    /// Keeps what slots carry. Those beyond the bound are told and not remembered; no client has so many.
    pub(super) fn remember_slots(&mut self, assignments: &[SlotAssignment]) {
        for slot in assignments {
            if self.slots.len() < MAX_SLOTS || self.slots.contains_key(&slot.mid) {
                self.slots.insert(slot.mid, *slot);
            }
        }
    }

    /// The server's peer connection is gone, and its slots with it, and what was wanted of its tracks.
    pub(super) fn forget_media(&mut self) {
        self.demands.clear();
        self.slots.clear();
        self.slots_needed = None;
    }
}
