//! What one publisher sends on one line.

use seameet_core::media::TrackSource;
use seameet_core::{Mid, ParticipantId, TrackId};
use seameet_rtp::{KeyframeThrottle, SourceKey};

use crate::shard::RoomKey;
use crate::shard::peer::PeerKey;

slotmap::new_key_type! {
    /// A track of a shard.
    pub(super) struct TrackKey;
}

/// A slot that receives a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subscriber {
    pub(super) peer: PeerKey,
    pub(super) slot: usize,
}

/// What one publisher sends on one line.
#[derive(Debug)]
pub(super) struct UpTrack {
    pub(super) id: TrackId,
    pub(super) room: RoomKey,
    pub(super) peer: PeerKey,
    pub(super) participant: ParticipantId,
    pub(super) mid: Mid,
    pub(super) source: TrackSource,
    pub(super) muted: bool,
    /// The encoding that is forwarded: the first that arrived. Others are dropped, never mixed in.
    pub(super) encoding: Option<u8>,
    /// Which of the encoding's streams arrives; a sender may begin another one on the same line.
    pub(super) epoch: Option<u32>,
    /// Names the packet stream in its subscribers' rewriting.
    pub(super) stream: SourceKey,
    pub(super) keyframes: KeyframeThrottle,
    /// Listed among those whose keyframe is awaited.
    pub(super) awaited: bool,
    pub(super) subscribers: Vec<Subscriber>,
}
