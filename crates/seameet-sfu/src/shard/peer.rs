//! One participant's endpoint and what is known about it.

use std::collections::VecDeque;
use std::time::Instant;

use seameet_core::media::{SlotsNeeded, View};
use seameet_core::{Mid, ParticipantId};
use seameet_pipeline::PeerConnection;

use crate::shard::RoomKey;
use crate::shard::allocate::Share;
use crate::shard::demux::Place;
use crate::shard::quality::Quality;
use crate::shard::slot::Slot;
use crate::shard::sound::redundancy::Redundancy;
use crate::shard::track::TrackKey;

slotmap::new_key_type! {
    /// A peer of a shard.
    pub(super) struct PeerKey;
}

/// A line on which a participant sends a track.
#[derive(Debug, Clone, Copy)]
pub(super) struct UpLine {
    pub(super) mid: Mid,
    pub(super) track: TrackKey,
}

/// How far an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// Packets would only pile up in the engine.
    Connecting {
        /// A client that has shown no sign by then never will.
        until: Instant,
    },
    /// ICE and DTLS are up.
    Connected,
    /// Its state machine failed: it is not touched again and goes with the next reaping.
    Failed,
}

/// One participant's endpoint and what is known about it.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) room: RoomKey,
    pub(super) participant: ParticipantId,
    pub(super) connection: PeerConnection,
    /// The certificate fingerprint of the client; another one means another peer connection.
    pub(super) fingerprint: Option<String>,
    pub(super) life: Life,
    /// May receive others' tracks.
    pub(super) subscribe: bool,
    pub(super) view: View,
    pub(super) up: Vec<UpLine>,
    pub(super) slots: Vec<Slot>,
    /// What it was last told to add.
    pub(super) needed: SlotsNeeded,
    /// Learned addresses, oldest first.
    pub(super) addresses: VecDeque<Place>,
    /// How many addresses were learned since the last ICE restart.
    pub(super) shown_addresses: usize,
    /// Its ICE names, oldest first.
    pub(super) names: VecDeque<String>,
    /// What the way to it is thought to take, in bits per second; `None` before anything is known.
    pub(super) estimate: Option<u64>,
    /// How its line is shared among its slots.
    pub(super) share: Share,
    pub(super) quality: Quality,
    /// Whether it gets redundant sound.
    pub(super) redundancy: Redundancy,
    /// Waits to be run in this step.
    pub(super) dirty: bool,
}

impl Peer {
    pub(super) fn is_connected(&self) -> bool {
        self.life == Life::Connected
    }

    /// When the peer wants to be run next.
    pub(super) fn deadline(&self) -> Instant {
        let deadline = self.connection.deadline();
        match self.life {
            Life::Connecting { until } => deadline.min(until),
            Life::Connected | Life::Failed => self
                .share
                .deadline()
                .map_or(deadline, |due| due.min(deadline)),
        }
    }

    /// It had its time to connect. The engine itself waits for ever for a client's first sign.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        matches!(self.life, Life::Connecting { until } if until <= now)
    }

    pub(super) fn is_failed(&self) -> bool {
        self.life == Life::Failed
    }

    pub(super) fn slot_by_mid(&self, mid: Mid) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.mid == mid)
    }

    pub(super) fn up_track(&self, mid: Mid) -> Option<TrackKey> {
        self.up
            .iter()
            .find(|line| line.mid == mid)
            .map(|line| line.track)
    }
}
