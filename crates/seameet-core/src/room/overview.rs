//! A room as its operator sees it.

use std::sync::Arc;

use crate::id::ParticipantId;
use crate::media::ConnectionQuality;
use crate::room::member::Member;
use crate::room::{ParticipantInfo, Room, TrackInfo};

/// A room as its operator sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomOverview {
    /// When it was opened, in milliseconds since 1970.
    pub started_at_ms: f64,
    /// Its members, in the order in which they came.
    pub members: Vec<MemberOverview>,
}

/// A member as the operator sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberOverview {
    /// As others see it.
    pub info: ParticipantInfo,
    /// What it publishes.
    pub tracks: Vec<TrackInfo>,
    /// How good its connection is; `None` before anything is known.
    pub quality: Option<Arc<ConnectionQuality>>,
}

impl Room {
    /// Whether a participant is in, be it connected or reconnecting.
    pub fn contains(&self, participant: ParticipantId) -> bool {
        self.members.contains_key(&participant)
    }

    /// Everything that an operator may want to know of the room.
    pub fn overview(&self) -> RoomOverview {
        let mut members: Vec<_> = self.members.values().collect();
        members.sort_by_key(|member| member.arrival);
        RoomOverview {
            started_at_ms: self.started_at_ms,
            members: members
                .into_iter()
                .map(|member| self.describe(member))
                .collect(),
        }
    }

    fn describe(&self, member: &Member) -> MemberOverview {
        let tracks = self.publications.values();
        let tracks = tracks.filter(|publication| publication.info.participant == member.id);
        MemberOverview {
            info: member.info(),
            tracks: tracks.map(|publication| publication.info.clone()).collect(),
            quality: member.quality.clone(),
        }
    }
}
