//! Engine types to ours and back; nowhere else.

use seameet_core::{Codec, MediaKind, Mid, Rid};
use seameet_rtp::{AudioLevel, Orientation, Packet, Payload};
use str0m::format::{Codec as EngineCodec, CodecSpec, FormatParams, PayloadParams};
use str0m::media::{Direction, MediaKind as EngineKind, Mid as EngineMid, Pt, Rid as EngineRid};
use str0m::net::Protocol as EngineProtocol;
use str0m::rtp::{ExtensionValues, RtpPacket, VideoOrientation};

use crate::extension;
use crate::negotiate::LineDirection;
use crate::packet::Format;
use crate::peer::Protocol;

/// `None` for a name that ours cannot hold; the engine itself limits names to sixteen characters.
pub(crate) fn mid(mid: EngineMid) -> Option<Mid> {
    mid.parse().ok()
}

pub(crate) fn engine_mid(mid: Mid) -> EngineMid {
    EngineMid::from(mid.as_str())
}

/// `None` for a name that ours cannot hold; none such is agreed on.
pub(crate) fn rid(rid: EngineRid) -> Option<Rid> {
    rid.parse().ok()
}

pub(crate) fn engine_rid(rid: Rid) -> EngineRid {
    EngineRid::from(rid.as_str())
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

pub(crate) fn protocol(protocol: EngineProtocol) -> Protocol {
    match protocol {
        EngineProtocol::Udp => Protocol::Udp,
        EngineProtocol::Tcp | EngineProtocol::SslTcp | EngineProtocol::Tls => Protocol::Tcp,
    }
}

pub(crate) fn engine_protocol(protocol: Protocol) -> EngineProtocol {
    match protocol {
        Protocol::Udp => EngineProtocol::Udp,
        Protocol::Tcp => EngineProtocol::Tcp,
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

/// The formats of a payload type that was agreed on: its codec, and that with redundancy if there is one.
pub(crate) fn formats(params: &PayloadParams) -> impl Iterator<Item = (Pt, Format)> {
    let plain = format(&params.spec()).map(|format| (params.pt(), format));
    let is_opus = plain.is_some_and(|(_, format)| format.codec == Codec::Opus);
    let redundant = params.red().filter(|_| is_opus);
    let redundant = redundant.map(|payload_type| (payload_type, Format::OPUS_RED));
    plain.into_iter().chain(redundant)
}

fn format(spec: &CodecSpec) -> Option<Format> {
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
            // The level (lowest byte) may differ between peers; the profile may not.
            let profile = h264_profile(params.profile_level_id.unwrap_or(0x42_001f));
            profile | u32::from(params.packetization_mode.unwrap_or(0))
        }
        Codec::Opus | Codec::Vp8 | Codec::Av1 => 0,
    }
}

/// The profile without the level. Several ways to write constraints mean the same (RFC 6184, table 5).
fn h264_profile(profile_level_id: u32) -> u32 {
    let profile = profile_level_id & 0xff_ff00;
    match (profile >> 16, profile >> 8 & 0xff) {
        (0x42, constraints) if constraints & 0x40 != 0 => Format::CONSTRAINED_BASELINE,
        (0x42, _) => Format::BASELINE,
        (0x4d, constraints) if constraints & 0x80 != 0 => Format::CONSTRAINED_BASELINE,
        _ => profile,
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
        descriptor: extension::received_descriptor(extensions),
        payload: Payload::from_arc(packet.payload),
    }
}

/// The extensions that are forwarded. The publisher's own line and encoding names must not leak to a receiver,
/// so the set is built from nothing.
pub(crate) fn forwarded_extensions(packet: &Packet, descriptor: Option<&[u8]>) -> ExtensionValues {
    let mut values = ExtensionValues {
        audio_level: packet.audio_level.map(|level| level.level_dbov),
        voice_activity: packet.audio_level.map(|level| level.voice),
        video_orientation: packet
            .orientation
            .map(|turn| VideoOrientation::from(turn.0 & 3)),
        ..ExtensionValues::default()
    };
    if let Some(descriptor) = descriptor {
        extension::set_descriptor(&mut values, descriptor);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_write_a_profile_of_h264_mean_one_format() {
        for same in [0x42_e01f, 0x42_c00d, 0x42_401f, 0x4d_801f] {
            assert_eq!(h264_profile(same), Format::CONSTRAINED_BASELINE, "{same:x}");
        }
        for same in [0x42_001f, 0x42_800d] {
            assert_eq!(h264_profile(same), Format::BASELINE, "{same:x}");
        }
        assert_eq!(h264_profile(0x64_001f), 0x64_0000);
    }
}
