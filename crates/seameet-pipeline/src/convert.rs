//! Engine types to ours and back; nowhere else.

use seameet_core::{Codec, MediaKind, Mid};
use seameet_rtp::{AudioLevel, Orientation, Packet, Payload};
use str0m::format::{Codec as EngineCodec, CodecSpec, FormatParams};
use str0m::media::{Direction, MediaKind as EngineKind, Mid as EngineMid};
use str0m::rtp::{ExtensionValues, RtpPacket, VideoOrientation};

use crate::negotiate::LineDirection;
use crate::packet::Format;

/// `None` for a name that ours cannot hold; the engine itself limits names to sixteen characters.
pub(crate) fn mid(mid: EngineMid) -> Option<Mid> {
    mid.parse().ok()
}

pub(crate) fn engine_mid(mid: Mid) -> EngineMid {
    EngineMid::from(mid.as_str())
}

pub(crate) fn kind(kind: EngineKind) -> MediaKind {
    match kind {
        EngineKind::Audio => MediaKind::Audio,
        EngineKind::Video => MediaKind::Video,
    }
}

pub(crate) fn engine_kind(kind: MediaKind) -> EngineKind {
    match kind {
        MediaKind::Audio => EngineKind::Audio,
        MediaKind::Video => EngineKind::Video,
    }
}

pub(crate) fn direction(direction: Direction) -> LineDirection {
    match direction {
        Direction::SendOnly => LineDirection::Send,
        Direction::RecvOnly => LineDirection::Receive,
        Direction::SendRecv => LineDirection::Both,
        Direction::Inactive => LineDirection::Inactive,
    }
}

pub(crate) fn format(spec: &CodecSpec) -> Option<Format> {
    let codec = match spec.codec {
        EngineCodec::Opus => Codec::Opus,
        EngineCodec::Vp8 => Codec::Vp8,
        EngineCodec::Vp9 => Codec::Vp9,
        EngineCodec::H264 => Codec::H264,
        EngineCodec::Av1 => Codec::Av1,
        _ => return None,
    };
    Some(Format {
        codec,
        profile: profile(codec, &spec.format),
    })
}

/// Folds the parameters that must agree into one number, so that the hot path compares integers.
fn profile(codec: Codec, params: &FormatParams) -> u32 {
    match codec {
        Codec::Vp9 => params.profile_id.unwrap_or(0),
        Codec::H264 => {
            // The level (lowest byte) may differ between peers; profile and constraints may not.
            let profile = params.profile_level_id.unwrap_or(0x42_e01f) >> 8;
            profile << 8 | u32::from(params.packetization_mode.unwrap_or(0))
        }
        Codec::Opus | Codec::Vp8 | Codec::Av1 => 0,
    }
}

pub(crate) fn packet(packet: RtpPacket) -> Packet {
    let extensions = &packet.header.ext_vals;
    Packet {
        sequence: *packet.seq_no,
        timestamp: packet.header.timestamp,
        marker: packet.header.marker,
        audio_level: extensions.audio_level.map(|level| AudioLevel {
            level_dbov: level,
            voice: extensions.voice_activity.unwrap_or(false),
        }),
        orientation: extensions
            .video_orientation
            .map(|turn| Orientation(turn as u8)),
        payload: Payload::from_arc(packet.payload),
    }
}

/// The extensions that are forwarded. The publisher's own line and encoding names must not leak to a receiver,
/// so the set is built from nothing.
pub(crate) fn forwarded_extensions(packet: &Packet) -> ExtensionValues {
    ExtensionValues {
        audio_level: packet.audio_level.map(|level| level.level_dbov),
        voice_activity: packet.audio_level.map(|level| level.voice),
        video_orientation: packet
            .orientation
            .map(|turn| VideoOrientation::from(turn.0 & 3)),
        ..ExtensionValues::default()
    }
}
